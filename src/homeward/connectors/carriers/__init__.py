"""Carriers behind the port of logistics: the manual one that is always there, and partners."""

from homeward.connectors.carriers.manual import ManualCarrier

__all__ = ["ManualCarrier"]
