"""Goods for benches: orders of the bench's merchant, and returns of them as far along the road as a bench needs."""

from __future__ import annotations

from datetime import datetime, timedelta

from homeward.kernel import Actor, Role
from homeward.kernel.actor import POLICY
from homeward.orders import actions as order_actions
from homeward.orders.drafts import LineDraft, OrderDraft, PaymentDraft
from homeward.orders.models import Order
from homeward.parties.models import Merchant
from homeward.policies import queries as policy_queries
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.grading import Grade
from homeward.warehouse.models import Receipt

PRICE = 4_990  # of one unit, in cents
UNITS = 2  # of the one line of each order


def shop_of(merchant: Merchant) -> Actor:
    """Return the actor that the merchant's own systems are."""
    return Actor(Role.API, "bench", "Bench", merchant_id=merchant.pk)


def order(merchant: Merchant, number: str, *, at: datetime, provider: str = "offline") -> Order:
    """Take an order of two units that were delivered five days ago and paid along one payment."""
    placed = at - timedelta(days=9)
    draft = OrderDraft(
        external_id=number, number=number, placed_at=placed, currency="EUR", country="DE", postcode="10115",
        email=f"{number.lower()}@shopper.example", name="Bench Shopper", locale="de", informed_at=placed,
        tax_included=True, tax_minor=1_593,
        lines=(
            LineDraft(
                external_id="1", title="Linen throw", sku="THROW-1", quantity=UNITS, unit_minor=PRICE, category="home",
                weight_g=800, delivered=UNITS, delivered_at=at - timedelta(days=5),
            ),
        ),
        payments=(
            PaymentDraft(
                provider=provider, external_id=f"pay_{number}", captured_minor=UNITS * PRICE, currency="EUR",
                captured_at=placed,
            ),
        ),
    )  # fmt: skip
    made, _ = order_actions.upsert_order(
        draft, merchant=merchant, source="bench", actor=shop_of(merchant), at=at,
        rulebook_of=policy_queries.ref_on,
    )  # fmt: skip
    return made


def wish(of: Order) -> return_actions.Wish:
    """Return the wish to send all units of an order back."""
    return return_actions.Wish(line=of.lines.get().ref, quantity=UNITS, reason="no_longer_needed", condition="unopened")


def asked(of: Order, *, at: datetime) -> Return:
    """Ask for the return of all units, and see that it is authorized."""
    shop = shop_of(of.merchant)
    made = return_actions.request(order=of, wishes=[wish(of)], actor=shop, at=at, channel="api")
    if made.state != "authorized":
        return_actions.authorize(made, actor=POLICY, at=at, goods_back=True, note="bench")
    return made


def arrived(of: Return, *, at: datetime) -> Receipt:
    """Open the receipt against which the goods of a return are counted."""
    return warehouse_actions.open_receipt(of, actor=shop_of(of.merchant), at=at)


def counts(of: Receipt) -> list[warehouse_actions.Count]:
    """Return a count that finds everything there."""
    return [warehouse_actions.Count(line.key, good=UNITS) for line in of.lines.select_related("return_line")]


def findings(of: Receipt) -> list[warehouse_actions.Finding]:
    """Return findings that take everything for as good as new."""
    lines = of.lines.select_related("return_line")
    return [warehouse_actions.Finding(line=line.key, quantity=UNITS, grade=Grade.A) for line in lines]


def graded(of: Order, *, at: datetime) -> Return:
    """Bring all units of an order back, counted and graded, so that only the money is missing."""
    shop = shop_of(of.merchant)
    made = asked(of, at=at)
    receipt = arrived(made, at=at)
    warehouse_actions.receive(receipt, counts(receipt), actor=shop, at=at)
    warehouse_actions.inspect_all(receipt, findings(receipt), actor=shop, at=at)
    return made
