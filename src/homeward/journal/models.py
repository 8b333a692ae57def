"""What happened, once and for good: journal entries, and deliveries of them that failed."""

from __future__ import annotations

import pgtrigger
from django.db import models


class CurrentTransaction(models.Func):
    """The number of the running transaction, as PostgreSQL counts them."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Entry(models.Model):
    """One event: a verb on a noun, by someone, at a time; insert-only.

    Entries are read in the order of (`tx`, `id`), and only those of transactions before which none is open any more:
    so a reader who goes on from the last entry misses none, however transactions overlap.

    `case_id` is the number of the case that the noun belongs to, so that a case's timeline is one look-up; the journal
    stands below the cases and knows no more than the number.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    merchant_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    noun = models.CharField(max_length=30)
    noun_id = models.BigIntegerField()
    ref = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict)
    tx = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["noun", "noun_id"], name="entry_noun"),
            models.Index(fields=["case_id"], name="entry_case", condition=models.Q(case_id__isnull=False)),
            models.Index(fields=["merchant_id", "tx", "id"], name="entry_feed"),
        ]
        triggers = [pgtrigger.Protect(name="entry_is_insert_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.event} {self.ref}"

    @property
    def event(self) -> str:
        """The name that listeners know: `return.authorize`."""
        return f"{self.noun}.{self.verb}"


class DeadLetter(models.Model):
    """A listener's failure to handle an entry: retried with growing pauses, then left for a person."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="dead_letters")
    listener = models.CharField(max_length=80)
    error = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "listener"], name="one_letter_per_listener")]
        indexes = [models.Index(fields=["last_at"], name="letter_open", condition=models.Q(solved_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.listener} on {self.entry_id}"
