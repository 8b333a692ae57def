"""Payment providers behind the port of settlements: by hand, which is always there, and partners."""

from homeward.connectors.payments.offline import OfflinePayments

__all__ = ["OfflinePayments"]
