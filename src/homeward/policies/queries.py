"""Questions about rulebooks: which one held on the day of purchase, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from homeward.kernel import Actor
from homeward.parties.models import Merchant
from homeward.policies import rulebook as books
from homeward.policies.models import Rulebook
from homeward.policies.rulebook import Book


def rulebooks(actor: Actor) -> QuerySet[Rulebook]:
    """Return the rulebooks within the actor's fence, the newest version first."""
    rows = Rulebook.objects.select_related("merchant").order_by("merchant__name", "-version")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def rulebook_row(actor: Actor, ref: str) -> Rulebook:
    """Return one version by ref.

    :raises Rulebook.DoesNotExist: if there is none within the actor's fence.
    """
    return rulebooks(actor).get(ref=ref)


def rulebook(actor: Actor, ref: str) -> Book:
    """Return the book of one version by ref; read from the database once per process, for it never changes.

    :raises Rulebook.DoesNotExist: if there is none within the actor's fence.
    """
    merchant_id, book = _book(ref)
    if not actor.sees_all_merchants and actor.fence != merchant_id:
        raise Rulebook.DoesNotExist(ref)
    return book


def rulebook_for(actor: Actor, *, merchant_id: int, ref: str) -> Book:
    """Return the book that an order line of this merchant was bought under; the standard one where it names none.

    :raises Rulebook.DoesNotExist: if the actor may not see the merchant, or the ref is not the merchant's.
    """
    if not actor.sees_all_merchants and actor.fence != merchant_id:
        raise Rulebook.DoesNotExist(ref)
    if not ref:
        return books.standard()
    owner, book = _book(ref)
    if owner != merchant_id:
        raise Rulebook.DoesNotExist(ref)
    return book


def rulebook_at(actor: Actor, merchant: Merchant, on: datetime) -> Book:
    """Return the book that holds for a purchase at `on`: the merchant's, else the standard one.

    :raises Rulebook.DoesNotExist: if the actor may not see the merchant.
    """
    return rulebook_for(actor, merchant_id=merchant.pk, ref=ref_on(merchant.pk, on))


@lru_cache(maxsize=2048)
def _book(ref: str) -> tuple[int, Book]:
    merchant_id, document = Rulebook.objects.values_list("merchant_id", "document").get(ref=ref)
    return merchant_id, books.from_data(document)


def ref_on(merchant_id: int, at: datetime) -> str:
    """Return the ref of the rulebook that holds for a purchase at a time, or nothing where none does."""
    rows = Rulebook.objects.filter(merchant_id=merchant_id, valid_from__lte=at)
    return rows.order_by("-valid_from", "-version").values_list("ref", flat=True).first() or ""


def calendar_of(merchant_id: int) -> Callable[[int, datetime], str]:
    """Return `ref_on` for many purchases of one merchant: reads its versions once."""
    rows = Rulebook.objects.filter(merchant_id=merchant_id).order_by("-valid_from", "-version")
    versions = list(rows.values_list("valid_from", "ref"))

    def ref_of(_: int, at: datetime) -> str:
        return next((ref for valid_from, ref in versions if valid_from <= at), "")

    return ref_of
