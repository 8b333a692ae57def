"""Grading tables: what answers come to, what law and house close, and what must be answered or written down."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.warehouse import checklists, grading, limits, texts
from homeward.warehouse.grading import Disposition, Goods, Grade

DAY = date(2026, 11, 24)
THROW = Goods(category="home")
SHIRT = Goods(category="apparel", hs_code="6109.10")
PHONE = Goods(category="electronics", traits=frozenset({"battery"}))
CREAM = Goods(category="cosmetics", traits=frozenset({"sealed_hygiene"}))
SALMON = Goods(category="food", traits=frozenset({"perishable"}))
BISCUITS = Goods(category="food")
METER = Goods(category="health", traits=frozenset({"medical"}))
PILLS = Goods(category="pharmacy", traits=frozenset({"medicine"}))
RING = Goods(category="jewelry", traits=frozenset({"customised"}))
BRIEFS = Goods(category="apparel", traits=frozenset({"underwear"}))

BEST = {
    "packaging": "sealed", "complete": "yes", "marks": "none", "tags_on": "yes", "stains": "none", "smell": "no",
    "wear": "none", "infested": "no", "box": "yes", "sole": "clean", "pair": "yes", "powers_on": "yes",
    "signed_out": "yes", "battery_danger": "no", "battery_hit": "no", "seal": "yes", "hygiene_seal": "yes",
    "media_seal": "yes", "leaking": "no", "in_date": "yes", "kept_cold": "yes", "sterile_seal": "yes",
    "used_on_body": "no",
}  # fmt: skip


def answers(goods: Goods, **worse: str) -> dict[str, str]:
    """Return the best answers to the checklist of the goods, but for `worse`."""
    asked = grading.checklist_for(goods.category, goods.traits).questions
    return {question.key: BEST[question.key] for question in asked} | worse


def suggested(goods: Goods, country: str = "FR", day: date = DAY, **worse: str) -> tuple[str, str]:
    found = grading.suggest(goods, answers(goods, **worse), country=country, day=day)
    return found.grade.value, found.disposition.value


@pytest.mark.parametrize(
    ("goods", "worse", "expected"),
    [
        (THROW, {}, ("A", "restock")),
        (THROW, {"packaging": "opened"}, ("B", "refurbish")),
        (THROW, {"complete": "no"}, ("C", "liquidate")),
        (THROW, {"marks": "broken"}, ("D", "destroy")),
        (SHIRT, {}, ("A", "restock")),
        (SHIRT, {"tags_on": "no"}, ("B", "refurbish")),
        (SHIRT, {"smell": "yes"}, ("C", "liquidate")),
        (SHIRT, {"stains": "lasting"}, ("D", "donate")),
        (SHIRT, {"infested": "yes"}, ("D", "destroy")),
        (BRIEFS, {"hygiene_seal": "no"}, ("C", "liquidate")),
        (PHONE, {}, ("A", "restock")),
        (PHONE, {"powers_on": "no"}, ("D", "refurbish")),
        (PHONE, {"signed_out": "no"}, ("C", "refurbish")),
        (PHONE, {"battery_danger": "yes"}, ("D", "quarantine")),
        (PHONE, {"battery_hit": "yes"}, ("D", "quarantine")),
        (CREAM, {}, ("A", "restock")),
        (CREAM, {"seal": "no"}, ("D", "destroy")),
        (BISCUITS, {}, ("A", "donate")),
        (BISCUITS, {"seal": "no"}, ("D", "destroy")),
        (SALMON, {"kept_cold": "no"}, ("D", "destroy")),
        (METER, {}, ("A", "quarantine")),
        (METER, {"sterile_seal": "no"}, ("D", "destroy")),
        (PILLS, {}, ("A", "destroy")),
        (RING, {}, ("A", "refurbish")),
    ],
)
def test_answers_propose_a_grade_and_a_way(goods: Goods, worse: dict[str, str], expected: tuple[str, str]) -> None:
    assert suggested(goods, **worse) == expected


@pytest.mark.parametrize(
    ("goods", "country", "day", "is_closed"),
    [
        (SHIRT, "FR", date(2026, 7, 19), True),
        (SHIRT, "FR", date(2026, 7, 18), False),
        (SHIRT, "US", DAY, False),
        (SHIRT, "GB", DAY, False),
        (Goods(category="shoes"), "DE", DAY, True),
        (Goods(category="accessories", hs_code="4203.30"), "IT", DAY, True),
        (THROW, "FR", DAY, False),
        (SHIRT, "", DAY, True),
    ],
)
def test_returned_clothing_and_shoes_are_not_destroyed_in_the_eu(
    goods: Goods, country: str, day: date, is_closed: bool
) -> None:
    """Regulation (EU) 2024/1781, art. 25: since 19 July 2026; an unknown country counts as a strict one."""
    found = grading.suggest(goods, answers(goods), country=country, day=day)
    assert (Disposition.DESTROY not in found.allowed) is is_closed
    if is_closed:
        assert found.closed[Disposition.DESTROY].key == "unsold_apparel"


def test_an_infested_shirt_may_be_destroyed_if_the_reason_is_on_record() -> None:
    found = answers(SHIRT, infested="yes")
    with pytest.raises(grading.ReasonWanted) as refused:
        grading.judge(SHIRT, found, country="FR", day=DAY)
    assert refused.value.limit.key == "unsold_apparel"
    verdict = grading.judge(SHIRT, found, country="FR", day=DAY, note="Moths in all seams")
    assert verdict.disposition == Disposition.DESTROY


@pytest.mark.parametrize("wish", sorted(set(Disposition) - {Disposition.QUARANTINE}))
def test_a_damaged_battery_goes_nowhere_but_into_quarantine_and_two_people_look(wish: Disposition) -> None:
    found = answers(PHONE, battery_danger="yes")
    with pytest.raises(grading.NotLawful) as refused:
        grading.judge(PHONE, found, country="FR", day=DAY, disposition=wish)
    assert refused.value.limit.key == "battery_damaged"
    assert "376" in refused.value.limit.source
    verdict = grading.judge(PHONE, found, country="FR", day=DAY)
    assert verdict.suggestion.needs_second_person


@pytest.mark.parametrize("goods", [METER, PILLS, BISCUITS, SALMON, Goods(category="supplements")])
def test_regulated_goods_never_go_back_to_stock(goods: Goods) -> None:
    asked = grading.checklist_for(goods.category, goods.traits).questions
    for words in product(*([answer.word for answer in question.answers] for question in asked)):
        given_answers = dict(zip((question.key for question in asked), words, strict=True))
        for grade in (None, Grade.A):
            found = grading.suggest(goods, given_answers, country="US", day=DAY, grade=grade)
            assert Disposition.RESTOCK not in found.allowed


def test_what_we_did_not_sell_is_set_apart_or_sent_back() -> None:
    found = grading.suggest(THROW, {}, country="FR", day=DAY, grade=Grade.X)
    assert found.allowed == (Disposition.QUARANTINE, Disposition.SEND_BACK)


def test_a_human_grade_needs_only_the_gates_of_safety() -> None:
    assert grading.judge(THROW, {}, country="FR", day=DAY, grade=Grade.B).disposition == Disposition.REFURBISH
    with pytest.raises(grading.Unanswered) as refused:
        grading.judge(PHONE, {}, country="FR", day=DAY, grade=Grade.A)
    assert refused.value.questions == ("battery_danger", "battery_hit")


def test_without_a_grade_all_questions_are_needed() -> None:
    with pytest.raises(grading.Unanswered) as refused:
        grading.judge(THROW, {"packaging": "sealed"}, country="FR", day=DAY)
    assert refused.value.questions == ("complete", "marks")


@pytest.mark.parametrize("wrong", [{"seal": "yes"}, {"marks": "a bit"}])
def test_an_answer_that_fits_no_question_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(grading.UnknownAnswer):
        grading.judge(THROW, answers(THROW) | wrong, country="FR", day=DAY)


def test_a_grade_against_the_answers_is_kept_as_an_override() -> None:
    verdict = grading.judge(THROW, answers(THROW), country="FR", day=DAY, grade=Grade.C)
    assert (verdict.grade, verdict.suggestion.grade, verdict.overrides) == (Grade.C, Grade.A, True)


def test_marks_of_use_are_not_sold_as_new() -> None:
    with pytest.raises(grading.NotLawful) as refused:
        grading.judge(THROW, {}, country="FR", day=DAY, grade=Grade.C, disposition=Disposition.RESTOCK)
    assert refused.value.limit.layer == "house"


def test_every_law_names_its_source_and_all_have_words() -> None:
    assert all(limit.source for limit in limits.LIMITS if limit.layer == "law")
    assert set(texts.LIMITS) == {limit.key for limit in limits.LIMITS}
    assert set(texts.GRADES) == set(Grade)
    assert set(texts.DISPOSITIONS) == set(Disposition)


def test_every_question_and_answer_has_words() -> None:
    assert set(texts.QUESTIONS) == set(checklists.QUESTIONS)
    for question in checklists.QUESTIONS.values():
        for answer in question.answers:
            assert texts.answer(question.key, answer.word)


def test_a_checklist_asks_for_danger_first() -> None:
    asked = grading.checklist_for("electronics", {"battery"})
    assert [question.key for question in asked.questions[:2]] == ["battery_danger", "battery_hit"]
    assert asked.key == "electronics+battery/1"


_goods = st.builds(
    Goods,
    category=st.sampled_from(["", "apparel", "shoes", "electronics", "cosmetics", "food", "medical", "home"]),
    traits=st.frozensets(
        st.sampled_from(["battery", "perishable", "sealed_hygiene", "medicine", "recalled", "customised"])
    ),
    hs_code=st.sampled_from(["", "6109.10", "8517", "4203"]),
)  # fmt: skip


@given(st.data(), _goods, st.sampled_from(["", "FR", "US", "JP"]), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_whatever_lies_on_the_table_has_a_lawful_way(
    data: st.DataObject, goods: Goods, country: str, day: date
) -> None:
    asked = grading.checklist_for(goods.category, goods.traits).questions
    given_answers = {q.key: data.draw(st.sampled_from([a.word for a in q.answers])) for q in asked}
    found = grading.suggest(goods, given_answers, country=country, day=day)
    assert found.disposition in found.allowed
    assert Disposition.QUARANTINE in found.allowed
    assert not set(found.allowed) & set(found.closed)
    assert set(found.allowed) | set(found.closed) == set(Disposition)
