"""The story: Mei in Lyon sends part of an order back, and everybody along the road does what is theirs."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from homeward.cases import queries as case_queries
from homeward.cases.models import Case
from homeward.config import demo
from homeward.config.visitor import LostWay, Visitor
from homeward.conversations import queries as conversation_queries
from homeward.kernel import Money, formats
from homeward.kernel.actor import MACHINE
from homeward.parties import actions as party_actions
from homeward.parties import queries as party_queries
from homeward.returns import queries as return_queries
from homeward.returns.models import Return
from homeward.settlements import queries as settlement_queries
from homeward.settlements import texts as settlement_texts

BEST_ANSWERS = {"q-packaging": "sealed", "q-complete": "yes", "q-marks": "none"}  # what Kim finds on the throw
PATIENCE = 30.0  # seconds that the worker may take for one step
Write = Callable[[str], Any]


@dataclass
class Teller:
    """Tells steps with the time each took."""

    write: Write
    began: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)
    count: int = 0

    def step(self, who: str, words: str) -> None:
        """Tell one step and the time since the one before."""
        now = time.monotonic()
        self.count += 1
        self.write(f"{self.count:3}. {who:9} {words}  ({1000 * (now - self.last):.0f} ms)")
        self.last = now

    def aside(self, words: str) -> None:
        """Tell what follows from a step."""
        self.write(f"               {words}")


def tell(address: str, write: Write) -> bool:
    """Send one return along the road of the house at `address`; return whether it came to a good end."""
    teller = Teller(write)
    write("\nA return on its way home\n")
    try:
        _tell(address, teller)
    except (LostWay, httpx.HTTPError, AssertionError, TimeoutError) as stopped:
        write(f"\n  The story stopped: {stopped}")
        return False
    return True


def _tell(address: str, teller: Teller) -> None:
    shop = _Shop(address)
    order = shop.sell()
    teller.step("Shop", f"order {order['number']}: a tea set and two linen throws, paid {_euro(order['total_minor'])}")
    number = _ask(address, order, teller)
    made = return_queries.return_(MACHINE, number)
    _cite(made, teller)
    parcel = _send(shop, made, teller)
    _arrive(address, made, parcel, teller)
    _pay(address, made, teller)
    _close(made, teller)


class _Shop:
    """The shop's and the warehouse's own systems: they speak to the API with a key."""

    def __init__(self, address: str) -> None:
        now = datetime.now(UTC)
        merchant = party_queries.merchant(MACHINE, "lanting")
        _, secret = party_actions.cut_key(
            merchant=merchant, name="story", scopes=party_actions.SCOPES, actor=demo.OPERATOR, at=now
        )
        self.http = httpx.Client(
            base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {secret}"}, timeout=60
        )

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Post to the API, once."""
        answer = self.http.post(path, json=body or {}, headers={"Idempotency-Key": secrets.token_hex(16)})
        if answer.status_code >= 400:
            raise LostWay(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def sell(self) -> dict[str, Any]:
        """Tell of an order that came five days ago."""
        now = datetime.now(UTC)
        number = f"LT-{secrets.randbelow(90_000) + 10_000}"
        bought, came = now - timedelta(days=9), now - timedelta(days=5)
        return self.post("/orders", {
            "source": "story", "external_id": number, "number": number, "placed_at": bought.isoformat(),
            "currency": "EUR", "name": "Mei Laurent", "email": "mei@lyon.example", "phone": "+33 6 12 34 44 02",
            "country": "FR", "postcode": "69003", "locale": "fr", "channel": "web", "shipping_minor": 590,
            "tax_minor": 2843, "informed_at": bought.isoformat(),
            "lines": [
                {"external_id": "1", "sku": "TS-06-JADE", "title": "Service à thé céladon, 6 pièces", "quantity": 1,
                 "unit_minor": 6490, "category": "home", "traits": ["fragile"], "weight_g": 2100, "delivered": 1,
                 "delivered_at": came.isoformat()},
                {"external_id": "2", "sku": "LT-150-SAND", "title": "Plaid en lin, sable, 150 × 200 cm", "quantity": 2,
                 "unit_minor": 4990, "category": "home", "weight_g": 900, "delivered": 2,
                 "delivered_at": came.isoformat()},
            ],
            "payments": [
                {"provider": "offline", "external_id": f"{number}/1", "captured_minor": 17060, "currency": "EUR",
                 "method": "Virement", "captured_at": bought.isoformat()},
            ],
        })  # fmt: skip


def _ask(address: str, order: dict[str, Any], teller: Teller) -> str:
    """Mei asks, in French, without an account: she keeps the tea set and one throw."""
    with Visitor(address, language="fr") as mei:
        mei.go("/r/lanting/")
        mei.fill(order=order["number"], proof="69003")
        teller.step("Mei", "finds her order with number and postcode, in French")
        throw = order["lines"][1]["line"]
        mei.fill(**{"line": throw, f"quantity_{throw}": "1"})
        mei.fill(group="size_color", reason_size_color="color", words="La couleur ne va pas avec le canapé.")
        teller.step("Mei", "sends one of the two throws back: the color does not suit")
        mei.fill()  # the solution that stands first: her money, with a label
        mei.fill()  # check and send
        number = mei.path.rstrip("/").rsplit("/", 1)[-1]
        teller.step("Mei", f"checks and sends; her return is {number}")
        return number


def _cite(made: Return, teller: Teller) -> None:
    _until(lambda: _fresh(made).state == "authorized", "the verdict")
    teller.step("Verdict", "authorized at once, by law and rulebook, without a person")
    from_words = return_queries.citations(MACHINE, made, language="en")
    for cite in from_words[:3]:
        teller.aside(f"{cite['law'] or cite['ref']}: {cite['text']}")


def _send(shop: _Shop, made: Return, teller: Teller) -> dict[str, Any]:
    [parcel] = shop.post(f"/returns/{made.ref}/label")["data"]
    cost = formats.money_in(_money(parcel["cost_minor"], parcel["currency"]), "en")
    teller.step("Label", f"{parcel['tracking_number']} to {parcel['center']}, {cost}, {parcel['payer']} pays")
    shop.post(
        f"/parcels/{parcel['ref']}/events",
        {"scans": [{"code": "accepted", "at": datetime.now(UTC).isoformat(), "place": "Lyon Part-Dieu"}]},
    )
    teller.step("Carrier", "first scan in Lyon: proof of posting")
    return parcel


def _arrive(address: str, made: Return, parcel: dict[str, Any], teller: Teller) -> None:
    """Kim at the dock scans, counts and grades, on the pages of the dock."""
    line = made.lines.get().ref
    with Visitor(address) as kim:
        _sign_in(kim, "kim@lanting.example")
        kim.go("/dock/")
        kim.fill(action="scan", code=parcel["tracking_number"])
        kim.fill(action="receive", **{f"{line}-good": "1", f"{line}-damaged": "0", f"{line}-wrong": "0"})
        teller.step("Dock", "Kim scans the label and counts: one announced, one here")
        answers = {name: best for name, best in BEST_ANSWERS.items() if best in kim.values(name)}
        kim.fill(action="inspect", grade="A", disposition="restock", **answers)
        teller.step("Dock", "and grades it A: back to stock")


def _sign_in(visitor: Visitor, email: str) -> None:
    visitor.go("/account/login/")
    visitor.fill(login=email, password=demo.PASSWORD)


def _pay(address: str, made: Return, teller: Teller) -> None:
    _until(lambda: settlement_queries.refunds(MACHINE).filter(remedy__return_request=made).exists(), "the refund")
    [remedy] = settlement_queries.remedies_of(MACHINE, made)
    teller.step("Money", f"owed {formats.money_in(remedy.amount, 'en')}, set aside under a lock")
    for item in remedy.sums:
        teller.aside(f"{settlement_texts.item(item)}: {_euro(item['minor'])}")
    refund = remedy.refunds.get()
    with Visitor(address) as fay:
        _sign_in(fay, "fay@lanting.example")
        fay.go(f"/office/refunds/{refund.ref}/")
        fay.fill(action="confirm", bank_ref=f"SEPA-{secrets.token_hex(4).upper()}")
    _until(lambda: _fresh(made).state == "settled", "the confirmation")
    teller.step("Finance", "Fay confirms the transfer; the return is settled")


def _close(made: Return, teller: Teller) -> None:
    case = case_queries.case(MACHINE, _fresh(made).case.ref)
    kinds = {"authorized", "parcel_received", "inspected", "refund_confirmed"}
    _until(lambda: kinds <= {mail.kind for mail in conversation_queries.notices_of_case(MACHINE, case)}, "the mails")
    mails = conversation_queries.notices_of_case(MACHINE, case)
    teller.step("Mails", f"{len(mails)} to {mails[0].to}, in French:")
    for mail in mails:
        teller.aside(f"{mail.subject}  [{mail.state}]")
    _ledger(case, teller)
    teller.write(f"\n  One return, {teller.count} steps, {time.monotonic() - teller.began:.1f} s.")


def _ledger(case: Case, teller: Teller) -> None:
    teller.step("Ledger", "what the books say of this case:")
    for currency, accounts in settlement_queries.balances(MACHINE, case).items():
        for account, amount in accounts.items():
            teller.aside(f"{settlement_texts.ACCOUNTS[account]!s:34} {formats.money_in(amount, 'en'):>12}")
        total = sum(amount.minor for amount in accounts.values())
        assert total == 0, f"the ledger is off by {total} {currency}"
        teller.aside(f"{'Sum':34} {formats.money_in(_money(total, currency), 'en'):>12}  balanced")


def _fresh(made: Return) -> Return:
    return return_queries.return_(MACHINE, made.ref)


def _until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds.

    :raises TimeoutError: if it does not within the patience of the story.
    """
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {PATIENCE:.0f} s for {what}; does the worker run?")
        time.sleep(0.02)


def _money(minor: int, currency: str) -> Money:
    return Money(minor, currency)


def _euro(minor: int) -> str:
    return formats.money_in(_money(minor, "EUR"), "en")
