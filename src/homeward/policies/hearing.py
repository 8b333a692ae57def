"""A hearing: the record of one request before the law and the shop, with every clause tried and what came of it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from homeward.policies.decision import Result, Source, Track, Tried
from homeward.policies.facts import DELIVERY_REASONS, SAFETY_REASONS, Condition, Fault, Reason
from homeward.policies.packs import Pack
from homeward.policies.rulebook import Book
from homeward.policies.situation import Situation

_LIGHT_REASONS = frozenset({Reason.FIT, Reason.CHANGED_MIND, Reason.NONE_GIVEN})
OPEN = "?"  # in `barred`: a bar may close the way, and its question is not answered yet


@lru_cache(maxsize=4096)
def _untouched(ref: str, reason: str) -> Tried:
    return Tried(ref, Source.STATUTE, Result.NOT_APPLICABLE, reason)


class Hearing:
    """One situation before the law of one pack and the book of one shop. Doors, bars and promises write to it."""

    __slots__ = (
        "barred", "book", "doubts", "granted", "grounds", "guarantee_end", "is_dangerous", "is_solid", "law_end",
        "pack", "questions", "s", "trace", "waived", "withdrawal_end", "withdrawal_open", "withdrawal_refs",
    )  # fmt: skip

    def __init__(self, situation: Situation, pack: Pack, book: Book, waived: dict[str, str]) -> None:
        self.s, self.pack, self.book = situation, pack, book
        self.waived = waived  # bars that the shop does not use here, each with the clause that says so
        self.trace: list[Tried] = []
        self.granted: list[tuple[Track, str]] = []  # doors that stand open for a fault, in the order of the tracks
        self.grounds: list[str] = []  # clauses that closed a door
        self.is_solid = False  # whether a door is closed by verified law
        self.doubts: list[str] = []  # why a person should look
        self.questions: list[str] = []  # what the shopper must still be asked
        self.barred = ""  # the ref of the first bar that closes, or OPEN
        self.is_dangerous = False
        self.law_end: date | None = None  # last day by law to report this fault
        self.guarantee_end: date | None = None
        self.withdrawal_end: date | None = None
        self.withdrawal_open = False
        self.withdrawal_refs: list[str] = []  # the clauses by which it is open

    def tell(self, ref: str, result: Result, reason: str, **detail: str | int) -> None:
        """Keep how a clause of the law came out."""
        self.trace.append(Tried(ref, Source.STATUTE, result, reason, detail))

    def pass_by(self, ref: str, reason: str) -> None:
        """Keep that a clause of the law is not about this request."""
        self.trace.append(_untouched(ref, reason))

    def doubt(self, reason: str) -> None:
        """Note why a person should look."""
        if reason not in self.doubts:
            self.doubts.append(reason)

    def close(self, ref: str, *, is_sure: bool) -> None:
        """Note that a clause closes the way, and whether a refusal may rest on it."""
        self.grounds.append(ref)
        if is_sure:
            self.is_solid = True
        else:
            self.doubt("unverified_law")

    @property
    def is_closed_by_bar(self) -> bool:
        """Whether an exception of the law closes the way for good."""
        return self.barred not in {"", OPEN}

    @property
    def speaks_of_delivery(self) -> bool:
        """Whether the goods are said to have been wrong from the start."""
        facts = self.s.facts
        if facts.reason in DELIVERY_REASONS:
            return True
        return facts.fault in {Fault.SELLER, Fault.CARRIER} and facts.reason in _LIGHT_REASONS

    @property
    def speaks_of_defect(self) -> bool:
        """Whether this is a defect of the goods, and not of their delivery."""
        facts = self.s.facts
        if facts.reason == Reason.DEFECT or facts.reason in SAFETY_REASONS:
            return True
        is_faulty = facts.condition == Condition.FAULTY or facts.goods.danger_signs is True or facts.goods.recalled
        return is_faulty and facts.reason != Reason.LATE and not self.speaks_of_delivery
