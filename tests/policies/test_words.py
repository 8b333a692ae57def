"""Decisions in words: citations and the trace, in the reader's language."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.utils import translation

from homeward.policies import decision as decisions
from homeward.policies import texts, words
from homeward.policies.bars import BARS
from homeward.policies.conditions import When
from homeward.policies.facts import Reason
from homeward.policies.packs import library
from homeward.policies.rulebook import EMPTY, Then, standard
from homeward.policies.statutes import LANGUAGES
from tests.support.build_policies import book, clause, facts, judge

SAME = {"Photo", "Video", "Document"}  # words that some languages have in common with English


def document(decision: decisions.Decision) -> dict[str, Any]:
    """Build what the returns keep of a decision under the standard book."""
    return {"decision": decisions.to_data(decision), "rulebook_ref": ""}


def test_a_citation_names_article_and_says_it_plainly_in_the_shoppers_language() -> None:
    custom = judge(facts("FR", traits=["customised"]), standard())
    (cited,) = words.citations(document(custom), language="fr")
    text = cited.pop("text")
    law = "Code de la consommation, L221-28 3°"
    assert cited == {"ref": "FR-EXC-L221-28-3", "source": "bar", "version": "2026.11", "law": law}
    assert text.startswith("Le bien a été fait selon vos souhaits ou vos mesures")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_citation_has_law_and_words_in_every_language(language: str) -> None:
    for country in ("DE", "FR", "GB", "CN", "JP", "US", "AT"):
        for cited in words.citations(document(judge(facts(country), standard())), language=language):
            assert cited["law"], cited
            assert cited["text"], cited


def test_the_trace_tells_layer_title_result_and_reason() -> None:
    lines = {line["ref"]: line for line in words.trace(document(judge(facts("FR"), standard())), language="en")}
    assert lines["FR-WDR-L221-18"] == {
        "layer": "statute",
        "ref": "FR-WDR-L221-18",
        "title": "Change of mind",
        "result": "granted",
        "note": "in time, until 4 December 2026",
    }
    assert lines["FR-EXC-L221-28-5"]["title"] == "Sealed hygiene goods, opened"
    assert (lines["STD-30D"]["layer"], lines["STD-30D"]["result"]) == ("shop", "added")
    assert (lines["STD-SERIAL"]["result"], lines["STD-SERIAL"]["note"]) == ("not_met", "fewer returns")


def test_an_open_question_stands_in_the_trace_as_asked() -> None:
    decision = judge(facts("FR", traits=["sealed_hygiene"]), standard())
    line = next(line for line in words.trace(document(decision), language="en") if line["ref"] == "FR-EXC-L221-28-5")
    assert (line["result"], line["note"]) == ("asked", "Has the seal been opened? still to be asked")
    assert words.explain(decision, "en", book=standard()).questions == ("Has the seal been opened?",)


def test_dates_are_written_as_the_reader_writes_them() -> None:
    notes = [line["note"] for line in words.trace(document(judge(facts("DE"), standard())), language="de")]
    assert any("4. Dezember 2026" in note for note in notes)


def test_a_shops_own_clause_is_told_in_its_own_words() -> None:
    shop = book(clause("LT-30D", Then(extend_days=30)))
    told = words.explain(judge(facts("DE", asked="2026-12-15 10:00"), shop), "ja", book=shop)
    assert [(one.ref, one.law, one.text) for one in told.citations] == [("LT-30D", "Lanting 14", "What LT-30D says.")]


def test_every_reason_that_a_trace_can_give_has_words() -> None:
    seen = set()
    for country in ("DE", "FR", "GB", "CN", "JP", "US", "BR"):
        for reason in Reason:
            for delivered in ("2026-11-20 14:00", None):
                decision = judge(facts(country, reason=reason, delivered=delivered), standard())
                seen |= {line.reason for line in decision.trace}
                assert words.trace(document(decision), language="en")
    assert {reason for reason in seen if not reason.startswith("when_")} <= texts.REASONS.keys()


def test_there_are_words_for_everything_that_a_decision_can_hold() -> None:
    assert texts.WHEN.keys() == set(When.__struct_fields__)
    assert texts.BARS.keys() == BARS.keys() | {""}
    assert texts.OUTCOMES.keys() == texts.HEADLINES.keys() == {one.value for one in decisions.Outcome}
    assert texts.TRACKS.keys() == {one.value for one in decisions.Track}
    assert texts.REMEDIES.keys() == {one.value for one in decisions.Remedy}
    assert texts.WAYS.keys() == {one.value for one in decisions.WayBack}
    assert texts.PAYERS.keys() == {one.value for one in decisions.Payer}
    assert texts.SOURCES.keys() == {one.value for one in decisions.Source}
    assert {bar.answer for bar in BARS.values() if bar.answer} <= texts.QUESTIONS.keys()


def test_every_clause_of_law_has_a_title() -> None:
    for shelf in library().packs.values():
        for pack in shelf:
            assert words.titles(pack).keys() == pack.texts.keys(), pack.code


def test_a_decision_of_an_edition_that_is_gone_is_told_by_the_newest() -> None:
    old = msgspec.structs.replace(judge(facts("DE")), pack_version="2019.01")
    assert words.explain(old, "de", book=EMPTY).citations[0].law.startswith("Bürgerliches Gesetzbuch")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_explains_a_decision_is_spoken_in_all_eight_languages(language: str) -> None:
    tables = [table for table in vars(texts).values() if isinstance(table, dict) and "__name__" not in table]
    spoken = [text for table in tables for text in table.values()]
    assert len(spoken) > 180
    with translation.override("en"):
        english = {str(text): text for text in spoken}
    with translation.override(language):
        silent = {says for says, text in english.items() if str(text) == says}
    assert silent - SAME <= (set(english) if language == "en" else set())


def test_an_explanation_in_spanish_italian_and_portuguese_holds_no_english() -> None:
    decision = judge(facts("FR", traits=["sealed_hygiene"]), standard())
    in_english = words.explain(decision, "en", book=standard())
    for language in ("es", "it", "pt"):
        told = words.explain(decision, language, book=standard())
        for field in ("headline", "track", "way_back", "freight", "remedies", "questions", "deadline"):
            assert getattr(told, field) != getattr(in_english, field), (language, field)
        same = [one.note for one, other in zip(told.trace, in_english.trace, strict=True) if one.note == other.note]
        assert same == []
