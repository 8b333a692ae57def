"""A stored decision in words: what it rests on, and every clause that was tried, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homeward.kernel.actor import POLICY
from homeward.policies import packs, queries
from homeward.policies.packs import Pack
from homeward.policies.rulebook import Book

_DID = {("granted", "shop"): "adds", ("granted", "statute"): "grants", ("granted", "bar"): "limits"}


def citations(document: Mapping[str, Any], *, language: str) -> list[dict[str, str]]:
    """Return the clauses that the decision in `document` rests on: ref, source, version, law and text."""
    pack, book = _sources(document)
    return [
        {**{key: str(cited[key]) for key in ("ref", "source", "version")}, **_words(cited["ref"], pack, book, language)}
        for cited in document["decision"]["citations"]
    ]


def trace(document: Mapping[str, Any], *, language: str) -> list[dict[str, str]]:
    """Return every clause that was tried, in order: layer, ref, title, outcome, words and result."""
    pack, book = _sources(document)
    shown = []
    for tried in document["decision"]["trace"]:
        words = _words(tried["ref"], pack, book, language)
        did = "closes" if tried["result"] == "closed" else _DID.get((tried["result"], tried["source"]), "")
        shown.append({
            "layer": tried["source"], "ref": tried["ref"], "title": words["law"] or words["text"], "outcome": did,
            "note": words["text"] if words["law"] else "", "result": tried["result"], "reason": tried["reason"],
        })  # fmt: skip
    return shown


def _sources(document: Mapping[str, Any]) -> tuple[Pack, Book]:
    facts = document["facts"]
    ordered = facts["ordered_at"]
    day = (ordered if isinstance(ordered, datetime) else datetime.fromisoformat(ordered)).date()
    pack = packs.pack_for(facts["country"], facts.get("subdivision", ""), on=day)
    return pack, queries.rulebook_by_ref(POLICY, document["rulebook_ref"])


def _words(ref: str, pack: Pack, book: Book, language: str) -> dict[str, str]:
    if ref in pack.texts:
        text = pack.texts[ref]
        return {"law": text.law(language), "text": text.sentence.in_(language)}
    return {"law": "", "text": book.words(ref).in_(language)}
