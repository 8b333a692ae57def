"""Rulebooks of merchants in their versions, of which a published one never changes, and the drafts of the next."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from homeward.journal import Noun, state_check
from homeward.parties.models import Merchant
from homeward.policies.lifecycle import RULEBOOK_DRAFT
from homeward.policies.runs.lifecycle import BACKTEST


class Rulebook(models.Model):
    """One version of a merchant's rulebook: `document` is a `rulebook.Book` as plain data, in force from a day on."""

    ref = models.CharField(max_length=60, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    document = models.JSONField()
    valid_from = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "version"], name="one_rulebook_per_version")]
        indexes = [models.Index(fields=["merchant", "-valid_from"], name="rulebook_in_force")]
        triggers = [pgtrigger.Protect(name="rulebook_is_insert_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class RulebookDraft(Noun):
    """A rulebook that is being written. `revision` counts its changes, so that nobody writes over another's words.

    `authors` are the ids of all who wrote in it: none of them may approve it. `document` may say what cannot be meant
    yet; it is a `rulebook.Book` by its form.
    """

    lifecycle = RULEBOOK_DRAFT

    state = models.CharField(max_length=20, default=RULEBOOK_DRAFT.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    document = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=12, help_text="standard, version, upload, wizard, empty")
    base = models.ForeignKey(Rulebook, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    authors = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.CharField(max_length=120, blank=True)
    submit_note = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=120, blank=True)
    review_note = models.TextField(blank=True)
    is_alone = models.BooleanField(default=False, help_text="approved by its author, for nobody else could")
    published = models.OneToOneField(Rulebook, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            state_check(RULEBOOK_DRAFT),
            models.CheckConstraint(
                name="published_draft_has_rulebook",
                condition=models.Q(state="published", published__isnull=False)
                | (~models.Q(state="published") & models.Q(published__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-changed_at"], name="draft_list")]

    def __str__(self) -> str:
        return self.name


class DraftRevision(models.Model):
    """A draft as it stood after one change; `base` is the revision that was changed, `restores` one brought back."""

    draft = models.ForeignKey(RulebookDraft, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    base = models.PositiveIntegerField()
    restores = models.PositiveIntegerField(null=True, blank=True)
    document = models.JSONField()
    what = models.CharField(max_length=20)
    about = models.CharField(max_length=200, blank=True, help_text="the clause or test that was changed")
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="one_revision_per_number")]
        triggers = [pgtrigger.Protect(name="revision_is_insert_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.number}"


class CounselMark(models.Model):
    """A lawyer has read one field of one edition of a pack and found it right; held back again where that was wrong."""

    ref = models.CharField(max_length=60, unique=True)
    code = models.CharField(max_length=24)
    version = models.CharField(max_length=40)
    field = models.CharField(max_length=60)
    checked_by = models.CharField(max_length=120)
    checked_at = models.DateTimeField()
    note = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version", "field"], condition=models.Q(withdrawn_at=None), name="one_counsel_mark"
            )
        ]
        triggers = [pgtrigger.Protect(name="counsel_mark_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.code} {self.version} {self.field}"


class BacktestRun(Noun):
    """A rulebook (`new`) tried on a merchant's history beside another (`old`), both as they were when it was asked for.

    The refs name versions, drafts, "standard" or "none"; `plan` is a `runs.plan.Plan` and `result` a `results.Result`
    as plain data. `attempts` counts how often a worker set to work; a worker whose attempt is not the last stops.
    """

    lifecycle = BACKTEST

    state = models.CharField(max_length=20, default=BACKTEST.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    old_ref = models.CharField(max_length=60)
    old_name = models.CharField(max_length=140)
    old_document = models.JSONField()
    new_ref = models.CharField(max_length=60)
    new_name = models.CharField(max_length=140)
    new_document = models.JSONField()
    plan = models.JSONField()
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    begun_at = models.DateTimeField(null=True, blank=True)
    alive_at = models.DateTimeField(null=True, blank=True, help_text="when the worker was last heard of")
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [state_check(BACKTEST)]
        indexes = [models.Index(fields=["merchant", "-id"], name="backtest_list")]

    @property
    def percent(self) -> int:
        """How much of the history has been read."""
        return min(100, 100 * self.rows_done // self.rows_total) if self.rows_total else 0
