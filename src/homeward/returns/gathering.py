"""History as facts in columns: what was asked back here, what came back before us, and what nobody sent back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from homeward.kernel import Actor, Money
from homeward.orders import gathering as order_gathering
from homeward.orders.gathering import Sold, Span
from homeward.parties.models import Merchant
from homeward.policies import facts as policy_facts
from homeward.policies.columns import NEVER, Array, Coded, Columns
from homeward.policies.facts import Condition, Facts, Fault, Reason
from homeward.policies.results import Assumption
from homeward.policies.runs.plan import Plan
from homeward.returns import reasons
from homeward.returns.models import Decision

CHUNK = 100_000  # rows of one part of the history
_DAY = 86_400_000_000  # microseconds


class History:
    """What a plan reads of one merchant's history, in columns; `notes` is what was taken for granted on the way."""

    def __init__(self, actor: Actor, merchant: Merchant, plan: Plan) -> None:
        self.actor, self.merchant, self.plan = actor, merchant, plan
        self.span = Span(plan.since, plan.until, merchant.zone)
        self.counts: Counter[str] = Counter()

    def total(self) -> int:
        """Return how many rows there are, those included that have to be left out."""
        total = 0
        if "returns" in self.plan.sources:
            total += _judged(self.actor, self.merchant, self.span).count()
        if "past" in self.plan.sources:
            found, homeless = order_gathering.count_past(self.actor, self.merchant, self.span)
            self.counts["past_without_sale"] = homeless
            total += found
        if "orders" in self.plan.sources:
            total += order_gathering.count_lines(self.actor, self.merchant, self.span)
        return total

    def chunks(self) -> Iterator[Columns]:
        """Give the history, some hundred thousand rows at once."""
        if "returns" in self.plan.sources:
            yield from self._returns()
        if "past" in self.plan.sources:
            rows = order_gathering.past_returns(self.actor, self.merchant, self.span)
            yield from self._sold(rows, "past", reasons.leaf("no_reason"))
        if "orders" in self.plan.sources:
            rows = order_gathering.sold_lines(self.actor, self.merchant, self.span)
            yield from self._sold(rows, "orders", reasons.leaf(self.plan.reason))

    def notes(self) -> list[Assumption]:
        """Return what was taken for granted, each with the number of rows that it concerns."""
        return [Assumption(code, count) for code, count in self.counts.items() if count]

    def _returns(self) -> Iterator[Columns]:
        """Give the returns asked for here by the very facts on which they were judged."""
        found = _judged(self.actor, self.merchant, self.span)
        waiting: list[tuple[int, Facts]] = []
        for line, document in found.values_list("line__order_line_id", "document__facts").iterator(chunk_size=5_000):
            try:
                waiting.append((line, self._priced(policy_facts.from_data(document))))
            except (msgspec.ValidationError, ValueError):
                self.counts["returns_unread"] += 1
            if len(waiting) >= CHUNK:
                yield self._columns(waiting)
                waiting = []
        if waiting:
            yield self._columns(waiting)

    def _columns(self, told: Sequence[tuple[int, Facts]]) -> Columns:
        self.counts["returns"] += len(told)
        columns = Columns.of([facts for _, facts in told], [line for line, _ in told])
        self._note(columns)
        return columns

    def _priced(self, facts: Facts) -> Facts:
        """Return facts with the price of the way back that the plan assumes, where nobody has worked it out."""
        minor, currency = self.plan.freight_minor, self.merchant.currency
        if minor is None or facts.freight_estimate is not None or facts.unit_value.currency != currency:
            return facts
        self.counts["freight_assumed"] += 1
        return msgspec.structs.replace(facts, freight_estimate=Money(minor, currency))

    def _sold(self, parts: Iterable[list[Sold]], source: str, reason: reasons.Reason) -> Iterator[Columns]:
        waiting: list[Sold] = []
        for rows in parts:
            waiting += rows
            if len(waiting) >= CHUNK:
                yield self._as_asked(waiting, source, reason)
                waiting = []
        if waiting:
            yield self._as_asked(waiting, source, reason)

    def _as_asked(self, rows: Sequence[Sold], source: str, reason: reasons.Reason) -> Columns:
        """Return lines as if they were asked back for a reason; `verdicts.facts_of` says the same of a single one."""
        told = Sold(*(list(column) for column in zip(*rows, strict=True)))  # type: ignore[arg-type]
        count, moments = len(rows), {name: _numbers(getattr(told, name)) for name in ("placed_at", "delivered_at")}
        delivered, informed = moments["delivered_at"], _numbers(told.informed_at)
        asked = _numbers(told.asked_at)
        if source == "orders":
            asked = np.where(delivered == NEVER, moments["placed_at"], delivered) + self.plan.days * _DAY
        is_late = (informed != NEVER) & (delivered != NEVER) & (informed > delivered)
        currency, notices = Coded.of(told.currency), Coded.of(told.notices)
        words = {
            **{name: Coded.of(getattr(told, name)) for name in ("country", "subdivision", "channel")},
            "language": Coded.of(told.language).map(lambda word: word or "en"),
            "unit_value.currency": currency,
            "goods.category": Coded.of(told.category),
            "goods.traits": Coded.of(told.traits).map(_joined),
            "notices_shown": notices.map(_joined),
            "confirmations": notices.map(_confirmed),
            "return_terms_shown": notices.map(lambda word: "return_terms" in _joined(word) or None),
            "informed_of_withdrawal": Coded((informed == NEVER).astype(np.int32), (True, None)),
            "reason": Coded.same(Reason(reason.ground), count),
            "reason_code": Coded.same(reason.code, count),
            "fault": Coded.same(Fault(reason.fault) if reason.fault != "buyer" else Fault.NONE, count),
            "condition": Coded.same(None if reason.keeps_quality else Condition.FAULTY, count),
            "seller_country": Coded.same(self.merchant.country, count),
        }
        numbers = {
            "ordered_at": moments["placed_at"], "delivered_at": delivered, "asked_at": asked,
            "informed_at": np.where(is_late, informed, NEVER), "quantity": _numbers(told.quantity),
            "unit_value.minor": _numbers(told.unit_minor),
        }  # fmt: skip
        columns = Columns.build(
            count, words=words | self._freight(currency), numbers=numbers | self._freight_sums(currency),
            rows=_numbers(told.line),
        )  # fmt: skip
        self.counts[source] += count
        self.counts["record_unknown"] += count
        self._note(columns)
        return columns

    def _freight(self, currency: Coded) -> dict[str, Coded]:
        if self.plan.freight_minor is None:
            return {}
        mine = self.merchant.currency
        return {"freight_estimate.currency": currency.map(lambda word: word if word == mine else "")}

    def _freight_sums(self, currency: Coded) -> dict[str, Array]:
        if self.plan.freight_minor is None:
            return {}
        is_mine = currency.holds(lambda word: word == self.merchant.currency)
        self.counts["freight_assumed"] += int(is_mine.sum())
        return {"freight_estimate.minor": np.where(is_mine, self.plan.freight_minor, NEVER)}

    def _note(self, columns: Columns) -> None:
        """Count what history does not tell."""
        self.counts["delivery_unknown"] += int((columns.numbers["delivered_at"] == NEVER).sum())
        self.counts["freight_unknown"] += int((columns.numbers["freight_estimate.minor"] == NEVER).sum())
        self.counts["not_informed"] += int(columns.words["informed_of_withdrawal"].holds(lambda told: not told).sum())
        self.counts["country_unknown"] += int(columns.words["country"].holds(lambda country: not country).sum())


def _judged(actor: Actor, merchant: Merchant, span: Span) -> Any:
    """Return the newest verdict of law and rulebook on each line that was asked back."""
    if not actor.sees(merchant_id=merchant.pk):
        raise Merchant.DoesNotExist(merchant.ref)
    since, until = span.limits()
    rows = Decision.objects.filter(
        merchant=merchant, line__isnull=False, document__has_key="facts",
        line__return_request__order__placed_at__gte=since, line__return_request__order__placed_at__lt=until,
    )  # fmt: skip
    return rows.order_by("line_id", "-pk").distinct("line_id")


def _numbers(told: Any) -> Array:
    return np.array(told, dtype=np.int64)


def _joined(words: str) -> frozenset[str]:
    return frozenset(filter(None, words.split(",")))


def _confirmed(words: str) -> frozenset[str]:
    return frozenset(word.removeprefix("confirmed:") for word in _joined(words) if word.startswith("confirmed:"))
