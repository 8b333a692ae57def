"""What changed between two books, and a book's way through YAML: drawn at random, nothing is lost or made up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.policies import changes, drafting, specimens, trials
from homeward.policies import rulebook as books
from homeward.policies.bars import BARS
from homeward.policies.conditions import When
from homeward.policies.decision import Outcome, Payer, Remedy, Track, WayBack
from homeward.policies.facts import TRAITS, Condition, Fault, Reason
from homeward.policies.rulebook import Book, Fee, RulebookError, ShopClause, Then, standard
from homeward.policies.specimens import Example, Expected, Given
from tests.support.build_policies import book, clause

A, B, C = (clause(ref, Then(keep=True)) for ref in ("A-1", "B-1", "C-1"))


def shown(old: Book, new: Book) -> list[tuple[str, str]]:
    return [(one.ref, one.kind) for one in changes.compare(old, new).shown]


def test_clauses_are_added_removed_moved_and_changed() -> None:
    longer = clause("B-1", Then(extend_days=30), When(country=("DE",)))
    assert shown(book(A, B), book(A, B)) == []
    assert shown(book(A), book(A, B)) == [("B-1", "added")]
    assert shown(book(A, B), book(B)) == [("A-1", "removed")]
    assert shown(book(A, B, C), book(C, A, B)) == [("C-1", "moved")]
    assert shown(book(A, B), book(A, longer)) == [("B-1", "changed")]
    found = changes.compare(book(A, B), book(longer, A)).changes
    assert [one.is_moved for one in found].count(True) == 1, "one of two has moved past the other"
    assert [(one.ref, one.kind) for one in found if one.kind == "changed"] == [("B-1", "changed")]
    assert found[0].fields == ("when.country", "then.extend_days", "then.keep")


def test_words_bars_countries_names_and_tests_are_compared() -> None:
    other = ShopClause(ref="A-1", then=Then(keep=True), text={"en": "Keep it.", "de": "Behalten."})
    test = Example(name="one", given=Given(country="DE"), expect=Expected(outcome=Outcome.AUTHORIZE))
    found = changes.compare(
        book(A), book(other, bars=("perishable",), sells_to=("DE",), name="New", tests=(test,))
    )  # fmt: skip
    assert found.shown[0].fields == ("text.en", "text.de")
    assert len(found.bars_lost) == len(BARS) - 1
    assert (found.bars_gained, found.countries, found.names[1]) == ((), ((), ("DE",)), "New")
    assert found.tests == (("one", "added"),)
    assert not found.is_same
    assert changes.compare(standard(), standard()).is_same


def test_books_are_changed_by_putting_moving_and_dropping() -> None:
    three = book(A, B, C)
    assert [one.ref for one in drafting.move(three, 3, 1).clauses] == ["C-1", "A-1", "B-1"]
    assert [one.ref for one in drafting.move(three, 1, 99).clauses] == ["B-1", "C-1", "A-1"]
    assert [one.ref for one in drafting.drop(three, 2).clauses] == ["A-1", "C-1"]
    assert drafting.free_ref(three, "a-1") == "A-1-2"
    with pytest.raises(drafting.RefTaken):
        drafting.put(three, clause("B-1", Then(keep=True)), 1)
    for place in (0, 4):
        with pytest.raises(drafting.NoSuchClause):
            drafting.drop(three, place)
    assert drafting.use_bars(three, BARS).bars is None
    assert drafting.use_bars(three, ["perishable"]).bars == ("perishable",)


def test_norway_stays_norway_and_yes_stays_a_word() -> None:
    text = (
        "{ref: x, clauses: [{ref: A-1, when: {country: [NO], tag: [yes, on]}, then: {keep: true}, text: {en: Keep}}]}"
    )
    when = books.from_yaml(text).clauses[0].when
    assert (when.country, when.tag) == (("NO",), ("yes", "on"))


@pytest.mark.parametrize("text", ["tests: [{name: a, given: {}, expect: {}}]", "tests: [{name: ''}]", "- a", "3"])
def test_tests_of_a_wrong_form_are_refused_by_name(text: str) -> None:
    with pytest.raises(RulebookError):
        books.from_yaml("ref: x\n" + text if text.startswith("tests") else text)


def test_two_tests_of_one_name_or_a_sum_that_cannot_be_are_refused() -> None:
    one = Example(name="one", given=Given(country="DE", value="EUR 1.005"), expect=Expected())
    with pytest.raises(RulebookError, match="two tests are named 'one'"):
        books.check(book(tests=(one, one)))
    with pytest.raises(RulebookError, match="more decimals"):
        books.check(book(tests=(one,)))
    old = Example(name="old", given=Given(country="DE", asked=date(1, 1, 1)), expect=Expected())
    with pytest.raises(RulebookError, match="days from 2000 to 2100"):
        books.check(book(tests=(old,)))


# The way through YAML, for any book that there may be.

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
NAMES, COUNTRIES = (
    st.sampled_from(["tea", "no", "1e3", "0x1", "null", "~", "12:30"]),
    st.sampled_from(["NO", "DE", "ON"]),
)


def few(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=3, unique=True).map(tuple)


SUMS = st.dictionaries(st.sampled_from(["EUR", "JPY"]), st.integers(0, 10**9), max_size=2)
MONTH_DAYS = st.sampled_from(["01-31", "02-29", "12-24"])
WHENS: st.SearchStrategy[When] = st.builds(
    When, country=few(COUNTRIES), not_country=few(COUNTRIES), category=few(NAMES), tag=few(NAMES | WORDS),
    trait=few(st.sampled_from(sorted(TRAITS))), reason=few(st.sampled_from(Reason)),
    condition=few(st.sampled_from(Condition)), fault=few(st.sampled_from(Fault)),
    claims_fault=st.none() | st.booleans(), value_at_most=SUMS, returns_at_least=st.none() | st.integers(0, 9),
    ordered_from=st.none() | st.dates(date(2020, 1, 1), date(2024, 1, 1)),
    season=st.none() | st.tuples(MONTH_DAYS, MONTH_DAYS),
)  # fmt: skip
BRANCHES = st.lists(WHENS, max_size=2).map(tuple)
THENS = st.builds(
    Then, extend_days=st.integers(0, 99), extend_until=st.none() | MONTH_DAYS, keep=st.booleans(),
    offer=few(st.sampled_from(Remedy)), waive=few(st.sampled_from(sorted(BARS))), route=st.sampled_from(["", "agent"]),
    fee=st.none() | st.builds(Fee, percent=st.integers(0, 10_000), amount=SUMS),
)  # fmt: skip
TESTS = st.builds(
    Example, name=WORDS,
    given=st.builds(
        Given, country=COUNTRIES, delivered_days_ago=st.none() | st.integers(0, 99), reason=st.sampled_from(Reason),
        traits=few(st.sampled_from(sorted(TRAITS))), seal_broken=st.none() | st.booleans(), informed=st.booleans(),
        danger_signs=st.none() | st.booleans(),
    ),
    expect=st.builds(
        Expected, outcome=st.none() | st.sampled_from(Outcome), track=st.none() | st.sampled_from(Track),
        payer=st.none() | st.sampled_from(Payer), deadline=st.none() | st.dates(),
        way_back=st.none() | st.sampled_from(WayBack), remedies=few(st.sampled_from(Remedy)),
    ),
)  # fmt: skip


@st.composite
def any_book(draw: Any) -> Book:
    whens = st.tuples(WHENS, BRANCHES, BRANCHES).map(
        lambda three: When(**{**_fields(three[0]), "any_of": three[1], "none_of": three[2]})
    )
    clauses = [
        ShopClause(ref=f"C-{number}", when=draw(whens), then=draw(THENS), text={"en": draw(WORDS), "ja": draw(WORDS)})
        for number in range(draw(st.integers(0, 3)))
    ]
    return Book(
        ref="x", name=draw(WORDS), sells_to=draw(few(COUNTRIES)),
        bars=draw(st.none() | few(st.sampled_from(sorted(BARS)))),
        clauses=tuple(clauses), tests=tuple(draw(st.lists(TESTS, max_size=2, unique_by=lambda test: test.name))),
    )  # fmt: skip


def _fields(when: When) -> dict[str, Any]:
    return {name: getattr(when, name) for name in When.__struct_fields__}


@settings(max_examples=80, deadline=None)
@given(any_book())
def test_any_book_survives_yaml_and_json(made: Book) -> None:
    assert books.read_yaml(books.to_yaml(made)) == made
    assert books.read(books.to_data(made)) == made
    assert books.read_json(books.to_json(made)) == made
    assert changes.compare(made, books.read_yaml(books.to_yaml(made))).is_same


@settings(max_examples=60, deadline=None)
@given(TESTS)
def test_any_case_can_be_tried(test: Example) -> None:
    decision = trials.try_case(test.given, standard())
    assert trials.run(
        Example(name="found", given=test.given, expect=trials.as_found(decision)), standard()
    ).is_green  # fmt: skip
    assert specimens.to_facts(test.given).asked_at == test.given.asked_at
