"""Stripe's webhook: only Stripe is heard, each event once; what is strange is kept and shown."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from django.test import Client

from homeward.connectors.payments import webhook
from homeward.connectors.payments.webhook import BadSignature
from homeward.kernel import Money
from homeward.orders.models import Payment
from homeward.settlements import actions, queries
from homeward.settlements.fakes import FakePayments
from homeward.settlements.models import MoneyEvent, Refund
from homeward.settlements.ports import Kind
from tests.support import build_settlements
from tests.support.cast import NOW, Cast
from tests.support.shared import shared_data

SECRET = "whsec_test"


def signed(body: bytes, *, at: float | None = None, secret: str = SECRET) -> str:
    """Return the header that Stripe would send along."""
    stamp = int(at or time.time())
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, stamp)


def event(kind: str, of: dict[str, Any], **more: Any) -> bytes:
    """Return an event as Stripe sends it."""
    known = {"id": "evt_1", "object": "event", "type": kind, "created": 1_795_512_600, "data": {"object": of}}
    return json.dumps(known | more).encode()


def refund_object(**more: Any) -> dict[str, Any]:
    """Return a refund as Stripe shows it, out of its own published fixture."""
    fixture = json.loads(shared_data("commerce_payloads/stripe_fixtures/refund.json").read_text())
    return fixture | more


# -- who speaks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signature", ["", "nonsense", "t=1,v1=00", "t=x,v1=", signed(b"{}", secret="whsec_other"), signed(b"{ }")]
)
def test_a_call_that_is_not_stripes_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        webhook.read(b"{}", signature, secret=SECRET)


def test_a_call_that_is_too_old_is_refused() -> None:
    body = event("plan.created", {})
    with pytest.raises(BadSignature, match="tolerance"):
        webhook.read(body, signed(body, at=time.time() - 301), secret=SECRET)


def test_without_a_secret_nobody_is_believed() -> None:
    body = event("plan.created", {})
    with pytest.raises(BadSignature):
        webhook.read(body, signed(body, secret="x"), secret="")


def test_a_call_beyond_all_size_is_refused_unread() -> None:
    body = b" " * (webhook.MOST + 1)
    with pytest.raises(BadSignature, match="larger"):
        webhook.read(body, signed(body), secret=SECRET)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'"text"', b"\xff\xfe", b'{"object": "event"'])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    try:
        header = signed(body)
    except UnicodeDecodeError:
        header = "t=1,v1=00"
    with pytest.raises(BadSignature):
        webhook.read(body, header, secret=SECRET)


def test_events_that_are_none_of_ours_are_let_go() -> None:
    body = shared_data("commerce_payloads/stripe_fixtures/event.json").read_bytes()
    assert webhook.read(body, signed(body), secret=SECRET) is None


# -- what is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [("succeeded", Kind.REFUND_SUCCEEDED), ("pending", Kind.REFUND_PENDING), ("requires_action", Kind.REFUND_PENDING),
     ("failed", Kind.REFUND_FAILED), ("canceled", Kind.REFUND_FAILED)],
)  # fmt: skip
def test_a_refund_event_is_read_in_our_words(status: str, kind: Kind) -> None:
    of = refund_object(status=status, metadata={"homeward_refund": "rfd_1"}, payment_intent="pi_1")
    body = event("refund.updated", of)
    told = webhook.read(body, signed(body), secret=SECRET)
    assert told is not None
    assert (told.kind, told.reference, told.amount) == (kind, "re_1Pgc72B7WZ01zgkWqPvrRrPE", Money(100, "USD"))
    assert (told.refund_ref, told.payments) == ("rfd_1", ("pi_1", "ch_1PgafuB7WZ01zgkWXYmPNZs8"))


def test_a_dispute_whose_funds_are_gone_is_a_charge_back() -> None:
    of = json.loads(shared_data("commerce_payloads/stripe_fixtures/dispute.json").read_text())
    body = event("charge.dispute.funds_withdrawn", of)
    told = webhook.read(body, signed(body), secret=SECRET)
    assert told is not None
    assert (told.kind, told.amount, told.reason) == (Kind.CHARGE_BACK, Money(1_000, "USD"), "general")


@pytest.mark.parametrize(
    "change",
    [{"amount": "ten"}, {"amount": None}, {"currency": None}, {"currency": "dollars"}, {"id": None}, {"created": "x"},
     {"metadata": "x"}, {"amount": -5}],
)  # fmt: skip
def test_a_refund_that_makes_no_sense_is_unreadable_but_kept(change: dict[str, Any]) -> None:
    body = event("refund.updated", refund_object() | change)
    told = webhook.read(body, signed(body), secret=SECRET)
    assert told is not None
    assert (told.kind, told.reference) == (Kind.UNREADABLE, "evt_1")


@pytest.mark.parametrize("data", [None, {}, [], {"object": None}, {"object": []}])
def test_an_event_without_its_object_is_unreadable(data: object) -> None:
    body = event("refund.updated", {}, data=data)
    told = webhook.read(body, signed(body), secret=SECRET)
    assert told is not None
    assert told.kind == Kind.UNREADABLE


# -- what comes of it -------------------------------------------------------------------------------------------------


@pytest.fixture
def fake() -> Iterator[FakePayments]:
    """A provider whose refunds are pending, so that the webhook decides."""
    with build_settlements.provider(is_slow=True) as fake:
        yield fake


@pytest.fixture
def refund(cast: Cast, fake: FakePayments) -> Refund:
    """A refund that was sent and is pending."""
    return_ = build_settlements.graded(cast)
    actions.settle(return_.pk, actor=cast.policy, at=NOW)
    build_settlements.send_all()
    return Refund.objects.get()


def deliver(of: dict[str, Any], kind: str = "refund.updated", **more: Any) -> MoneyEvent | None:
    """Let Stripe call."""
    body = event(kind, of, **more)
    return webhook.receive(body, signed(body), secret=SECRET, at=NOW)


def of(refund: Refund, status: str = "succeeded", **more: Any) -> dict[str, Any]:
    """The refund as Stripe shows it."""
    return refund_object(
        id="fk_000001", status=status, amount=refund.amount_minor, currency="eur",
        metadata={"homeward_refund": refund.ref}, **more,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_call_confirms_the_refund_and_the_same_call_again_changes_nothing(refund: Refund) -> None:
    first = deliver(of(refund))
    refund.refresh_from_db()
    assert refund.state == "confirmed"
    assert deliver(of(refund), kind="charge.refund.updated") == first
    assert MoneyEvent.objects.filter(kind="refund_succeeded").count() == 1


@pytest.mark.django_db
def test_a_refund_made_in_the_dashboard_is_taken_in(cast: Cast, fake: FakePayments) -> None:
    # M9
    build_settlements.graded(cast, payments=[{"provider": "stripe", "external_id": "pi_9"}])
    deliver(refund_object(amount=2_000, currency="eur", payment_intent="pi_9"), kind="refund.created")
    taken = Refund.objects.get()
    assert (taken.is_external, taken.state, taken.amount) == (True, "confirmed", Money(2_000, "EUR"))
    assert Payment.objects.get().left == Money(7_980, "EUR")


@pytest.mark.django_db
def test_what_cannot_be_used_is_kept_and_shown(cast: Cast, fake: FakePayments) -> None:
    kept = deliver({"id": "re_1"})
    assert kept is not None
    assert kept.problem == "unreadable"
    assert list(queries.problems(cast.olu)) == [kept]
    assert deliver({"id": "re_1"}) == kept


# -- over HTTP --------------------------------------------------------------------------------------------------------

ADDRESS = "/hooks/stripe"


@pytest.mark.django_db
def test_stripe_is_heard_at_its_address_without_a_session(refund: Refund, client: Client, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    body = event("refund.updated", of(refund))
    for _ in range(2):
        answer = client.post(ADDRESS, body, content_type="application/json", headers={"Stripe-Signature": signed(body)})
        assert answer.status_code == 200
    refund.refresh_from_db()
    assert refund.state == "confirmed"


@pytest.mark.django_db
def test_strangers_at_stripes_address_are_turned_away(refund: Refund, client: Client, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    body = event("refund.updated", of(refund))
    assert client.post(ADDRESS, body, content_type="application/json").status_code == 400
    assert client.get(ADDRESS).status_code == 405
    refund.refresh_from_db()
    assert refund.state == "sent"


@pytest.mark.django_db
def test_where_stripe_is_not_set_up_there_is_no_such_address(client: Client, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert client.post(ADDRESS, b"{}", content_type="application/json").status_code == 404
