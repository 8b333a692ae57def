"""A merchant's rulebook: ordered clauses with a condition and what they add to the law, as data and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml

from homeward.kernel import TextMap
from homeward.policies.bars import BARS
from homeward.policies.conditions import Amounts, Count, MonthDay, Test, When, compile_when
from homeward.policies.decision import Citation, Offer, Remedy, Result, Source, Tried
from homeward.policies.facts import TRAITS
from homeward.policies.structs import learned

STANDARD = Path(__file__).parent / "rulebooks" / "standard.yaml"
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# What a clause speaks about. A clause that fails on one of these is not about these goods or this request at all;
# one that fails on another field would have helped, had the facts been better.
_SUBJECT = frozenset({
    "country", "not_country", "channel", "not_channel", "category", "not_category", "tag", "not_tag", "trait",
    "not_trait", "reason", "not_reason", "reason_code", "fault", "claims_fault", "delivered", "seal_broken",
    "seller_country", "season", "ordered_from", "ordered_to", "any_of", "none_of",
})  # fmt: skip


class RulebookError(ValueError):
    """A rulebook says something that it cannot mean; the message names the clause."""


class Fee(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a return out of goodwill costs: hundredths of a percent of the refund, or a sum by currency."""

    percent: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    amount: Amounts = {}


class Then(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a clause adds. The law stays as it is: nothing here can take a right away."""

    extend_days: Count | None = None  # one may ask until so many days after delivery
    extend_until: MonthDay | None = None  # or until that day after the order
    guarantee_months: Count | None = None  # the shop answers for defects as long
    merchant_pays_return: bool = False
    offer: tuple[Remedy, ...] = ()
    keep: bool = False  # the goods need not come back
    waive: tuple[str, ...] = ()  # bars that the shop does not use here
    refund_within_days: Count | None = None  # of getting the goods back
    fee: Fee | None = None  # only for goodwill, and only where the terms were shown
    evidence: tuple[str, ...] = ()  # wanted before a claim is granted alone
    route: str = ""  # to whom it goes


class ShopClause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One sentence of a rulebook; `ref` stays the same from version to version."""

    ref: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9.-]{1,39}$")]
    when: When = When()
    then: Then
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class CompiledClause:
    """A clause ready to be tried: its tests, each with the line that it leaves in a trace when it fails."""

    ref: str
    then: Then
    tests: tuple[tuple[Test, Tried], ...]
    adds: Tried
    offers: tuple[Offer, ...]
    citation: Citation
    has_window: bool


@learned
class Book(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, dict=True):
    """A rulebook in one version. `bars` names the exceptions of the law that the shop uses; None means all."""

    ref: str
    version: int = 1
    name: str = ""
    bars: tuple[str, ...] | None = None
    clauses: tuple[ShopClause, ...] = ()

    @cached_property
    def compiled(self) -> tuple[CompiledClause, ...]:
        """The clauses ready to be tried, made once per book."""
        return tuple(_compile(clause, str(self.version)) for clause in self.clauses)

    @cached_property
    def waivers(self) -> tuple[CompiledClause, ...]:
        """The clauses that may open a bar."""
        return tuple(clause for clause in self.compiled if clause.then.waive)

    @cached_property
    def used_bars(self) -> frozenset[str]:
        """The keys of the bars that the shop uses."""
        return frozenset(BARS) if self.bars is None else frozenset(self.bars)

    @cached_property
    def asks_record(self) -> bool:
        """Whether a clause asks how often the shopper has sent goods back."""
        return any(_asks_record(clause.when) for clause in self.clauses)

    def words(self, ref: str) -> TextMap:
        """Return the text of the clause `ref`, or nothing where the book has no such clause."""
        return next((TextMap(clause.text) for clause in self.clauses if clause.ref == ref), TextMap())


def _asks_record(when: When) -> bool:
    told = (when.returns_at_least, when.returns_at_most, when.return_rate_at_least)
    return any(one is not None for one in told) or any(map(_asks_record, (*when.any_of, *when.none_of)))


