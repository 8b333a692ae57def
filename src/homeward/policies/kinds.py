"""Kinds of cases: rows of history that a rulebook and the law cannot tell apart, each kind judged once by `decide`.

The law itself is in `decide` alone. Here rows are only told apart: by what law reads of a request (`Essence`), by the
answer of every clause's condition, and by every comparison of days (`milestones.py`). A word that is new among the
facts tells rows apart by itself; all others are named in `THROUGH` with what a verdict sees them through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from homeward.policies.bars import BARS, Bar, condition_bar
from homeward.policies.columns import WORDS, Array, Bits, Coded, Columns, distinct, facts_of
from homeward.policies.decision import Decision, Offer, Outcome, Payer, Result, Source, Track, WayBack
from homeward.policies.facts import ALL, Condition, Facts
from homeward.policies.milestones import GUARANTEE, LATER, REGULAR, Calendar, Milestones
from homeward.policies.packs import Pack
from homeward.policies.panel import Panel, day_number
from homeward.policies.rulebook import Book
from homeward.policies.screening import Screen, compile_columns
from homeward.policies.verdict import decide

# Facts that do not tell rows apart by themselves, and through what a verdict sees them.
_OF_LAW = (
    "reason", "condition", "fault", "informed_of_withdrawal", "notices_shown", "confirmations", "return_terms_shown",
    "goods.traits", "goods.seal_broken", "goods.activated", "goods.started", "goods.packaging_missing",
    "goods.danger_signs", "goods.recalled",
)  # fmt: skip
THROUGH: dict[str, str] = {
    **dict.fromkeys(_OF_LAW, "essence"),
    **dict.fromkeys(("country", "subdivision", "zone"), "pack"),
    **dict.fromkeys((
        "channel", "seller_country", "reason_code", "evidence", "goods.category", "goods.tags",
        "unit_value.currency", "unit_value.minor", "quantity", "freight_estimate.currency", "freight_estimate.minor",
        "resale_value.currency", "resale_value.minor", "standing.orders", "standing.returns",
    ), "clauses"),
    **dict.fromkeys(
        ("ordered_at", "delivered_at", "promised_at", "asked_at", "informed_at", "repaired_under_guarantee"),
        "milestones",
    ),
    **dict.fromkeys(("language", "standing.refused"), "nothing"),
}  # fmt: skip
_OTHERS = tuple(path for path in WORDS if path not in THROUGH)


class Ruled(NamedTuple):
    """What a book says to one kind of case. Days are named, for each row has its own."""

    outcome: Outcome
    track: Track
    way_back: WayBack
    freight: Payer
    offers: tuple[Offer, ...]
    bases: tuple[str, ...]
    law_day: str  # the milestone of the law's last day, or nothing
    windows: tuple[str, ...]  # clauses whose own windows count for the last day
    has_deadline: bool
    refund_days: int  # until the money is due, the earlier of law and promise; -1 where nothing is said
    doubts: tuple[str, ...]
    fired: tuple[str, ...]  # clauses of the shop that speak
    below: tuple[str, ...]  # clauses of the shop that would give less than the law, and do not count


class Unknown(AssertionError):
    """A verdict names a day that is no milestone: the columns would not be what `decide` says."""


@dataclass
class Memory:
    """What is known across chunks of one run: the kinds judged so far, and the calendars of the places."""

    books: tuple[Book, ...]
    at: datetime
    ruled: dict[tuple[Any, ...], Ruled] = field(default_factory=dict)
    calendars: dict[tuple[int, str], Calendar] = field(default_factory=dict)
    essences: dict[tuple[Any, ...], Essence] = field(default_factory=dict)
    packs: dict[int, Pack] = field(default_factory=dict)  # kept, so that no other pack gets the number of one

    def __post_init__(self) -> None:
        self.screens: tuple[tuple[Screen, ...], ...] = tuple(
            tuple(compile_columns(clause.when) for clause in book.clauses) for book in self.books
        )


@dataclass(frozen=True)
class Sorted:
    """The rows of a panel by kind: `kind` of each row, and what each book says to each kind."""

    panel: Panel
    milestones: Milestones
    kind: Array
    ruled: tuple[tuple[Ruled, ...], ...]  # by kind, then by book

    def deadline_days(self, book: int) -> Array:
        """Return the last day to ask of each row under a book, as days since 1970; NEVER where there is none."""
        ruled = [kind[book] for kind in self.ruled]
        ends = np.full(self.panel.count, np.iinfo(np.int64).min, dtype=np.int64)
        windows = self.milestones.windows[book]
        named = {name: self.milestones.by_law[name] for name in (REGULAR, LATER, GUARANTEE)}
        for name, days in named.items():
            self._raise(ends, days, [one.has_deadline and one.law_day == name for one in ruled])
        for ref, days in windows.items():
            self._raise(ends, days, [one.has_deadline and ref in one.windows for one in ruled])
        return ends

    def _raise(self, ends: Array, days: Array, counts: list[bool]) -> None:
        if any(counts):
            rows = np.array(counts, dtype=np.bool_)[self.kind]
            np.maximum(ends, days, out=ends, where=rows)


def sort(columns: Columns, memory: Memory, *, pack: Pack | None = None) -> Sorted:
    """Sort rows into kinds, and judge every kind that is new by every book."""
    panel = Panel(columns, memory.at, pack)
    milestones = Milestones(panel, memory.books, memory.calendars)
    essence = _essences(panel, memory)
    is_fault = panel.claims_fault
    days = [
        panel.is_delivered,
        *(answer & ~is_fault for answer in milestones.of_mind()),
        *(answer & is_fault for answer in milestones.of_fault()),
    ]
    by_book = [
        _judged(milestones, number, [essence, *(panel.word(path) for path in _OTHERS)], days, memory)
        for number in range(len(memory.books))
    ]
    first, kind = distinct([(codes, len(ruled)) for codes, ruled in by_book])
    pairs = tuple(tuple(ruled[codes[row]] for codes, ruled in by_book) for row in first)
    return Sorted(panel, milestones, kind, pairs)


class Essence(NamedTuple):
    """What law reads of a request, but for its days."""

    pack: int
    is_fault: bool
    words: tuple[Any, ...]
    bars: tuple[Any, ...]


def _essence(facts: Facts, pack: Pack, is_fault: bool) -> Essence:
    """Return what law reads of a request: a fault is not judged by exceptions, and a change of mind needs no reason."""
    goods = facts.goods
    if is_fault:
        words: tuple[Any, ...] = (
            facts.reason, facts.fault, facts.condition == Condition.FAULTY, goods.danger_signs, goods.recalled,
            "battery" in goods.traits, "perishable" in goods.traits,
        )  # fmt: skip
        return Essence(id(pack), True, words, ())
    words = (facts.informed_of_withdrawal is True, facts.return_terms_shown is True)
    return Essence(id(pack), False, words, _bars_seen(pack, facts))


def _bars_seen(pack: Pack, facts: Facts) -> tuple[Any, ...]:
    """Return how each exception of a law stands to a request: not at all, or whether it holds and was told of."""
    law, demanded = pack.law.bars, condition_bar(pack.law.deduction.condition)
    bars: list[tuple[str, Bar]] = [(key, BARS[key]) for key in law.closed] if law else []
    bars += [("", demanded)] if demanded else []
    return tuple(
        (bar.bites(facts), key in facts.confirmations, not facts.notices_shown.isdisjoint({key, ALL}))
        if bar.concerns(facts) else None
        for key, bar in bars
    )  # fmt: skip


def _essences(panel: Panel, memory: Memory) -> Coded:
    """Return the essence of each row, told once for all rows whose words are alike."""
    packs = Coded.of(id(ground.pack) for ground in panel.grounds)
    memory.packs |= {id(ground.pack): ground.pack for ground in panel.grounds}
    pack = packs.codes[panel.ground] if panel.count else panel.ground.astype(np.int32)
    words = [panel.word(path) for path in _OF_LAW]
    first, inverse = distinct([*((word.codes, len(word.values)) for word in words), (pack, len(packs.values))])
    told = []
    for row in first:
        key = (packs.values[pack[row]], *(word.values[word.codes[row]] for word in words))
        if key not in memory.essences:
            facts = facts_of(dict(zip(_OF_LAW, key[1:], strict=True)))
            memory.essences[key] = _essence(facts, memory.packs[key[0]], bool(panel.claims_fault[row]))
        told.append(memory.essences[key])
    found = Coded.of(told)
    return Coded(found.codes[inverse], found.values)


def _judged(
    milestones: Milestones, number: int, words: Sequence[Coded], days: Sequence[Bits], memory: Memory
) -> tuple[Array, list[Ruled]]:
    """Return the kind of each row under one book, and what the book says to each kind."""
    panel = milestones.panel
    bits = _together([*days, *_answers(milestones, number, memory)])
    first, kind = distinct([*((word.codes, len(word.values)) for word in words), *bits])
    ruled = []
    for row in first:
        told = tuple(word.values[word.codes[row]] for word in words)
        key = (number, told, *(int(codes[row]) for codes, _ in bits))
        if key not in memory.ruled:
            pack = panel.grounds[panel.ground[row]].pack
            made = decide(panel.columns.row(int(row)), memory.books[number], at=memory.at, pack=pack)
            memory.ruled[key] = _ruled(made, int(row), number, milestones)
        ruled.append(memory.ruled[key])
    return kind, ruled


def _answers(milestones: Milestones, number: int, memory: Memory) -> list[Bits]:
    """Return which clauses of a book speak, and of those that do, what else they ask: their window, their evidence."""
    panel, answers = milestones.panel, []
    for clause, screen in zip(memory.books[number].clauses, memory.screens[number], strict=True):
        speaks = screen(panel)
        answers.append(speaks)
        window = milestones.of_window(number, clause.ref)
        if window is not None:
            answers.append(speaks & window)
        answers += [speaks & _is_given(panel, kind) for kind in clause.then.evidence]
    return answers


def _is_given(panel: Panel, kind: str) -> Bits:
    return panel.word("evidence").holds(lambda given: kind in given)


def _together(answers: list[Bits]) -> list[tuple[Array, int]]:
    """Return answers packed into few columns of codes, thirty in each."""
    packed = []
    for start in range(0, len(answers), 30):
        code = np.zeros(len(answers[0]), dtype=np.int64)
        for answer in answers[start : start + 30]:
            code = code * 2 + answer
        packed.append((code, 1 << len(answers[start : start + 30])))
    return packed


def _ruled(made: Decision, row: int, book: int, milestones: Milestones) -> Ruled:
    """Return what a decision says, its days by their names."""
    shop = [line for line in made.trace if line.source == Source.SHOP]
    windows = tuple(line.ref for line in shop if "last_day" in line.detail)
    law_day = _law_day(made, row, milestones)
    days = [milestones.by_law[law_day][row]] if law_day else []
    days += [milestones.windows[book][ref][row] for ref in windows]
    if made.deadline_day is not None and (not days or max(days) != day_number(made.deadline_day)):
        raise Unknown(f"{made.deadline_day} of {made.pack} {made.pack_version}, {made.rulebook}")
    terms = [term.days for term in (made.refund.law, made.refund.promise) if term]
    is_lawful = made.track != Track.GOODWILL
    return Ruled(
        made.outcome, made.track, made.way_back, made.freight, made.remedies, made.bases, law_day, windows,
        made.deadline_day is not None, min(terms, default=-1), made.doubts,
        fired=tuple(line.ref for line in shop if line.result == Result.GRANTED),
        below=tuple(
            line.ref for line in shop
            if line.reason == "right_above" or (is_lawful and made.outcome == Outcome.AUTHORIZE
                                               and line.reason == "window_over")
        ),
    )  # fmt: skip


def _law_day(made: Decision, row: int, milestones: Milestones) -> str:
    """Return which milestone the law's last day is."""
    if made.law_deadline is None:
        return ""
    panel = milestones.panel
    day = day_number(panel.grounds[panel.ground[row]].place.day(made.law_deadline))
    names = (GUARANTEE,) if panel.claims_fault[row] else (REGULAR, LATER)
    if name := next((name for name in names if milestones.by_law[name][row] == day), ""):
        return name
    raise Unknown(f"{made.law_deadline} of {made.pack} {made.pack_version}")
