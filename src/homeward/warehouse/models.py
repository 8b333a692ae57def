"""Receipts with counted lines, inspections per unit, photos, stock movements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q

from homeward import journal
from homeward.cases.models import Case
from homeward.logistics.models import Center, Parcel
from homeward.parties.models import Merchant
from homeward.returns.models import Return, ReturnLine
from homeward.warehouse.checklists import Grade
from homeward.warehouse.lifecycle import RECEIPT
from homeward.warehouse.limits import Goods


class Outcome(models.TextChoices):
    """How a count came out against the announcement."""

    MATCH = "match"
    SHORT = "short"
    OVER = "over"
    WRONG = "wrong"
    UNKNOWN = "unknown"

    @classmethod
    def worst(cls, outcomes: Iterable[str]) -> str:
        """Return the gravest of some outcomes, by which a whole receipt is known."""
        found = set(outcomes)
        return next((one for one in (cls.UNKNOWN, cls.WRONG, cls.OVER, cls.SHORT) if one in found), cls.MATCH)


class Receipt(journal.Noun):
    """The arrival of goods at a center, counted against what was announced (which may be nothing).

    Without `return_request` it is a quarantine record: goods that nobody announced, told by `label_text`, perhaps
    found in the box of another receipt (`found_with`). `ruling` is the word that ended a dispute.
    """

    lifecycle = RECEIPT

    state = models.CharField(max_length=20, default=RECEIPT.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    center = models.ForeignKey(Center, null=True, on_delete=models.PROTECT, related_name="+")
    parcel = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="receipts")
    return_request = models.ForeignKey(
        Return, null=True, on_delete=models.PROTECT, related_name="receipts", db_index=False
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    found_with = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="strangers")
    label_text = models.CharField(max_length=80, blank=True, help_text="what was scanned, where nothing matched")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, help_text="the worst of its lines")
    ground = models.CharField(max_length=20, blank=True, help_text="why it is disputed")
    ruling = models.CharField(max_length=20, blank=True, help_text="as_found or in_favor")
    announced_at = models.DateTimeField(null=True, help_text="since when it is expected")
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=80, blank=True)
    inspected_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="when the inspection has to be done")
    note = models.TextField(blank=True)
    nonce = models.CharField(max_length=40, blank=True, help_text="names the form it came by; the same form once more")

    class Meta:
        constraints = [
            journal.state_check(RECEIPT),
            models.UniqueConstraint(fields=["nonce"], name="one_receipt_per_form", condition=~Q(nonce="")),
            models.UniqueConstraint(
                fields=["parcel", "return_request"], name="one_receipt_per_parcel_and_return", nulls_distinct=True
            ),
            models.UniqueConstraint(
                fields=["return_request"],
                name="one_open_receipt_without_parcel",
                condition=Q(parcel__isnull=True, state="expected"),
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state", "-id"], name="receipt_queue"),
            models.Index(fields=["return_request"], name="receipt_return"),
            models.Index(fields=["due_at"], name="receipt_to_inspect", condition=Q(state="received")),
            models.Index(fields=["label_text"], name="receipt_label", condition=~Q(label_text="")),
        ]

    @property
    def is_announced(self) -> bool:
        """Whether these goods belong to a return."""
        return self.return_request_id is not None

    @property
    def requires_action(self) -> bool:
        """Whether what came is not what was announced, so that somebody has to see to it."""
        return self.outcome not in {"", Outcome.MATCH}


class ReceiptLine(models.Model):
    """What arrived of one return line, or of something that nobody announced. received = good + damaged + wrong.

    The first look counts; once all is graded, `wrong` are the units found to be another thing than the one sold, so
    that `good + damaged` are those that somebody is owed for. `inspected` counts the units that have been graded.
    """

    Outcome = Outcome

    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines", db_index=False)
    return_line = models.ForeignKey(ReturnLine, null=True, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=200, blank=True)
    announced = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    damaged = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    inspected = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="received_is_good_damaged_wrong", condition=Q(received=F("good") + F("damaged") + F("wrong"))
            ),
            models.CheckConstraint(
                name="more_than_announced_says_so",
                condition=Q(received__lte=F("announced")) | Q(outcome__in=["over", "wrong", "unknown"]),
            ),
            models.CheckConstraint(name="inspected_within_received", condition=Q(inspected__lte=F("received"))),
            models.UniqueConstraint(fields=["receipt", "return_line"], name="line_once_per_receipt"),
        ]

    def __str__(self) -> str:
        return f"{self.received}/{self.announced}"

    @property
    def key(self) -> str:
        """The name of the line within its receipt: its return line's reference, else its own number."""
        return self.return_line.ref if self.return_line else f"line-{self.pk}"

    @property
    def found(self) -> str:
        """The outcome that the counts come to."""
        if self.return_line_id is None:
            return Outcome.UNKNOWN
        if self.wrong:
            return Outcome.WRONG
        if self.received > self.announced:
            return Outcome.OVER
        return Outcome.SHORT if self.received < self.announced else Outcome.MATCH

    @property
    def right(self) -> int:
        """Units that are what was announced, in whatever condition."""
        return self.good + self.damaged

    @property
    def missing(self) -> int:
        """Announced units that did not come, or for which something else came."""
        return max(self.announced - self.right, 0)

    @property
    def goods(self) -> Goods:
        """What the order says of the goods; nothing is known of what nobody announced."""
        if self.return_line is None:
            return Goods()
        sold = self.return_line.order_line
        return Goods(category=sold.category, traits=frozenset(sold.traits), hs_code=sold.hs_code)

    @property
    def serials(self) -> list[str]:
        """The serial numbers that may come back: those that were announced, else all that were sold."""
        if self.return_line is None:
            return []
        return self.return_line.serials or self.return_line.order_line.serials

    @property
    def left(self) -> int:
        """Units that wait for their inspection."""
        return self.received - self.inspected


