"""Products, orders with their lines, payments and deliveries, and what came back before us; amounts in minor units."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from homeward.kernel import Money, TextMap
from homeward.orders import texts


class Product(models.Model):
    """A thing that a merchant sells, with the traits that law and logistics ask about."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey("parties.Merchant", on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80)
    title = models.JSONField(default=dict, help_text="TextMap")
    category = models.CharField(max_length=40, blank=True, help_text="apparel, electronics, cosmetics, food …")
    traits = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    hs_code = models.CharField(max_length=12, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    weight_g = models.PositiveIntegerField(default=0)
    price_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    picture = models.CharField(max_length=40, blank=True, help_text="name of a drawn picture")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "sku"], name="one_product_per_sku")]

    def __str__(self) -> str:
        return self.sku

    @property
    def titles(self) -> TextMap:
        """The title in every language it has."""
        return TextMap(self.title)


class Component(models.Model):
    """A part of a kit: how many of `part` one `kit` holds."""

    kit = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="components")
    part = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kit", "part"], name="one_component_per_part"),
            models.CheckConstraint(name="component_counts", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="kit_holds_no_kit_of_itself", condition=~Q(kit=F("part"))),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.part_id} in {self.kit_id}"


class Order(models.Model):
    """A purchase as the shop tells it; the shop owns it and may correct it later.

    The sum always holds: what the lines paid + `shipping_minor` + `shipping_extra_minor` + `other_minor` is
    `total_minor`. `digest` is the fingerprint of the shop's last word, so that the same word again costs nothing.
    """

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey("parties.Merchant", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, help_text="shopify, woocommerce, online-retail, api …")
    external_id = models.CharField(max_length=80)
    number = models.CharField(max_length=80, help_text="as the shopper knows it")
    number_key = models.CharField(max_length=80, help_text="letters and digits of the number, for look-up")
    shopper = models.ForeignKey("parties.Shopper", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    buyer = models.CharField(max_length=80, blank=True, help_text="the shop's own name for the buyer")
    placed_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=8, blank=True, help_text="ISO 3166-2 without the country: CA, NY")
    postcode = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    ship_to = models.JSONField(default=dict, blank=True)
    locale = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    goods_minor = models.BigIntegerField(help_text="list prices of all lines")
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0, help_text="standard delivery, as paid, tax included")
    shipping_extra_minor = models.BigIntegerField(default=0, help_text="surcharge for a faster delivery than standard")
    other_minor = models.BigIntegerField(default=0, help_text="tips, duties and fees that belong to no line")
    tax_minor = models.BigIntegerField(default=0)
    tax_included = models.BooleanField(default=True)
    total_minor = models.BigIntegerField(help_text="what the shopper owed in the end, everything included")
    informed_at = models.DateTimeField(null=True, blank=True, help_text="proof of information on withdrawal")
    notices = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    is_test = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=32)
    imported_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "source", "external_id"], name="one_order_per_source"),
            models.CheckConstraint(
                name="order_amounts_are_not_negative",
                condition=Q(
                    goods_minor__gte=0, discount_minor__gte=0, shipping_minor__gte=0, shipping_extra_minor__gte=0,
                    other_minor__gte=0, tax_minor__gte=0, total_minor__gte=0,
                ),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index("number_key", "merchant", name="order_by_number"),
            models.Index(fields=["merchant", "-placed_at", "-id"], name="order_list"),
            models.Index(Lower("email"), "merchant", name="order_by_email", condition=~Q(email="")),
            models.Index(fields=["merchant", "buyer"], name="order_by_buyer", condition=~Q(buyer="")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        """What the shopper owed in the end."""
        return Money(self.total_minor, self.currency)


class OrderLine(models.Model):
    """One line of an order with everything a return needs, copied on the day of purchase.

    `paid_minor` is what was paid for all units, tax and discounts settled; `tax_minor` is the tax inside it.
    `held` counts units asked back, claimed, exchanged or returned before us (`returned_before` of them).
    `external_id` is the shop's number of the line; `position` is its place when first seen and never moves.
    """

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey("parties.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    external_id = models.CharField(max_length=80)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=300)
    category = models.CharField(max_length=40, blank=True)
    traits = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    hs_code = models.CharField(max_length=12, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    weight_g = models.PositiveIntegerField(default=0)
    quantity = models.PositiveIntegerField()
    delivered = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    returned_before = models.PositiveIntegerField(default=0)
    unit_minor = models.BigIntegerField(help_text="list price of one unit")
    paid_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0, help_text="share of the order's standard delivery")
    delivered_at = models.DateTimeField(null=True, blank=True)
    serials = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    rulebook_ref = models.CharField(max_length=60, blank=True, help_text="rulebook of the day of purchase")
    is_physical = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_line_per_position"),
            models.UniqueConstraint(fields=["order", "external_id"], name="one_line_per_external_id"),
            models.CheckConstraint(
                name="held_within_delivered_within_quantity",
                condition=Q(held__gte=0, held__lte=F("delivered"), delivered__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name="returned_before_is_held", condition=Q(returned_before__gte=0, returned_before__lte=F("held"))
            ),
            models.CheckConstraint(
                name="line_amounts_are_not_negative",
                condition=Q(
                    unit_minor__gte=0, paid_minor__gte=0, tax_minor__gte=0, tax_minor__lte=F("paid_minor"),
                    discount_minor__gte=0, shipping_minor__gte=0,
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class Payment(models.Model):
    """Money that a shopper paid for an order, and how much of it is spoken for.

    `reserved_minor` counts refunds intended, sent and confirmed, and those made before us (`refunded_before_minor`).
    """

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey("parties.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=40, help_text="stripe, offline, gift_card …")
    external_id = models.CharField(max_length=120)
    method = models.CharField(max_length=80, blank=True, help_text="as shown to people: Visa •• 4402")
    captured_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    charged_back_minor = models.BigIntegerField(default=0)
    reserved_minor = models.BigIntegerField(default=0)
    refunded_before_minor = models.BigIntegerField(default=0)
    captured_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "provider", "external_id"], name="one_payment_per_provider_id"),
            models.CheckConstraint(
                name="reserved_within_captured_less_charged_back",
                condition=Q(
                    charged_back_minor__gte=0, reserved_minor__gte=0,
                    reserved_minor__lte=F("captured_minor") - F("charged_back_minor"),
                ),
            ),
            models.CheckConstraint(
                name="refunded_before_is_reserved",
                condition=Q(refunded_before_minor__gte=0, refunded_before_minor__lte=F("reserved_minor")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id}"

    @property
    def left(self) -> Money:
        """What may still be refunded along this payment."""
        return Money(self.captured_minor - self.charged_back_minor - self.reserved_minor, self.currency)


class Delivery(models.Model):
    """A parcel of the shop to the shopper; `lines` holds {"line": external id, "quantity": n} where the shop says."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey("parties.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    tracking_number = models.CharField(max_length=80, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    lines = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["order", "tracking_number"], name="one_delivery_per_tracking")]
        indexes = [
            models.Index(fields=["tracking_number"], name="delivery_by_tracking", condition=~Q(tracking_number=""))
        ]

    def __str__(self) -> str:
        return self.tracking_number or self.ref


class PastReturn(models.Model):
    """Units that came back before the merchant used Homeward, as the shop's history tells: for rates, not for refunds.

    `line` is empty where no sale in the history fits.
    """

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey("parties.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=20)
    external_id = models.CharField(max_length=80)
    line = models.ForeignKey(OrderLine, null=True, blank=True, on_delete=models.PROTECT, related_name="past_returns")
    buyer = models.CharField(max_length=80, blank=True)
    sku = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    quantity = models.PositiveIntegerField()
    value_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    returned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "source", "external_id"], name="one_past_return_per_source"),
            models.CheckConstraint(name="past_return_counts", condition=Q(quantity__gt=0, value_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class ImportRun(models.Model):
    """One reading of a file or feed into orders: what it changed and what it could not take."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey("parties.Merchant", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20)
    filename = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.TextField(blank=True, help_text="why the file as a whole could not be read to its end")
    rows_read = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    orders_created = models.PositiveIntegerField(default=0)
    orders_changed = models.PositiveIntegerField(default=0)
    orders_unchanged = models.PositiveIntegerField(default=0)
    returns_created = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.filename or self.ref


class ImportProblem(models.Model):
    """Why a row of an import was not taken, or not as it stood; the row's own text is kept."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(help_text="line of the file, or place in the list, counted from 1")
    field = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=40)
    facts = models.JSONField(default=dict, blank=True)
    is_refusal = models.BooleanField(default=True, help_text="the row was left out; otherwise it was taken with a note")
    raw = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.row} {self.field} {self.code}"

    @property
    def message(self) -> str:
        """What is wrong, as a sentence in the reader's language."""
        return texts.problem(self.code, self.facts)
