"""The published policy says what `decide` gives: days, payer, fees and money, everywhere, under several rulebooks."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.policies import packs, published, rulebook, specimens
from homeward.policies.decision import Decision, Outcome, Payer, Track
from homeward.policies.facts import Reason
from homeward.policies.published import ROAD, Terms
from homeward.policies.rulebook import Book
from homeward.policies.specimens import Given
from homeward.policies.verdict import decide
from tests.policies.support_published import BOOKS

DAY = date(2026, 6, 10)
PLACES = packs.library().codes
LONGEST = 45  # days after which no window of the law or of these books is open, however it rolls


def ask(book: Book, place: str, on: date, days: int, reason: Reason = Reason.CHANGED_MIND) -> Decision:
    """Return what is decided for plain goods ordered on a day and asked back so many days after delivery."""
    country, _hyphen, part = place.partition("-")
    asked = on + timedelta(days=ROAD + days)
    case = Given(
        country=country, subdivision=part, asked=asked, delivered_days_ago=days, ordered_days_ago=days + ROAD,
        value="EUR 50.00", reason=reason,
    )  # fmt: skip
    return decide(specimens.to_facts(case), book, at=case.asked_at, pack=packs.pack_for(country, part, on=on))


def check(terms: Terms, book: Book, place: str, on: date) -> None:
    """Compare what is told with what is decided on every day that matters."""
    law, shop = terms.law.sure_days, terms.shop.days if terms.shop else None
    turning = {day for edge in (1, law, shop) if edge for day in (edge - 1, edge, edge + 1)}
    for days in sorted({day for day in turning if day >= 1} | {LONGEST}):
        made = ask(book, place, on, days)
        if terms.days is not None and days <= terms.days:
            assert made.outcome == Outcome.AUTHORIZE, (place, days)
        if days >= LONGEST:
            assert made.outcome != Outcome.AUTHORIZE, (place, days)
        if made.outcome == Outcome.AUTHORIZE:
            compare(terms, made, place)
    defect = ask(book, place, on, 40, Reason.DEFECT)
    if defect.outcome != Outcome.REFUSE:
        assert defect.freight == terms.payer_defect, place


def compare(terms: Terms, made: Decision, place: str) -> None:
    """Compare payer, fees and money of one decision with the terms."""
    is_right = made.track == Track.CHANGE_OF_MIND
    later = terms.payer if terms.payer_later is None else terms.payer_later
    assert made.freight == (terms.payer if is_right or terms.law.days is None else later), place
    fees = tuple(part for part in made.deductions if part.ground == "fee")
    assert fees == (() if is_right else terms.fees), place
    assert made.refund.promise == terms.refund_promise, place
    if is_right:
        assert made.refund.law == terms.refund_law, place


@pytest.mark.parametrize("place", PLACES)
def test_in_every_place_the_standard_terms_are_what_is_decided(place: str) -> None:
    book = rulebook.standard()

    check(published.terms(book, place, on=DAY), book, place, DAY)


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("place", ["DE", "GB", "TR", "BR", "CN", "JP", "KR", "MX", "US", "US-CA", "CH", "ZZ"])
def test_other_rulebooks_are_told_as_truly(name: str, place: str) -> None:
    book, on = BOOKS[name], DAY if name != "promotion" else date(2026, 5, 4)  # seasons stand beside the terms

    check(published.terms(book, place, on=on), book, place, on)


@settings(max_examples=60, deadline=None)
@given(
    place=st.sampled_from(PLACES), name=st.sampled_from(sorted(BOOKS)),
    on=st.dates(date(2026, 1, 5), date(2027, 10, 20)),
)  # fmt: skip
def test_on_any_day_of_buying_no_window_is_told_longer_than_it_is(place: str, name: str, on: date) -> None:
    book = BOOKS[name]
    terms = published.terms(book, place, on=on)

    for days in {1, terms.days or 1}:
        if terms.days is not None:
            made = ask(book, place, on, days)
            assert made.outcome == Outcome.AUTHORIZE, (place, name, on, days)
            assert made.freight in {terms.payer, terms.payer_later}


def test_seasons_end_on_the_day_that_is_told() -> None:
    book = rulebook.standard()
    (season,) = published.terms(book, "DE", on=date(2026, 11, 24)).seasons

    assert (season.first, season.last, season.until) == (date(2026, 11, 1), date(2026, 12, 24), date(2027, 1, 31))
    for bought in (season.first, date(2026, 11, 24), season.last):
        until = (season.until - bought).days - ROAD
        assert ask(book, "DE", bought, until).outcome == Outcome.AUTHORIZE
        assert ask(book, "DE", bought, until + 1).outcome != Outcome.AUTHORIZE


@pytest.mark.parametrize(
    ("on", "first"),
    [(date(2026, 6, 10), 2026), (date(2026, 12, 24), 2026), (date(2026, 12, 25), 2027), (date(2026, 11, 1), 2026)],
)
def test_the_season_that_runs_or_comes_next_is_told(on: date, first: int) -> None:
    (season,) = published.terms(rulebook.standard(), "FR", on=on).seasons

    assert season.first == date(first, 11, 1)


def test_a_season_of_the_past_is_not_told() -> None:
    assert published.terms(BOOKS["promotion"], "FR", on=date(2027, 1, 1)).seasons == ()
    assert len(published.terms(BOOKS["promotion"], "FR", on=date(2026, 6, 1)).seasons) == 1


def test_what_the_law_gives_is_never_told_as_the_shops() -> None:
    terms = published.terms(rulebook.EMPTY, "DE", on=DAY)

    assert (terms.law.days, terms.shop, terms.days, terms.payer) == (14, None, 14, Payer.SHOPPER)
    assert terms.law_refs[0] == "DE-WDR-355"
    assert {one.key for one in terms.exceptions} >= {"customised", "perishable"}


def test_a_shop_without_rules_where_no_law_gives_a_right_takes_nothing_back() -> None:
    terms = published.terms(rulebook.EMPTY, "US-CA", on=DAY)

    assert (terms.law.days, terms.shop, terms.days) == (None, None, None)
    assert terms.returnable in {"no", "unsure"}


def test_clauses_of_other_countries_are_left_out() -> None:
    book = BOOKS["free in France"]

    assert published.terms(book, "FR", on=DAY).payer == Payer.MERCHANT
    assert published.terms(book, "DE", on=DAY).payer == Payer.SHOPPER
    assert "X-FREE" not in published.terms(book, "DE", on=DAY).shop_refs


def test_waivers_stand_beside_the_exceptions_they_open() -> None:
    terms = published.terms(BOOKS["waives hygiene"], "DE", on=DAY)

    waived = {one.key: one.waived_by for one in terms.exceptions}
    assert waived["sealed_hygiene_opened"] == ("X-WAIVE",)
    assert waived["customised"] == ()


def test_terms_travel_as_plain_data() -> None:
    terms = published.terms(rulebook.standard(), "DE", on=DAY)

    assert msgspec.convert(msgspec.to_builtins(terms), Terms) == terms
