"""Returns, their lines, evidence and decisions; withdrawal declarations."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from homeward import journal
from homeward.cases.models import Case
from homeward.orders.models import Order, OrderLine
from homeward.parties.models import Merchant, Shopper
from homeward.returns.lifecycle import RETURN


class Return(journal.Noun):
    """What a shopper asks to send back out of one order, and whether that is permitted."""

    lifecycle = RETURN

    state = models.CharField(max_length=20, default=RETURN.initial)
    number = models.CharField(max_length=16, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="returns")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    shopper = models.ForeignKey(Shopper, null=True, on_delete=models.PROTECT, related_name="+")
    remedy = models.CharField(max_length=20, default="refund", help_text="what the shopper wishes, then what is agreed")
    method = models.CharField(max_length=20, default="label", help_text="label, qr, pickup, own_carrier, none")
    goods_back = models.BooleanField(default=True, help_text="false where the shopper keeps the goods")
    freight_payer = models.CharField(max_length=12, blank=True, help_text="merchant or shopper")
    refund_shipping = models.BooleanField(default=False, help_text="standard delivery is due with the last unit")
    currency = models.CharField(max_length=3)
    locale = models.CharField(max_length=12, default="en")
    channel = models.CharField(max_length=20, default="portal")
    note = models.TextField(blank=True, help_text="the shopper's own words, verbatim")
    refusal = models.CharField(max_length=60, blank=True, help_text="clause or ground of a refusal")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    ship_by = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True, help_text="proof of sending: the carrier's first scan")
    goods_at = models.DateTimeField(null=True, help_text="when the first goods arrived; told by the warehouse")
    version = models.PositiveIntegerField(default=1, help_text="counts edits; a stale edit is refused")

    class Meta:
        constraints = [journal.state_check(RETURN)]
        indexes = [
            models.Index(fields=["merchant", "state", "-id"], name="return_queue"),
            models.Index(fields=["order"], name="return_order"),
            models.Index(fields=["case"], name="return_case"),
        ]


class ReturnLine(models.Model):
    """Some units of one order line that are to come back, for one reason."""

    ref = models.CharField(max_length=40, unique=True)
    return_request = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=40)
    condition = models.CharField(max_length=20, blank=True)
    seal_broken = models.BooleanField(null=True)
    serials = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="return_line_has_units", condition=models.Q(quantity__gt=0)),
            models.UniqueConstraint(fields=["return_request", "order_line"], name="one_line_per_order_line"),
        ]
        indexes = [models.Index(fields=["order_line"], name="return_line_of_order_line")]

    def __str__(self) -> str:
        return self.ref


class Decision(models.Model):
    """A verdict on a return: facts, clauses tried and outcome, insert-only. The newest one holds."""

    return_request = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="decisions")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(ReturnLine, null=True, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    rulebook_ref = models.CharField(max_length=60, blank=True)
    document = models.JSONField(help_text="the whole decision as documented in docs/decision.md")

    class Meta:
        indexes = [models.Index(fields=["return_request"], name="decision_return")]
        triggers = [pgtrigger.Protect(name="decision_is_insert_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.by}"


class Evidence(models.Model):
    """A file that shows something: a photo, a film, a document; content kept as sent, named by its hash."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    return_request = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="evidence")
    file = models.FileField(upload_to="evidence/%Y/%m/", max_length=200)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["return_request", "sha256"], name="same_evidence_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Withdrawal(models.Model):
    """A declaration to withdraw from a contract (Directive 2011/83/EU art. 11a): always accepted, never changed.

    The columns of evidence are written once; `order`, `return_request`, `acknowledged_at` may be filled in later. Its
    `case` carries the clock of the money until a return does.
    """

    ref = models.CharField(max_length=40, unique=True)
    number = models.CharField(max_length=16, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    contract = models.CharField(max_length=200, help_text="order number or whatever identifies the contract")
    scope = models.TextField(blank=True, help_text="the part of the contract, in the declarer's words")
    email = models.EmailField()
    locale = models.CharField(max_length=12)
    received_at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text="SHA-256 over the columns above")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    return_request = models.ForeignKey(Return, null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], name="withdrawal_feed")]
        triggers = [
            pgtrigger.Protect(name="withdrawal_cannot_be_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="withdrawal_evidence_is_fixed",
                operation=pgtrigger.UpdateOf(
                    "ref",
                    "number",
                    "merchant_id",
                    "name",
                    "contract",
                    "scope",
                    "email",
                    "locale",
                    "received_at",
                    "digest",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number
