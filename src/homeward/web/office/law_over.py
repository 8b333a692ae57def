"""Law that lies over a pack: repair, recalls, platforms, privacy, customs and low-value imports, as entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from homeward.kernel import Actor, Money, formats
from homeward.policies import overlays, queries
from homeward.policies.overlay_forms import (
    CustomsRelief,
    Entry,
    LowValueImport,
    PlatformDuty,
    PrivacyRule,
    RecallRule,
    RegulatedGoods,
    RepairRule,
    RetentionFloor,
)
from homeward.web.office import law_changes, law_words

_AHEAD = timedelta(days=3 * 366)
_PER: dict[str, str | Promise] = {
    "tariff_line": gettext_lazy("for each tariff line"),
    "declaration_line": gettext_lazy("for each line of the declaration"),
    "parcel": gettext_lazy("for each parcel"),
}
_RESTOCK: dict[str, str | Promise] = {
    "never": gettext_lazy("never back to stock"),
    "after_release": gettext_lazy("back to stock only after a release"),
    "not_taken_back": gettext_lazy("not taken back"),
}


def lying_over(code: str, on: date, language: str) -> list[dict[str, Any]]:
    """Return the kinds of law that lie over a place on a day, each with its entries, the nearest first."""
    kinds: list[tuple[str, str, Iterable[Entry]]] = [
        ("customs", _("Goods that come back over the border"), overlays.customs_relief(code, on)),
        ("customs-out", _("Goods that leave after a withdrawal"), overlays.customs_relief(code, on, direction="out")),
        ("low-value", _("Small parcels on their way in"), overlays.low_value_imports(code, on)),
        ("repair", _("Repair beside the guarantee"), overlays.repair_rules(code, on)),
        ("recall", _("Recalls"), overlays.recall_rules(code, on)),
        ("platforms", _("Duties of shops and platforms"), overlays.platform_duties(code, on)),
        ("privacy", _("Personal data"), overlays.privacy_rules(code, on)),
        ("retention", _("Records that must be kept"), overlays.retention_floors(code, on)),
        ("regulated", _("Goods that never go back to stock by themselves"), overlays.regulated_goods(code, on)),
    ]
    return [
        {"key": key, "title": title, "entries": [_shown(one, language) for one in entries]}
        for key, title, entries in kinds if entries
    ]  # fmt: skip


def coming(actor: Actor, code: str, on: date, language: str) -> list[dict[str, Any]]:
    """Return what changes for a place in the years after a day."""
    found = queries.changes(actor, on + timedelta(days=1), on + _AHEAD, place=code)
    names = {change.place: law_changes.name_of(change.place, language) for change in found}
    return [law_changes.line(change, language, names) for change in found]


def _shown(entry: Entry, language: str) -> dict[str, Any]:
    """Return an entry as the page shows it. What overlays say stands in English; figures are in the reader's words."""
    title, lines, figures = _told(entry, language)
    return {
        "key": entry.key, "title": title, "lines": [one for one in lines if one], "instrument": entry.instrument,
        "figures": [one for one in figures if one], "note": entry.note, "is_plan": entry.is_plan,
        "place": law_changes.name_of(entry.place, language), "valid_from": entry.valid_from, "valid_to": entry.valid_to,
        "trust": law_words.trust_words(entry.mark, language), "tone": law_words.trust_tone(entry.mark),
    }  # fmt: skip


def _told(entry: Entry, language: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return title, lines and figures of an entry by its kind."""
    match entry:
        case CustomsRelief():
            return entry.name, (entry.state, *entry.conditions, *entry.excluded, *entry.evidence), _customs(entry)
        case LowValueImport():
            return entry.about, (entry.effect_on_returns,), _small_parcel(entry, language)
        case RepairRule():
            return entry.who, (*entry.goods, *entry.duties, *entry.forbidden), _repair(entry)
        case RecallRule():
            return entry.instrument, entry.duties, _recall(entry)
        case PlatformDuty():
            return entry.name, (*entry.duties, entry.exempt), _platform(entry)
        case PrivacyRule():
            return entry.instrument, (*entry.duties, *entry.erasure_yields_to), _privacy(entry)
        case RetentionFloor():
            return entry.records, (), (_years(entry.years),)
        case RegulatedGoods():
            return entry.goods, (entry.rule, *entry.keep_record), (str(_RESTOCK[entry.restock]),)
    return entry.key, (), ()


def _customs(entry: CustomsRelief) -> tuple[str, ...]:
    return (
        _months(entry.window_months), _days(entry.back_within_days),
        _("to be asked for within %(span)s") % {"span": _days(entry.apply_within_days)}
        if entry.apply_within_days
        else "",
    )  # fmt: skip


def _small_parcel(entry: LowValueImport, language: str) -> tuple[str, ...]:
    said = []
    if entry.charge:
        said.append(formats.money_in(Money(entry.charge.minor, entry.charge.currency), language, clear=True))
    if entry.per:
        said.append(str(_PER[entry.per]))
    if entry.up_to:
        sum_ = formats.money_in(Money(entry.up_to.minor, entry.up_to.currency), language, clear=True)
        said.append(_("up to %(sum)s") % {"sum": sum_})
    return tuple(said)


def _repair(entry: RepairRule) -> tuple[str, ...]:
    binding = _("the offer binds for %(span)s") % {"span": _days(entry.binding_days)} if entry.binding_days else ""
    return (binding, _("voluntary") if entry.is_voluntary else "")


def _recall(entry: RecallRule) -> tuple[str, ...]:
    hours = entry.report_within_hours
    at_least = entry.remedies_at_least
    return (
        _("report within %(span)s") % {"span": _hours(hours)} if hours else "",
        _("at least %(n)s remedies to choose from") % {"n": at_least} if at_least else "",
    )


def _platform(entry: PlatformDuty) -> tuple[str, ...]:
    answer = entry.answer_within_hours
    return (
        _("answer within %(span)s") % {"span": _hours(answer)} if answer else "",
        _("settle within %(span)s") % {"span": _days(entry.settle_within_days)} if entry.settle_within_days else "",
    )


def _privacy(entry: PrivacyRule) -> tuple[str, ...]:
    span = _months(entry.answer_within_months) or _days(entry.answer_within_days)
    breach = entry.breach_notice_hours
    return (
        _("answer within %(span)s") % {"span": span} if span else "",
        _("tell of a breach within %(span)s") % {"span": _hours(breach)} if breach else "",
    )


def _days(count: int | None) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count} if count else ""


def _months(count: int | None) -> str:
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": count} if count else ""


def _years(count: int) -> str:
    return ngettext("%(n)s year", "%(n)s years", count) % {"n": count}


def _hours(count: int) -> str:
    return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": count}
