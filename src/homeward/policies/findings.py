"""Findings in a rulebook: what cannot be meant, what never counts, who contradicts whom, where nothing decides.

Proven by reasoning over the conditions: clauses that can never speak, and clauses that add nothing beside another one.
Shown by a case that was decided: conflicts and the floor. Sampled on a fixed grid of cases per country: gaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

from homeward.kernel.textmap import LOCALES
from homeward.policies import floors, reasoning, trials, witness
from homeward.policies import rulebook as books
from homeward.policies.decision import Outcome, Result
from homeward.policies.facts import FAULT_REASONS, Reason
from homeward.policies.floors import Floor
from homeward.policies.rulebook import Book, Complaint, ShopClause, Then
from homeward.policies.specimens import Given

ERROR, WARNING, NOTE = "error", "warning", "note"
_LEVELS = {ERROR: 0, WARNING: 1, NOTE: 2}
MOST_CATEGORIES = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the author should know. `refs` are the clauses, the one that wins first; `case` shows it."""

    level: str
    code: str
    refs: tuple[str, ...] = ()
    detail: tuple[tuple[str, str], ...] = ()
    countries: tuple[str, ...] = ()
    case: Given | None = None

    @property
    def blocks(self) -> bool:
        """Whether no review may begin before this is mended."""
        return self.level == ERROR


