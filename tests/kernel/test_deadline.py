"""Deadlines end where laws say they end, whatever zone the server is in."""

from datetime import UTC, date, datetime, timedelta

import pytest

from homeward.kernel import Calendar, Deadline
from homeward.kernel.deadline import add_months

DE, FR, GB, JP = Calendar("DE"), Calendar("FR"), Calendar("GB"), Calendar("JP")


@pytest.mark.parametrize(
    ("deadline", "event", "calendar", "last"),
    [
        (Deadline(14, rolls=True), date(2026, 11, 20), DE, date(2026, 12, 4)),
        (Deadline(14), date(2026, 12, 12), GB, date(2026, 12, 26)),
        (Deadline(14, rolls=True), date(2026, 12, 11), DE, date(2026, 12, 28)),  # 25 December, then a weekend
        (Deadline(8, first_day="event_day"), date(2026, 11, 20), JP, date(2026, 11, 27)),
        (Deadline(5, "working_days"), date(2026, 11, 20), Calendar("CO"), date(2026, 11, 27)),
        (Deadline(3, "working_days"), date(2026, 11, 20), Calendar("KR"), date(2026, 11, 25)),
        (Deadline(6, "months"), date(2026, 6, 15), Calendar("CN"), date(2026, 12, 15)),
        (Deadline(12, "months", rolls=True), date(2026, 12, 4), FR, date(2027, 12, 6)),
        (Deadline(1, "months"), date(2027, 1, 31), DE, date(2027, 2, 28)),
    ],
)
def test_the_last_day_is_the_one_the_law_counts(
    deadline: Deadline, event: date, calendar: Calendar, last: date
) -> None:
    assert deadline.last_day(event, calendar) == last


def test_a_span_of_days_runs_to_the_end_of_the_last_local_day() -> None:
    delivered = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # already the 21st in Osaka
    end = Deadline(14).resolve(delivered, zone="Asia/Tokyo")
    assert end == datetime(2026, 12, 5, 15, 0, tzinfo=UTC) - timedelta(microseconds=1)


def test_hours_are_counted_from_the_instant() -> None:
    event = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert Deadline(48, "hours").resolve(event, zone="Asia/Tokyo") == event + timedelta(hours=48)


def test_a_day_with_a_clock_change_still_ends_at_midnight() -> None:
    end = Deadline(1).resolve(datetime(2026, 10, 24, 12, 0, tzinfo=UTC), zone="Europe/Berlin")
    assert end == datetime(2026, 10, 25, 23, 0, tzinfo=UTC) - timedelta(microseconds=1)


def test_a_country_without_a_calendar_rests_on_weekends_only() -> None:
    assert Calendar("XX").next_working(date(2026, 12, 26)) == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("day", "months", "result"), [(date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2026, 11, 30), 3, date(2027, 2, 28))]
)
def test_months_end_on_the_last_day_where_they_are_shorter(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result
