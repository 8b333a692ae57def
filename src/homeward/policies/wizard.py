"""The wizard: proposes a lawful rulebook from where a shop sends, where to and what, and says why for each clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from homeward.kernel import Money
from homeward.policies import floors, trials, witness
from homeward.policies.conditions import When
from homeward.policies.decision import Outcome, Remedy
from homeward.policies.facts import Condition, Reason
from homeward.policies.rulebook import Book, ShopClause, Then, check, standard
from homeward.policies.specimens import Example, Expected, Given, sum_of

WORDS = Path(__file__).parent / "rulebooks" / "wizard.yaml"
FREIGHT = ("law", "faults", "all")
# What may be sold, with the trait that stands for it; "" needs no rule of its own.
CATEGORIES = {
    "apparel": "", "electronics": "battery", "cosmetics": "sealed_hygiene", "food": "perishable", "health": "medical",
    "home": "", "media": "sealed_media", "custom": "customised", "digital": "digital", "second_hand": "second_hand",
}  # fmt: skip
_NO_GOODWILL = (
    "perishable", "short_shelf_life", "customised", "digital", "gift_card", "medicine", "as_is", "service",
    "dated_service",
)  # fmt: skip
# Rough worth of a euro, for limits only: a limit is no price.
_PER_EURO = {"EUR": 100, "GBP": 90, "USD": 110, "CNY": 800, "JPY": 160, "CHF": 95, "CAD": 150, "AUD": 165}
_FAULTS = (Reason.DAMAGED, Reason.WRONG_ITEM, Reason.MISSING, Reason.NOT_AS_DESCRIBED, Reason.DEFECT)
_FAULT_DAYS, _LATE_DAYS, _REFUND_DAYS = 30, 14, 5
_MOST_TESTS = 24


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a shop tells the wizard. `keep_limit` is in whole euros, 0 for never; `freight` is one of FREIGHT."""

    origin: str
    destinations: tuple[str, ...]
    categories: tuple[str, ...] = ()
    days: int = 30
    freight: str = "faults"
    keep_limit: int = 15
    gifts: bool = True
    use_bars: bool = True
    prefix: str = "SHOP"


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for a clause, or (without a ref) for one that was left out: a code with its figures."""

    ref: str
    code: str
    countries: tuple[str, ...] = ()
    days: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rulebook with its reasons."""

    book: Book
    reasons: tuple[Why, ...]

    def why(self, ref: str) -> list[Why]:
        """Return the reasons for one clause."""
        return [why for why in self.reasons if why.ref == ref]


def propose(wishes: Wishes, *, name: str = "") -> Proposal:
    """Return a rulebook that never goes below the law of any destination, each clause with its reason.

    A window is promised only where it is longer than the law's, as deciding cases shows; what the law gives anyway is
    left to the law.
    """
    bench = _Bench(wishes)
    bench.window()
    bench.gifts()
    bench.faults()
    bench.late()
    bench.freight()
    bench.keep()
    bench.refund()
    bench.care()
    book = Book(
        ref="wizard", name=name, sells_to=wishes.destinations, bars=None if wishes.use_bars else (),
        clauses=tuple(bench.clauses),
    )  # fmt: skip
    book = check(msgspec.structs.replace(book, tests=tuple(_tests(book, wishes))))
    return Proposal(book, tuple(bench.reasons))


