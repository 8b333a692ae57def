"""`homeward bench backtest`: past order lines tried against two rulebooks in a second, beside `decide` row by row."""

from __future__ import annotations

import os
import resource
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from homeward.policies import backtest, bench, rulebook, verdict
from homeward.policies.columns import Coded, Columns
from homeward.policies.decision import Remedy
from homeward.policies.facts import ALL, Condition, Reason
from homeward.policies.rulebook import EMPTY, Book, ShopClause, Then, When

_NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
_DAY = 86_400_000_000  # microseconds
_COUNTRIES = {
    "DE": "EUR", "FR": "EUR", "GB": "GBP", "US": "USD", "IT": "EUR", "ES": "EUR", "AT": "EUR", "JP": "JPY",
    "NL": "EUR", "PL": "PLN", "CN": "CNY", "BE": "EUR",
}  # fmt: skip
_TRAITS = (
    frozenset[str](), frozenset({"sealed_hygiene"}), frozenset({"battery"}), frozenset({"customised"}),
    frozenset({"perishable"}), frozenset({"sealed_media"}), frozenset({"battery", "oversized"}),
)  # fmt: skip
_REASONS = (
    Reason.CHANGED_MIND,
    Reason.FIT,
    Reason.NONE_GIVEN,
    Reason.DEFECT,
    Reason.DAMAGED,
    Reason.WRONG_ITEM,
    Reason.LATE,
)
_OURS = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
_CONDITIONS = (None, Condition.UNOPENED, Condition.OPENED, Condition.TRIED, Condition.USED)


def add_arguments(parser: ArgumentParser) -> None:
    """Take how many lines, how many processes, and how long the rulebook is."""
    parser.add_argument("--rows", type=int, default=1_000_000, help="past order lines (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes beside the reading one (%(default)s)")
    parser.add_argument("--clauses", type=int, default=25, help="in each of the two rulebooks (%(default)s)")
    parser.add_argument("--peer", type=int, default=4_000, help="rows that the peer decides one by one (%(default)s)")


def run(options: dict[str, Any]) -> dict[str, Any]:
    """Try a draft on made-up history; return the speed, the memory and how many kinds of cases there were."""
    old, new = books_of(options["clauses"])
    began, worked = time.perf_counter(), _cpu_seconds()
    result = backtest.run(history(options["rows"]), old, new, at=_NOW, workers=options["workers"])
    seconds, worked = time.perf_counter() - began, _cpu_seconds() - worked
    peer = _peer(options["peer"], old, new)
    return {
        "bench": "backtest",
        "rows": result.rows,
        "workers": options["workers"],
        "clauses": options["clauses"],
        "seconds": round(seconds, 2),
        "cpu_seconds": round(worked, 1),
        "rows_per_second": round(result.rows / seconds),
        "kinds_judged": result.judged,
        "rows_changed": result.changed,
        "rows_checked_one_by_one": result.checked,
        "disagreements": 0,  # one alone would have ended the run
        "memory_mb": {"reading": _memory_mb(resource.RUSAGE_SELF), "worker": _memory_mb(resource.RUSAGE_CHILDREN)},
        "peer": {
            "what": "decide row by row with the same three books on one core, extrapolated from a sample",
            "sample": options["peer"],
            "seconds_for_all_rows": round(peer * result.rows, 1),
        },
        "ratio": round(peer * result.rows / seconds, 1),
        "load_average": [round(one, 2) for one in os.getloadavg()],
        "cores": os.cpu_count(),
    }


def books_of(clauses: int) -> tuple[Book, Book]:
    """Return a rulebook of so many clauses, and a draft that gives more time, keeps less and asks for a photo."""
    old = bench.book_of(clauses)
    changed: dict[str, dict[str, Any]] = {
        "STD-30D": {"extend_days": 45},
        "STD-KEEP-LOW": {"keep": False, "merchant_pays_return": True},
    }
    drafted = [
        msgspec.structs.replace(one, then=msgspec.structs.replace(one.then, **changed.get(one.ref, {})))
        for one in old.clauses
    ]
    drafted[-1] = ShopClause(
        ref="D-COUPON", when=When(country=("FR",), value_at_most={"EUR": 5000}), then=Then(offer=(Remedy.COUPON,)),
        text={"en": "A coupon for small things."},
    )  # fmt: skip
    return old, rulebook.check(msgspec.structs.replace(old, ref="draft", version=2, clauses=tuple(drafted)))


