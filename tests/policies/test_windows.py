"""The last lawful day, counted where the shopper lives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import msgspec
import pytest

from homeward.policies import windows
from homeward.policies.decision import RefundRule, Term
from homeward.policies.packs import pack_for
from homeward.policies.rulebook import standard
from homeward.policies.verdict import decide
from homeward.policies.windows import Place
from tests.support.build_policies import ZONES, facts, judge, local

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("country", "delivered", "last_day", "why"),
    [
        ("DE", "2026-11-20", "2026-12-04", "14 days after a Friday"),
        ("DE", "2026-11-21", "2026-12-07", "a Saturday rolls to Monday"),
        ("DE", "2026-12-11", "2026-12-28", "25 December rolls over the holidays and the weekend"),
        ("DE", "2026-12-18", "2027-01-04", "New Year's Day rolls over the weekend"),
        ("FR", "2026-11-20", "2026-12-04", "14 days after a Friday"),
        ("FR", "2026-06-30", "2026-07-15", "14 July is no working day in France"),
        ("GB", "2026-12-12", "2026-12-26", "the UK does not roll, not even on Boxing Day"),
        ("CN", "2026-11-20", "2026-11-27", "7 days from the day after signing"),
        ("CN", "2026-11-21", "2026-11-30", "a Saturday rolls to Monday"),
        ("JP", "2026-11-20", "2026-11-27", "8 days, and the day of delivery is day one"),
    ],
)
def test_the_window_ends_on_the_day_that_the_law_counts(country: str, delivered: str, last_day: str, why: str) -> None:
    decision = judge(
        facts(country, ordered="2026-06-25 08:00", delivered=f"{delivered} 14:00", asked=f"{delivered} 20:00")
    )
    assert (decision.outcome, decision.deadline_day) == ("authorize", date.fromisoformat(last_day)), why


@pytest.mark.parametrize("country", ["DE", "FR", "GB", "CN", "JP"])
@pytest.mark.parametrize("server", ["UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_last_microsecond_of_the_last_local_day_is_in_time_on_every_server(country: str, server: str) -> None:
    case = facts(country)
    deadline = judge(case).deadline
    assert deadline is not None
    assert deadline.astimezone(ZoneInfo(ZONES[country])).strftime("%H:%M:%S.%f") == "23:59:59.999999"
    last = msgspec.structs.replace(case, asked_at=deadline.astimezone(ZoneInfo(server)))
    late = msgspec.structs.replace(case, asked_at=(deadline + MICROSECOND).astimezone(ZoneInfo(server)))
    assert judge(last).outcome == "authorize"
    assert judge(late).outcome == "refuse"


def test_a_part_of_a_country_that_the_calendar_does_not_know_keeps_the_countrys_holidays() -> None:
    lyon = facts("FR", subdivision="69", ordered="2026-06-25 08:00", delivered="2026-06-30 14:00")
    assert judge(lyon).deadline_day == date(2026, 7, 15)  # 14 July


def test_the_shoppers_zone_decides_and_not_the_time_of_the_server() -> None:
    delivered_near_midnight = facts("CN", delivered="2026-11-20 00:30", asked="2026-11-27 23:30")
    assert delivered_near_midnight.delivered_at == datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert judge(delivered_near_midnight).deadline_day == date(2026, 11, 27)
    assert judge(delivered_near_midnight).outcome == "authorize"


def test_the_same_instant_written_in_another_offset_gives_the_same_decision() -> None:
    case = facts("DE", ordered="2026-11-16 00:10")
    shifted = msgspec.structs.replace(
        case,
        ordered_at=case.ordered_at.astimezone(timezone(timedelta(hours=-11))),
        asked_at=case.asked_at.astimezone(timezone(timedelta(hours=13))) if case.asked_at else None,
    )
    assert judge(shifted, pack=None).trace == judge(case).trace


def test_an_uninformed_shopper_has_twelve_months_more() -> None:
    case = facts("FR", informed=None, asked="2027-12-06 23:59:59")
    decision = judge(case)
    assert decision.deadline_day == date(2027, 12, 6)  # 4 December 2027 is a Saturday
    assert decision.outcome == "authorize"
    assert decision.bases == ("FR-WDR-L221-18", "FR-WDR-L221-20")


def test_late_information_cuts_the_longer_window_to_fourteen_days() -> None:
    told = local("2027-01-11 12:00", "DE")
    in_time = facts("DE", informed=None, informed_at=told, asked="2027-01-25 23:00")
    assert judge(in_time).deadline_day == date(2027, 1, 25)
    assert judge(in_time).outcome == "authorize"
    assert judge(facts("DE", informed=None, informed_at=told, asked="2027-01-26 00:00")).outcome == "review"


def test_late_information_never_makes_the_window_shorter_than_fourteen_days_of_the_goods() -> None:
    told = local("2026-11-20 18:00", "DE")  # the evening of the delivery
    assert judge(facts("DE", informed=None, informed_at=told)).deadline_day == date(2026, 12, 4)


def test_a_last_day_on_a_weekend_goes_to_a_person_where_rolling_is_not_verified() -> None:
    boxing_day = {"delivered": "2026-12-12 14:00", "ordered": "2026-12-09 08:00"}
    assert judge(facts("GB", **boxing_day, asked="2026-12-26 23:59")).outcome == "authorize"
    assert judge(facts("GB", **boxing_day, asked="2026-12-28 10:00")).outcome == "review"  # bank holiday
    assert judge(facts("GB", **boxing_day, asked="2026-12-29 23:00")).outcome == "review"  # first working day
    assert judge(facts("GB", **boxing_day, asked="2026-12-30 00:00")).outcome == "refuse"


def test_before_delivery_the_window_has_not_begun() -> None:
    decision = judge(facts("DE", delivered=None, asked="2026-11-20 10:00"))
    assert (decision.outcome, decision.deadline) == ("authorize", None)


def test_without_a_delivery_date_nothing_old_is_refused_but_the_date_is_asked() -> None:
    decision = judge(facts("DE", delivered=None, asked="2027-03-01 10:00"))
    assert (decision.outcome, decision.questions, decision.route) == ("review", ("delivered_at",), "shopper")


def test_california_counts_from_the_purchase_when_no_policy_was_posted() -> None:
    purchase = {"subdivision": "US-CA", "zone": "America/Los_Angeles", "return_terms_shown": False}
    decision = judge(facts("US", ordered="2026-11-01 12:00", asked="2026-12-01 20:00", **purchase))
    assert (decision.outcome, decision.bases, decision.deadline_day) == (
        "authorize",
        ("US-CA-1723",),
        date(2026, 12, 1),
    )
    late = judge(facts("US", ordered="2026-11-01 12:00", asked="2026-12-02 12:00", **purchase))
    assert late.outcome == "refuse"


def test_an_unknown_zone_is_read_as_the_one_where_the_day_ends_last() -> None:
    ended_in_new_york = datetime(2026, 12, 24, 6, 0, tzinfo=UTC)  # 01:00 in New York, 20:00 the day before in Honolulu
    case = facts("US", zone="", delivered="2026-11-23 12:00", asked="2026-12-01 00:00", return_terms_shown=True)
    asked = msgspec.structs.replace(case, asked_at=ended_in_new_york)
    assert decide(asked, standard(), at=ended_in_new_york).outcome == "authorize"


# When the money is due.

BERLIN = Place("Europe/Berlin", "DE")
EU_RULE = RefundRule(
    law=Term(14, "trader_informed_of_withdrawal", "EU-REF-13"),
    promise=Term(5, "goods_back", "LT-5D"),
    may_withhold_until="goods_back_or_proof_of_sending",
)


def moment(text: str) -> datetime:
    return local(text, "DE")


def test_a_refund_is_held_until_the_goods_or_their_posting_are_shown() -> None:
    due = windows.refund_due(EU_RULE, {"trader_informed_of_withdrawal": moment("2026-11-24 10:00")}, BERLIN)
    assert (due.law_at, due.promise_at, due.is_held) == (moment("2026-12-08 23:59:59.999999"), None, True)


def test_proof_of_posting_releases_a_refund_and_the_promise_may_be_sooner() -> None:
    events = {
        "trader_informed_of_withdrawal": moment("2026-11-24 10:00"),
        "proof_of_sending": moment("2026-11-26 18:00"),
        "goods_back": moment("2026-11-30 09:00"),
    }
    due = windows.refund_due(EU_RULE, events, BERLIN)
    assert (due.law_at, due.promise_at) == (moment("2026-12-08 23:59:59.999999"), moment("2026-12-05 23:59:59.999999"))
    assert (due.first_at, due.is_held) == (due.promise_at, False)


def test_a_refund_held_longer_than_its_term_is_due_on_the_day_of_release() -> None:
    events = {"trader_informed_of_withdrawal": moment("2026-11-24 10:00"), "goods_back": moment("2026-12-20 09:00")}
    assert windows.refund_due(EU_RULE, events, BERLIN).law_at == moment("2026-12-20 23:59:59.999999")


def test_a_traders_term_does_not_roll_on_to_a_working_day() -> None:
    events = {"trader_informed_of_withdrawal": moment("2026-11-21 10:00"), "goods_back": moment("2026-11-23 10:00")}
    assert windows.refund_due(EU_RULE, events, BERLIN).law_at == moment("2026-12-05 23:59:59.999999")  # a Saturday


@pytest.mark.parametrize(
    ("place", "term", "event", "expected"),
    [
        (Place("Asia/Shanghai", "CN"), Term(7, "goods_back", "X"), "2026-12-03", "2026-12-10"),
        (Place("Asia/Seoul", "KR"), Term(3, "goods_back", "X", "business"), "2026-11-20", "2026-11-25"),
        (Place("America/Bogota", "CO"), Term(5, "goods_back", "X", "business"), "2026-11-20", "2026-11-27"),
    ],
)
def test_refund_terms_of_other_places_count_as_their_law_says(
    place: Place, term: Term, event: str, expected: str
) -> None:
    back = datetime.fromisoformat(f"{event} 12:00").replace(tzinfo=ZoneInfo(place.zone))
    due = windows.refund_due(RefundRule(law=term), {"goods_back": back}, place)
    assert due.law_at is not None
    assert place.day(due.law_at) == date.fromisoformat(expected)


def test_the_uk_clock_starts_with_the_goods_or_their_posting() -> None:
    law = pack_for("GB", on=date(2026, 11, 1)).law.refund
    rule = RefundRule(law=Term(law.days or 0, law.event, "GB-REF-34"), may_withhold_until=law.may_withhold_until)
    told = {"trader_informed_of_withdrawal": local("2026-11-24 10:00", "GB")}
    london = Place("Europe/London", "GB")
    assert windows.refund_due(rule, told, london).law_at is None
    sent = told | {"proof_of_sending": local("2026-11-26 10:00", "GB")}
    assert windows.refund_due(rule, sent, london).law_at == local("2026-12-10 23:59:59.999999", "GB")
