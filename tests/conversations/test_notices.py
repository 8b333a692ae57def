"""One mail at every step of the road, in the shopper's language, each exactly once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from homeward.conversations import actions as conversation_actions
from homeward.conversations import notices, reactions
from homeward.conversations.models import Notice
from homeward.conversations.ports import FakeMailer
from homeward.journal.models import Entry
from homeward.kernel import Money
from homeward.logistics import actions as logistics_actions
from homeward.returns import actions as return_actions
from homeward.returns.actions import Wish
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements.actions import Grant
from homeward.settlements.models import Refund
from homeward.warehouse.grading import Grade
from tests.support import build, build_logistics, build_settlements, build_warehouse
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def ask(cast: Cast, reason: str = "no_longer_needed", **more) -> Return:
    """Let Mei ask for one of her two throws."""
    order = build.order(cast.lanting, **more)
    wishes = [Wish(order.lines.get().ref, 1, reason)]
    return return_actions.request(
        order=order, wishes=wishes, actor=build.shopper_of(order), at=NOW, locale="fr", method="own_carrier"
    )


def kinds() -> list[str]:
    """Return the kinds of all notices, in the order in which they were written."""
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def only(kind: str) -> Notice:
    """Return the one notice of a kind."""
    return Notice.objects.get(kind=kind)


def test_an_authorized_request_is_told_with_how_and_until_when(cast: Cast, mailer: FakeMailer, drain) -> None:
    made = ask(cast)

    drain()

    notice = only("authorized")
    assert kinds() == ["authorized"]
    assert (notice.to, notice.locale, notice.case_id) == ("mei@lyon.example", "fr", made.case_id)
    assert made.number in notice.subject
    assert "1 × Linen throw" in notice.text
    assert "https://returns.invalid/lanting/" in notice.text
    assert "1 × Linen throw" in notice.html
    assert notice.state == "sent"
    assert len(mailer.outbox) == 1


def test_hearing_the_same_event_again_tells_nothing_new(cast: Cast, mailer: FakeMailer, drain) -> None:
    ask(cast)
    drain()
    entry = Entry.objects.get(noun="return", verb="authorize")

    reactions.tell_of_authorization(entry, at=NOW)

    assert kinds() == ["authorized"]


def test_an_order_without_an_address_is_not_written_to(cast: Cast, mailer: FakeMailer, drain) -> None:
    made = ask(cast)
    made.order.shopper.email = made.order.email = ""
    made.order.shopper.save()
    made.order.save()

    drain()

    assert kinds() == []


def test_an_unclear_request_is_told_with_the_time_of_the_answer(cast: Cast, mailer: FakeMailer, drain) -> None:
    order = build.order(cast.lanting)
    wishes = [Wish(order.lines.get().ref, 1, "no_longer_needed")]
    return_actions.request(order=order, wishes=wishes, actor=build.shopper_of(order), at=NOW, review=True, locale="en")

    drain()

    notice = only("under_review")
    assert kinds() == ["under_review"]
    assert "Thu 26 November, 10:30 (Paris time)" in notice.text  # 48 hours, in the shopper's own zone


def test_missing_evidence_is_asked_for_once(cast: Cast, mailer: FakeMailer, drain) -> None:
    order = build.order(cast.lanting)
    wishes = [Wish(order.lines.get().ref, 1, "damaged_in_transit")]
    made = return_actions.request(order=order, wishes=wishes, actor=build.shopper_of(order), at=NOW, locale="en")
    if made.state != "evidence_wanted":
        return_actions.ask_evidence(made, actor=cast.bo, at=NOW, wanted="A photo of the break")

    drain()

    notice = only("evidence_wanted")
    assert "photo" in notice.text.lower()


def test_a_refusal_says_why_and_what_else_is_possible(cast: Cast, mailer: FakeMailer, drain) -> None:
    order = build.order(cast.lanting)
    wishes = [Wish(order.lines.get().ref, 1, "no_longer_needed")]
    made = return_actions.request(
        order=order, wishes=wishes, actor=build.shopper_of(order), at=NOW, review=True, locale="en"
    )
    return_actions.refuse(made, actor=cast.bo, at=NOW, ground="other", note="The throw was worn & washed.")

    drain()

    notice = only("refused")
    assert "The throw was worn & washed." in notice.text
    assert "The throw was worn &amp; washed." in notice.html
    assert "What else is possible" in notice.text
    assert "a person looks again" in notice.text


def test_an_overturned_refusal_says_that_we_looked_again(cast: Cast, mailer: FakeMailer, drain) -> None:
    order = build.order(cast.lanting)
    wishes = [Wish(order.lines.get().ref, 1, "no_longer_needed")]
    made = return_actions.request(
        order=order, wishes=wishes, actor=build.shopper_of(order), at=NOW, review=True, locale="en"
    )
    return_actions.refuse(made, actor=cast.bo, at=NOW, ground="other", note="Worn.")
    return_actions.overturn(made, actor=cast.ada, at=NOW, note="Not worn after all.")

    drain()

    assert "We looked again" in only("authorized").subject


def test_calling_off_and_expiring_are_told(cast: Cast, mailer: FakeMailer, drain) -> None:
    first, second = ask(cast), ask(cast, number="LT-2")
    return_actions.withdraw(first, actor=build.shopper_of(first.order), at=NOW)
    return_actions.expire(second, actor=cast.machine, at=NOW + timedelta(days=30))

    drain()

    assert sorted(kinds()) == ["authorized", "authorized", "expired", "withdrawn"]
    assert second.number in only("expired").subject


def test_a_label_is_handed_over_by_mail(cast: Cast, mailer: FakeMailer, drain) -> None:
    build_logistics.center()
    parcel = build_logistics.labelled(cast)

    drain()

    notice = only("label_ready")
    assert notice.about == parcel.ref
    assert parcel.tracking_number in notice.text
    assert "59100 Roubaix" in notice.text


def test_an_own_carrier_has_no_label_to_wait_for(cast: Cast, mailer: FakeMailer, drain) -> None:
    build_logistics.center()
    made = ask(cast)
    logistics_actions.add_own_tracking(
        made, tracking_number="6A12345678901", carrier="Colissimo", actor=build.shopper_of(made.order), at=NOW
    )

    drain()

    assert "label_ready" not in kinds()


def test_arrival_and_check_are_told_with_the_differences(cast: Cast, mailer: FakeMailer, drain) -> None:
    build_warehouse.inspected(cast, (1, 0, 0), units=(2,))
    Return.objects.update(locale="en")

    drain()

    arrived, checked = only("parcel_received"), only("inspected")
    assert "Linen throw: 1 of 2 here, 1 is missing" in arrived.text
    assert "stays open" in arrived.text
    assert "1 is missing" in checked.text


def test_a_clean_check_says_that_all_is_well(cast: Cast, mailer: FakeMailer, drain) -> None:
    build_warehouse.inspected(cast, units=(2,))
    Return.objects.update(locale="en")

    drain()

    assert "all is well" in only("inspected").text


def test_contested_goods_ask_for_the_shoppers_word(cast: Cast, mailer: FakeMailer, drain) -> None:
    build_warehouse.inspected(cast, units=(1,), grade=Grade.X)
    Return.objects.update(locale="en")

    drain()

    assert "Nothing is decided before" in only("contested").text
    assert "inspected" not in kinds()


def test_a_refund_is_told_twice_on_its_way_and_when_it_is_paid(cast: Cast, mailer: FakeMailer, drain) -> None:
    made = build_settlements.graded(cast, provider="offline")
    settlement_actions.settle(made.pk, actor=cast.fay, at=NOW)
    settlement_actions.confirm_transfers(list(Refund.objects.all()), bank_ref="SEPA 1", actor=cast.fay, at=NOW)
    Return.objects.update(locale="en")

    drain()

    sent, paid = only("refund_sent"), only("refund_confirmed")
    assert sent.subject == f"€99.80 is on its way to you (return {made.number})"
    assert "2 × Linen throw" in sent.text
    assert "Visa •• 4402" in sent.text
    assert "€99.80 was paid back on Tuesday 24 November 2026." in paid.text


def test_a_refund_in_yen_has_no_decimals(cast: Cast, mailer: FakeMailer, drain) -> None:
    made = build_settlements.graded(
        cast, provider="offline", currency="JPY", country="JP", lines=[{"unit_minor": 8980, "paid_minor": 17960}]
    )
    settlement_actions.settle(made.pk, actor=cast.fay, at=NOW)
    Return.objects.update(locale="ja")

    drain()

    assert "17,960" in only("refund_sent").subject
    assert only("refund_sent").locale == "ja"


def test_an_offer_waits_for_the_shoppers_word(cast: Cast, mailer: FakeMailer, drain) -> None:
    made = ask(cast)
    grant = Grant(agreed=Money.of("15.00", "EUR"), note="For the loose fringe.")
    settlement_actions.offer(made.pk, grant=grant, actor=cast.bo, at=NOW)
    Return.objects.update(locale="en")

    drain()

    assert "We offer you €15.00, and you keep the goods." in only("offered").text
    assert "For the loose fringe." in only("offered").text


def test_new_goods_on_their_way_carry_their_number(cast: Cast, mailer: FakeMailer, drain) -> None:
    made = build_settlements.graded(cast, units=(1,))
    Return.objects.filter(pk=made.pk).update(remedy="replacement", locale="en")
    remedy = settlement_actions.settle(made.pk, actor=cast.ada, at=NOW)
    settlement_actions.ship(
        remedy.replacement, carrier="Chronopost", tracking_number="XY123456789FR", actor=cast.kim, at=NOW
    )

    drain()

    notice = only("replacement_shipped")
    assert "XY123456789FR" in notice.text
    assert "1 × Linen throw" in notice.text


def test_an_answer_reaches_the_mailbox_and_a_note_does_not(cast: Cast, mailer: FakeMailer, drain) -> None:
    made = ask(cast)
    case = made.case
    conversation_actions.say(case, body="Hello?", actor=build.shopper_of(made.order), at=NOW)
    conversation_actions.say(case, body="Between us: odd.", actor=cast.bo, at=NOW, is_note=True)
    conversation_actions.say(case, body="It arrives tomorrow.\n\nBo", actor=cast.bo, at=NOW)

    drain()

    notice = only("message_answer")
    assert "> It arrives tomorrow.\n>\n> Bo" in notice.text
    assert not any("Between us" in mail.text for mail in mailer.outbox)


def test_the_whole_road_tells_each_step_exactly_once(cast: Cast, mailer: FakeMailer, drain: Callable[..., int]) -> None:
    made = build_settlements.graded(cast, provider="offline")
    drain()
    settlement_actions.settle(made.pk, actor=cast.fay, at=NOW)
    drain()
    settlement_actions.confirm_transfers(list(Refund.objects.all()), bank_ref="SEPA 1", actor=cast.fay, at=NOW)
    drain()

    assert kinds() == ["authorized", "parcel_received", "inspected", "refund_sent", "refund_confirmed"]
    assert len(mailer.outbox) == 5
    assert len({mail.message_id for mail in mailer.outbox}) == 5


def test_the_receipt_of_a_withdrawal_carries_content_date_and_time(cast: Cast, mailer: FakeMailer, drain) -> None:
    made = return_actions.declare_withdrawal(
        merchant=cast.lanting, name="Mei Lin", contract="LT-48213", email="mei@lyon.example", locale="en",
        order=build.order(cast.lanting), actor=cast.machine, at=NOW,
    )  # fmt: skip

    drain()

    notice = only("withdrawal_acknowledged")
    assert "24 November 2026, 10:30:00 (Paris time)" in notice.text
    assert "I, Mei Lin, withdraw from contract LT-48213 with Lanting." in notice.text
    made.refresh_from_db()
    assert made.acknowledged_at is not None
    assert notices.receipt_of(made).splitlines()[4] in notice.text


@pytest.mark.parametrize(
    ("tag", "language"),
    [("fr", "fr"), ("fr-CA", "fr"), ("zh-TW", "zh-hans"), ("zh_CN", "zh-hans"), ("es", "en"), ("", "en"), ("JA", "ja")],
)
def test_we_write_in_a_language_that_we_speak(tag: str, language: str) -> None:
    assert notices.language_of(tag) == language
