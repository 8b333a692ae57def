"""The law of one place: each field in words with clause and trust, what lies over it, the last day for a question."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from homeward.policies import actions, due, packs, queries, texts, words
from homeward.policies.due import NotAnswered
from homeward.policies.models import CounselMark
from homeward.policies.packs import Pack
from homeward.web import doors
from homeward.web.office import law_compare, law_due, law_marks, law_over, law_words


@doors.door(doors.LAW)
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Show the law of one place as it holds on a day, or in one edition."""
    code = code.upper()
    editions = queries.editions_of(request.actor, code)
    if not editions or code == packs.NOWHERE:
        raise Http404
    today = timezone.localtime(request.at).date()
    on, is_wrong_day = law_compare.day_in(request.GET, "on", today)
    language = get_language() or "en"
    pack = _asked_for(request, editions, on)
    context: dict[str, Any] = {
        "code": code, "place": law_words.place_name(editions[0], language), "on": on, "today": today,
        "is_wrong_day": is_wrong_day, "editions": editions, "pack": pack,
    }  # fmt: skip
    if pack is not None:
        context |= _law(request, pack, on, language)
    return render(request, "office/law.html", context)


def _asked_for(request: HttpRequest, editions: tuple[Pack, ...], on: date) -> Pack | None:
    """Return the edition that was named, else the law of the day; nothing where we hold none for it."""
    wanted = request.GET.get("edition", "")
    named = next((one for one in editions if one.version == wanted), None)
    if named is not None:
        return named
    try:
        return queries.law(request.actor, editions[0].code, on=on)
    except NotAnswered:
        return None


def _law(request: HttpRequest, pack: Pack, on: date, language: str) -> dict[str, Any]:
    """Return what the page of a law shows."""
    cited_in = _language(request.GET, language)
    parent = _parent(pack, on)
    marks = list(queries.counsel_marks(request.actor, pack.code))
    members = [
        (one, law_words.place_name(packs.library().newest(one), language))
        for one in sorted(pack.law.members) if packs.library().editions(one)
    ]  # fmt: skip
    seen = sum(mark.startswith("verified") for mark in (*pack.marks.values(), *pack.exceptions.values()))
    return {
        "groups": groups(pack, language, cited_in, marks, parent),
        "exceptions": exceptions(pack, language, cited_in, parent),
        "exceptions_check": law_marks.by_field(marks, pack.version).get("exceptions"),
        "other_clauses": _others(pack, language, cited_in),
        "parent": parent, "parent_name": law_words.place_name(parent, language) if parent else "",
        "over": law_over.lying_over(pack.code, on, language),
        "coming": law_over.coming(request.actor, pack.code, on, language),
        "cited_in": cited_in, "languages": law_words.LANGUAGES, "members": members,
        "level": law_words.LEVELS[pack.law.trust.level], "tone": law_words.LEVEL_TONES[pack.law.trust.level],
        "seen": seen, "by_memory": len(pack.marks) + len(pack.exceptions) - seen,
        "checked": sum(one.version == pack.version for one in marks), "may_mark": actions.may_mark(request.actor),
        "vectors": vectors(pack), "questions": law_words.QUESTIONS,
        "region": law_words.REGIONS.get(pack.law.region, ""),
        "due": law_due.answer(pack, request.GET, on, language),
    }  # fmt: skip


def _language(asked: QueryDict, language: str) -> str:
    wanted = asked.get("cited", "")
    return wanted if wanted in law_words.LANGUAGES else language


def _parent(pack: Pack, on: date) -> Pack | None:
    """Return the pack that this one inherits from, as it held on the day."""
    if not pack.law.inherits:
        return None
    shelf = packs.library().editions(pack.law.inherits)
    return next((one for one in shelf if one.holds_on(on)), shelf[0])


def _clause(pack: Pack, ref: str, language: str, cited_in: str, parent: Pack | None) -> dict[str, Any]:
    text = pack.texts[ref]
    title = words.titles(pack).get(ref, "")
    return {
        "ref": ref, "title": title, "law": text.law(cited_in), "says": text.sentence.in_(cited_in),
        "lang": cited_in if cited_in != language else "", "is_inherited": bool(parent and ref in parent.texts),
    }  # fmt: skip


def groups(
    pack: Pack, language: str, cited_in: str, marks: list[CounselMark], parent: Pack | None
) -> list[dict[str, Any]]:
    """Return the fields in groups: what the law says with its clauses, and where it is silent."""
    told, checks = law_words.told(pack, language), law_marks.by_field(marks, pack.version)
    found = []
    for key, title, names in law_words.GROUPS:
        rows = [told[word] for word in names if told[word].value is not None and word != "exceptions"]
        refs = list(dict.fromkeys(filter(None, (law_words.clause_of(pack, row.word) for row in rows))))
        silent = [told[word] for word in names if told[word].value is None]
        found.append({
            "key": key, "title": title, "silent": silent,
            "clauses": [_clause(pack, ref, language, cited_in, parent) for ref in refs],
            "rows": [
                {
                    "row": row, "tone": law_words.trust_tone(row.mark), "ref": law_words.clause_of(pack, row.word),
                    "is_inherited": law_words.is_inherited(pack, row.word), "check": checks.get(row.word),
                }
                for row in rows
            ],
        })  # fmt: skip
    return found


def exceptions(pack: Pack, language: str, cited_in: str, parent: Pack | None) -> list[dict[str, Any]]:
    """Return the goods for which the law closes its right, each with its clause and trust."""
    if not pack.law.bars:
        return []
    return [
        _clause(pack, closed.ref, language, cited_in, parent) | {
            "name": texts.BARS[key], "mark": pack.exceptions.get(key, ""),
            "trust": law_words.trust_words(pack.exceptions.get(key, ""), language),
            "tone": law_words.trust_tone(pack.exceptions.get(key, "")), "needs_confirmation": closed.needs_confirmation,
        }
        for key, closed in pack.law.bars.closed.items()
    ]  # fmt: skip


def _others(pack: Pack, language: str, cited_in: str) -> list[dict[str, Any]]:
    """Return the clauses that no field is cited by: delivery of wrong goods, safety, transport."""
    cited = {law_words.clause_of(pack, word) for _key, _title, names in law_words.GROUPS for word in names}
    closed = {one.ref for one in pack.law.bars.closed.values()} if pack.law.bars else set()
    return [_clause(pack, ref, language, cited_in, None) for ref in pack.texts if ref not in cited | closed]


def vectors(pack: Pack) -> list[dict[str, Any]]:
    """Return the worked examples of a pack, each worked out again."""
    found = []
    for vector in pack.law.vectors:
        try:
            got: date | None = due.due(pack.code, vector.question, vector.event, pack=pack)
        except NotAnswered:
            got = None
        found.append({
            "question": law_words.QUESTIONS[vector.question], "event": vector.event, "expect": vector.expect,
            "got": got, "is_right": got == vector.expect, "about": vector.about,
        })  # fmt: skip
    return found
