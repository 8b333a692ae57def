"""Receipts with counted lines, inspections per unit, photos, stock movements."""

from __future__ import annotations

from django.db import models

from homeward import journal
from homeward.cases.models import Case
from homeward.logistics.models import Center, Parcel
from homeward.parties.models import Merchant
from homeward.returns.models import Return, ReturnLine
from homeward.warehouse.lifecycle import RECEIPT


class Receipt(journal.Noun):
    """The arrival of goods at a center, counted against what was announced (which may be nothing)."""

    lifecycle = RECEIPT

    state = models.CharField(max_length=20, default=RECEIPT.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    center = models.ForeignKey(Center, null=True, on_delete=models.PROTECT, related_name="+")
    parcel = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="receipts")
    return_request = models.ForeignKey(Return, null=True, on_delete=models.PROTECT, related_name="receipts")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    label_text = models.CharField(max_length=80, blank=True, help_text="what was scanned, where nothing matched")
    expected_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=80, blank=True)
    inspected_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            journal.state_check(RECEIPT),
            models.UniqueConstraint(
                fields=["parcel", "return_request"], name="one_receipt_per_parcel_and_return", nulls_distinct=True
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state", "-id"], name="receipt_queue"),
            models.Index(fields=["return_request"], name="receipt_return"),
        ]


class ReceiptLine(models.Model):
    """What arrived of one return line, or of something that nobody announced. received = good + damaged + wrong."""

    class Outcome(models.TextChoices):
        MATCH = "match"
        SHORT = "short"
        OVER = "over"
        WRONG = "wrong"
        UNKNOWN = "unknown"

    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines")
    return_line = models.ForeignKey(ReturnLine, null=True, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=200, blank=True)
    announced = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    damaged = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="received_is_good_damaged_wrong",
                condition=models.Q(received=models.F("good") + models.F("damaged") + models.F("wrong")),
            ),
            models.CheckConstraint(
                name="more_than_announced_says_so",
                condition=models.Q(received__lte=models.F("announced")) | models.Q(outcome__in=["over", "wrong", "unknown"]),
            ),
            models.UniqueConstraint(fields=["receipt", "return_line"], name="line_once_per_receipt"),
        ]

    def __str__(self) -> str:
        return f"{self.received}/{self.announced}"


class Inspection(models.Model):
    """What was found on one unit, or on several alike: checklist, grade and what becomes of it."""

    ref = models.CharField(max_length=40, unique=True)
    line = models.ForeignKey(ReceiptLine, on_delete=models.PROTECT, related_name="inspections")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(default=1)
    checklist = models.JSONField(default=dict, help_text="{question: answer}")
    grade = models.CharField(max_length=2)
    disposition = models.CharField(max_length=20)
    serial = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="inspection_has_units", condition=models.Q(quantity__gt=0))]

    def __str__(self) -> str:
        return f"{self.grade} × {self.quantity}"


class Photo(models.Model):
    """A picture taken at the dock, with its hash, as evidence of the condition."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="photos")
    line = models.ForeignKey(ReceiptLine, null=True, on_delete=models.PROTECT, related_name="photos")
    file = models.FileField(upload_to="dock/%Y/%m/", max_length=200)
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file.name


class StockMovement(models.Model):
    """Units that went from the returns area to where their disposition sends them; once per inspection."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    center = models.ForeignKey(Center, null=True, on_delete=models.PROTECT, related_name="+")
    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="movement")
    sku = models.CharField(max_length=80)
    quantity = models.IntegerField()
    destination = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku} → {self.destination}"
