"""Rulebooks in sentences: every condition and effect that a clause may have has words, in every language."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from django.conf import settings
from django.utils import translation

from homeward.policies import facts, packs, rulebook
from homeward.policies.conditions import When
from homeward.policies.decision import Remedy
from homeward.policies.rulebook import Fee, Then
from homeward.web.office import clauses, rulebooks

WHENS = [
    (When(claims_fault=False), "nothing is said to be wrong"),
    (When(claims_fault=True), "the shopper says that something is wrong"),
    (When(seal_broken=False), "the seal is intact"),
    (When(delivered=False), "it has not been delivered"),
    (When(country=("FR", "DE")), "the shopper lives in: France, Germany"),
    (When(not_country=("JP",)), "the shopper does not live in: Japan"),
    (When(trait=("perishable", "medicine")), "the goods are one of: goods that spoil, medicines"),
    (When(reason=(facts.Reason.DAMAGED,)), "the reason is one of: damaged on the way"),
    (When(reason_code=("too_small",)), "the reason is one of: Too small"),
    (When(value_at_most={"EUR": 2500, "JPY": 4000}), "the value is at most €25.00, JP¥4,000"),
    (When(days_since_delivery_at_most=1), "delivered at most 1 day ago"),
    (When(ordered_from=date(2026, 11, 1)), "ordered from 1 November 2026 on"),
    (When(season=("11-01", "12-24")), "ordered from 1 Nov to 24 Dec of any year"),
    (When(freight_share_at_least=60), "the way back costs at least 60 % of what the goods fetch"),
    (
        When(none_of=(When(trait=("sealed_hygiene",), seal_broken=True),)),
        "but not when the goods are one of: sealed hygiene goods and the seal is broken",
    ),
    (When(any_of=(When(delivered=True), When(seal_broken=True))), "one of these holds: it has been delivered or "),
]
THENS = [
    (Then(extend_days=30), "It may be asked back for 30 days after delivery."),
    (Then(extend_until="02-29"), "It may be asked back until 29 Feb after the order."),
    (Then(guarantee_months=36), "The shop answers for defects for 36 months."),
    (Then(merchant_pays_return=True), "The shop pays the way back."),
    (Then(offer=(Remedy.EXCHANGE,)), "On offer: Another variant."),
    (Then(keep=True), "The shopper keeps the goods, nothing travels."),
    (Then(waive=("customised",)), "The shop does not use this bar: Made to the shopper’s wishes."),
    (Then(refund_within_days=5), "The money goes back within 5 days of getting the goods."),
    (Then(fee=Fee(percent=1250, amount={"EUR": 300})), "costs 12.5 % + €3.00."),
    (Then(evidence=("photo",)), "Wanted first: Photo."),
    (Then(route="supervisor"), "Looked at by a supervisor."),
]


@pytest.mark.parametrize(("when", "words"), WHENS)
def test_a_condition_is_a_sentence(when: When, words: str) -> None:
    [said] = clauses.conditions(when)
    assert said.startswith(words) if words.endswith(" ") else said == words


@pytest.mark.parametrize(("then", "words"), THENS)
def test_an_effect_is_a_sentence(then: Then, words: str) -> None:
    [said] = clauses.effects(then)
    assert said.endswith(words)


def test_whatever_a_clause_may_say_has_words() -> None:
    assert set(clauses._CONDITIONS) == {field.name for field in msgspec.structs.fields(When)}
    assert set(clauses._EFFECTS) == {field.name for field in msgspec.structs.fields(Then)}
    assert set(clauses.TRAITS) == facts.TRAITS
    assert set(clauses.REASONS) == set(facts.Reason)
    assert set(clauses.FAULTS) == set(facts.Fault)
    assert set(clauses.STATES) == set(facts.Condition)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_standard_rulebook_reads_in_every_language(language: str) -> None:
    with translation.override(language):
        for clause in rulebook.standard().clauses:
            said = [*clauses.conditions(clause.when), *clauses.effects(clause.then)]
            assert said, clause.ref
            assert not [words for words in said if "_" in words or "%(" in words or "None" in words]


def test_every_pack_is_shown_with_its_rights_and_bars() -> None:
    for code, shelf in packs.library().packs.items():
        rights = rulebooks.rights(shelf[0], "en")
        bars = rulebooks.bars(shelf[0], rulebook.standard(), "en")
        assert rights, code
        assert all(one["says"] for one in [*rights, *bars]), code
        assert all(one["law"] for one in [*rights, *bars]) or code == packs.NOWHERE, code
        assert rulebooks.place_name(code, "de")