@dataclass(frozen=True, slots=True)
class Report:
    """All findings in a book, the gravest first, and how each clause stands to the law."""

    findings: tuple[Finding, ...]
    floors: tuple[Floor, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that block a review."""
        return tuple(finding for finding in self.findings if finding.blocks)

    def about(self, ref: str) -> list[Finding]:
        """Return the findings about one clause."""
        return [finding for finding in self.findings if ref in finding.refs]

    def floors_of(self, ref: str) -> list[Floor]:
        """Return how one clause stands to the law."""
        return [floor for floor in self.floors if floor.ref == ref]


def report(book: Book, countries: Sequence[str]) -> Report:
    """Return everything that is found in a book for shoppers of these countries."""
    return _report(books.to_json(book), tuple(dict.fromkeys(countries)))


@lru_cache(maxsize=64)
def _report(document: bytes, countries: tuple[str, ...]) -> Report:
    book = books.read_json(document)
    complaints = list(books.complaints(book))
    found = [_complained(one) for one in complaints]
    if not complaints:  # what follows needs a book that can be meant
        found += [finding for clause in book.clauses for finding in _about_clause(clause)]
        found += _never(book)
        found += _conflicts(book)
        found += _gaps(book, countries)
        found += _red(book)
    measured = [] if complaints else [one for clause in book.clauses for one in floors.floors_of(clause, countries)]
    found += [_too_low(floor) for floor in measured if floor.kind == floors.BELOW]
    return Report(tuple(sorted(found, key=lambda one: _LEVELS[one.level])), tuple(measured))


def _complained(complaint: Complaint) -> Finding:
    detail = tuple((f"word{number}", word) for number, word in enumerate(complaint.detail))
    refs = (complaint.ref,) if complaint.ref else ()
    return Finding(ERROR, complaint.code, refs, (("text", complaint.text), *detail))


def _about_clause(clause: ShopClause) -> Iterator[Finding]:
    missing = [locale for locale in LOCALES if not clause.text.get(locale)]
    if missing:
        yield Finding(WARNING, "words_missing", (clause.ref,), (("languages", " ".join(missing)),))
    if not _can_count(clause):
        yield Finding(WARNING, "fee_on_fault", (clause.ref,))


def _can_count(clause: ShopClause) -> bool:
    """Whether a clause that only takes a fee may ever take it; the law forbids that for faulty goods."""
    is_only_fee = clause.then.fee is not None and clause.then == Then(fee=clause.then.fee)
    return not (is_only_fee and clause.when.claims_fault is True)


# Clauses that never count.


def _never(book: Book) -> Iterator[Finding]:
    """Give the clauses that can never speak, and those that give nothing which another does not give as well."""
    dead: set[str] = set()
    for clause in book.clauses:
        if fields := _why_never(clause):
            dead.add(clause.ref)
            yield Finding(ERROR, "never", (clause.ref,), (("fields", " ".join(fields)),))
    alive = [clause for clause in book.clauses if clause.ref not in dead]
    for number, clause in enumerate(alive):
        others = [*alive[:number], *alive[number + 1 :]]
        master = next((one for one in others if _makes_idle(one, clause, is_before=one in alive[:number])), None)
        if master:
            yield Finding(WARNING, "idle_beside", (master.ref, clause.ref))


def _why_never(clause: ShopClause) -> tuple[str, ...]:
    if fields := reasoning.clash(clause.when):
        return fields
    then = clause.then
    is_guarantee_only = then.guarantee_months is not None and then.extend_days is None and then.extend_until is None
    if is_guarantee_only and reasoning.implies((clause.when,), books.When(claims_fault=False)):
        return ("guarantee_months", "claims_fault")
    return ()


def _makes_idle(master: ShopClause, clause: ShopClause, *, is_before: bool) -> bool:
    """Whether `master` speaks whenever `clause` does, and gives all of it; of two alike only the later is idle."""
    if not _gives_all(master.then, clause.then, is_before=is_before):
        return False
    if not reasoning.implies((clause.when,), master.when):
        return False
    mutual = _gives_all(clause.then, master.then, is_before=not is_before)
    return is_before or not (mutual and reasoning.implies((master.when,), clause.when))


def _gives_all(much: Then, little: Then, *, is_before: bool) -> bool:
    """Whether a clause that does `much` leaves nothing to one that does `little`, where both speak."""
    if little.fee is not None or not _holds_as_long(much, little):
        return False
    has_window = _has_window(little)
    return (
        set(little.offer) <= set(much.offer)
        and (much.merchant_pays_return or not little.merchant_pays_return)
        and (much.keep or not little.keep)
        and set(little.waive) <= set(much.waive)
        and set(little.evidence) <= set(much.evidence)
        and (not little.route or (much.route == little.route) or (is_before and bool(much.route) and not has_window))
        and (
            little.refund_within_days is None
            or (much.refund_within_days is not None and much.refund_within_days <= little.refund_within_days)
        )
    )


def _has_window(then: Then) -> bool:
    return not (then.extend_days is None and then.extend_until is None and then.guarantee_months is None)


def _holds_as_long(much: Then, little: Then) -> bool:
    """Whether the window of one clause is open whenever that of the other is; no window holds for good."""
    if not _has_window(little):
        return not _has_window(much)
    if not _has_window(much):
        return False
    days, months = (much.extend_days, little.extend_days), (much.guarantee_months, little.guarantee_months)
    is_as_long = all(less is None or (more is not None and more >= less) for more, less in (days, months))
    return is_as_long and (little.extend_until is None or much.extend_until == little.extend_until)


# Conflicts.


def _conflicts(book: Book) -> Iterator[Finding]:
    """Give the pairs of clauses that promise different things in one case, with the case, and say which wins."""
    for first, second in combinations(book.clauses, 2):
        clashes = list(_differ(first, second))
        if not clashes or reasoning.clash(first.when, second.when):
            continue
        case = witness.find(first.when, second.when, countries=book.sells_to or witness.ANYWHERE)
        if case is None:
            continue
        decision = trials.try_case(case, book)
        lines = (decision.tried(first.ref), decision.tried(second.ref))
        if not all(line is not None and line.result == Result.GRANTED for line in lines):
            continue
        for level, code, winner, loser, values in clashes:
            yield Finding(level, code, (winner.ref, loser.ref), values, (case.country,), case)


Clash = tuple[str, str, ShopClause, ShopClause, tuple[tuple[str, str], ...]]


def _differ(first: ShopClause, second: ShopClause) -> Iterator[Clash]:
    one, two = first.then, second.then
    if one.route and two.route and one.route != two.route:
        yield WARNING, "two_routes", first, second, (("wins", one.route), ("loses", two.route))
    if one.fee and two.fee:
        yield WARNING, "two_fees", first, second, ()
    if None not in (one.refund_within_days, two.refund_within_days):
        yield from _smaller_wins(first, second)
    if None not in (one.extend_days, two.extend_days) and one.extend_days != two.extend_days:
        longer, shorter = (first, second) if (one.extend_days or 0) > (two.extend_days or 0) else (second, first)
        values = (("wins", str(longer.then.extend_days)), ("loses", str(shorter.then.extend_days)))
        yield NOTE, "two_windows", longer, shorter, values


def _smaller_wins(first: ShopClause, second: ShopClause) -> Iterator[Clash]:
    one, two = first.then.refund_within_days or 0, second.then.refund_within_days or 0
    if one != two:
        sooner, later = (first, second) if one < two else (second, first)
        values = (("wins", str(min(one, two))), ("loses", str(max(one, two))))
        yield NOTE, "two_refunds", sooner, later, values


# Gaps, on a grid.

AGES = (3, 20)  # days after delivery
REASONS = (
    Reason.CHANGED_MIND, Reason.FIT, Reason.DAMAGED, Reason.WRONG_ITEM, Reason.DEFECT, Reason.MISSING, Reason.LATE,
)  # fmt: skip
TRAITS = ("", "perishable", "sealed_hygiene", "customised", "digital", "medicine", "second_hand")


def grid(book: Book, country: str) -> Iterator[tuple[str, Given]]:
    """Give the cases that stand for a country, each with its kind of goods: "" for any, "category:x" or a trait."""
    value = f"{witness.CURRENCIES.get(country, 'EUR')} 50"
    named = dict.fromkeys(name for clause in book.clauses for name in clause.when.category)
    kinds = [*TRAITS, *(f"category:{name}" for name in list(named)[:MOST_CATEGORIES])]
    for kind, reason, age in product(kinds, REASONS, AGES):
        is_category = kind.startswith("category:")
        yield kind, Given(
            country=country, delivered_days_ago=age, reason=reason, value=value,
            category=kind.removeprefix("category:") if is_category else "",
            traits=(kind,) if kind and not is_category else (), evidence=("photo", "video", "document", "serial"),
            seal_broken=kind == "sealed_hygiene", started=kind == "digital",
        )  # fmt: skip


def _gaps(book: Book, countries: Sequence[str]) -> Iterator[Finding]:
    """Give where neither law nor shop decides, so that a person must; cases and countries alike together."""
    found: dict[tuple[str, str, str], dict[str, Given]] = {}
    for country in countries:
        for (reasons, days, kinds), case in _gaps_in(book, country).items():
            found.setdefault((reasons, days, kinds), {})[country] = case
    for (reasons, days, kinds), cases in found.items():
        detail = (("reasons", reasons), ("days", days), ("kinds", kinds))
        yield Finding(WARNING, "gap", (), detail, tuple(cases), next(iter(cases.values())))


def _gaps_in(book: Book, country: str) -> dict[tuple[str, str, str], Given]:
    """Return the gaps of a country: reasons, days since delivery and kinds of goods, each with its first case."""
    kinds: dict[tuple[str, str], list[tuple[str, Given]]] = {}
    for kind, given in grid(book, country):
        decision = trials.try_case(given, book)
        if decision.outcome == Outcome.REVIEW and not decision.bases and not decision.questions:
            kinds.setdefault((given.reason.value, str(given.delivered_days_ago)), []).append((kind, given))
    alike: dict[tuple[str, str], tuple[list[str], Given]] = {}
    for (reason, age), cases in kinds.items():
        names = "any" if not cases[0][0] else " ".join(kind for kind, _ in cases)
        alike.setdefault((age, names), ([], cases[0][1]))[0].append(reason)
    return {(" ".join(reasons), age, names): case for (age, names), (reasons, case) in alike.items()}


# Floor and tests.


def _too_low(floor: Floor) -> Finding:
    detail = (("effect", floor.effect), ("law", floor.law), ("shop", floor.shop))
    level = NOTE if floor.case.reason in FAULT_REASONS else WARNING  # what else a clause gives for faults still counts
    return Finding(level, "below_floor", (floor.ref,), detail, floor.countries, floor.case)


def _red(book: Book) -> Iterator[Finding]:
    for trial in trials.run_all(book):
        if not trial.is_green:
            detail = (("test", trial.example.name), ("why", "; ".join(map(str, trial.differences))))
            yield Finding(WARNING, "test_red", (), detail, (), trial.example.given)