@dataclass
class _Bench:
    """Where the clauses are made, one after the other."""

    wishes: Wishes
    clauses: list[ShopClause] = field(default_factory=list)
    reasons: list[Why] = field(default_factory=list)

    def add(self, clause: ShopClause, code: str, *, countries: tuple[str, ...] = (), days: int = 0) -> None:
        """Keep a clause and why it is there."""
        self.clauses.append(clause)
        self.reasons.append(Why(clause.ref, code, countries, days))

    def ref(self, name: str) -> str:
        """Return the ref of a clause of this shop."""
        return f"{self.wishes.prefix}-{name}"

    def longer_than_law(self, clause: ShopClause) -> tuple[str, ...]:
        """Return the destinations where the window of a clause ends later than the law's."""
        all_of_them = self.wishes.destinations
        measured = floors.floors_of(clause, all_of_them)
        low = {country for floor in measured if floor.effect in {"window", "all"} for country in floor.countries}
        return tuple(country for country in all_of_them if country not in low)

    def only_where_longer(self, clause: ShopClause, code: str, days: int = 0) -> bool:
        """Keep a clause for the destinations where it adds time, and say where the law gives as much."""
        there = self.longer_than_law(clause)
        rest = tuple(country for country in self.wishes.destinations if country not in there)
        if rest:
            self.reasons.append(Why(clause.ref if there else "", f"{code}_by_law", rest, days))
        if not there:
            return False
        if rest:
            clause = msgspec.structs.replace(clause, when=msgspec.structs.replace(clause.when, country=there))
        self.add(clause, code, countries=there, days=days)
        return True

    def window(self) -> None:
        """Promise the wished days for a change of mind, and a choice beside the money."""
        offer = (Remedy.REFUND, Remedy.EXCHANGE, Remedy.STORE_CREDIT)
        days = self.wishes.days
        clause = ShopClause(
            ref=self.ref("WINDOW"), when=_unused(), then=Then(extend_days=days, offer=offer),
            text=_words("window", days=days),
        )  # fmt: skip
        is_there = days > 0 and self.only_where_longer(clause, "window", days)
        if not is_there:
            choice = Then(offer=(Remedy.EXCHANGE, Remedy.STORE_CREDIT))
            when = When(claims_fault=False)
            self.add(ShopClause(ref=self.ref("CHOICE"), when=when, then=choice, text=_words("choice")), "choice")

    def gifts(self) -> None:
        """Let gifts of the season come back in the new year."""
        if self.wishes.gifts:
            self.only_where_longer(self.taken("STD-SEASON", "GIFTS"), "gifts")

    def faults(self) -> None:
        """Replace or refund what came broken, wrong or incomplete; give it a time of its own where the law has none."""
        then = Then(merchant_pays_return=True, offer=(Remedy.REPLACE, Remedy.REFUND, Remedy.PARTIAL_REFUND))
        when = When(reason=_FAULTS, delivered=True)
        if self.wishes.freight != "law":
            self.add(ShopClause(ref=self.ref("FAULT"), when=when, then=then, text=_words("fault")), "faults")
        timed = msgspec.structs.replace(then, extend_days=_FAULT_DAYS)
        clause = ShopClause(ref=self.ref("FAULT-TIME"), when=when, then=timed, text=standard_text("STD-FAULT"))
        there = self.longer_than_law(clause)
        if there:
            narrowed = msgspec.structs.replace(clause, when=msgspec.structs.replace(when, country=there))
            self.add(narrowed, "fault_time", countries=there, days=_FAULT_DAYS)

    def late(self) -> None:
        """Take back what came too late."""
        self.only_where_longer(self.taken("STD-LATE", "LATE"), "late", _LATE_DAYS)

    def freight(self) -> None:
        """Pay the way back for every reason, if so wished."""
        if self.wishes.freight == "all":
            then = Then(merchant_pays_return=True)
            self.add(ShopClause(ref=self.ref("FREIGHT"), then=then, text=_words("freight")), "freight_all")
        else:
            self.reasons.append(Why("", f"freight_{self.wishes.freight}"))

    def keep(self) -> None:
        """Let cheap goods stay where carrying them back costs more than they are worth, but not at home."""
        wishes = self.wishes
        if "perishable" in self.traits:
            self.add(self.taken("STD-KEEP-FRESH", "FRESH"), "fresh")
        if not wishes.keep_limit:
            return
        currencies = dict.fromkeys(witness.CURRENCIES.get(country, "EUR") for country in wishes.destinations)
        limits = {name: wishes.keep_limit * _PER_EURO.get(name, 100) for name in currencies}
        clause = self.taken("STD-KEEP", "KEEP")
        abroad = tuple(country for country in wishes.destinations if country != wishes.origin)
        if not abroad:
            self.reasons.append(Why("", "keep_at_home"))
            return
        at_home = (wishes.origin,) if wishes.origin in wishes.destinations else ()
        when = msgspec.structs.replace(clause.when, value_at_most=limits, not_country=at_home)
        self.add(msgspec.structs.replace(clause, when=when), "keep", countries=abroad, days=wishes.keep_limit)

    def refund(self) -> None:
        """Promise the money sooner than the law asks."""
        clause = self.taken("STD-REFUND", "REFUND")
        low = [floor for floor in floors.floors_of(clause, self.wishes.destinations) if floor.effect != "all"]
        if not any(floor.effect == "refund_within_days" for floor in low):
            self.add(clause, "refund", days=_REFUND_DAYS)

    def care(self) -> None:
        """Ask for a photo of damage, and let a person look where much is at stake."""
        self.add(self.taken("STD-PHOTO", "PHOTO"), "photo")
        if "medical" in self.traits:
            self.add(self.taken("STD-MEDICAL", "MEDICAL"), "medical")
        self.add(self.taken("STD-HIGH", "HIGH"), "high")
        self.add(self.taken("STD-SERIAL", "SERIAL"), "serial")

    @property
    def traits(self) -> set[str]:
        """The traits of what is sold."""
        return {CATEGORIES[category] for category in self.wishes.categories if category in CATEGORIES}

    def taken(self, ref: str, name: str) -> ShopClause:
        """Return a clause of the standard rulebook under a ref of this shop."""
        found = next(clause for clause in standard().clauses if clause.ref == ref)
        return msgspec.structs.replace(found, ref=self.ref(name))


def _unused() -> When:
    """Return the condition of goodwill: unused goods that can be sold again."""
    return When(
        claims_fault=False, not_trait=_NO_GOODWILL, not_condition=(Condition.USED, Condition.DAMAGED),
        none_of=(When(trait=("sealed_hygiene", "sealed_media"), seal_broken=True),),
    )  # fmt: skip


def standard_text(ref: str) -> dict[str, str]:
    """Return what a clause of the standard rulebook says, in its languages."""
    return next(clause.text for clause in standard().clauses if clause.ref == ref)


@lru_cache(maxsize=1)
def _templates() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


def _words(key: str, **figures: Any) -> dict[str, str]:
    return {language: text % figures for language, text in _templates()[key].items()}


def _tests(book: Book, wishes: Wishes) -> Iterator[Example]:
    """Give tests of what was wished: a change of mind, the last promised day, goods that came broken."""
    cases = [("changes their mind on day 3", 3, Reason.CHANGED_MIND), ("finds it broken on day 3", 3, Reason.DAMAGED)]
    if wishes.days:
        cases.append((f"changes their mind on day {wishes.days}", wishes.days, Reason.CHANGED_MIND))
    for country in wishes.destinations[: _MOST_TESTS // len(cases)]:
        value = sum_of(Money.of("50", witness.CURRENCIES.get(country, "EUR")))
        for words, days, reason in cases:
            given = Given(
                country=country, delivered_days_ago=days, reason=reason, value=value, seller_country=wishes.origin,
                evidence=("photo",) if reason == Reason.DAMAGED else (),
            )  # fmt: skip
            found = trials.try_case(given, book)
            is_yes = found.outcome == Outcome.AUTHORIZE
            expect = Expected(outcome=found.outcome, track=found.track, payer=found.freight if is_yes else None)
            yield Example(name=f"{country}: a shopper {words}", given=given, expect=expect)
