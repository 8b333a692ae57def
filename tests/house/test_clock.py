"""House rule: below the edge nobody reads the clock; the moment comes in as `at`."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.reading import EDGE, Source, calls, house, snippet

CLOCKS = {
    "django.utils.timezone.now",
    "django.db.models.functions.Now",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
CLOCKS_WITHOUT_A_MOMENT = {"django.utils.timezone.localtime", "django.utils.timezone.localdate"}
CLOCKS_IN_SQL = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)|\bCURRENT_(TIMESTAMP|DATE|TIME)\b"
    r"|\bLOCALTIMESTAMP\b"
)


def offences(source: Source) -> list[str]:
    """Return where a file below the edge reads the clock."""
    if source.room in EDGE:
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and source.origin(node) in CLOCKS:
            found.append((node.lineno, source.origin(node)))
    for call in calls(source):
        if source.origin(call.func) in CLOCKS_WITHOUT_A_MOMENT and not (call.args or call.keywords):
            found.append((call.lineno, source.origin(call.func)))
        automatic = {keyword.arg for keyword in call.keywords} & {"auto_now", "auto_now_add"}
        found += [(call.lineno, word) for word in automatic]
    for line, text in source.strings():
        if match := CLOCKS_IN_SQL.search(text):
            found.append((line, match.group()))
    return [source.at(line, f"{clock} reads the clock; take `at` as a parameter") for line, clock in sorted(found)]


def test_nobody_below_the_edge_reads_the_clock() -> None:
    found = [offence for source in house() for offence in offences(source)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "from django.utils import timezone\nat = timezone.now()",
        "from django.utils.timezone import now\nat = now()",
        "from django.utils import timezone\nfield = DateTimeField(default=timezone.now)",
        "from django.utils import timezone\nday = timezone.localdate()",
        "import datetime\nat = datetime.datetime.now(datetime.UTC)",
        "import datetime as dt\nat = dt.datetime.utcnow()",
        "from datetime import date\nday = date.today()",
        "import time\nat = time.time()",
        "field = models.DateTimeField(auto_now_add=True)",
        "from django.db.models.functions import Now\nrows.update(seen_at=Now())",
        "cursor.execute('UPDATE t SET seen_at = now()')",
        "cursor.execute(f'DELETE FROM {table} WHERE due_at < CURRENT_TIMESTAMP')",
    ],
)
def test_reading_the_clock_is_noticed(code: str) -> None:
    assert len(offences(snippet(code))) == 1
    assert not offences(snippet(code, "web/portal/views.py"))


@pytest.mark.parametrize(
    "code",
    [
        "from django.utils import timezone\nday = timezone.localdate(at, zone)",
        "from datetime import datetime\nat = datetime.fromisoformat(text)",
        "import time\nbegun = time.perf_counter()",
        '"""What is due now() or later."""',
        "now = at",
    ],
)
def test_times_that_are_handed_in_are_fine(code: str) -> None:
    assert not offences(snippet(code))
