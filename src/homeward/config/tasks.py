"""The jobs of the worker: thin edges that read the clock and call one function each."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from homeward.journal import relay


@app.task(name="journal.deliver", queue="relay")
def deliver(entry_ids: list[int]) -> None:
    """Tell the listeners of these entries."""
    relay.deliver(entry_ids, at=timezone.now())


@app.task(name="journal.redeliver", queue="relay")
def redeliver(letter_id: int) -> None:
    """Try a delivery that failed once more."""
    relay.redeliver(letter_id, at=timezone.now())
