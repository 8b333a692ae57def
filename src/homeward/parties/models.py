"""Merchants, shoppers, staff and API keys."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from homeward.kernel import Role
from homeward.kernel.actor import STAFF


class Merchant(models.Model):
    """A seller on this installation; every station row carries its number as the fence."""

    ref = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    native_name = models.CharField(max_length=120, blank=True)
    native_language = models.CharField(max_length=12, blank=True)
    legal_name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=40, default="UTC")
    locale = models.CharField(max_length=12, default="en")
    currency = models.CharField(max_length=3)
    answer_hours = models.PositiveSmallIntegerField(default=48, help_text="hours to answer an unclear case")
    reasons_off = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    shop_origins = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, help_text="web addresses that may frame our form"
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def merchant_id(self) -> int:
        """A merchant stands inside its own fence; the journal asks every noun."""
        return self.pk


class Shopper(models.Model):
    """Someone who bought from a merchant; known by e-mail, without an account."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    locale = models.CharField(max_length=12, default="en")
    country = models.CharField(max_length=2, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "merchant", Lower("email"), name="one_shopper_per_email", condition=~models.Q(email="")
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email


class StaffManager(BaseUserManager["Staff"]):
    """Finds staff by e-mail in any case, as people type it."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(email__iexact=username)


class Staff(AbstractBaseUser):
    """A person who works here: for the operator where `merchant` is empty, else for that merchant alone."""

    ref = models.CharField(max_length=40, unique=True)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, choices=[(role, role) for role in sorted(STAFF)])
    merchant = models.ForeignKey(Merchant, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    authority_minor = models.BigIntegerField(null=True, blank=True, help_text="largest sum granted alone, minor units")
    authority_currency = models.CharField(max_length=3, blank=True)
    locale = models.CharField(max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[StaffManager] = StaffManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.CheckConstraint(
                name="merchant_staff_has_merchant",
                condition=~models.Q(role=Role.MERCHANT) | models.Q(merchant__isnull=False),
            ),
            models.CheckConstraint(
                name="operator_stands_above_merchants",
                condition=~models.Q(role=Role.OPERATOR) | models.Q(merchant__isnull=True),
            ),
            models.UniqueConstraint(Lower("email"), name="staff_email_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key of a shop or warehouse system: stored as a hash, shown once, limited to scopes."""

    ref = models.CharField(max_length=40, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"
