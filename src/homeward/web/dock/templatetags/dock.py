"""What the dock's templates need from Python: words for receipts, rows for the matrix, facts for the side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homeward.warehouse import texts
from homeward.warehouse.models import Receipt
from homeward.warehouse.queries import Figures
from homeward.web.design.clocks import Clock
from homeward.web.dock import faces

register = template.Library()


@register.simple_tag
def together(*parts: Any) -> list[Any]:
    """Return the parts as a list, for attributes of components that take one."""
    return list(parts)


@register.simple_tag
def crumbs(name: str) -> list[tuple[str, str]]:
    """Return the way from the dock to the page `name`."""
    return [(_("Dock"), reverse("dock:station")), (name, "")]


@register.simple_tag
def figure_pairs(figures: Figures) -> list[tuple[str, int]]:
    """Return how the dock stands, in words and numbers."""
    return [
        (_("On the way"), figures.expected),
        (_("To inspect"), figures.waiting),
        (_("Late"), figures.late),
        (_("Contested"), figures.contested),
    ]


@register.simple_tag
def scan_keys(unit: faces.UnitFace | None) -> list[tuple[str, str]]:
    """Return the keys that work in the scan field: grades, while a unit lies on the table."""
    return [("1–5", _("grade"))] if unit else []


@register.simple_tag
def receipt_name(receipt: Receipt) -> str:
    """Return the name of a receipt: its return's number, else what stood on the label, else its reference."""
    if receipt.return_request:
        return receipt.return_request.number
    return receipt.label_text or receipt.ref


@register.simple_tag
def inspection_clock(receipt: Receipt) -> Clock | None:
    """Return the clock of a receipt's inspection, while it runs."""
    return faces.clock_of(receipt)


@register.simple_tag
def outcome_words(receipt: Receipt) -> str | Promise:
    """Return how the count of a receipt came out."""
    return texts.OUTCOMES.get(receipt.outcome, "")


@register.simple_tag
def ground_words(receipt: Receipt) -> str:
    """Return why a receipt is contested, as a sentence."""
    return _("%(words)s.") % {"words": texts.GROUNDS.get(receipt.ground, receipt.ground)}


@register.simple_tag
def ruling_words(receipt: Receipt) -> str:
    """Return the ruling on a receipt, as a sentence."""
    return _("%(words)s.") % {"words": texts.RULINGS.get(receipt.ruling, receipt.ruling)}


@register.simple_tag
def announced_words(lines: Sequence[faces.LineFace]) -> str:
    """Return how many units were announced."""
    units = sum(face.line.announced for face in lines)
    return ngettext("Announced with %(units)s unit.", "Announced with %(units)s units.", units) % {"units": units}


@register.simple_tag
def causes_words(unit: faces.UnitFace) -> str:
    """Return which answers set the proposed grade."""
    questions = " ".join(str(texts.QUESTIONS[key]) for key in unit.suggestion.causes)
    return _("The grade follows from: %(questions)s") % {"questions": questions}


@register.simple_tag
def matrix_rows(lines: Sequence[faces.LineFace]) -> list[dict[str, Any]]:
    """Return the rows of the matrix of announced against got."""
    return [
        {"label": face.title, "hint": face.sku, "cells": face.cells, "thumb": True, "of": face.sold} for face in lines
    ]


@register.simple_tag
def receipt_facts(receipt: Receipt) -> list[dict[str, Any]]:
    """Return the plain facts of a receipt that are known."""
    made = receipt.return_request
    number = receipt.parcel.tracking_number if receipt.parcel else ""
    facts = [
        {"label": _("Return"), "value": made.number if made else "", "ref": made.number if made else ""},
        {"label": _("Order"), "value": made.order.number if made else ""},
        {"label": _("Parcel"), "value": number, "ref": number},
        {"label": _("Center"), "value": receipt.center.name if receipt.center else ""},
        {"label": _("Merchant"), "value": receipt.merchant.name},
        {"label": _("Label"), "value": receipt.label_text, "ref": receipt.label_text},
    ]
    return [fact for fact in facts if fact["value"]]
