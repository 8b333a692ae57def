"""docs/rulebooks.md names every field there is and none that is not, its example is green, and the console says so."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from django.core.management import CommandError, call_command

from homeward.policies import findings, rulebook
from homeward.policies.conditions import When
from homeward.policies.rulebook import Book, ShopClause, Then
from homeward.policies.specimens import Expected, Given

PAGE = (Path(__file__).parents[2] / "docs" / "rulebooks.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]


def named_under(heading: str) -> set[str]:
    """Return the fields that the first table after a text names in its first column."""
    table = re.search(r"\n\|.*?\n\n", PAGE[PAGE.index(heading) :] + "\n\n", re.DOTALL)
    assert table
    rows = table[0].strip().splitlines()[2:]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}


@pytest.mark.parametrize(
    ("heading", "struct"),
    [
        ("### The book", Book), ("### A clause", ShopClause), ("### `when`", When), ("### `then`", Then),
        ("`given` is one line", Given), ("`expect` names", Expected),
    ],
)  # fmt: skip
def test_the_page_names_every_field_and_no_other(heading: str, struct: type) -> None:
    assert named_under(heading) == {field.encode_name for field in msgspec.structs.fields(struct)}


def check(text: str, tmp_path: Path, *words: str) -> str:
    file, out = tmp_path / "book.yaml", StringIO()
    file.write_text(text, encoding="utf-8")
    call_command("rulebook", "check", str(file), *words, stdout=out)
    return out.getvalue()


def test_the_example_of_the_page_is_green(tmp_path: Path) -> None:
    book = rulebook.from_yaml(EXAMPLE)
    assert findings.report(book, book.sells_to).errors == ()
    told = check(EXAMPLE, tmp_path)
    assert re.findall(r"^green +(.+)$", told, re.MULTILINE) == [test.name for test in book.tests]


def test_a_red_test_ends_with_an_error_that_says_what_differs(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="0 to be mended, 1 red"):
        check(EXAMPLE.replace("payer: shopper", "payer: merchant"), tmp_path)


def test_what_cannot_be_meant_ends_with_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="1 to be mended"):
        check(EXAMPLE.replace("LT-KEEP", "LT-30D"), tmp_path)
    with pytest.raises(CommandError, match="no YAML"):
        check("clauses: [", tmp_path)
    with pytest.raises(CommandError, match="No such file"):
        call_command("rulebook", "check", str(tmp_path / "none.yaml"))


def test_the_standard_rulebook_passes_quietly(tmp_path: Path) -> None:
    assert check(rulebook.to_yaml(rulebook.standard()), tmp_path, "--quiet") == ""
    assert "Nothing decides" in check(rulebook.to_yaml(rulebook.standard()), tmp_path, "--countries", "DE,ZW")
