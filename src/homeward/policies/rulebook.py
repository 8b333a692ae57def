"""A merchant's rulebook: ordered clauses with a condition and what they add to the law, as data and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
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
from homeward.policies.specimens import Example, can_be_tried, money
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
    """A rulebook in one version. `bars` names the exceptions of the law that the shop uses; None means all.

    `sells_to` names the countries that it is written for; `tests` stand beside the rules and must be green.
    """

    ref: str
    version: int = 1
    name: str = ""
    sells_to: tuple[str, ...] = ()
    bars: tuple[str, ...] | None = None
    clauses: tuple[ShopClause, ...] = ()
    tests: tuple[Example, ...] = ()

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


def read(data: Any) -> Book:
    """Return the book in plain data by its form alone, so that what it says wrong can be shown and mended.

    :raises RulebookError: if a field is unknown or of a wrong form, naming it.
    """
    try:
        return msgspec.convert(data, Book)
    except msgspec.ValidationError as error:
        raise RulebookError(str(error)) from error


def from_data(data: Any) -> Book:
    """Return the book in plain data, as from YAML or a JSON column.

    :raises RulebookError: if a field is unknown or wrong, a ref stands twice, or a word is none that we know.
    """
    return check(read(data))


def read_json(text: bytes | str) -> Book:
    """Return the book that `to_json` wrote, by its form alone."""
    return msgspec.json.decode(text, type=Book)


def read_yaml(text: str) -> Book:
    """Return the book that a YAML text holds, by its form alone.

    :raises RulebookError: as `read`, and if the text is no YAML.
    """
    try:
        data = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RulebookError(f"no YAML: {error}") from error
    return read(data)


def from_yaml(text: str) -> Book:
    """Return the book that a YAML text holds.

    :raises RulebookError: as `from_data`, and if the text is no YAML.
    """
    return check(read_yaml(text))


def to_yaml(book: Book) -> str:
    """Return the book as YAML, in the order in which it is read; `from_yaml` gives it back."""
    data = msgspec.to_builtins(book, builtin_types=(date,))
    text: str = yaml.dump(data, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    return text


class _Loader(yaml.SafeLoader):
    """Reads only true and false as such, so that NO stays Norway."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|false|False)$"), list("tTfF"))


class _Plain(yaml.SafeDumper):
    """Writes short lists in one line, so that a condition reads as one."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        """Write a list of plain words in one line."""
        is_flat = all(not isinstance(one, dict | list | tuple) for one in sequence)
        return super().represent_sequence(tag, sequence, flow_style=is_flat)

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out where it stands."""
        return True


def to_data(book: Book) -> dict[str, Any]:
    """Return the book as plain data for a JSON column."""
    data: dict[str, Any] = msgspec.to_builtins(book, order="deterministic")
    return data


def to_json(book: Book) -> bytes:
    """Return the book as JSON, the same bytes for the same book."""
    return msgspec.json.encode(book, order="deterministic")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that a book cannot mean: a code with its figures, the clause, and the sentence for its author."""

    code: str
    ref: str
    text: str
    detail: tuple[str, ...] = ()


def check(book: Book) -> Book:
    """Return `book` if it means what it says.

    :raises RulebookError: otherwise, naming the clause.
    """
    if complaint := next(complaints(book), None):
        raise RulebookError(complaint.text)
    return book


def complaints(book: Book) -> Iterator[Complaint]:
    """Give everything that the book says and cannot mean."""
    refs = [clause.ref for clause in book.clauses]
    for ref in dict.fromkeys(ref for ref in refs if refs.count(ref) > 1):
        yield Complaint("doubled", ref, f"the ref {ref} stands twice")
    yield from _strangers("", "bars", book.bars or (), frozenset(BARS))
    yield from _no_countries("", book.sells_to)
    for clause in book.clauses:
        if clause.then == Then():
            yield Complaint("adds_nothing", clause.ref, f"{clause.ref} adds nothing")
        if not clause.text.get("en"):
            yield Complaint("no_english", clause.ref, f"{clause.ref} lacks an English text")
        yield from _strangers(clause.ref, "waive", clause.then.waive, frozenset(BARS))
        yield from _when_complaints(clause.ref, clause.when)
        if clause.then.extend_until:
            yield from _no_days(clause.ref, (clause.then.extend_until,))
    yield from _test_complaints(book)


def _when_complaints(ref: str, when: When) -> Iterator[Complaint]:
    yield from _strangers(ref, "trait", (*when.trait, *when.not_trait), TRAITS)
    yield from _no_countries(ref, (*when.country, *when.not_country, *when.seller_country))
    if when.ordered_from and when.ordered_to and when.ordered_from > when.ordered_to:
        yield Complaint("ordered_backwards", ref, f"{ref}: ordered_from lies after ordered_to")
    yield from _no_days(ref, when.season or ())
    for branch in (*when.any_of, *when.none_of):
        yield from _when_complaints(ref, branch)


def _no_countries(ref: str, countries: tuple[str, ...]) -> Iterator[Complaint]:
    place = f"{ref}: " if ref else ""
    for country in countries:
        if not re.fullmatch("[A-Z]{2}", country):
            yield Complaint("no_country", ref, f"{place}{country!r} is no country code of two capitals", (country,))


def _no_days(ref: str, days: tuple[str, ...]) -> Iterator[Complaint]:
    for day in days:
        if int(day[3:]) > _DAYS_IN_MONTH[int(day[:2]) - 1]:
            yield Complaint("no_day", ref, f"{ref}: {day} is no day of the year", (day,))


def _strangers(ref: str, field: str, words: tuple[str, ...], known: frozenset[str]) -> Iterator[Complaint]:
    place = f"{ref}: {field}" if ref else field
    for word in words:
        if word not in known:
            text = f"{place} names {word!r}; known are {', '.join(sorted(known))}"
            yield Complaint("stranger", ref, text, (field, word))


def _test_complaints(book: Book) -> Iterator[Complaint]:
    names = [test.name for test in book.tests]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Complaint("test_doubled", "", f"two tests are named {name!r}", (name,))
    for test in book.tests:
        if not can_be_tried(test.given):
            asked = test.given.asked.isoformat()
            text = f"test {test.name!r} asks on {asked}: days from 2000 to 2100 can be tried"
            yield Complaint("test_day", "", text, (test.name, asked))
        for text in filter(None, (test.given.value, test.given.freight, test.given.resale)):
            try:
                money(text)
            except ValueError as error:
                yield Complaint("test_sum", "", f"test {test.name!r}: {error}", (test.name, text))


@lru_cache(maxsize=1)
def standard() -> Book:
    """Return the lawful rulebook that ships with Homeward, for merchants who have not published their own."""
    return from_yaml(STANDARD.read_text(encoding="utf-8"))
