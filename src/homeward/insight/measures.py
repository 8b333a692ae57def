"""Measures that databases compute and Django does not name: percentiles, and days between two moments."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, DurationField, ExpressionWrapper, F, FloatField
from django.db.models.functions import Extract


class Percentile(Aggregate):
    """The value below which a fraction of all values lies, drawn between two where it falls between them."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: Any, fraction: float, **extra: Any) -> None:
        super().__init__(expression, fraction=fraction, **extra)


def days_between(start: str, end: str) -> Any:
    """Return the days from one column to another, as a fraction."""
    span = ExpressionWrapper(F(end) - F(start), output_field=DurationField())
    return ExpressionWrapper(Extract(span, "epoch") / 86_400.0, output_field=FloatField())
