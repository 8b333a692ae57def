"""The last day for a question under one law, with how it was counted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from homeward.policies import due, overlays
from homeward.policies.due import QUESTIONS, NotAnswered
from homeward.policies.packs import Pack
from homeward.policies.statutes import Question
from homeward.web.office import law_compare, law_words

# The fields that a question is counted by.
_COUNTED_BY: dict[str, tuple[str, ...]] = {
    "withdrawal": ("withdrawal_days", "day_type", "withdrawal_counts_from", "first_day", "last_day_rolls"),
    "withdrawal-uninformed": (
        "not_informed_extension", "withdrawal_days", "day_type", "withdrawal_counts_from", "first_day",
        "last_day_rolls",
    ),
    "refund": ("refund_deadline_days", "refund_day_type", "refund_deadline_from"),
    "reject": ("short_term_reject_days", "last_day_rolls"),
    "guarantee": ("guarantee_months", "guarantee_kind"),
    "reply": ("trader_reply_days",),
}  # fmt: skip
_SELLERS = frozenset({"refund", "reply"})


def answer(pack: Pack, asked: QueryDict, on: date, language: str) -> dict[str, Any]:
    """Return what was asked, and, where it was asked in full, the last day or why there is none."""
    event, is_wrong = law_compare.day_in(asked, "event", on)
    question = next((one for one in QUESTIONS if one == asked.get("question")), None)
    form = {
        "question": question or QUESTIONS[0],
        "event": event,
        "is_wrong": is_wrong,
        "is_asked": question is not None,
    }
    if question is None or is_wrong:
        return form
    try:
        last = due.due(pack.code, question, event, pack=pack)
    except NotAnswered as why:
        return form | {"why": law_words.no_answer(why), "detail": str(why)}
    except OverflowError:
        return form | {"is_wrong": True}
    return form | {
        "last": last, "rows": _counted_by(pack, question, event, language),
        "moved_from": _moved_from(pack, question, event, last), "is_sellers": question in _SELLERS,
        "span": (last - event).days,
    }  # fmt: skip


def _counted_by(pack: Pack, question: Question, event: date, language: str) -> list[tuple[str, str]]:
    """Return the fields, or the customs reliefs, that the day was counted by."""
    if question in _COUNTED_BY:
        told = law_words.told(pack, language)
        return [(told[word].title, told[word].says) for word in _COUNTED_BY[question] if told[word].value is not None]
    reliefs = [one for one in overlays.customs_relief(pack.code, event) if question in one.answers]
    return [(one.name, one.instrument or _("no instrument named")) for one in reliefs if one.place == reliefs[0].place]


def _moved_from(pack: Pack, question: str, event: date, last: date) -> date | None:
    """Return the day off that a shopper's last day fell on, where it moved on to the next working day."""
    law = pack.law.withdrawal
    if question == "withdrawal" and law.days is not None and law.day_type == "calendar":
        counted = event + timedelta(days=law.days - (law.first_day == "event_day"))
    elif question == "reject" and pack.law.short_term is not None:
        counted = event + timedelta(days=pack.law.short_term.days)
    else:
        return None
    return counted if counted != last else None
