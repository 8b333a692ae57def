"""Sample content for the page of components: every part in every state, with long names and five scripts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from homeward.kernel import Money
from homeward.web.design import charts, pictures, states
from homeward.web.design.clocks import Clock
from homeward.web.design.forms import Choice

PORTAL_STEPS = (("items", "Items"), ("reason", "Reason"), ("solution", "Solution"), ("check", "Check and send"))
_WAYS = [
    ("qr", Choice("Drop off with a QR code", "Tabac Bellecour, 350 m · no printer, no box label", "Free")),
    ("pickup", Choice("Picked up at my door", "Wednesday 25 November, 14–18 h", "€3.90")),
]
_WEEKS = [str(week) for week in range(36, 48)]


class SampleForm(forms.Form):
    """One field of each kind, bound with something missing."""

    order = forms.CharField(label="Order number", help_text="In your order e-mail, for example LT-48213")
    phone = forms.CharField(
        label="Last four digits of the phone",
        error_messages={"required": "Enter the last four digits of the phone"},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    country = forms.ChoiceField(label="Country", choices=[("FR", "France"), ("DE", "Deutschland"), ("JP", "日本")])
    amount = forms.DecimalField(label="Amount", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    way = forms.ChoiceField(label="How will it travel?", choices=_WAYS, widget=forms.RadioSelect)
    proof = forms.ChoiceField(
        label="Show us it is your order",
        help_text="One of the three is enough.",
        choices=[("email", "E-mail"), ("postcode", "Postcode"), ("phone", "Last 4 of phone")],
        widget=forms.RadioSelect,
    )
    parts = forms.MultipleChoiceField(
        label="What is missing?",
        required=False,
        choices=[("lid", "The lid"), ("cup", Choice("A cup", "One or more")), ("tray", "The tray")],
        widget=forms.CheckboxSelectMultiple,
    )
    packed = forms.BooleanField(label="I have the box", help_text="Any box that holds it will do.", required=False)
    photos = forms.FileField(
        label="Photos of the damage", help_text="One of the break, one of the box.", required=False
    )

    @classmethod
    def filled(cls) -> SampleForm:
        """Return the form as it comes back with one answer missing."""
        answers = {"order": "LT-48213", "phone": "", "country": "FR", "amount": "29.60", "way": "qr", "proof": "email"}
        more = {"parts": ["cup"], "packed": "on"}
        return cls({f"sample-{name}": answer for name, answer in {**answers, **more}.items()}, prefix="sample")


def page(*, at: datetime) -> dict[str, Any]:
    """Return everything that the page of components shows, told as of `at`."""
    return {
        "tones": [(tone, name) for tone, name in zip(states.TONES, _PLACES, strict=True)],
        "nouns": [(noun, states.faces_of(noun)) for noun in dict.fromkeys(noun for noun, _state in states.FACES)],
        "pictures": list(pictures.drawings()),
        "schemes": ("light", "dark"),
        "form": SampleForm.filled(),
        "steps": PORTAL_STEPS,
        "clocks": _clocks(at),
        "soon": Clock("desk", at + timedelta(minutes=4, seconds=10), at - timedelta(minutes=11)),
        "facts": _FACTS,
        "journal": _journal(at),
        "clauses": _CLAUSES,
        "lines": _LINES,
        "total": Money(4600, "EUR"),
        "used": Money(2960, "EUR"),
        "limit": Money(5000, "EUR"),
        "yen": Money(8980, "JPY"),
        "yuan": Money(29900, "CNY"),
        "dinar": Money(1234, "KWD"),
        "at": at,
        "yesterday": at - timedelta(days=1, hours=3),
        "grades": _GRADES,
        "answers": [{"value": "yes", "label": "Yes", "tone": "good"}, {"value": "no", "label": "No", "tone": "bad"}],
        "findings": _FINDINGS,
        "matrix_columns": ["Unit", "Expected", "Right", "Short", "Over", "Other item"],
        "matrix": _MATRIX,
        "reasons": _REASONS,
        "trend": (5.9, 5.7, 5.8, 5.4, 5.5, 5.1, 5.2, 4.9, 4.8, 4.9, 4.6, 4.5),
        "rate": _rate(),
        "cost": _cost(),
        "heat": _heat(),
        "signal": _signal(),
        "mapping": {"en": "Rose", "fr": "Rose pâle", "ja": "薄紅"},
    }


_PLACES = ("fog", "harbor", "sea", "lamp", "kelp", "coral", "plum")


def _clocks(at: datetime) -> list[Clock]:
    hours, days = timedelta(hours=1), timedelta(days=1)
    return [
        Clock("law", at + 13 * days + 4 * hours, at - days, title="Law, France", note="Refund at the latest, L221-24"),
        Clock("desk", at + timedelta(minutes=4, seconds=10), at - timedelta(minutes=11), note="First answer"),
        Clock("channel", at - timedelta(minutes=12), at - 2 * hours, note="The shop wants an answer, Ada is told"),
        Clock("marketplace", at + 20 * hours, at - hours, paused_at=at - hours, waits_for="Waits for the shopper"),
    ]


_FACTS = [
    {"noun": "return", "state": "authorized", "note": "24 Nov, 09:12"},
    {"noun": "parcel", "state": "in_transit", "words": "On the way to us", "note": "Lille hub, today"},
    {"noun": "remedy", "state": "agreed"},
    {"noun": "refund", "state": "intended", "words": "Starts after the check", "note": "Visa •• 4402"},
]


def _journal(at: datetime) -> list[dict[str, Any]]:
    return [
        {"title": "Money back to Visa •• 4402", "when": "by Tuesday 1 December", "kind": "next"},
        {"title": "Parcel is between Lyon and Roubaix", "at": at - timedelta(minutes=40), "kind": "now"},
        {"title": "Authorized at once", "at": at - timedelta(days=2), "who": "policy, v14", "tone": "good"},
        {"title": "Refused by the shop", "at": at - timedelta(days=2, hours=1), "who": "Bo", "tone": "bad"},
        {"title": "Return requested", "at": at - timedelta(days=2, hours=2), "who": "佐藤 花", "tone": "info"},
    ]


_CLAUSES = [
    {"layer": "statute", "ref": "EU-WDR-9", "title": "Change of mind, 14 days", "result": "granted", "note": "day 12"},
    {
        "layer": "bar",
        "ref": "EU-EXC-16C",
        "title": "Made to measure",
        "result": "not_applicable",
        "words": "not this item",
    },
    {"layer": "bar", "ref": "EU-EXC-16E", "title": "Sealed hygiene goods", "result": "closed", "note": "seal broken"},
    {"layer": "shop", "ref": "LT-30D", "title": "30 days instead of 14", "result": "added"},
    {"layer": "shop", "ref": "LT-HIGH", "title": "Above €500 a person looks", "result": "asked"},
]
_LINES = [
    {"label": "Linen throw × 1", "amount": Money(4990, "EUR")},
    {"label": "of it VAT 20 %", "amount": Money(832, "EUR")},
    {"label": "Pick-up", "note": "chosen by you", "amount": Money(-390, "EUR"), "minus": True},
]
_GRADES = [
    {"value": "A", "title": "A", "hint": "as new", "tone": "good"},
    {"value": "B", "title": "B", "hint": "opened, complete", "tone": "moving"},
    {"value": "C", "title": "C", "hint": "marks of use", "tone": "wait"},
    {"value": "D", "title": "D", "hint": "damaged", "tone": "bad"},
    {"value": "X", "title": "?", "hint": "not what we sold", "tone": "contested"},
]
_FINDINGS = [
    {"word": "maybe", "words": "leaves her guessing. The carrier promises Thursday.", "better": "will"},
    {"words": "No word of regret yet. This is a damage case.", "better": "I am sorry.", "icon": "smile"},
]
_MATRIX = [
    {"label": "Linen throw, sand", "hint": "LT-150-SAND", "cells": [1, {"words": 1, "tone": "good"}, 0, 0, 0]},
    {"label": "Celadon tea set", "hint": "TS-06-JADE", "cells": [1, 0, {"words": "1 cup", "tone": "bad"}, 0, 0]},
    {"label": "Not announced", "hint": "scan to add", "cells": [0, 0, 0, 0, {"words": "1 spoon", "tone": "contested"}]},
]
_REASONS = [
    {"label": "Size or fit", "value": 27, "words": "27 %"},
    {"label": "Damaged on the way", "value": 21, "words": "21 %"},
    {"label": "Rücksendekostenerstattungsanspruch", "lang": "de", "value": 18, "words": "18 %"},
    {"label": "写真と違う", "lang": "ja", "value": 6, "words": "6 %"},
]


def _percent(value: charts.Value) -> str:
    return "" if value is None else f"{value:g} %"


def _euro(value: charts.Value) -> str:
    return "" if value is None else f"€{value:.2f}"


def _rate() -> charts.LineChart:
    now = (5.0, 4.8, 4.9, 4.5, 4.6, 4.2, 4.3, 4.0, 3.9, 3.6, 2.6, 1.1)
    before = (5.2, 5.4, 5.1, 5.3, 5.0, 5.1, 5.2, 5.0, 5.1, 5.3, 5.2, 5.4)
    return charts.LineChart(
        "Return rate by week of order: it falls from 5.0 to 3.9 percent; the last four weeks still come in",
        _WEEKS,
        [charts.Series("this year", now, 1, "area"), charts.Series("last year", before, 0, "ghost")],
        show=_percent,
        young_from=8,
        young_note="still coming in",
        label_head="Week",
    )


def _cost() -> charts.BarChart:
    parts = {
        "freight": (3.05, 2.85, 4.15, 6.75, 5.85),
        "handling": (1.15, 1.05, 1.25, 1.55, 1.15),
        "duty": (0, 0, 2.35, 3.85, 1.75),
        "write-off": (2.15, 1.85, 2.55, 3.75, 2.85),
    }
    return charts.BarChart(
        "Cost per return by country, from €5.75 in France to €15.90 in the United States",
        ["DE", "FR", "GB", "US", "JP"],
        [charts.Series(name, figures, color) for color, (name, figures) in enumerate(parts.items(), start=1)],
        show=_euro,
        label_head="Country",
    )


def _heat() -> charts.HeatChart:
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    values = [[(hour * (7 - row) + row * 3) % 17 for hour in range(12)] for row in range(7)]
    return charts.HeatChart(
        "Messages by weekday and hour; Monday and Thursday noon missed the 15 minutes",
        days,
        [str(hour) for hour in range(0, 24, 2)],
        values,
        hot=frozenset({(0, 6), (3, 6)}),
        label_head="Day",
    )


def _signal() -> charts.LineChart:
    faults = (1, 0, 2, 1, 1, 2, 1, 3, 2, 4, 5, 7)
    return charts.LineChart(
        "Weekly faults of lot 0325-B against expectation; above the alarm line since week 46",
        _WEEKS,
        [charts.Series("faults", faults, 2, "bar"), charts.Series("expected", [1.1] * 12, 0, "ghost")],
        alarm=4.4,
        alarm_note="alarm, 1 false in 200 weeks",
        label_head="Week",
    )
