"""The sources of a decision as letters and pages of shoppers show them: citation and plain sentence."""

from __future__ import annotations

from collections.abc import Iterable

from homeward.conversations.letters import Source
from homeward.policies import words
from homeward.returns.models import Decision


def sources_of(decisions: Iterable[Decision], *, language: str) -> tuple[Source, ...]:
    """Return what decisions rest on, each source once; decisions by hand rest on no clause."""
    found: dict[str, Source] = {}
    for decision in decisions:
        if "decision" not in decision.document:
            continue
        for cite in words.citations(decision.document, language=language):
            found.setdefault(cite["ref"], Source(cite["law"] or cite["ref"], cite["text"], cite["source"]))
    return tuple(found.values())


def notes_of(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """Return what people wrote to explain their decisions, the newest first."""
    return tuple(note for decision in decisions if (note := decision.document.get("note", "").strip()))
