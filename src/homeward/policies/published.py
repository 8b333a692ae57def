"""What a shop promises in one place, computed from the law there and its rulebook by deciding cases: it cannot drift.

The case is one piece of plain goods, bought today by somebody who was told of everything. Special goods, prices and
people stand in the clauses themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from homeward.policies import promises, specimens
from homeward.policies.bars import BARS
from homeward.policies.conditions import When
from homeward.policies.decision import Decision, Deduction, Outbound, Outcome, Payer, Remedy, Result, Term, Track
from homeward.policies.facts import Condition, Reason
from homeward.policies.packs import Pack, pack_for
from homeward.policies.rulebook import EMPTY, Book, ShopClause
from homeward.policies.specimens import Given
from homeward.policies.verdict import decide

ROAD = 4  # days from order to delivery of the case
_SECOND_DAY = 1  # after the delivery the shopper asks
_DEFECT_SHOWS = 40  # days: after a shop's usual window, within every guarantee


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """The law's own right to change one's mind: `days` is nothing where there is none, or none that is sure."""

    kind: str
    days: int | None
    day_type: str
    counts_from: str
    counts_first_day: bool  # the day of the event is the first day already
    ref: str

    @property
    def sure_days(self) -> int | None:
        """After how many days from delivery the right is open in any case: working days may only be more."""
        if self.days is None or self.counts_from in {"order", "purchase"}:
            return None
        return self.days - self.counts_first_day


class Goodwill(msgspec.Struct, frozen=True, kw_only=True):
    """The shop's own window in days after the delivery, and the clauses that give it."""

    days: int
    refs: tuple[str, ...]


class Season(msgspec.Struct, frozen=True, kw_only=True):
    """A longer window for what is bought from one day to another; `until` or so many `days` after delivery."""

    ref: str
    first: date
    last: date
    until: date | None
    days: int | None


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """Goods for which the law closes its right, and the shop uses it; the clauses `waived_by` may open it again."""

    key: str
    ref: str
    waived_by: tuple[str, ...]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of one shop in one place, in figures and refs of clauses. Docs: docs/policy-page.md."""

    place: str
    on: date
    pack: str
    pack_version: str
    rulebook: str
    rulebook_version: int
    law: Right
    shop: Goodwill | None
    returnable: str  # "yes", "no", or "unsure": a person decides
    payer: Payer  # of the way back, while the law's right is open, or the shop's alone
    payer_ref: str
    payer_later: Payer | None  # once only the shop's window is open, where that differs
    payer_defect: Payer
    remedies: tuple[Remedy, ...]
    refund_law: Term | None
    refund_promise: Term | None
    may_withhold: bool
    outbound: Outbound
    fees: tuple[Deduction, ...]  # only once the law's right is over
    accepts_used: bool
    accepts_damaged: bool
    guarantee_months: int | None
    guarantee_ref: str
    seasons: tuple[Season, ...]
    exceptions: tuple[Closed, ...]
    law_refs: tuple[str, ...]
    shop_refs: tuple[str, ...]

    @property
    def days(self) -> int | None:
        """For how many days after delivery goods may surely come back; nothing where no number is sure."""
        both = (self.law.sure_days, self.shop.days if self.shop else None)
        return max((days for days in both if days), default=None)


@lru_cache(maxsize=1024)
def _case(place: str, on: date, currency: str) -> Given:
    country, _hyphen, part = place.partition("-")
    return Given(
        country=country, subdivision=part, asked=on + timedelta(days=ROAD + _SECOND_DAY), reason=Reason.CHANGED_MIND,
        delivered_days_ago=_SECOND_DAY, ordered_days_ago=ROAD + _SECOND_DAY, value=f"{currency} 50", seller_country="",
    )  # fmt: skip


def terms(book: Book, place: str, *, on: date, currency: str = "EUR", seller_country: str = "") -> Terms:
    """Return what holds in a place ("DE", "US-CA") for a purchase on a day under a rulebook."""
    case = msgspec.structs.replace(_case(place, on, currency), seller_country=seller_country)
    pack = pack_for(case.country, case.subdivision, on=on)
    plain = _without_seasons(book)
    fresh = _judge(case, plain, pack)
    shop = _goodwill(fresh, case)
    later = _judge(_asked(case, shop.days), plain, pack) if shop else fresh
    defect = _judge(msgspec.structs.replace(_asked(case, _DEFECT_SHOWS), reason=Reason.DEFECT), plain, pack)
    right = _right(pack, _judge(case, EMPTY, pack))
    guarantee = pack.law.guarantee
    return Terms(
        place=place, on=on, pack=pack.code, pack_version=pack.version, rulebook=book.ref,
        rulebook_version=book.version, law=right, shop=shop, returnable=_returnable(fresh), payer=fresh.freight,
        payer_ref=fresh.freight_ref, payer_later=_differing(later.freight, fresh.freight, later),
        payer_defect=defect.freight if defect.outcome != Outcome.REFUSE else Payer.MERCHANT,
        remedies=tuple(dict.fromkeys(offer.remedy for offer in fresh.remedies)),
        refund_law=fresh.refund.law, refund_promise=fresh.refund.promise,
        may_withhold=bool(fresh.refund.may_withhold_until), outbound=fresh.refund.outbound,
        fees=tuple(part for part in later.deductions if part.ground == "fee"),
        accepts_used=_accepts(case, Condition.USED, plain, pack),
        accepts_damaged=_accepts(case, Condition.DAMAGED, plain, pack),
        guarantee_months=guarantee.months if guarantee else None,
        guarantee_ref=guarantee.clause.ref if guarantee else "",
        seasons=tuple(_seasons(book, case, pack, on)), exceptions=tuple(_exceptions(book, pack)),
        law_refs=law_refs(pack),
        shop_refs=tuple(clause.ref for clause in book.clauses if _speaks(clause, case.country)),
    )  # fmt: skip


def law_refs(pack: Pack) -> tuple[str, ...]:
    """Return the clauses of a pack that a policy tells, in the order in which a shopper meets them."""
    law = pack.law
    parts = (law.withdrawal, law.freight, law.refund, law.deduction, law.delivery, law.late, law.short_term)
    clauses = [part.clause for part in parts if part is not None and part.clause is not None]
    if law.guarantee is not None:
        clauses.append(law.guarantee.clause)
    return tuple(dict.fromkeys(clause.ref for clause in clauses))


def _judge(case: Given, book: Book, pack: Pack) -> Decision:
    return decide(specimens.to_facts(case), book, at=case.asked_at, pack=pack)


def _asked(case: Given, days: int) -> Given:
    """Return the case asked so many days after its delivery."""
    asked = case.asked + timedelta(days=days - _SECOND_DAY)
    return msgspec.structs.replace(case, asked=asked, delivered_days_ago=days, ordered_days_ago=days + ROAD)


def _right(pack: Pack, alone: Decision) -> Right:
    """Return the law's right as the law alone decides the case: a right that falls with shown terms is none."""
    rule = pack.law.withdrawal
    is_open = alone.outcome == Outcome.AUTHORIZE and alone.track == Track.CHANGE_OF_MIND
    return Right(
        kind=rule.kind, days=rule.days if is_open else None, day_type=rule.day_type, counts_from=rule.counts_from,
        counts_first_day=rule.first_day == "event_day", ref=rule.clause.ref,
    )  # fmt: skip


