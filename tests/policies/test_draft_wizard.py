"""The wizard proposes what is lawful in every place that we hold law for, and says why."""

from __future__ import annotations

import itertools

import pytest

from homeward.policies import findings, floors, packs, trials, wizard
from homeward.policies.decision import Outcome
from homeward.policies.rulebook import EMPTY
from homeward.policies.wizard import CATEGORIES, FREIGHT, Wishes
from homeward.web.office import draft_words

PLACES = sorted(
    {code for code in packs.library().codes if len(code) == 2 and code != "EU"}
    | packs.library().newest("EU").law.members.keys()
)
WAYS = list(itertools.product(FREIGHT, (0, 7, 14, 30, 100), (True, False)))


@pytest.mark.parametrize("country", PLACES)
def test_what_it_proposes_is_lawful_everywhere(country: str) -> None:
    freight, days, gifts = WAYS[PLACES.index(country) % len(WAYS)]
    wishes = Wishes("CN", (country,), tuple(CATEGORIES), days=days, freight=freight, gifts=gifts)
    proposal = wizard.propose(wishes)
    report = findings.report(proposal.book, (country,))
    assert report.errors == ()
    assert [floor for floor in report.floors if floor.kind == floors.BELOW] == []
    assert all(trial.is_green for trial in trials.run_all(proposal.book))
    for _, given in findings.grid(proposal.book, country):
        law, shop = trials.try_case(given, EMPTY), trials.try_case(given, proposal.book)
        if law.outcome == Outcome.AUTHORIZE and not shop.evidence_wanted and not shop.route:
            assert shop.outcome == Outcome.AUTHORIZE


@pytest.mark.parametrize(("freight", "days", "gifts"), WAYS)
def test_every_wish_gives_a_book_whose_clauses_all_have_a_reason(freight: str, days: int, gifts: bool) -> None:
    proposal = wizard.propose(Wishes("CN", ("DE", "JP"), ("food",), days=days, freight=freight, gifts=gifts))
    assert proposal.book.clauses
    for clause in proposal.book.clauses:
        assert proposal.why(clause.ref), clause.ref
        assert len(clause.text) == 8
        assert "%(" not in "".join(clause.text.values())
    for why in proposal.reasons:
        assert "%(" not in draft_words.why(why)


def test_a_window_is_promised_only_where_it_is_longer_than_the_law() -> None:
    proposal = wizard.propose(Wishes("CN", ("DE", "CN"), days=10))
    [window] = [clause for clause in proposal.book.clauses if clause.ref == "SHOP-WINDOW"]
    assert window.when.country == ("CN",)
    assert [why.countries for why in proposal.reasons if why.code == "window_by_law"] == [("DE",)]
    short = wizard.propose(Wishes("CN", ("DE",), days=10)).book
    assert short.clauses[0].ref == "SHOP-CHOICE"


def test_freight_and_goods_that_stay_are_as_wished() -> None:
    book = wizard.propose(Wishes("DE", ("DE", "FR"), days=30, freight="all", keep_limit=20)).book
    refs = {clause.ref: clause for clause in book.clauses}
    assert refs["SHOP-FREIGHT"].then.merchant_pays_return
    assert refs["SHOP-KEEP"].when.value_at_most == {"EUR": 2000}
    assert refs["SHOP-KEEP"].when.not_country == ("DE",)
    home = wizard.propose(Wishes("DE", ("DE",), keep_limit=20))
    assert not [clause for clause in home.book.clauses if clause.ref == "SHOP-KEEP"]
    assert [why.code for why in home.reasons if why.code == "keep_at_home"]