def history(rows: int) -> Iterator[Columns]:
    """Give a made-up history of two years in chunks: twelve countries, sixty categories, twenty thousand prices."""
    dice = np.random.default_rng(20261123)
    for start in range(0, rows, backtest.CHUNK):
        yield _chunk(dice, start, min(backtest.CHUNK, rows - start))


def _chunk(dice: np.random.Generator, start: int, rows: int) -> Columns:
    country = dice.choice(len(_COUNTRIES), rows, p=_shares(len(_COUNTRIES)))
    currencies = tuple(dict.fromkeys(_COUNTRIES.values()))
    currency = np.array([currencies.index(name) for name in _COUNTRIES.values()])[country]
    ordered = 1_000_000 * int(_NOW.timestamp()) - dice.integers(60 * _DAY, 790 * _DAY, rows)
    delivered = ordered + dice.integers(1 * _DAY, 12 * _DAY, rows)
    asked = delivered + (dice.exponential(14.0, rows) * _DAY).astype(np.int64)

    def coded(values: tuple[Any, ...], shares: Sequence[float] | NDArray[np.float64] | None = None) -> Coded:
        return Coded(dice.choice(len(values), rows, p=shares).astype(np.int32), values)

    orders = dice.integers(1, 30, rows)
    words = {
        "country": Coded(country.astype(np.int32), tuple(_COUNTRIES)),
        "unit_value.currency": Coded(currency.astype(np.int32), currencies),
        "freight_estimate.currency": Coded(currency.astype(np.int32), currencies),
        "goods.category": coded(tuple(f"category-{number}" for number in range(60))),
        "goods.traits": coded(_TRAITS, _shares(len(_TRAITS))),
        "goods.seal_broken": coded((None, False, True), [0.8, 0.15, 0.05]),
        "goods.danger_signs": coded((False, None), [0.7, 0.3]),
        "reason": coded(_REASONS, _shares(len(_REASONS))),
        "condition": coded(_CONDITIONS, _shares(len(_CONDITIONS))),
        "channel": coded(("web", "app", "marketplace", "shop")),
        "evidence": coded((frozenset(), frozenset({"photo"})), [0.6, 0.4]),
        "informed_of_withdrawal": coded((True, None), [0.9, 0.1]),
        "notices_shown": coded((frozenset({ALL}), frozenset()), [0.8, 0.2]),
        "return_terms_shown": coded((True, None), [0.9, 0.1]),
    }  # fmt: skip
    numbers = {
        "ordered_at": ordered, "delivered_at": delivered, "asked_at": asked,
        "unit_value.minor": dice.integers(300, 20_300, rows), "quantity": dice.integers(1, 4, rows),
        "freight_estimate.minor": dice.integers(400, 2_400, rows), "standing.orders": orders,
        "standing.returns": dice.integers(0, orders + 1),
    }  # fmt: skip
    return Columns.build(rows, words=words, numbers=numbers, rows=np.arange(start, start + rows))


def _shares(count: int) -> NDArray[np.float64]:
    """Return shares that fall as the rank grows, as those of countries and reasons do."""
    shares: NDArray[np.float64] = 1.0 / np.arange(1, count + 1)
    return shares / shares.sum()


def _peer(sample: int, old: Book, new: Book) -> float:
    """Return how many seconds one row takes where every row is decided by itself."""
    columns = next(history(sample))
    cases = [columns.row(number) for number in range(columns.count)]
    began = time.process_time()
    for facts in cases:
        for book in (old, new, EMPTY):
            verdict.decide(facts, book, at=_NOW)
    return (time.process_time() - began) / len(cases)


def _cpu_seconds() -> float:
    """Return the processor time of this process and of those that it has waited for."""
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, _OURS))


def _memory_mb(who: int) -> int:
    return resource.getrusage(who).ru_maxrss // 1024