def _goodwill(fresh: Decision, case: Given) -> Goodwill | None:
    delivered = case.asked - timedelta(days=_SECOND_DAY)
    windows = {
        line.ref: (date.fromisoformat(str(line.detail["last_day"])) - delivered).days
        for line in fresh.trace
        if line.source == "shop" and line.result == Result.GRANTED and "last_day" in line.detail
    }
    return Goodwill(days=max(windows.values()), refs=tuple(windows)) if windows else None


def _returnable(fresh: Decision) -> str:
    return {Outcome.AUTHORIZE: "yes", Outcome.REFUSE: "no"}.get(fresh.outcome, "unsure")


def _differing(payer: Payer, before: Payer, later: Decision) -> Payer | None:
    return payer if payer != before and later.outcome == Outcome.AUTHORIZE else None


def _accepts(case: Given, condition: Condition, book: Book, pack: Pack) -> bool:
    found = _judge(msgspec.structs.replace(case, condition=condition), book, pack)
    return found.outcome == Outcome.AUTHORIZE


def _is_seasonal(clause: ShopClause) -> bool:
    when = clause.when
    return bool(when.season or when.ordered_from or when.ordered_to or clause.then.extend_until)


@lru_cache(maxsize=256)
def _plain(document: bytes) -> Book:
    book = msgspec.json.decode(document, type=Book)
    kept = tuple(clause for clause in book.clauses if not _is_seasonal(clause))
    return msgspec.structs.replace(book, clauses=kept, tests=())


def _without_seasons(book: Book) -> Book:
    """Return the book without what holds for a part of the year only."""
    return _plain(msgspec.json.encode(book, order="deterministic"))


def _speaks(clause: ShopClause, country: str) -> bool:
    when = clause.when
    return (not when.country or country in when.country) and country not in when.not_country


def _seasons(book: Book, case: Given, pack: Pack, on: date) -> Iterator[Season]:
    """Yield the seasons that run or come next, each of which its own clause grants for the case."""
    for clause in book.clauses:
        span = _span(clause.when, on) if _is_seasonal(clause) and _speaks(clause, case.country) else None
        if span is None:
            continue
        first, last = span
        moved = msgspec.structs.replace(case, asked=first + (case.asked - on))
        line = _judge(moved, Book(ref=book.ref, version=book.version, bars=book.bars, clauses=(clause,)), pack).tried(
            clause.ref
        )
        if line is None or line.result != Result.GRANTED or "last_day" not in line.detail:
            continue
        until = promises.next_day(clause.then.extend_until, last) if clause.then.extend_until else None
        yield Season(ref=clause.ref, first=first, last=last, until=until, days=clause.then.extend_days)


def _span(when: When, on: date) -> tuple[date, date] | None:
    """Return first and last day of buying, of the season that runs on a day or begins next; nothing once it is over."""
    first, last = when.ordered_from, when.ordered_to
    if when.season:
        last_of_season = promises.next_day(when.season[1], on)
        first_of_season = promises.next_day(when.season[0], last_of_season - timedelta(days=366))
        while (following := promises.next_day(when.season[0], first_of_season + timedelta(days=1))) <= last_of_season:
            first_of_season = following
        first, last = max(filter(None, (first, first_of_season))), min(filter(None, (last, last_of_season)))
    if first is None:
        first = on
    if last is None:
        last = first + timedelta(days=365)
    return (first, last) if first <= last and on <= last else None


def _exceptions(book: Book, pack: Pack) -> Iterator[Closed]:
    bars = pack.law.bars
    for key, closed in (bars.closed if bars else {}).items():
        if key in book.used_bars and key in BARS:
            waived_by = tuple(clause.ref for clause in book.clauses if key in clause.then.waive)
            yield Closed(key=key, ref=closed.ref, waived_by=waived_by)
