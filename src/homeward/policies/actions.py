"""Verbs of the policies: publish a rulebook."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db.models import Max

from homeward import journal
from homeward.kernel import Actor, new_ref
from homeward.parties.models import Merchant
from homeward.policies import rulebook as books
from homeward.policies.models import Rulebook
from homeward.policies.rulebook import Book


@journal.action
def publish(
    book: Book, *, merchant: Merchant, actor: Actor, at: datetime, valid_from: datetime | None = None
) -> Rulebook:
    """Publish a rulebook as the merchant's next version, in force from `valid_from` (now); older purchases keep theirs.

    :raises RulebookError: if the book says something that it cannot mean.
    """
    newest = Rulebook.objects.filter(merchant=merchant).aggregate(newest=Max("version"))["newest"] or 0
    book = books.check(msgspec.structs.replace(book, ref=merchant.slug, version=newest + 1))
    row = Rulebook.objects.create(
        ref=new_ref("rbk", at=at), merchant=merchant, name=book.name or merchant.name, version=book.version,
        document=books.to_data(book), valid_from=valid_from or at, published_at=at, published_by=str(actor),
    )  # fmt: skip
    journal.record(row, "publish", actor=actor, at=at, version=book.version)
    return row
