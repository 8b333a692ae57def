"""Decisions of law and rulebook as the case page shows them: what holds, what it rests on, what was tried, what speaks
against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.kernel import Actor, formats
from homeward.policies import decision as decisions
from homeward.policies import queries as policy_queries
from homeward.policies import rulebook as books
from homeward.policies import texts as policy_texts
from homeward.policies import words as policy_words
from homeward.policies.decision import Deduction, Source
from homeward.policies.words import Cited, Explanation
from homeward.returns.models import Decision, ReturnLine

_TONES = {"authorize": "good", "refuse": "bad", "review": "wait"}
_UNTOUCHED = "not_applicable"


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why lines were judged as they were; lines with the very same reasons stand together."""

    lines: tuple[ReturnLine, ...]
    tone: str
    title: str
    headline: str
    facts: tuple[tuple[str, str], ...]
    grounds: tuple[Cited, ...]
    further: tuple[Cited, ...]
    tried: tuple[dict[str, str], ...]
    doubts: tuple[str, ...]
    is_verified: bool

    @property
    def names(self) -> str:
        """The lines by their titles."""
        return formats.words_in((line.order_line.title for line in self.lines), get_language() or "en")

    @property
    def matched(self) -> int:
        """How many of the clauses that were tried speak of these goods."""
        return sum(clause["result"] != _UNTOUCHED for clause in self.tried)

    @property
    def against(self) -> list[tuple[str, str]]:
        """The clauses that a refusal may rest on: doors of the law that are closed, by ref, in words."""
        return [
            (clause["ref"], f"{clause['ref']} · {clause['title']}")
            for clause in self.tried
            if clause["result"] == "closed" or (clause["result"] == "not_met" and clause["layer"] != Source.SHOP)
        ]


def reasons_of(actor: Actor, found: Iterable[Decision], *, language: str) -> list[Reasons]:
    """Return the reasons for each line's decision that holds, the same reasons once."""
    together: list[Reasons] = []
    for decision in found:
        if decision.line is None:
            continue
        one = _reasons(actor, decision.line, decision, language)
        for place, other in enumerate(together):
            if replace(one, lines=other.lines) == other:
                together[place] = replace(other, lines=(*other.lines, decision.line))
                break
        else:
            together.append(one)
    return together


def _reasons(actor: Actor, line: ReturnLine, decision: Decision, language: str) -> Reasons:
    titles = {
        "authorize": _("Law and rulebook say yes"),
        "refuse": _("Law and rulebook say no"),
        "review": _("A person decides"),
    }
    document = decision.document
    made = decisions.from_data(document["decision"])
    ref = document.get("rulebook_ref", "")
    book = policy_queries.rulebook_for(actor, merchant_id=decision.merchant_id, ref=ref) if ref else books.standard()
    told = policy_words.explain(made, language, book=book)
    grounds = tuple(cited for cited in told.citations if cited.ref in made.bases) or told.citations[:1]
    return Reasons(
        lines=(line,), tone=_TONES[decision.outcome], title=titles[decision.outcome], headline=told.headline,
        facts=tuple(_facts(made, told, language)), grounds=grounds,
        further=tuple(cited for cited in told.citations if cited not in grounds), tried=tuple(_tried(told)),
        doubts=(*told.doubts, *told.questions), is_verified=made.is_verified,
    )  # fmt: skip


def _tried(told: Explanation) -> Iterable[dict[str, str]]:
    for line in told.trace:
        yield {"layer": line.layer, "ref": line.ref, "title": line.title, "result": line.result, "note": line.note}


def _facts(made: decisions.Decision, told: Explanation, language: str) -> Iterable[tuple[str, str]]:
    """Return what follows from a decision, as label and value."""
    yield _("Track"), told.track
    if made.deadline_day:
        yield _("May be asked until"), formats.day_in(made.deadline_day, language, "date")
    if made.outcome != "refuse":
        yield _("Goods"), str(policy_texts.WAYS[made.way_back])
        yield _("Freight"), str(policy_texts.PAYERS[made.freight])
    due = [str(policy_texts.REMEDIES[offer.remedy]) for offer in made.remedies if offer.tier == 1]
    if due:
        yield _("Remedies due now"), formats.words_in(dict.fromkeys(due), language)
    later = [str(policy_texts.REMEDIES[offer.remedy]) for offer in made.remedies if offer.tier > 1]
    if later := [words for words in dict.fromkeys(later) if words not in due]:
        yield _("If those fail"), formats.words_in(later, language)
    if made.deductions:
        yield _("May be taken off"), formats.words_in((_deduction(one, language) for one in made.deductions), language)
    yield _("Law of"), f"{made.pack} {made.pack_version}"


def _deduction(one: Deduction, language: str) -> str:
    words = str(policy_texts.DEDUCTIONS.get(one.ground, one.ground))
    if one.percent:
        return f"{words} {one.percent / 100:g} % ({one.ref})"
    return f"{words} {formats.money_in(one.amount, language)} ({one.ref})" if one.amount else f"{words} ({one.ref})"


def grounds_of(reasons: Sequence[Reasons]) -> list[tuple[str, str]]:
    """Return the clauses that speak against a return, each once, as grounds of a refusal."""
    found: dict[str, Any] = {}
    for one in reasons:
        found |= dict(one.against)
    return list(found.items())
