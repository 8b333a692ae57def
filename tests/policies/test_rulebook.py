"""Rulebooks as data: what they may say, and how they are told when they cannot mean it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from homeward.policies import rulebook as books
from homeward.policies.facts import Reason
from homeward.policies.rulebook import RulebookError, standard
from homeward.policies.statutes import LANGUAGES

YAML = """
ref: lanting
version: 14
name: Lanting
bars: [customised, sealed_hygiene_opened]
clauses:
  - ref: LT-30D
    when: {not_category: [tea], country: [FR, DE]}
    then: {extend_days: 30, offer: [refund, exchange]}
    text: {en: 30 days instead of 14, fr: 30 jours au lieu de 14}
  - ref: LT-KEEP
    when:
      value_at_most: {EUR: 2500}
      freight_share_at_least: 60
      any_of: [{reason: [damaged]}, {category: [tea]}]
    then: {keep: true}
    text: {en: Keep it}
"""


def test_a_book_survives_the_way_through_yaml_and_json() -> None:
    book = books.from_yaml(YAML)
    assert book.clauses[1].when.any_of[0].reason == (Reason.DAMAGED,)
    assert books.from_data(books.to_data(book)) == book
    assert books.from_yaml(books.to_json(book).decode()) == book  # JSON is YAML
    assert book.words("LT-30D").in_("fr-FR") == "30 jours au lieu de 14"


def clause_with(**parts: Any) -> dict[str, Any]:
    clause = {"ref": "LT-1", "then": {"keep": True}, "text": {"en": "Keep it."}} | parts
    return {"ref": "lanting", "clauses": [clause]}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (clause_with(then={}), "LT-1 adds nothing"),
        (clause_with(then={"kep": True}), "unknown field `kep` - at `$.clauses[0].then`"),
        (clause_with(then={"refuse": True}), "unknown field `refuse`"),
        (clause_with(then={"extend_days": -1}), "Expected `int` >= 0"),
        (clause_with(then={"offer": ["money"]}), "Invalid enum value 'money'"),
        (clause_with(then={"waive": ["customized"]}), "LT-1: waive names 'customized'"),
        (clause_with(then={"fee": {"percent": 10_001}}), "Expected `int` <= 10000"),
        (clause_with(then={"extend_until": "31-01"}), "Expected `str` matching regex"),
        (clause_with(then={"extend_until": "02-30"}), "LT-1: 02-30 is no day of the year"),
        (clause_with(when={"season": ["11-31", "01-05"]}), "LT-1: 11-31 is no day of the year"),
        (clause_with(when={"trait": ["hygene"]}), "LT-1: trait names 'hygene'"),
        (clause_with(when={"country": ["Germany"]}), "LT-1: 'Germany' is no country code"),
        (clause_with(when={"value_at_most": {"euro": 1}}), "Expected `str` matching regex"),
        (clause_with(when={"any_of": [{"trait": ["x"]}]}), "LT-1: trait names 'x'"),
        (clause_with(when={"ordered_from": "2026-02-01", "ordered_to": "2026-01-01"}), "ordered_from lies after"),
        (clause_with(text={"de": "Behalten."}), "LT-1 lacks an English text"),
        (clause_with(ref="lt 1"), "Expected `str` matching regex"),
        ({"ref": "x", "bars": ["all"]}, "bars names 'all'"),
        ({"ref": "x", "clauses": [*clause_with()["clauses"], *clause_with()["clauses"]]}, "the ref LT-1 stands twice"),
    ],
)
def test_a_book_that_cannot_mean_what_it_says_is_refused(data: dict[str, Any], words: str) -> None:
    with pytest.raises(RulebookError, match=re.escape(words)):
        books.from_data(data)


def test_a_text_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(RulebookError, match="no YAML"):
        books.from_yaml("clauses: [")


def test_the_standard_book_speaks_eight_languages() -> None:
    for clause in standard().clauses:
        assert clause.text.keys() == set(LANGUAGES), clause.ref
        assert all(clause.text.values()), clause.ref


def test_no_clause_has_a_word_for_taking_a_right_away() -> None:
    assert set(books.Then.__struct_fields__) == {
        "extend_days", "extend_until", "guarantee_months", "merchant_pays_return", "offer", "keep", "waive",
        "refund_within_days", "fee", "evidence", "route",
    }  # fmt: skip
