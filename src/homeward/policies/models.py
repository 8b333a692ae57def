"""Rulebooks of merchants in their versions; a published one never changes."""

from __future__ import annotations

import pgtrigger
from django.db import models

from homeward.parties.models import Merchant


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