class Inspection(models.Model):
    """What was found on one unit, or on several alike: checklist, grade and what becomes of it.

    What was written stays; a mistake is voided, with who, when and why, and found anew. Where two people must look,
    it counts only once the second one has confirmed it.
    """

    ref = models.CharField(max_length=40, unique=True)
    line = models.ForeignKey(ReceiptLine, on_delete=models.PROTECT, related_name="inspections")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.PositiveIntegerField(default=1)
    checklist = models.JSONField(default=dict, help_text="{question: answer}")
    checklist_key = models.CharField(max_length=60, blank=True, help_text="which lists, in which version")
    grade = models.CharField(max_length=2)
    disposition = models.CharField(max_length=20)
    suggested_grade = models.CharField(max_length=2, blank=True)
    suggested_disposition = models.CharField(max_length=20, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    serial_matches = models.BooleanField(null=True, help_text="none where the order knows no serials")
    note = models.TextField(blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    needs_second = models.BooleanField(default=False)
    second_by = models.CharField(max_length=80, blank=True)
    second_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.CharField(max_length=80, blank=True)
    void_reason = models.TextField(blank=True)
    nonce = models.CharField(max_length=40, blank=True, help_text="names the form it came by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nonce"], name="one_finding_per_form", condition=~Q(nonce="")),
            models.CheckConstraint(name="inspection_has_units", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="second_person_is_another", condition=Q(second_by="") | ~Q(second_by=F("by"))
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="inspection_cannot_be_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="inspection_finding_is_fixed",
                operation=pgtrigger.UpdateOf(
                    "ref", "line_id", "merchant_id", "quantity", "checklist", "checklist_key", "grade", "disposition",
                    "serial", "note", "by", "at", "needs_second",
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.grade} × {self.quantity}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for the second person."""
        return self.needs_second and self.second_at is None and self.voided_at is None

    @property
    def units(self) -> int:
        """How many units are alike."""
        return self.quantity

    @property
    def is_another(self) -> bool:
        """Whether these units are not the ones that were sold."""
        return self.grade == Grade.X

    @property
    def as_fact(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        return {
            "line": self.line.key, "quantity": self.quantity, "grade": self.grade, "disposition": self.disposition,
        }  # fmt: skip


class Photo(models.Model):
    """A picture taken at the dock, with its hash, as evidence of the condition."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="photos", db_index=False)
    inspection = models.ForeignKey(Inspection, null=True, on_delete=models.PROTECT, related_name="photos")
    file = models.FileField(upload_to="dock/%Y/%m/", max_length=200)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["receipt", "sha256"], name="same_photo_once")]

    def __str__(self) -> str:
        return self.name


class StockMovement(models.Model):
    """Units that went from the returns area to where their disposition sends them; once per inspection.

    A voided inspection takes its units back by a second row that `reverses` the first, with the sign turned.
    """

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    center = models.ForeignKey(Center, null=True, on_delete=models.PROTECT, related_name="+")
    inspection = models.OneToOneField(Inspection, null=True, on_delete=models.PROTECT, related_name="movement")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    sku = models.CharField(max_length=80, blank=True)
    quantity = models.IntegerField()
    destination = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="movement_has_one_cause",
                condition=Q(inspection__isnull=False, reverses__isnull=True, quantity__gt=0)
                | Q(inspection__isnull=True, reverses__isnull=False, quantity__lt=0),
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "id"], name="movement_feed"),
            models.Index(fields=["merchant", "sku", "destination"], name="movement_stock"),
        ]
        triggers = [pgtrigger.Protect(name="movement_is_insert_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku} → {self.destination}"
