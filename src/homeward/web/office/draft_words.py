"""Findings, floors, changes and reasons in sentences, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from homeward.kernel import formats
from homeward.policies import draft_texts, specimens
from homeward.policies import texts as policy_texts
from homeward.policies.changes import Change, Comparison
from homeward.policies.findings import Finding
from homeward.policies.floors import Floor
from homeward.policies.models import DraftRevision
from homeward.policies.trials import Difference
from homeward.policies.wizard import Why
from homeward.web.office import clauses, draft_fields

TONES = {"error": "bad", "warning": "wait", "note": "info"}


def reader() -> str:
    """Return the language of the page."""
    return get_language() or "en"


def countries(codes: Iterable[str]) -> str:
    """Write countries one after another."""
    return formats.words_in([formats.country_in(code, reader()) for code in codes], reader())


def finding(found: Finding) -> dict[str, Any]:
    """Return a finding as a page shows it: tone, title, sentence, the clauses, and the case that shows it."""
    title, sentence = draft_texts.FINDINGS[found.code]
    winner, loser = (*found.refs, "", "")[:2]
    told = dict(found.detail) | {
        "refs": formats.words_in(found.refs, reader()) or _("This rulebook"), "winner": winner, "loser": loser,
        "countries": countries(found.countries),
    }  # fmt: skip
    for name, tell in _TOLD.items():
        if name in told:
            told[name] = tell(str(told[name]))
    if found.code == "two_routes":
        told |= {name: str(clauses.ROUTES.get(told[name], told[name])) for name in ("wins", "loses")}
    return {
        "level": found.level, "tone": TONES[found.level], "title": title, "says": str(sentence) % told,
        "refs": found.refs, "code": found.code, "case": case_query(found.case) if found.case else "",
    }  # fmt: skip


def _each(words: Mapping[str, Any]) -> Any:
    return lambda text: formats.words_in([str(words.get(word, word)) for word in text.split()], reader())


def _kinds(text: str) -> str:
    words = {**clauses.TRAITS, **draft_texts.KINDS_OF_GOODS}
    named = [str(words.get(kind, kind.removeprefix("category:"))) for kind in text.split()]
    return formats.words_in(named, reader())


def _languages(text: str) -> str:
    return formats.words_in([draft_fields.language_name(code) for code in text.split()], reader())


def _figure(text: str) -> str:
    """Write a day as a day, a number of days as one, and any other word as it is."""
    try:
        return formats.day_in(date.fromisoformat(text), reader(), "date")
    except ValueError:
        return str(clauses._days(int(text))) if text.isdigit() else text


_TOLD: dict[str, Any] = {
    "fields": lambda text: formats.words_in([str(draft_fields.label_of(name)) for name in text.split()], reader()),
    "languages": _languages, "reasons": _each(clauses.REASONS), "kinds": _kinds, "law": _figure, "shop": _figure,
}  # fmt: skip


def case_query(given: specimens.Given) -> str:
    """Return a case as the query of the tester's address."""
    return draft_fields.query_of(given)


def floor(found: Floor) -> dict[str, Any]:
    """Return how a clause stands to the law of some countries, as its card shows it."""
    figures = {"countries": countries(found.countries), "law": _figure(found.law), "shop": _figure(found.shop)}
    text = draft_texts.FLOORS[found.effect, found.kind]
    return {"tone": "wait" if found.kind == "below" else "idle", "says": str(text) % figures}


def why(reason: Why) -> str:
    """Write why the wizard put or left out a clause."""
    return str(draft_texts.WHY[reason.code]) % {"countries": countries(reason.countries), "days": reason.days}


def revision(row: DraftRevision) -> str:
    """Write what one change did."""
    return str(draft_texts.CHANGES.get(row.what, row.what)) % {"about": row.about}


def difference(one: Difference) -> str:
    """Write what came otherwise in a test."""
    words: Mapping[str, Mapping[str, Any]] = {
        "outcome": policy_texts.OUTCOMES, "track": policy_texts.TRACKS, "payer": policy_texts.PAYERS,
        "way_back": policy_texts.WAYS, "remedies": policy_texts.REMEDIES,
    }  # fmt: skip

    def told(text: str) -> str:
        named = [str(words.get(one.field, {}).get(word, word)) for word in text.split(", ")]
        return formats.words_in([_figure(word) if one.field == "deadline" else word for word in named], reader())

    if not one.found:
        return _("%(what)s was expected, and there is none.") % {"what": told(one.expected)}
    return _("%(what)s was expected, and it is: %(found)s.") % {"what": told(one.expected), "found": told(one.found)}


def comparison(found: Comparison, *, names: tuple[str, str]) -> dict[str, Any]:
    """Return two books beside each other as the page of differences shows them."""
    return {
        "changes": [_change(change) for change in found.shown],
        "untouched": found.count("same"),
        "names": names,
        "bars_gained": [policy_texts.BARS.get(key, key) for key in found.bars_gained],
        "bars_lost": [policy_texts.BARS.get(key, key) for key in found.bars_lost],
        "countries": [countries(codes) for codes in found.countries] if len(set(found.countries)) > 1 else [],
        "tests": [{"name": name, "words": KINDS[kind][0], "tone": KINDS[kind][1]} for name, kind in found.tests],
        "is_same": found.is_same,
    }


KINDS: Mapping[str, tuple[Any, str]] = {
    "added": (gettext_lazy("added"), "good"), "removed": (gettext_lazy("removed"), "bad"),
    "changed": (gettext_lazy("changed"), "info"), "moved": (gettext_lazy("moved"), "moving"),
    "same": (gettext_lazy("unchanged"), "idle"),
}  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    words, tone = KINDS[change.kind]
    sides = {}
    for name, clause in (("old", change.old), ("new", change.new)):
        if clause is not None:
            sides[name] = clauses.card(clause)
    told = [
        draft_fields.language_name(name.removeprefix("text.")) if name.startswith("text.") else
        draft_fields.label_of(name.partition(".")[2])
        for name in change.fields
    ]  # fmt: skip
    return {
        "ref": change.ref, "kind": change.kind, "words": words, "tone": tone, "is_moved": change.is_moved,
        "places": change.places, "fields": told, **sides,
    }  # fmt: skip
