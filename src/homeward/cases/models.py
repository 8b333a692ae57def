"""Cases and the clocks that run on them."""

from __future__ import annotations

from django.db import models

from homeward import journal
from homeward.cases.lifecycle import CASE
from homeward.orders.models import Order
from homeward.parties.models import Merchant, Shopper


class Case(journal.Noun):
    """One matter of one shopper, whatever it is made of."""

    lifecycle = CASE

    state = models.CharField(max_length=20, default=CASE.initial)
    number = models.CharField(max_length=16, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    shopper = models.ForeignKey(Shopper, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200)
    priority = models.PositiveSmallIntegerField(default=0, help_text="0 to 100; higher goes first")
    priority_reasons = models.JSONField(default=list)
    channel = models.CharField(max_length=20, default="portal")
    locale = models.CharField(max_length=12, default="en")
    assignee = models.CharField(max_length=40, blank=True, help_text="ref of the member of staff who has taken it")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [journal.state_check(CASE)]
        indexes = [
            models.Index(fields=["merchant", "state", "-priority", "opened_at"], name="case_queue"),
            models.Index(fields=["order"], name="case_order"),
        ]

    @property
    def case_id(self) -> int:
        """A case belongs to itself; the journal asks every noun."""
        return self.pk


class Clock(models.Model):
    """One running time on a case: who owes what by when, and what happens when it runs out."""

    class Source(models.TextChoices):
        DESK = "desk"
        CHANNEL = "channel"
        MARKETPLACE = "marketplace"
        LAW = "law"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=30
    )  # first_response, merchant_answer, inspection, refund_promise, refund_law ...
    source = models.CharField(max_length=12, choices=Source.choices)
    owner = models.CharField(max_length=12, help_text="the role that owes")
    basis = models.CharField(max_length=120, blank=True, help_text="clause that sets it")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pauses = models.JSONField(default=list, help_text="[{from, to, cause}]")
    on_expiry = models.CharField(max_length=20, default="remind")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="one_clock_of_a_kind")]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="clock_running",
                condition=models.Q(met_at__isnull=True, expired_at__isnull=True, paused_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"
