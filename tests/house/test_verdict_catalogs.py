"""House rule on Spanish, Italian and Portuguese: they hold the words of verdicts, all of them and no others."""

from __future__ import annotations

import pytest

from tests.house.catalogs import catalog, placeholders, translated
from tests.house.reading import PACKAGE, PROJECT, calls, house

VERDICTS = PROJECT / PACKAGE / "policies" / "texts.py"  # what `words.explain` speaks from
PARTIAL = ("es", "it", "pt")  # citations and explanations only; pages and letters speak the portal's five


def words_of_verdicts() -> set[str]:
    """Return every text that a decision is explained with."""
    [source] = [one for one in house() if (PROJECT / one.path).resolve() == VERDICTS.resolve()]
    return {
        str(getattr(call.args[0], "value", ""))
        for call in calls(source)
        if source.origin(call.func).endswith("gettext_lazy")
    }


@pytest.mark.parametrize("language", PARTIAL)
def test_the_catalog_holds_the_words_of_verdicts_and_no_others(language: str) -> None:
    held = {one.text.says for one in translated(language)}
    assert len(held) > 150
    assert held == words_of_verdicts()
    assert not catalog(language).fuzzy


@pytest.mark.parametrize("language", PARTIAL)
def test_each_is_translated_and_keeps_its_values(language: str) -> None:
    wrong = [
        str(one)
        for one in translated(language)
        if one.is_fuzzy or not one.forms[0].strip() or placeholders(one.forms[0]) != placeholders(one.text.says)
    ]
    assert wrong == []
