"""Grade and disposition of a unit: proposed from the checklist, and held within what law and house allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from homeward.warehouse.checklists import Checklist, Grade, Sign, checklist_for, signs_of
from homeward.warehouse.limits import Disposition, Goods, Limit, forbidden, speaking

__all__ = [
    "Checklist", "Disposition", "Goods", "Grade", "Limit", "NotLawful", "ReasonWanted", "Sign", "Suggestion",
    "Unanswered", "UnknownAnswer", "Verdict", "checklist_for", "judge", "suggest",
]  # fmt: skip


class UnknownAnswer(ValueError):
    """A checklist has no such question, or the question no such answer."""

    def __init__(self, question: str, answer: str) -> None:
        self.question, self.answer = question, answer
        super().__init__(f"{question} cannot be answered with {answer!r}")


class Unanswered(ValueError):
    """Questions that must be answered before a unit can be graded."""

    def __init__(self, questions: Sequence[str]) -> None:
        self.questions = tuple(questions)
        super().__init__(f"not answered: {', '.join(questions)}")


class NotLawful(Exception):
    """A disposition is closed for this unit; `limit` says by which rule, `allowed` what is open."""

    def __init__(self, disposition: Disposition, limit: Limit, allowed: Sequence[Disposition]) -> None:
        self.disposition, self.limit, self.allowed = disposition, limit, tuple(allowed)
        super().__init__(f"{disposition} is closed by {limit.key} ({limit.source or limit.layer})")


class ReasonWanted(ValueError):
    """A rule is lifted for this unit, and the law wants the reason on record: write a note."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        super().__init__(f"{limit.key} is lifted; say why in a note")


# What we would do with a unit, best first: keep it in use as long as that makes sense (waste hierarchy, Directive
# 2008/98/EC art. 4), and never throw away what somebody else can wear, eat or mend.
_PREFERENCE: dict[Grade, str] = {
    Grade.A: "restock refurbish liquidate donate return_to_supplier quarantine send_back destroy",
    Grade.B: "refurbish restock liquidate donate return_to_supplier quarantine send_back destroy",
    Grade.C: "liquidate refurbish donate return_to_supplier quarantine send_back destroy restock",
    Grade.D: "refurbish donate liquidate return_to_supplier quarantine destroy send_back restock",
    Grade.X: "quarantine send_back return_to_supplier destroy donate liquidate refurbish restock",
}
_GONE = frozenset({Sign.BROKEN, Sign.HEALTH_HAZARD, Sign.SPOILED})
_GONE_FIRST = "destroy return_to_supplier quarantine donate send_back liquidate refurbish restock"
_UNSURE_FIRST = "quarantine destroy return_to_supplier donate send_back liquidate refurbish restock"
_REGULATED = frozenset({"medical", "supplements", "recalled"})
_WEAR = frozenset({"apparel", "footwear"})
_MENDED = "donate refurbish liquidate return_to_supplier quarantine destroy send_back restock"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the answers propose. `allowed` is in order of preference; `closed` says which limit forbids the others."""

    checklist: Checklist
    grade: Grade
    disposition: Disposition
    signs: frozenset[Sign]
    causes: tuple[str, ...]  # the questions whose answers set the grade
    allowed: tuple[Disposition, ...]
    closed: Mapping[Disposition, Limit]
    limits: tuple[Limit, ...]
    lifted: tuple[Limit, ...]
    unanswered: tuple[str, ...]

    @property
    def needs_second_person(self) -> bool:
        """Whether two people have to look at the unit before it moves."""
        return any(limit.second_person for limit in self.limits)

    @property
    def photos_wanted(self) -> int:
        """How many photos the condition should be shown by: evidence where somebody may disagree."""
        return {Grade.A: 0, Grade.B: 0, Grade.C: 1, Grade.D: 1, Grade.X: 1}[self.grade]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade and a disposition that may stand, beside what was proposed."""

    grade: Grade
    disposition: Disposition
    suggestion: Suggestion

    @property
    def overrides(self) -> bool:
        """Whether somebody decided otherwise than proposed."""
        return (self.grade, self.disposition) != (self.suggestion.grade, self.suggestion.disposition)


