"""The base of every row that has a life: a reference, a state, and the table of its lifecycle."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from homeward.kernel import Lifecycle


class Noun(models.Model):
    """A row whose `state` only `journal.move` may change, along `lifecycle`.

    Subclasses carry `merchant` (the fence) and, where they belong to one, `case`.
    """

    lifecycle: ClassVar[Lifecycle]

    ref = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=20)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.ref


def state_check(lifecycle: Lifecycle) -> models.CheckConstraint:
    """Return the constraint by which PostgreSQL refuses a state that is not in the table of `lifecycle`."""
    return models.CheckConstraint(
        name=f"{lifecycle.noun}_state_is_known", condition=models.Q(state__in=sorted(lifecycle.states))
    )
