"""What the answers given so far propose for a unit, judged where it lies and on the day of the inspection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from homeward.warehouse import grading
from homeward.warehouse.grading import Grade, Suggestion
from homeward.warehouse.models import Receipt, ReceiptLine


def place_and_day(receipt: Receipt, *, at: datetime) -> tuple[str, date]:
    """Return the country where the goods lie and the day it is there: limits of law ask for both."""
    place = receipt.center or receipt.merchant
    return place.country, at.astimezone(ZoneInfo(place.zone)).date()


def suggest(
    receipt: Receipt, line: ReceiptLine, answers: Mapping[str, str], *, at: datetime, grade: Grade | None = None
) -> Suggestion:
    """Return grade, disposition and limits as the answers propose them for a unit of `line`.

    :raises UnknownAnswer: if an answer fits no question of its checklist.
    """
    country, day = place_and_day(receipt, at=at)
    return grading.suggest(line.goods, answers, country=country, day=day, grade=grade)
