"""Questions about backtests, each fenced to what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from homeward.kernel import Actor
from homeward.parties.models import Merchant
from homeward.policies import queries as policy_queries
from homeward.policies import rulebook as books
from homeward.policies.models import BacktestRun
from homeward.policies.rulebook import EMPTY, Book

STANDARD, NOTHING = "standard", "none"  # in place of a ref: the standard rulebook, and no rulebook at all


def backtests(actor: Actor) -> QuerySet[BacktestRun]:
    """Return the backtests within the actor's fence, the latest first, without what they found."""
    rows = BacktestRun.objects.select_related("merchant").order_by("-pk")
    rows = rows.defer("result", "old_document", "new_document")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def backtest(actor: Actor, ref: str) -> BacktestRun:
    """Return one backtest by ref, with what it found.

    :raises BacktestRun.DoesNotExist: if there is none within the actor's fence.
    """
    rows = BacktestRun.objects.select_related("merchant")
    return (rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)).get(ref=ref)


def is_wanted(actor: Actor, run: BacktestRun, *, attempt: int) -> bool:
    """Whether this attempt at a backtest still goes on: nobody has cancelled it or taken it up anew."""
    return backtests(actor).filter(pk=run.pk, state="running", attempts=attempt).exists()


def waiting(actor: Actor, run_id: int) -> BacktestRun | None:
    """Return a backtest within the actor's fence that has not ended, or None."""
    return backtests(actor).filter(pk=run_id, state__in=("queued", "running")).first()


@dataclass(frozen=True, slots=True)
class Choice:
    """A rulebook that can be tried: by ref, with its name and version as people know it."""

    ref: str
    name: str
    book: Book


class NoSuchBook(LookupError):
    """A ref names no rulebook or draft of the merchant."""


def choices(actor: Actor, merchant: Merchant) -> list[Choice]:
    """Return what can be tried for a merchant: drafts first, then versions, the standard rulebook and the law alone."""
    drafts = policy_queries.drafts(actor).filter(merchant=merchant, state__in=("draft", "in_review", "approved"))
    rows = policy_queries.rulebooks(actor).filter(merchant=merchant)
    return [
        *(Choice(draft.ref, draft.name, books.read(draft.document)) for draft in drafts),
        *(Choice(row.ref, str(row), books.read(row.document)) for row in rows),
        Choice(STANDARD, books.standard().name, books.standard()),
        Choice(NOTHING, EMPTY.name, EMPTY),
    ]


def choice(actor: Actor, merchant: Merchant, ref: str) -> Choice:
    """Return one rulebook that can be tried.

    :raises NoSuchBook: if there is none.
    """
    found = next((one for one in choices(actor, merchant) if one.ref == ref), None)
    if found is None:
        raise NoSuchBook(ref)
    return found


def holding_ref(actor: Actor, merchant: Merchant, at: datetime) -> str:
    """Return the ref of what holds for a merchant's purchases at a time."""
    row = policy_queries.in_force(actor, merchant, at)
    return row.ref if row else STANDARD
