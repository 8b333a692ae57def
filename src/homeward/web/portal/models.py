"""What the portal itself remembers: which form has become which return."""

from __future__ import annotations

from django.db import models


class Sent(models.Model):
    """A form that was sent; its mark is unique, so that the same form sent twice makes one return."""

    nonce = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sent"

    def __str__(self) -> str:
        return self.number
