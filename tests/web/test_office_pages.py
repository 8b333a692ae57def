"""The office: figures, refunds, approvals, declarations, keys, journal, mails, dead letters, each with its verbs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from homeward.conversations.models import Notice
from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import Role
from homeward.parties.models import ApiKey
from homeward.settlements import actions as settlement_actions
from homeward.settlements.models import Refund, Remedy
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.models import Receipt
from tests.support import build, build_desk, build_warehouse, people
from tests.support.api import Caller
from tests.support.cast import NOW, Cast
from tests.support.markup import faults


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def sign_in(cast: Cast, role: Role, name: str = "Somebody", **more: Any) -> Client:
    """Sign somebody in."""
    return people.client_of(people.hire(cast, role, name, of_operator=role == Role.OPERATOR, **more))


@pytest.fixture
def fay(cast: Cast) -> Client:
    """The client of finance."""
    return sign_in(cast, Role.FINANCE, "Fay")


@pytest.fixture
def lin(cast: Cast) -> Client:
    """The client of the merchant."""
    return sign_in(cast, Role.MERCHANT, "Lin")


@pytest.fixture
def olu(cast: Cast) -> Client:
    """The client of the operator."""
    return sign_in(cast, Role.OPERATOR, "Olu")


def told(answer: Any) -> str:
    """Return the page."""
    return answer.content.decode()


# Money


def test_a_transfer_is_confirmed_with_its_reference(cast: Cast, fay: Client) -> None:
    refund = build_desk.refund(cast)
    answer = fay.post(f"/office/refunds/{refund.ref}/confirm", {"bank_ref": "SEPA-17"}, follow=True)
    assert "The transfer is confirmed." in told(answer)
    refund.refresh_from_db()
    assert (refund.state, refund.bank_ref) == ("confirmed", "SEPA-17")


def test_many_transfers_are_confirmed_all_or_none(cast: Cast, fay: Client) -> None:
    refunds = [build_desk.refund(cast, number=f"LT-{number}") for number in range(3)]
    page = told(fay.get("/office/refunds/?pick=all"))
    assert page.count(" checked aria-label") == 3
    refs = [refund.ref for refund in refunds]
    assert "3 transfers are confirmed." in told(fay.post("/office/refunds/confirm", {"refund": refs}, follow=True))
    assert set(Refund.objects.values_list("state", flat=True)) == {"confirmed"}
    late = build_desk.refund(cast, number="LT-4")
    answer = fay.post("/office/refunds/confirm", {"refund": [late.ref, refs[0]]})
    assert answer.status_code == 409
    late.refresh_from_db()
    assert late.state == "sent", "nothing is confirmed unless all can be"


def test_nothing_picked_says_what_to_do(cast: Cast, fay: Client) -> None:
    assert "Pick the refunds whose transfers" in told(fay.post("/office/refunds/confirm", follow=True))


def test_who_confirms_second_sees_how_the_refund_stands(cast: Cast, fay: Client) -> None:
    refund = build_desk.refund(cast)
    for status in (302, 409):
        answer = fay.post(f"/office/refunds/{refund.ref}/confirm")
        assert answer.status_code == status
    assert "Confirmed" in told(answer)
    assert faults(told(answer)) == []


def test_a_failed_transfer_says_why_and_is_sent_anew(cast: Cast, fay: Client) -> None:
    refund = build_desk.refund(cast)
    assert "Say why the transfer failed." in told(fay.post(f"/office/refunds/{refund.ref}/fail", follow=True))
    fay.post(f"/office/refunds/{refund.ref}/fail", {"reason": "Account closed"})
    page = told(fay.get(f"/office/refunds/{refund.ref}/"))
    assert "Account closed" in page
    assert "Try again along what is left" in page
    fay.post(f"/office/remedies/{refund.remedy.ref}/execute")
    assert [one.state for one in Refund.objects.order_by("pk")] == ["failed", "sent"]


def test_only_finance_and_operators_move_money(cast: Cast, lin: Client) -> None:
    refund = build_desk.refund(cast)
    page = told(lin.get(f"/office/refunds/{refund.ref}/"))
    assert "Confirm the transfer" not in page
    assert lin.post(f"/office/refunds/{refund.ref}/confirm").status_code == 403


def test_what_is_above_a_limit_is_approved_by_a_head_only(cast: Cast, lin: Client) -> None:
    remedy = build_desk.proposal(cast)
    bo = sign_in(cast, Role.AGENT, "Bo", limit="50")
    assert "Approve €60.00" not in told(bo.get("/desk/approvals/"))
    assert "above your limit of €50.00" in told(bo.post(f"/office/remedies/{remedy.ref}/agree", follow=True))
    assert "Two broken deliveries in a row" in told(lin.get("/desk/approvals/"))
    lin.post(f"/office/remedies/{remedy.ref}/agree", {"note": "Fine"})
    assert Remedy.objects.get().state == "executing"
    assert lin.post(f"/office/remedies/{remedy.ref}/decline", {"note": "No"}).status_code == 409


# Declarations of withdrawal


def test_a_declaration_is_tied_to_the_order_that_is_named(cast: Cast, lin: Client) -> None:
    declared = build_desk.withdrawal(cast)
    order = build.order(cast.lanting)
    path = f"/office/withdrawals/{declared.ref}/"
    assert order.number in told(lin.get(path)), "orders of the same address are offered"
    assert "Enter the order number" in told(lin.post(path + "match"))
    answer = lin.post(path + "match", {"order": "LT-0"})
    assert (answer.status_code, faults(told(answer))) == (422, [])
    assert "No order of this shop has the number “LT-0”" in told(answer)
    lin.post(path + "match", {"order": "lt-48213"})
    declared.refresh_from_db()
    assert declared.order == order


def test_an_order_of_another_shop_is_no_match(cast: Cast, lin: Client) -> None:
    declared = build_desk.withdrawal(cast)
    build.order(cast.nordlicht, number="NL-1")
    assert lin.post(f"/office/withdrawals/{declared.ref}/match", {"order": "NL-1"}).status_code == 422


def test_declarations_are_found_by_what_people_know_of_them(cast: Cast, lin: Client) -> None:
    declared = build_desk.withdrawal(cast)
    for words in (declared.number, "novembre", "Mei", "mei@lyon.example"):
        assert declared.number in told(lin.get("/office/withdrawals/", {"q": words}))
    assert declared.number not in told(lin.get("/office/withdrawals/", {"q": "Paul"}))


# Keys and staff


def test_a_key_is_cut_shown_once_used_and_revoked(cast: Cast, lin: Client) -> None:
    answer = lin.post("/office/keys/", {"merchant": "lanting", "name": "shop", "scopes": ["orders.read"]})
    found = re.search(r"hw_[0-9a-f]{12}_[\w-]{40,}", told(answer))
    assert found
    assert answer["Cache-Control"] == "no-store"
    secret, caller = found.group(), Caller(cast.lanting)
    assert secret not in told(lin.get("/office/keys/"))
    caller.headers = {"Authorization": f"Bearer {secret}"}
    assert caller.get("/orders")["data"] == []
    key = ApiKey.objects.get(name="shop")
    lin.post(f"/office/keys/{key.ref}/revoke")
    assert caller.http.get("/api/v1/orders", headers=caller.headers).status_code == 401


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "shop"}, "Choose what the key may do"),
        ({"scopes": ["orders.read"]}, "Say which system will hold the key"),
        ({"name": "shop", "scopes": ["everything"]}, "everything"),
        ({"name": "shop", "scopes": ["orders.read"], "merchant": "nordlicht"}, "nordlicht"),
    ],
)
def test_a_key_without_purpose_or_within_another_fence_is_not_cut(
    cast: Cast, lin: Client, body: dict[str, Any], words: str
) -> None:
    answer = lin.post("/office/keys/", {"merchant": "lanting"} | body)
    assert (answer.status_code, faults(told(answer))) == (422, [])
    assert words in told(answer)
    assert not ApiKey.objects.exists()


def test_the_staff_are_listed_with_roles_and_limits(cast: Cast, lin: Client) -> None:
    people.hire(cast, Role.AGENT, "Bo", limit="50")
    page = told(lin.get("/office/staff/"))
    for words in ("bo@lanting.example", "Agent", "€50.00", "no limit"):
        assert words in page


# What is kept


def test_the_dashboard_says_how_many_how_fast_and_why(cast: Cast, olu: Client, fay: Client) -> None:
    refund = build_desk.refund(cast)
    fay.post(f"/office/refunds/{refund.ref}/confirm")
    build_desk.ask(cast, number="LT-2", lines=[{"title": "Celadon tea set", "sku": "TS-06"}])
    page = told(olu.get("/office/?days=365"))
    for words in ("Open cases", "€99.80", "It does not work", "Celadon tea set", "France", "Lanting", "See as table"):
        assert words in page
    assert faults(page) == []


def test_a_span_that_is_none_falls_back_to_ninety_days(cast: Cast, olu: Client) -> None:
    for days in ("7", "x", "-1", "99999999999999999999"):
        assert "The last 90 days" in told(olu.get("/office/", {"days": days}))


def test_the_journal_is_narrowed_and_walked_without_counting(cast: Cast, olu: Client) -> None:
    first, second = build_desk.ask(cast, number="LT-1"), build_desk.ask(cast, number="LT-2")
    for words in (first.number, first.case.number, "LT-1", first.ref):
        found = olu.get("/office/journal/", {"q": words}).context["entries"]
        assert {entry.case_id for entry in found} == {first.case_id}
    assert {entry.noun for entry in olu.get("/office/journal/?noun=return").context["entries"]} == {"return"}
    assert not olu.get("/office/journal/?merchant=nordlicht&noun=return").context["entries"]
    for number in range(3, 20):
        build_desk.ask(cast, number=f"LT-{number}")
    answer = olu.get("/office/journal/?noun=")
    last = answer.context["entries"][-1].pk
    assert f"before={last}" in answer.context["next"]
    following = olu.get("/office/journal/" + answer.context["next"]).context["entries"]
    assert following[0].pk < last
    assert second.case_id in {entry.case_id for entry in following}


def test_a_mail_is_read_as_text_and_sent_again(cast: Cast, olu: Client) -> None:
    notice = Notice.objects.create(
        ref="ntc_1", merchant=cast.lanting, kind="authorized", cause="x", to="mei@lyon.example", locale="fr",
        subject="Votre retour", text="Bonjour <b>Mei</b>", html="<script>alert(1)</script>", written_at=NOW,
        state="failed", failure="mailbox full",
    )  # fmt: skip
    page = told(olu.get(f"/office/notices/{notice.ref}/"))
    assert "Bonjour &lt;b&gt;Mei" in page
    assert "alert(1)" not in page
    assert "mailbox full" in page
    olu.post(f"/office/notices/{notice.ref}/retry")
    notice.refresh_from_db()
    assert notice.state == "intended"
    assert olu.post(f"/office/notices/{notice.ref}/retry").status_code == 409
    assert olu.get("/office/notices/", {"q": "mei@lyon.example", "kind": "authorized"}).context["page"][0] == notice


def test_a_dead_letter_is_delivered_again_from_its_page(cast: Cast, olu: Client) -> None:
    build_desk.ask(cast)
    entry = Entry.objects.filter(noun="return").first()
    letter = DeadLetter.objects.create(
        entry=entry, listener="nobody.listens", error="KeyError: 'x'", first_at=NOW, last_at=NOW,
        next_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    page = told(olu.get("/office/dead-letters/"))
    assert "KeyError" in page
    assert faults(page) == []
    assert "Delivered." in told(olu.post(f"/office/dead-letters/{letter.pk}/retry", follow=True))
    letter.refresh_from_db()
    assert letter.solved_at is not None


def test_an_import_is_told_row_by_row(cast: Cast, olu: Client) -> None:
    run = build_desk.scene(cast).run
    page = told(olu.get(f"/office/imports/{run.ref}/"))
    for words in ("nothing is given here, but it is needed", "#1002,,", "left out"):
        assert words in page
    assert "homeward import shopify-csv" in told(olu.get("/office/imports/"))


def test_an_order_shows_what_may_come_back_and_what_was_asked_back(cast: Cast, lin: Client) -> None:
    made = build_desk.ask(cast)
    page = told(lin.get(f"/office/orders/{made.order.ref}/"))
    for words in (made.number, "1 asked back already.", "Visa •• 4402", "€99.80 may still be refunded"):
        assert words in page


def test_orders_are_walked_by_cursor_and_a_broken_one_starts_anew(cast: Cast, lin: Client) -> None:
    for number in range(52):
        build.order(cast.lanting, number=f"LT-{number}", lines=[])
    first = lin.get("/office/orders/")
    assert len(first.context["page"].rows) == 50
    second = lin.get("/office/orders/", {"after": first.context["page"].next})
    assert len(second.context["page"].rows) == 2
    assert len(lin.get("/office/orders/?after=broken").context["page"].rows) == 50


def test_a_transfer_whose_goods_are_counted_again_warns_finance(cast: Cast, fay: Client) -> None:
    refund = build_desk.refund(cast)
    receipt = build_warehouse.again(cast.ada, Receipt.objects.get(return_request=refund.remedy.return_request))
    warehouse_actions.reopen(receipt, reason="Wrong box", actor=cast.ada, at=NOW)
    settlement_actions.recall(receipt.return_request_id, actor=cast.machine, at=NOW)
    listed, page = told(fay.get("/office/refunds/")), told(fay.get(f"/office/refunds/{refund.ref}/"))
    number = refund.remedy.return_request.number
    assert "Something about money does not fit" in listed
    for shown in (listed, page):
        assert f"Refund for {number}: it has left already, but its goods are counted again" in shown
        assert faults(shown) == []
    assert "Transfer it only if it has been on its way before." in page
    fay.post(f"/office/refunds/{refund.ref}/confirm", {"bank_ref": "SEPA-17"})
    assert "must be asked back from the shopper" in told(fay.get(f"/office/refunds/{refund.ref}/"))
