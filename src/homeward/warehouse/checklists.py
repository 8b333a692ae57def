"""What the dock looks at: questions per kind of goods as data, and what each answer says about grade and hazards.

Keys are the contract with the API, stored inspections and statistics; the words stand in `texts.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How good a unit is. X is not a grade of ours: the unit is not what we sold."""

    A = "A"  # as new
    B = "B"  # opened, complete
    C = "C"  # marks of use
    D = "D"  # damaged
    X = "X"  # another thing than the one that was sold


class Sign(StrEnum):
    """What an answer reveals beyond the grade; limits on what may become of the goods ask for signs."""

    OPENED = "opened"
    INCOMPLETE = "incomplete"
    BROKEN = "broken"  # beyond repair
    HEALTH_HAZARD = "health_hazard"  # mold, vermin, body fluids
    SPOILED = "spoiled"
    UNSAFE_BATTERY = "unsafe_battery"
    MALFUNCTION = "malfunction"
    LOCKED = "locked"  # still holds an account or personal data


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question: the best grade that it leaves, and the signs that it gives."""

    word: str
    at_best: Grade = Grade.A
    signs: frozenset[Sign] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """Something to look at. A gate is a matter of safety: it must be answered even where others grade for us."""

    key: str
    answers: tuple[Answer, ...]
    is_gate: bool = False

    def answer(self, word: str) -> Answer | None:
        """Return the answer `word`, or None where the question has no such answer."""
        return next((answer for answer in self.answers if answer.word == word), None)


@dataclass(frozen=True, slots=True)
class Checklist:
    """The questions for one kind of goods; `key` names the lists that it is made of and their version."""

    key: str
    questions: tuple[Question, ...]

    @property
    def gates(self) -> tuple[Question, ...]:
        """The questions that nobody may skip."""
        return tuple(question for question in self.questions if question.is_gate)


def _says(word: str, at_best: str = "A", signs: str = "") -> Answer:
    return Answer(word, Grade(at_best), frozenset(Sign(sign) for sign in signs.split()))


def _ask(key: str, *answers: Answer, gate: bool = False) -> Question:
    return Question(key, answers, is_gate=gate)


_YES, _NO = _says("yes"), _says("no")

QUESTIONS: dict[str, Question] = {
    question.key: question
    for question in (
        _ask("packaging", _says("sealed"), _says("opened", "B", "opened"), _says("missing", "B", "opened incomplete")),
        _ask("complete", _YES, _says("no", "C", "incomplete")),
        _ask("marks", _says("none"), _says("light", "B"), _says("clear", "C"), _says("broken", "D", "broken")),
        _ask("tags_on", _YES, _says("no", "B", "opened")),
        _ask("stains", _says("none"), _says("washable", "C"), _says("lasting", "D")),
        _ask("smell", _NO, _says("yes", "C")),
        _ask("wear", _says("none"), _says("light", "B"), _says("clear", "C"), _says("torn", "D", "broken")),
        _ask("infested", _NO, _says("yes", "D", "health_hazard")),
        _ask("box", _YES, _says("no", "B", "incomplete")),
        _ask("sole", _says("clean"), _says("light", "B"), _says("worn", "C")),
        _ask("pair", _YES, _says("no", "D", "incomplete broken")),
        _ask("powers_on", _YES, _says("no", "D", "malfunction")),
        _ask("signed_out", _YES, _says("no", "C", "locked")),
        _ask("battery_danger", _NO, _says("yes", "D", "unsafe_battery"), gate=True),
        _ask("battery_hit", _NO, _says("yes", "D", "unsafe_battery"), gate=True),
        _ask("seal", _YES, _says("no", "D", "opened"), gate=True),
        _ask("hygiene_seal", _YES, _says("no", "C", "opened")),
        _ask("media_seal", _YES, _says("no", "B", "opened")),
        _ask("leaking", _NO, _says("yes", "D", "broken")),
        _ask("in_date", _YES, _says("no", "D", "spoiled")),
        _ask("kept_cold", _YES, _says("no", "D", "spoiled")),
        _ask("sterile_seal", _YES, _says("no", "D", "opened"), gate=True),
        _ask("used_on_body", _NO, _says("yes", "D", "opened health_hazard"), gate=True),
    )
}

VERSION = 1  # of all lists together; an inspection keeps the one that it was made with

LISTS: dict[str, str] = {
    "general": "packaging complete marks",
    "apparel": "tags_on stains smell wear infested",
    "footwear": "box pair sole smell infested",
    "electronics": "packaging powers_on signed_out complete marks",
    "cosmetics": "seal leaking marks",
    "food": "seal in_date leaking",
    "medical": "sterile_seal used_on_body in_date complete",
    "medicine": "seal in_date",
    # what traits add to the list of the category
    "battery": "battery_danger battery_hit",
    "cold": "kept_cold",
    "hygiene": "hygiene_seal",
    "media": "media_seal",
}

# The same kind of goods under the names that shops give it.
CATEGORIES: dict[str, str] = {
    "apparel": "apparel", "clothing": "apparel", "fashion": "apparel", "textiles": "apparel", "underwear": "apparel",
    "footwear": "footwear", "shoes": "footwear",
    "electronics": "electronics", "phones": "electronics", "computers": "electronics", "appliances": "electronics",
    "cosmetics": "cosmetics", "beauty": "cosmetics",
    "food": "food", "grocery": "food", "supplements": "food",
    "medical": "medical", "medical_devices": "medical",
    "medicine": "medicine", "pharmacy": "medicine",
}  # fmt: skip

_BY_TRAIT: dict[str, str] = {"medicine": "medicine", "medical": "medical", "perishable": "food"}
_ADDED: dict[str, str] = {
    "battery": "battery", "perishable": "cold", "sealed_hygiene": "hygiene", "underwear": "hygiene",
    "personal_use": "hygiene", "sealed_media": "media",
}  # fmt: skip


def kind_of(category: str, traits: Iterable[str]) -> str:
    """Return the name of the list for goods of this category and these traits; what is regulated goes first."""
    found = set(traits)
    for trait, kind in _BY_TRAIT.items():
        if trait in found:
            return kind
    return CATEGORIES.get(category.strip().lower(), "general")


def checklist_for(category: str, traits: Iterable[str]) -> Checklist:
    """Return the checklist of the goods: the list of their kind, then what their traits add."""
    found = set(traits)
    kind = kind_of(category, found)
    parts = dict.fromkeys([kind, *(part for trait, part in _ADDED.items() if trait in found)])
    if kind in {"cosmetics", "food", "medicine", "medical"}:
        parts.pop("hygiene", None)  # their own list asks for the seal already
    keys = dict.fromkeys(key for part in parts for key in LISTS[part].split())
    ordered = sorted((QUESTIONS[key] for key in keys), key=lambda question: not question.is_gate)
    return Checklist(f"{'+'.join(parts)}/{VERSION}", tuple(ordered))


def signs_of(checklist: Checklist, answers: Mapping[str, str]) -> tuple[Grade, frozenset[Sign]]:
    """Return the best grade that the answers leave, and all signs that they give."""
    given = [found for q in checklist.questions if (found := q.answer(answers.get(q.key, ""))) is not None]
    worst = max((answer.at_best for answer in given), default=Grade.A)
    return worst, frozenset(sign for answer in given for sign in answer.signs)
