"""What docs/ tells of lifecycles, events and the API is what the code does."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from homeward.config.management.commands import docs

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


def test_the_drawn_pages_are_up_to_date() -> None:
    call_command("docs", check=True, folder=ROOT / "docs", stdout=StringIO())
    assert (ROOT / "docs" / "openapi.json").exists()


def test_a_page_that_is_out_of_date_is_named(tmp_path: Path) -> None:
    call_command("docs", folder=tmp_path)
    (tmp_path / "events.md").write_text("old")
    with pytest.raises(CommandError, match=r"events\.md"):
        call_command("docs", check=True, folder=tmp_path)


def test_every_verb_of_every_lifecycle_is_in_its_diagram() -> None:
    page = docs.lifecycle_page()
    for table in docs.lifecycles():
        assert all(f": {verb}" in page for verb in table.verbs), table.noun


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    dead = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert not dead
