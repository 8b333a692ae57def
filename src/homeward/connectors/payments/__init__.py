"""Payment providers behind the port of settlements: by hand, which is always there, and partners."""

from __future__ import annotations

from importlib import import_module

from homeward.connectors.payments.offline import OfflinePayments
from homeward.settlements.ports import Payments

__all__ = ["OfflinePayments", "providers"]


def providers(*, stripe_key: str = "", stripe_base: str = "") -> list[Payments]:
    """Return the partners that keys are given for; their libraries are extras, loaded only where they are needed.

    :raises ModuleNotFoundError: if a key is given and the extra is not installed.
    """
    if not stripe_key:
        return []
    partner = import_module("homeward.connectors.payments.stripe")
    return [partner.StripePayments(stripe_key, base=stripe_base)]
