"""Builders for verdicts: facts of one order line in the shopper's own time, clauses and books of a shop."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from homeward.kernel import Money
from homeward.policies.decision import Decision
from homeward.policies.facts import ALL, Facts, Goods, Reason
from homeward.policies.packs import Pack
from homeward.policies.rulebook import EMPTY, Book, ShopClause, Then, When
from homeward.policies.verdict import decide

ZONES = {
    "DE": "Europe/Berlin", "FR": "Europe/Paris", "AT": "Europe/Vienna", "GB": "Europe/London", "CN": "Asia/Shanghai",
    "JP": "Asia/Tokyo", "US": "America/Chicago", "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires", "CA": "America/Toronto", "PY": "America/Asuncion",
}  # fmt: skip
CURRENCIES = {"GB": "GBP", "CN": "CNY", "JP": "JPY", "US": "USD"}


def local(text: str, country: str) -> datetime:
    """Return the UTC instant of a local time such as "2026-12-04 23:59:59.999999" in a country's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[country])).astimezone(UTC)


def facts(
    country: str = "DE", *, ordered: str = "2026-11-16 09:00", delivered: str | None = "2026-11-20 14:00",
    asked: str = "2026-11-24 10:00", traits: Iterable[str] = (), notice: bool = True, informed: bool | None = True,
    goods: dict[str, Any] | None = None, **more: Any,
) -> Facts:  # fmt: skip
    """Build one informed shopper who changed their mind four days after delivery; times are the shopper's own."""
    currency = CURRENCIES.get(country, "EUR")
    return Facts(
        **{
            "country": country,
            "zone": ZONES[country],
            "ordered_at": local(ordered, country),
            "delivered_at": local(delivered, country) if delivered else None,
            "asked_at": local(asked, country),
            "unit_value": Money(4990, currency),
            "reason": Reason.CHANGED_MIND,
            "goods": Goods(traits=frozenset(traits), **(goods or {})),
            "informed_of_withdrawal": informed,
            "notices_shown": frozenset({ALL}) if notice else frozenset(),
            "return_terms_shown": None,
            **more,
        }
    )


def judge(case: Facts, book: Book = EMPTY, *, pack: Pack | None = None) -> Decision:
    """Decide a case at the moment of asking."""
    assert case.asked_at is not None
    return decide(case, book, at=case.asked_at, pack=pack)


def clause(ref: str, then: Then, when: When | None = None) -> ShopClause:
    """Build a clause of a shop."""
    return ShopClause(ref=ref, when=when or When(), then=then, text={"en": f"What {ref} says."})


def book(*clauses: ShopClause, **more: Any) -> Book:
    """Build a shop's book of these clauses."""
    return Book(**{"ref": "lanting", "version": 14, "name": "Lanting", "clauses": clauses, **more})


def tried(decision: Decision, ref: str) -> tuple[str, str]:
    """Return result and reason of the clause `ref` in the trace."""
    line = decision.tried(ref)
    assert line is not None, f"{ref} was not tried; there are {[line.ref for line in decision.trace]}"
    return line.result.value, line.reason
