"""A decision in words: what it rests on and every clause that was tried, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import translation

from homeward.kernel import formats
from homeward.kernel.actor import POLICY
from homeward.policies import decision as decisions
from homeward.policies import packs, queries, texts
from homeward.policies import rulebook as books
from homeward.policies.decision import Decision, Result, Source, Tried
from homeward.policies.packs import TRANSPORT, Pack
from homeward.policies.rulebook import Book

_ASKING = frozenset({"to_be_asked", "no_delivery_date"})
_WHEN = "when_"


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause that a decision rests on: where it stands, and what it says in one plain sentence."""

    ref: str
    source: str
    version: str
    law: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A clause that was tried: its title, how it came out, and why."""

    ref: str
    layer: str
    title: str
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision in one language."""

    headline: str
    track: str
    citations: tuple[Cited, ...]
    trace: tuple[Line, ...]
    questions: tuple[str, ...]
    doubts: tuple[str, ...]
    deadline: str = ""
    way_back: str = ""
    freight: str = ""
    remedies: tuple[str, ...] = ()
    deductions: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def explain(decision: Decision, language: str, *, book: Book, pack: Pack | None = None) -> Explanation:
    """Return `decision` in words. `book` is the rulebook it was made by; the pack is found by code and edition."""
    pack = pack or _pack_of(decision)
    with translation.override(language):
        return Explanation(
            headline=str(texts.HEADLINES[decision.outcome]),
            track=str(texts.TRACKS[decision.track]),
            citations=tuple(_cited(one, pack, book, language) for one in decision.citations),
            trace=tuple(_line(tried, pack, book, language) for tried in decision.trace),
            questions=tuple(str(texts.QUESTIONS.get(question, question)) for question in decision.questions),
            doubts=tuple(str(texts.DOUBTS.get(doubt, doubt)) for doubt in decision.doubts),
            deadline=formats.day_in(decision.deadline_day, language, "date") if decision.deadline_day else "",
            way_back=str(texts.WAYS[decision.way_back]),
            freight=str(texts.PAYERS[decision.freight]),
            remedies=tuple(dict.fromkeys(str(texts.REMEDIES[offer.remedy]) for offer in decision.remedies)),
            deductions=tuple(str(texts.DEDUCTIONS[part.ground]) for part in decision.deductions),
            evidence=tuple(str(texts.EVIDENCE.get(kind, kind)) for kind in decision.evidence_wanted),
        )


def citations(document: Mapping[str, Any], *, language: str) -> list[dict[str, str]]:
    """Return what a stored decision document rests on: `ref`, `source`, `version`, `law` and `text` of each clause."""
    decision, book = _read(document)
    pack = _pack_of(decision)
    found = [_cited(one, pack, book, language) for one in decision.citations]
    return [
        {"ref": one.ref, "source": one.source, "version": one.version, "law": one.law, "text": one.text}
        for one in found
    ]


def trace(document: Mapping[str, Any], *, language: str) -> list[dict[str, str]]:
    """Return every clause that a stored decision document tried: `layer`, `ref`, `title`, `result` and `note`.

    `result` is one of "granted", "added", "closed", "not_met", "asked" and "not_applicable".
    """
    decision, book = _read(document)
    pack = _pack_of(decision)
    with translation.override(language):
        found = [_line(tried, pack, book, language) for tried in decision.trace]
    return [
        {"layer": line.layer, "ref": line.ref, "title": line.title, "result": line.result, "note": line.note}
        for line in found
    ]


def _read(document: Mapping[str, Any]) -> tuple[Decision, Book]:
    ref = document.get("rulebook_ref")
    book = queries.rulebook(POLICY, ref) if ref else books.standard()
    return decisions.from_data(document["decision"]), book


def _pack_of(decision: Decision) -> Pack:
    """Return the pack of a decision; where its edition is gone, the newest, which keeps the refs."""
    return packs.edition(decision.pack, decision.pack_version) or packs.library().newest(decision.pack)


def _cited(one: decisions.Citation, pack: Pack, book: Book, language: str) -> Cited:
    if one.source == Source.SHOP:
        return Cited(
            one.ref, one.source, one.version, f"{book.name} {one.version}".strip(), book.words(one.ref).in_(language)
        )
    found = pack.texts.get(one.ref)
    law, text = (found.law(language), found.sentence.in_(language)) if found else (one.ref, "")
    return Cited(one.ref, one.source.value, one.version, law, text)


def _line(tried: Tried, pack: Pack, book: Book, language: str) -> Line:
    is_shop = tried.source == Source.SHOP
    title = book.words(tried.ref).in_(language) if is_shop else str(titles(pack).get(tried.ref, ""))
    return Line(tried.ref, tried.source.value, title, _result(tried), _note(tried, language))


def _result(tried: Tried) -> str:
    if tried.result == Result.NOT_MET and tried.reason in _ASKING:
        return "asked"
    is_added = tried.result == Result.GRANTED and tried.source == Source.SHOP
    return "added" if is_added else tried.result.value


def _note(tried: Tried, language: str) -> str:
    if tried.reason.startswith(_WHEN):
        return str(texts.WHEN[tried.reason.removeprefix(_WHEN)])
    figures = dict(tried.detail)
    if "last_day" in figures:
        figures["last_day"] = formats.day_in(date.fromisoformat(str(figures["last_day"])), language, "date")
    text = str(texts.REASONS[tried.reason]) % figures
    question = texts.QUESTIONS.get(str(figures.get("question", "")))
    return f"{question} {text}" if question else text


@lru_cache(maxsize=256)
def titles(pack: Pack) -> Mapping[str, Any]:
    """Return a short title for each clause of a pack, by ref; lazy, so that each reader gets their language."""
    law = pack.law
    found = {TRANSPORT.ref: texts.CLAUSES["transport"]}
    for part in (
        "withdrawal",
        "freight",
        "refund",
        "deduction",
        "guarantee",
        "short_term",
        "delivery",
        "late",
        "safety",
        "reply",
    ):
        rule = getattr(law, part)
        if rule is not None and rule.clause is not None:
            found[rule.clause.ref] = texts.CLAUSES[part]
    guarantee = law.guarantee
    asides = {
        "not_informed": law.withdrawal.not_informed_clause,
        "burden": guarantee.burden_clause if guarantee else None,
        "extension": guarantee.extension_clause if guarantee else None,
    }
    found |= {clause.ref: texts.CLAUSES[part] for part, clause in asides.items() if clause}
    bars = law.bars.closed if law.bars else {}
    return found | {closed.ref: texts.BARS[key] for key, closed in bars.items()}
