"""Verbs of the orders: take what shops tell, hold units and let them go, set money aside and free it."""

from homeward.orders.actions.catalog import list_products
from homeward.orders.actions.holds import NotHeld, NotReturnable, hold, release
from homeward.orders.actions.imports import finish_run, start_run, take
from homeward.orders.actions.payments import NotEnoughLeft, NotReserved, charge_back, free, reserve
from homeward.orders.actions.upserts import Malformed, RulebookOf, Upserts, upsert_order, upsert_orders

__all__ = [
    "Malformed", "NotEnoughLeft", "NotHeld", "NotReserved", "NotReturnable", "RulebookOf", "Upserts",
    "charge_back", "finish_run", "free", "hold", "list_products", "release", "reserve", "start_run", "take",
    "upsert_order", "upsert_orders",
]  # fmt: skip
