"""Return centers, rate cards, parcels with many-to-many lines, and tracking events."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from homeward import journal
from homeward.cases.models import Case
from homeward.kernel import Money
from homeward.logistics.lifecycle import PARCEL
from homeward.parties.models import Merchant
from homeward.returns.models import Return, ReturnLine


class Center(models.Model):
    """A place that takes returned goods: own warehouse, overseas warehouse, third-party center, hub."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="warehouse", help_text="see logistics/routing.py")
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=40, default="UTC")
    address = models.JSONField(default=list, help_text="lines of the address label")
    serves = ArrayField(models.CharField(max_length=2), default=list, blank=True, help_text="countries it serves")
    refuses = ArrayField(models.CharField(max_length=30), default=list, blank=True, help_text="goods traits")
    handling_minor = models.PositiveIntegerField(default=0, help_text="cost of handling one unit")
    currency = models.CharField(max_length=3, default="EUR")
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class RateCard(models.Model):
    """A carrier's prices for returns: zones, weight breaks and surcharges, for a span of time."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=40)
    service = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    is_sample = models.BooleanField(default=False)
    rows = models.JSONField(help_text="see logistics/rates.py")

    def __str__(self) -> str:
        return f"{self.carrier} {self.service}"


class Parcel(journal.Noun):
    """A box on its way back. Parcels and return lines are many to many; one that nobody announced is legal."""

    lifecycle = PARCEL

    state = models.CharField(max_length=20, default=PARCEL.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    return_request = models.ForeignKey(
        Return, null=True, on_delete=models.PROTECT, related_name="parcels", db_index=False
    )
    center = models.ForeignKey(Center, null=True, on_delete=models.PROTECT, related_name="+")
    part = models.PositiveSmallIntegerField(default=1, help_text="running number of the parcels of one return")
    method = models.CharField(max_length=20, default="label")
    carrier = models.CharField(max_length=40, blank=True)
    service = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    tracking_url = models.URLField(max_length=300, blank=True)
    carrier_ref = models.CharField(max_length=80, blank=True, help_text="the carrier's own number of the sale")
    label_file = models.FileField(max_length=200, blank=True, help_text="the carrier's own label, if it draws one")
    payer = models.CharField(max_length=12, default="merchant", help_text="merchant or shopper")
    weight_g = models.PositiveIntegerField(default=0)
    cost_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")
    route = models.JSONField(default=dict, help_text="the candidates and why this one was chosen")
    label_expires_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, help_text="first scan by the carrier: proof of sending")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            journal.state_check(PARCEL),
            models.UniqueConstraint(
                fields=["carrier", "tracking_number"],
                name="one_parcel_per_tracking_number",
                condition=~models.Q(tracking_number=""),
            ),
            models.UniqueConstraint(fields=["return_request", "part"], name="one_parcel_per_part_of_a_return"),
        ]
        indexes = [
            models.Index(fields=["tracking_number"], name="parcel_tracking", condition=~models.Q(tracking_number="")),
            models.Index(fields=["merchant", "state", "-id"], name="parcel_queue"),
        ]

    @property
    def cost(self) -> Money:
        """What the way costs, as far as it is known."""
        return Money(self.cost_minor, self.currency)


class ParcelLine(models.Model):
    """Units of a return line that travel in a parcel."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="lines")
    return_line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "return_line"], name="line_once_per_parcel")]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.return_line_id}"


class TrackingEvent(models.Model):
    """What a carrier says of a parcel, once each."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")
    code = models.CharField(max_length=24)
    at = models.DateTimeField()
    text = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=20, help_text="dock, hand, or through which channel the carrier told it")
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "code", "at"], name="tracking_event_once")]

    def __str__(self) -> str:
        return self.code