EMPTY = Book(ref="none", version=0, name="No rulebook")


def _compile(clause: ShopClause, version: str) -> CompiledClause:
    tests = tuple(
        (test, Tried(clause.ref, Source.SHOP, _missed(field), f"when_{field}"))
        for field, test in compile_when(clause.when)
    )
    then = clause.then
    has_window = not (then.extend_days is None and then.extend_until is None and then.guarantee_months is None)
    adds = Tried(clause.ref, Source.SHOP, Result.GRANTED, "adds")
    offers = tuple(Offer(remedy, clause.ref, Source.SHOP) for remedy in then.offer)
    citation = Citation(clause.ref, Source.SHOP, version)
    return CompiledClause(clause.ref, then, tests, adds, offers, citation, has_window)


def _missed(field: str) -> Result:
    return Result.NOT_APPLICABLE if field in _SUBJECT else Result.NOT_MET


def from_data(data: dict[str, Any]) -> Book:
    """Return the book in plain data, as from YAML or a JSON column.

    :raises RulebookError: if a field is unknown or wrong, a ref stands twice, or a word is none that we know.
    """
    try:
        book = msgspec.convert(data, Book)
    except msgspec.ValidationError as error:
        raise RulebookError(str(error)) from error
    return check(book)


def from_yaml(text: str) -> Book:
    """Return the book that a YAML text holds.

    :raises RulebookError: as `from_data`, and if the text is no YAML.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RulebookError(f"no YAML: {error}") from error
    return from_data(data)


def to_data(book: Book) -> dict[str, Any]:
    """Return the book as plain data for a JSON column."""
    data: dict[str, Any] = msgspec.to_builtins(book, order="deterministic")
    return data


def to_json(book: Book) -> bytes:
    """Return the book as JSON, the same bytes for the same book."""
    return msgspec.json.encode(book, order="deterministic")


def check(book: Book) -> Book:
    """Return `book` if it means what it says.

    :raises RulebookError: otherwise, naming the clause.
    """
    refs = [clause.ref for clause in book.clauses]
    if doubled := next((ref for ref in refs if refs.count(ref) > 1), None):
        raise RulebookError(f"the ref {doubled} stands twice")
    _known("bars", book.bars or (), frozenset(BARS))
    for clause in book.clauses:
        if clause.then == Then():
            raise RulebookError(f"{clause.ref} adds nothing")
        if not clause.text.get("en"):
            raise RulebookError(f"{clause.ref} lacks an English text")
        _known(f"{clause.ref}: waive", clause.then.waive, frozenset(BARS))
        _check_when(clause.ref, clause.when)
        for day in (*(clause.when.season or ()), clause.then.extend_until or "01-01"):
            _check_day(clause.ref, day)
    return book


def _check_when(ref: str, when: When) -> None:
    _known(f"{ref}: trait", (*when.trait, *when.not_trait), TRAITS)
    for country in (*when.country, *when.not_country, *when.seller_country):
        if not re.fullmatch("[A-Z]{2}", country):
            raise RulebookError(f"{ref}: {country!r} is no country code of two capitals")
    if when.ordered_from and when.ordered_to and when.ordered_from > when.ordered_to:
        raise RulebookError(f"{ref}: ordered_from lies after ordered_to")
    for branch in (*when.any_of, *when.none_of):
        _check_when(ref, branch)


def _check_day(ref: str, day: str) -> None:
    if int(day[3:]) > _DAYS_IN_MONTH[int(day[:2]) - 1]:
        raise RulebookError(f"{ref}: {day} is no day of the year")


def _known(place: str, words: tuple[str, ...], known: frozenset[str]) -> None:
    if stranger := next((word for word in words if word not in known), None):
        raise RulebookError(f"{place} names {stranger!r}; known are {', '.join(sorted(known))}")


@lru_cache(maxsize=1)
def standard() -> Book:
    """Return the lawful rulebook that ships with Homeward, for merchants who have not published their own."""
    return from_yaml(STANDARD.read_text(encoding="utf-8"))
