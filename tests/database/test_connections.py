"""A connection keeps what it has prepared, and reads every moment as it was written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from homeward.config import connections

pytestmark = pytest.mark.django_db

MOMENTS = [
    datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
    datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 7, 1, 0, 0, 0, 120_000, tzinfo=UTC),
    datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_moment_is_read_as_it_was_written_and_in_utc(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, ARRAY[%s::timestamptz], NULL::timestamptz", [moment, moment])
        plain, [listed], nothing = cursor.fetchone()
    assert plain == listed == moment
    assert plain.tzinfo is UTC
    assert nothing is None


def test_a_connection_keeps_more_statements_than_a_return_has() -> None:
    connection.ensure_connection()
    assert connection.connection.prepared_max == connections.STATEMENTS
    assert connection.connection.adapters.get_loader(1184, 0) is connections.MomentLoader