def suggest(
    goods: Goods, answers: Mapping[str, str], *, country: str, day: date, grade: Grade | None = None
) -> Suggestion:
    """Propose grade and disposition of a unit that lies in `country` on `day`; a given `grade` is kept.

    :raises UnknownAnswer: if an answer fits no question of the goods' checklist.
    """
    checklist = checklist_for(goods.category, goods.traits)
    _check_words(checklist, answers)
    found, signs = signs_of(checklist, answers)
    grade = grade or found
    limits, lifted = speaking(goods, grade, signs, country=country, day=day)
    closed = forbidden(limits)
    allowed = tuple(one for one in _preference(goods, grade, signs) if one not in closed)
    return Suggestion(
        checklist=checklist, grade=grade, disposition=allowed[0], signs=signs,
        causes=_causes(checklist, answers, grade), allowed=allowed, closed=closed, limits=tuple(limits),
        lifted=tuple(lifted), unanswered=tuple(q.key for q in checklist.questions if q.key not in answers),
    )  # fmt: skip


def judge(
    goods: Goods, answers: Mapping[str, str], *, country: str, day: date,
    grade: Grade | None = None, disposition: Disposition | None = None, note: str = "",
) -> Verdict:  # fmt: skip
    """Return what holds for a unit: the given grade and disposition where they may stand, else the proposed ones.

    Whoever gives a grade has looked with a list of their own, so only the gates of safety must be answered; of goods
    that are not ours (grade X) nothing is asked.

    :raises UnknownAnswer: if an answer fits no question.
    :raises Unanswered: if questions are open that the grade rests on.
    :raises NotLawful: if the disposition is closed for this unit.
    :raises ReasonWanted: if a ban on destruction is lifted and no note says why.
    """
    suggestion = suggest(goods, answers, country=country, day=day, grade=grade)
    if grade != Grade.X:
        needed = suggestion.checklist.gates if grade else suggestion.checklist.questions
        if missing := [question.key for question in needed if question.key not in answers]:
            raise Unanswered(missing)
    chosen = disposition or suggestion.disposition
    if chosen in suggestion.closed:
        raise NotLawful(chosen, suggestion.closed[chosen], suggestion.allowed)
    for limit in suggestion.lifted:
        if chosen in limit.forbids and not note.strip():
            raise ReasonWanted(limit)
    proposed = suggest(goods, answers, country=country, day=day) if grade and not suggestion.unanswered else suggestion
    return Verdict(suggestion.grade, chosen, proposed)


def _check_words(checklist: Checklist, answers: Mapping[str, str]) -> None:
    questions = {question.key: question for question in checklist.questions}
    for key, word in answers.items():
        if key not in questions or questions[key].answer(word) is None:
            raise UnknownAnswer(key, word)


def _causes(checklist: Checklist, answers: Mapping[str, str], grade: Grade) -> tuple[str, ...]:
    if grade in {Grade.A, Grade.X}:
        return ()
    given = ((q.key, q.answer(answers.get(q.key, ""))) for q in checklist.questions)
    return tuple(key for key, answer in given if answer is not None and answer.at_best == grade)


def _preference(goods: Goods, grade: Grade, signs: frozenset[Sign]) -> list[Disposition]:
    if grade == Grade.X:
        order = _PREFERENCE[grade]
    elif signs & _GONE:
        order = _GONE_FIRST
    elif goods.words & _REGULATED and Sign.OPENED not in signs:
        order = _UNSURE_FIRST
    elif goods.words & {"medical", "medicine", "cosmetics", "food"} and (grade == Grade.D or "medicine" in goods.words):
        order = _GONE_FIRST
    elif grade == Grade.D and goods.words & _WEAR:
        order = _MENDED
    else:
        order = _PREFERENCE[grade]
    return [Disposition(word) for word in order.split()]
