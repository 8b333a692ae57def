"""docs/cases.md names every case that this house has set itself, and only tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.house.reading import PROJECT

PAGE = PROJECT / "docs" / "cases.md"
# The numbers of the cases by letter. Numbers between them belong to other lists.
CASES = {
    "A": (1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18),
    "B": (1, 3, 4, 6, 7, 9, 10),
    "C": (1, 2, 4, 5, 7, 8, 10, 11),
    "D": (1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17),
    "F": (1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29),
    "G": (1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26),
    "I": (1, 3, 4, 6, 7, 9, 10),
    "K": (2, 3, 5, 6, 8, 9, 11, 12),
    "L": (2, 3, 5, 6, 8, 9, 11, 12, 14),
    "M": (1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18),
}
ROW = re.compile(r"^\| (?P<case>[A-Z]\d+) \| (?P<words>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`")
ROWS = {row["case"]: row for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests of a file, those of classes too."""
    tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_case_has_its_line_and_no_line_is_of_another() -> None:
    assert list(ROWS) == [f"{letter}{number}" for letter, numbers in CASES.items() for number in numbers]


@pytest.mark.parametrize("case", ROWS)
def test_a_case_names_tests_that_exist_or_says_what_will_build_it(case: str) -> None:
    row = ROWS[case]
    named = NAMED.findall(row["tests"])
    assert named or re.search(r"[Nn]ot built yet: (issue \d|no issue)", row["words"]), row["words"]
    assert not [f"{path}::{name}" for path, name in named if name not in names_in(path)]
