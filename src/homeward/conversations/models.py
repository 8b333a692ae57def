"""Messages between shopper and staff, and notices sent at each step of the road."""

from __future__ import annotations

from django.db import models

from homeward import journal
from homeward.cases.models import Case
from homeward.conversations.lifecycle import NOTICE
from homeward.parties.models import Merchant


class Message(models.Model):
    """Words of one side of a case, kept verbatim."""

    ref = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=[("shopper", "shopper"), ("staff", "staff"), ("note", "note")])
    author = models.CharField(max_length=80)
    author_name = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    language = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=20, default="portal")
    at = models.DateTimeField()
    nonce = models.CharField(max_length=40, blank=True, help_text="the form's own mark: the same post is kept once")

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="message_case")]
        constraints = [
            models.UniqueConstraint(fields=["case", "nonce"], name="same_post_once", condition=~models.Q(nonce=""))
        ]

    def __str__(self) -> str:
        return self.ref


class Notice(journal.Noun):
    """A mail to a shopper about one event, in the shopper's language; one per event."""

    lifecycle = NOTICE

    state = models.CharField(max_length=20, default=NOTICE.initial)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    cause = models.CharField(max_length=80, help_text="the event it tells of; the same event is told once")
    about = models.CharField(max_length=40, blank=True, help_text="ref of the noun whose step it tells")
    to = models.EmailField()
    locale = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, help_text="when to try again; while a try runs, when it counts as lost")
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            journal.state_check(NOTICE),
            models.UniqueConstraint(fields=["kind", "cause"], name="one_notice_per_event"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="notice_feed"),
            models.Index(fields=["next_at"], name="notice_due", condition=models.Q(next_at__isnull=False)),
        ]
