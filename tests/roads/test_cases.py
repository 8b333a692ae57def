"""Cases that no other test tells: orders called off, products gone, fields for staff, edits in silence, evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.db.utils import DatabaseError

from homeward.conversations import actions as conversation_actions
from homeward.conversations.models import Notice
from homeward.conversations.ports import FakeMailer
from homeward.kernel import Role
from homeward.orders.models import Product
from homeward.returns.models import Return, Withdrawal
from homeward.settlements.models import Refund
from tests.support import build, build_desk, people
from tests.support.api import Caller
from tests.support.cast import Cast
from tests.support.house import text_of
from tests.support.portal import Visitor
from tests.support.road import LATER, TODAY, Drain, bring_in

pytestmark = [pytest.mark.road, pytest.mark.django_db]

ORDER = {
    "external_id": "LT-9", "number": "LT-9", "placed_at": (TODAY - timedelta(days=9)).isoformat(), "currency": "EUR",
    "country": "FR", "email": "mei@lyon.example",
    "lines": [
        {
            "external_id": "1", "sku": "THROW", "title": "Linen throw", "quantity": 2, "unit_minor": 4990,
            "delivered": 2, "delivered_at": (TODAY - timedelta(days=5)).isoformat(),
        }
    ],
    "payments": [{"provider": "offline", "external_id": "p1", "captured_minor": 9980, "currency": "EUR"}],
}  # fmt: skip


def ask(api: Caller, made: dict[str, Any], units: int = 1, *, status: int = 201) -> dict[str, Any]:
    """Ask for units of the first line of an order that the API has given."""
    line = {"line": made["lines"][0]["line"], "quantity": units, "reason": "no_longer_needed"}
    return api.post("/returns", {"order": made["ref"], "lines": [line]}, status=status)


def come_back(api: Caller, made: dict[str, Any], drain: Drain, units: int = 1) -> None:
    """Let units come, be graded as new, and their money be intended."""
    bring_in(api, made, units)
    drain(at=LATER)


def test_an_order_that_is_called_off_keeps_what_was_refunded_and_gives_no_more(api: Caller, drain: Drain) -> None:  # C7
    made = api.post("/orders", ORDER, status=201)
    come_back(api, ask(api, made), drain)
    refunded = list(Refund.objects.values_list("amount_minor", "state"))

    off = api.post("/orders", ORDER | {"cancelled_at": TODAY.isoformat()}, status=200)

    assert refunded == list(Refund.objects.values_list("amount_minor", "state")) == [(4990, "sent")]
    assert off["lines"][0]["available"] == 0
    assert ask(api, made, status=409)["code"] == "units_not_available"


def test_goods_that_the_shop_lists_otherwise_by_now_come_back_by_what_was_sold(
    api: Caller, drain: Drain
) -> None:  # I10
    made = api.post("/orders", ORDER, status=201)
    with pytest.raises(ProtectedError):
        Product.objects.all().delete()
    Product.objects.update(title={"en": "Cotton throw"}, price_minor=1, category="gift_card", traits=["gift_card"])
    asked = ask(api, made, 2)
    come_back(api, asked, drain, 2)
    assert asked["lines"][0]["title"] == "Linen throw"
    assert list(Refund.objects.values_list("amount_minor", flat=True)) == [9980]


def test_money_that_somebody_gave_back_elsewhere_is_not_promised_again_and_nobody_is_told_it_was(
    cast: Cast, api: Caller, drain: Drain
) -> None:  # G11, G19
    made = api.post("/orders", ORDER, status=201)
    asked = ask(api, made, 2)
    api.post("/orders", ORDER | {"payments": [ORDER["payments"][0] | {"refunded_before_minor": 9980}]}, status=200)
    come_back(api, asked, drain, 2)
    assert not Refund.objects.exists()
    assert not {"refund_sent", "refund_confirmed"} & set(Notice.objects.values_list("kind", flat=True))


def test_a_sum_above_what_is_left_is_refused_on_the_page_with_the_most_that_may_go_back(cast: Cast) -> None:  # G25
    ada = people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada"))
    made = build_desk.ask(cast)
    answer = ada.post(f"/desk/returns/{made.ref}/offer", {"sum": "100", "note": ""})
    assert answer.status_code == 422
    assert "At most €99.80 may still go back" in text_of(answer)


def test_what_is_for_staff_stands_neither_in_the_api_nor_on_the_page_of_the_shopper(
    cast: Cast, api: Caller, drain: Drain
) -> None:  # K3
    order = build.order(cast.lanting, at=TODAY)
    mei = Visitor()
    made = mei.ask(order, 1)
    conversation_actions.say(made.case, body="She always complains", actor=cast.bo, at=TODAY, is_note=True)
    drain(at=LATER)
    told = [str(api.get(path)) for path in (f"/returns/{made.ref}", "/returns", "/parcels", "/journal")]
    page = mei.get(f"returns/{made.number}/").content.decode()
    assert not [one for one in [*told, page] if "complains" in one]
    assert "stf_bo" not in page
    assert not {"note", "cost", "created_by", "decided_by"} & set(api.get(f"/returns/{made.ref}"))


def test_what_the_shop_corrects_in_silence_is_mailed_to_nobody(api: Caller, drain: Drain) -> None:  # K11
    made = api.post("/orders", ORDER, status=201)
    ask(api, made)
    drain(at=LATER)
    told = Notice.objects.count()
    for more in ({"postcode": "69004"}, {"email": "mei.lin@lyon.example"}, {}):
        api.post("/orders", ORDER | more, status=200)
    drain(at=LATER)
    assert Notice.objects.count() == told > 0


def test_a_declaration_stands_while_no_mail_leaves_and_is_acknowledged_later(
    cast: Cast, drain: Drain, mailer: FakeMailer
) -> None:  # L3, L9
    mailer.is_down = True
    guest = Visitor(HTTP_ACCEPT_LANGUAGE="en")
    guest.post("withdraw/", {"name": "Mei Lin", "contract": "LT-404", "email": "mei@lyon.example"})
    receipt = guest.client.get(guest.post("withdraw/confirm/").url)
    drain(at=LATER)
    declared = Withdrawal.objects.get()
    assert receipt.status_code == 200
    assert declared.number in text_of(receipt)
    assert (declared.acknowledged_at, mailer.outbox) == (None, [])
    ada = people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada"))
    assert declared.number in text_of(ada.get("/office/withdrawals/"))


@pytest.mark.parametrize("column", ["name", "contract", "scope", "email", "received_at", "digest"])
def test_what_was_declared_can_neither_be_changed_nor_deleted(cast: Cast, column: str) -> None:  # L8
    made = build_desk.withdrawal(cast)
    value = TODAY if column == "received_at" else "somebody else"
    with pytest.raises(DatabaseError, match="withdrawal_evidence_is_fixed"), transaction.atomic():
        Withdrawal.objects.filter(pk=made.pk).update(**{column: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        Withdrawal.objects.filter(pk=made.pk).delete()
    assert Withdrawal.objects.filter(pk=made.pk).update(acknowledged_at=TODAY) == 1


def test_two_returns_that_name_one_piece_hold_as_many_as_there_are(cast: Cast, api: Caller) -> None:  # A6
    line = {"quantity": 1, "serials": ["SN-1"]}
    order = build.order(cast.lanting, at=TODAY, lines=(line,))
    wish = {"line": order.lines.get().ref, "quantity": 1, "reason": "no_longer_needed", "serials": ["SN-1"]}
    body = {"order": order.ref, "lines": [wish]}
    first = api.post("/returns", body, status=201)
    assert api.post("/returns", body, status=409)["code"] == "units_not_available"
    api.post(f"/returns/{first['ref']}/withdraw", status=200)
    second = api.post("/returns", body, status=201)
    assert {one.state for one in Return.objects.exclude(ref=second["ref"])} == {"withdrawn"}
