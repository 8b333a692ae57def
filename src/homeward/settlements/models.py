"""Remedies owed, refunds and replacements that fulfil them, and the double-entry ledger."""

from __future__ import annotations

import pgtrigger
from django.db import models

from homeward import journal
from homeward.cases.models import Case
from homeward.kernel import Money
from homeward.orders.models import OrderLine, Payment
from homeward.parties.models import Merchant
from homeward.returns.models import Return, ReturnLine
from homeward.settlements.lifecycle import OPEN, REFUND, REMEDY, REPLACEMENT

HOUSE = "homeward"  # the name under which events stand that we found ourselves, beside those of providers


class Remedy(journal.Noun):
    """What a shopper is owed for a return: of which kind, for which units, and how much."""

    lifecycle = REMEDY

    state = models.CharField(max_length=20, default=REMEDY.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    return_request = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="remedies")
    kind = models.CharField(max_length=24, help_text="see texts.KINDS")
    cause = models.CharField(max_length=60, help_text="what gave rise to it: one settlement per cause")
    amount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0, help_text="the tax inside the amount")
    shipping_minor = models.BigIntegerField(default=0, help_text="the standard delivery inside the amount")
    currency = models.CharField(max_length=3)
    sums = models.JSONField(default=list, help_text="the itemized amount: [{kind, minor, ground, facts}]")
    awaits = models.CharField(max_length=12, blank=True, help_text="whose word is missing: authority or shopper")
    note = models.TextField(blank=True, help_text="why somebody granted other than the rules")
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=80)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name_plural = "remedies"
        constraints = [
            journal.state_check(REMEDY),
            models.UniqueConstraint(
                fields=["return_request", "cause"], name="one_remedy_per_cause", condition=~models.Q(state="declined")
            ),
            models.CheckConstraint(
                name="remedy_amounts_fit",
                condition=models.Q(
                    amount_minor__gte=0,
                    tax_minor__gte=0,
                    tax_minor__lte=models.F("amount_minor"),
                    shipping_minor__gte=0,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state", "-id"], name="remedy_queue"),
            models.Index(fields=["return_request"], name="remedy_return"),
        ]

    @property
    def amount(self) -> Money:
        """What the shopper gets back."""
        return Money(self.amount_minor, self.currency)


class RemedyLine(models.Model):
    """Units of a return line that a remedy settles, with their parts of what was paid for the order line.

    `start` counts all units of the order line that remedies have named before, declined ones too: two settlements that
    know the same past cannot both be written.
    """

    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="lines", db_index=False)
    return_line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="+")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    goods_minor = models.BigIntegerField(help_text="the price of these units as paid, tax inside")
    tax_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField(help_text="these units' share of the standard delivery")
    brings_shipping = models.BooleanField(default=False, help_text="that share is due with the last unit")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remedy", "return_line"], name="line_once_per_remedy"),
            models.UniqueConstraint(fields=["order_line", "start"], name="units_settled_once"),
            models.CheckConstraint(name="remedy_line_has_units", condition=models.Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.return_line_id}"


class Refund(journal.Noun):
    """Money on its way back along one payment. Its ref is the provider's idempotency key."""

    lifecycle = REFUND

    state = models.CharField(max_length=20, default=REFUND.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    remedy = models.ForeignKey(Remedy, null=True, on_delete=models.PROTECT, related_name="refunds", db_index=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    is_external = models.BooleanField(default=False, help_text="made at the provider, past Homeward")
    attempt = models.PositiveSmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=40)
    provider_ref = models.CharField(max_length=120, blank=True)
    bank_ref = models.CharField(max_length=120, blank=True, help_text="of the transfer, where finance pays by hand")
    intended_at = models.DateTimeField()
    intended_by = models.CharField(max_length=80)
    sent_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True, help_text="when its provider was last asked what became of it")
    confirmed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            journal.state_check(REFUND),
            models.CheckConstraint(name="refund_moves_money", condition=models.Q(amount_minor__gt=0)),
            models.UniqueConstraint(fields=["remedy", "payment", "attempt"], name="one_refund_per_attempt"),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"],
                name="one_refund_per_provider_ref",
                condition=~models.Q(provider_ref=""),
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state", "-id"], name="refund_queue"),
            models.Index(fields=["provider", "id"], name="refund_on_its_way", condition=models.Q(state__in=OPEN)),
        ]

    @property
    def amount(self) -> Money:
        """What goes back along the payment."""
        return Money(self.amount_minor, self.currency)


class MoneyEvent(models.Model):
    """What a payment provider told us, each once; one that contradicts an earlier one is kept and shown.

    What we find out ourselves, of money that has left without its ground, is kept here too, under HOUSE.
    """

    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=40)
    reference = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="events")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    payload = models.JSONField()
    problem = models.CharField(max_length=40, blank=True, help_text="see texts.PROBLEMS")
    facts = models.JSONField(default=dict, help_text="what the problem is about")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reference", "kind"], name="money_event_once", condition=models.Q(problem="")
            )
        ]
        indexes = [
            models.Index(fields=["provider", "reference"], name="money_event_reference"),
            models.Index(fields=["-id"], name="money_event_problem", condition=~models.Q(problem="")),
        ]
        triggers = [pgtrigger.Protect(name="money_event_is_insert_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.reference}"


class Replacement(journal.Noun):
    """Goods sent in place of returned ones."""

    lifecycle = REPLACEMENT

    state = models.CharField(max_length=20, default=REPLACEMENT.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    remedy = models.OneToOneField(Remedy, on_delete=models.PROTECT, related_name="replacement")
    items = models.JSONField(help_text="[{sku, title, quantity}]")
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    reserved_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [journal.state_check(REPLACEMENT)]
        indexes = [models.Index(fields=["merchant", "state", "-id"], name="replacement_queue")]


class Posting(models.Model):
    """One booking, balanced per currency, written once for its `key`."""

    ref = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=80, unique=True, help_text="what is booked; the same thing is booked once")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "-id"], name="posting_feed"),
            models.Index(fields=["case"], name="posting_case"),
        ]
        triggers = [pgtrigger.Protect(name="posting_is_insert_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class PostingLine(models.Model):
    """A debit (positive) or a credit (negative) of one account, in minor units."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=30)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="posting_line_is_insert_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="posting_is_balanced",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("off", "record")],
                func="""
                    SELECT currency, sum(amount_minor) AS rest INTO off FROM settlements_postingline
                    WHERE posting_id = NEW.posting_id GROUP BY currency HAVING sum(amount_minor) <> 0 LIMIT 1;
                    IF FOUND THEN
                        RAISE EXCEPTION 'posting % is off by % %', NEW.posting_id, off.rest, off.currency
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]
        indexes = [models.Index(fields=["account", "currency"], name="posting_line_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} {self.currency}"
