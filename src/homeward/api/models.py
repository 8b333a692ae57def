"""Posts that were answered, so that the same post again gets the same answer."""

from django.db import models


class Answer(models.Model):
    """The first answer to a POST with an `Idempotency-Key`, kept in the transaction that did the work."""

    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["at"], name="answer_age")]

    def __str__(self) -> str:
        return self.key
