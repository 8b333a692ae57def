"""The rulebook editor: a draft with its clauses, findings and tests, and the verbs that lead it to a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.kernel import NotAllowed
from homeward.kernel.textmap import LOCALES
from homeward.orders import queries as order_queries
from homeward.policies import actions, changes, draft_texts, drafting, findings, packs, queries, trials
from homeward.policies import rulebook as books
from homeward.policies.lifecycle import WRITER_ROLES
from homeward.policies.models import RulebookDraft
from homeward.policies.rulebook import Book
from homeward.web import doors
from homeward.web.design import states
from homeward.web.office import clauses, draft_fields, draft_words, rulebooks

WRITERS = frozenset(WRITER_ROLES)
_NEWEST_ORDERS = 500
_HISTORY = 8


def book_of(draft: RulebookDraft) -> Book:
    """Return what a draft says."""
    return books.read(draft.document)


def countries_of(request: HttpRequest, draft: RulebookDraft, book: Book) -> tuple[str, ...]:
    """Return the countries that a draft is judged for: those it names, else those of the newest orders."""
    if book.sells_to:
        return book.sells_to
    newest = order_queries.orders(request.actor).filter(merchant=draft.merchant).exclude(country="")
    found = dict.fromkeys(newest.values_list("country", flat=True)[:_NEWEST_ORDERS])
    return tuple(found) or ("DE", "FR", "GB", "US", "CN", "JP")


def rival_of(request: HttpRequest, draft: RulebookDraft) -> tuple[Book, str]:
    """Return the book that a draft is measured against, with its name: the version in force, else the standard one."""
    row = queries.in_force(request.actor, draft.merchant, request.at)
    if row is None:
        return books.standard(), _("Standard rulebook")
    return queries.rulebook(request.actor, row.ref), _("Version %(version)s, in force") % {"version": row.version}


@doors.door(doors.OFFICE)
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a draft: law and bars below, its clauses, what was found in them, its tests and its way to a version."""
    draft = queries.draft(request.actor, ref)
    book = book_of(draft)
    countries = countries_of(request, draft, book)
    found = findings.report(book, countries)
    rival, rival_name = rival_of(request, draft)
    told = [draft_words.finding(one) for one in found.findings]
    may_write = request.actor.role in WRITERS and draft.state == "draft"
    context = {
        "draft": draft,
        "book": book,
        "may_write": may_write,
        "clauses": _cards(book, rival, found),
        "findings": _by_level(told),
        "notes": [one for one in told if one["level"] == "note"],
        "countries": draft_words.countries(countries),
        "are_guessed": not book.sells_to,
        "trials": _trials(book, found),
        "rival": rival_name,
        "history": list(queries.revisions(request.actor, draft)[:_HISTORY]),
        "moved": request.GET.get("moved", ""),
        "case_countries": draft_fields.countries(countries),
        "reasons": clauses.REASONS,
        **_review(request, draft),
        **_law(request, book, countries),
    }
    return render(request, "office/draft.html", context)


def _by_level(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings that need a hand, the gravest first, with a heading that counts them."""
    errors = [one for one in told if one["level"] == findings.ERROR]
    warnings = [one for one in told if one["level"] == findings.WARNING]
    must = ngettext("%(count)s thing to mend before a review", "%(count)s things to mend before a review", len(errors))
    may = ngettext("%(count)s thing to look at", "%(count)s things to look at", len(warnings))
    groups = ((must, "bad", errors), (may, "wait", warnings))
    return [
        {"title": title % {"count": len(found)}, "tone": tone, "all": found} for title, tone, found in groups if found
    ]


def _cards(book: Book, rival: Book, found: findings.Report) -> list[dict[str, Any]]:
    """Return the clauses as cards, each with what is new in it and how it stands to the law."""
    kinds = {change.ref: change.kind for change in changes.compare(rival, book).changes}
    cards = []
    for place, clause in enumerate(book.clauses, 1):
        words, tone = draft_words.KINDS[kinds[clause.ref]]
        missing = [draft_fields.language_name(code) for code in LOCALES if not clause.text.get(code)]
        cards.append(
            clauses.card(clause)
            | {
                "place": place,
                "kind": kinds[clause.ref],
                "words": words,
                "tone": tone,
                "floors": [draft_words.floor(one) for one in found.floors_of(clause.ref)],
                "missing": missing,
                "is_faulty": any(one.blocks for one in found.about(clause.ref)),
            }
        )
    return cards


def _trials(book: Book, found: findings.Report) -> list[dict[str, Any]]:
    """Return the tests beside the rules, green or red; none while the book cannot be meant."""
    if any(one.code.startswith("test_") and one.blocks for one in found.findings):
        return []
    return [
        {
            "name": one.example.name,
            "is_green": one.is_green,
            "why": [draft_words.difference(difference) for difference in one.differences],
            "query": draft_words.case_query(one.example.given),
        }
        for one in trials.run_all(book)
    ]


def _law(request: HttpRequest, book: Book, countries: Sequence[str]) -> dict[str, Any]:
    """Return the law of one place, and its exceptions with those that the shop uses."""
    language = get_language() or "en"
    place = request.GET.get("law", "") or next(iter(countries), "DE")
    pack = packs.pack_for(place, on=request.at.date())
    return {
        "pack": pack,
        "place": place,
        "places": [(code, rulebooks.place_name(code, language)) for code in dict.fromkeys((place, *countries))],
        "rights": rulebooks.rights(pack, language),
        "bars": rulebooks.bars(pack, book, language),
        "bar_keys": sorted(book.used_bars),
    }


def _review(request: HttpRequest, draft: RulebookDraft) -> dict[str, Any]:
    """Return what the reader may do with a draft now, and whose turn it is."""
    verbs = draft.lifecycle.allowed(draft.state, role=request.actor.role)
    is_author = request.actor.id in draft.authors
    others = list(actions.reviewers(draft)) if draft.state in {"draft", "in_review"} else []
    is_alone = is_author and not others
    return {
        "verbs": [verb for verb in verbs if verb != "approve" or not is_author or is_alone],
        "is_author": is_author,
        "is_alone": is_alone,
        "reviewers": [person.name for person in others[:4]],
    }


# Doing something with a draft.


def do(
    request: HttpRequest, draft: RulebookDraft, call: Callable[[int], Any], said: str = "", *, then: str = ""
) -> HttpResponse:
    """Do one thing with a draft as it was seen, and go back to it; what comes too late is told with what changed."""
    try:
        call(revision_of(request))
    except actions.StaleDraft as late:
        return stale(request, draft, late.draft)
    except NotAllowed as refused:
        return conflict(request, draft, refused)
    except actions.NotReady as refused:
        _tell(request, refused)
        return redirect("office:draft", ref=draft.ref)
    except actions.SecondPersonNeeded:
        messages.error(request, _("A second person has to approve this: you wrote in it yourself."))
        return redirect("office:draft", ref=draft.ref)
    except actions.NothingToUndo:
        messages.info(request, _("The draft stands as it was begun."))
        return redirect("office:draft", ref=draft.ref)
    if said:
        messages.success(request, said)
    return redirect(then or reverse("office:draft", args=[draft.ref]))


def revision_of(request: HttpRequest) -> int:
    """Return the revision of the draft that the page showed.

    :raises Http404: if it names none.
    """
    text = request.POST.get("revision", "")
    if not text.isdigit() or len(text) > 9:
        raise Http404
    return int(text)


def _tell(request: HttpRequest, refused: actions.NotReady) -> None:
    for one in refused.errors[:3]:
        messages.error(request, draft_words.finding(one)["says"])
    for trial in refused.red[:3]:
        messages.error(request, _("The test “%(name)s” is red.") % {"name": trial.example.name})


def stale(request: HttpRequest, seen: RulebookDraft, now: RulebookDraft) -> HttpResponse:
    """Tell that somebody else changed the draft meanwhile, and what (409); nothing was written over."""
    context = {"draft": now, "meanwhile": meanwhile(request, seen, now), "steps": steps_since(request, seen, now)}
    return render(request, "office/draft_stale.html", context, status=409)


def meanwhile(request: HttpRequest, seen: RulebookDraft, now: RulebookDraft) -> dict[str, Any]:
    """Return what changed in a draft since the revision that the page showed."""
    row = queries.revisions(request.actor, now).filter(number=revision_of(request)).first()
    old = books.read(row.document) if row else book_of(seen)
    return draft_words.comparison(changes.compare(old, book_of(now)), names=("", ""))


def steps_since(request: HttpRequest, seen: RulebookDraft, now: RulebookDraft) -> list[Any]:
    """Return the changes since the revision that the page showed, the latest first."""
    return list(queries.revisions(request.actor, now).filter(number__gt=revision_of(request)))


def conflict(request: HttpRequest, draft: RulebookDraft, refused: NotAllowed) -> HttpResponse:
    """Tell that the draft has moved on (409)."""
    context = {
        "now": states.face("rulebook_draft", refused.state),
        "wanted": draft_texts.VERBS.get(refused.verb, refused.verb),
        "allowed": [str(draft_texts.VERBS.get(verb, verb)) for verb in refused.allowed],
        "back": reverse("office:draft", args=[draft.ref]),
    }
    return render(request, "409.html", context, status=409)


@doors.door(WRITERS)
@require_POST
def move_on(request: HttpRequest, ref: str, verb: str) -> HttpResponse:
    """Ask for a review, approve, send back, take back, publish or give up a draft."""
    draft = queries.draft(request.actor, ref)
    actor, at, note = request.actor, request.at, request.POST.get("note", "").strip()[:2_000]
    if verb == "publish":
        return _publish(request, draft)
    if verb == "send_back" and not note:
        messages.error(request, _("Write what has to change."))
        return redirect("office:draft", ref=ref)
    is_alone = request.POST.get("alone") == "yes"
    calls: dict[str, Callable[[int], Any]] = {
        "submit": lambda seen: actions.submit(draft, revision=seen, actor=actor, at=at, note=note),
        "approve": lambda seen: actions.approve(
            draft, revision=seen, actor=actor, at=at, note=note, is_alone=is_alone
        ),
        "send_back": lambda seen: actions.send_back(draft, revision=seen, actor=actor, at=at, note=note),
        "take_back": lambda seen: actions.take_back(draft, revision=seen, actor=actor, at=at),
        "withdraw": lambda seen: actions.withdraw(draft, revision=seen, actor=actor, at=at),
    }  # fmt: skip
    said = {
        "submit": _("The draft waits for a second person."),
        "approve": _("The draft is approved. It can be published from any day on."),
        "send_back": _("The draft is back with its authors."),
        "take_back": _("The draft can be written in again."),
        "withdraw": _("The draft is given up. It stays to be read."),
    }
    if verb not in calls:
        raise Http404
    return do(request, draft, calls[verb], said[verb])


def _publish(request: HttpRequest, draft: RulebookDraft) -> HttpResponse:
    day = parse_date(request.POST.get("day", "")) if request.POST.get("day") else None
    valid_from = _begin_of(day, draft) if day else None
    if valid_from is not None and valid_from <= request.at:
        valid_from = None if day == request.at.astimezone(ZoneInfo(draft.merchant.zone)).date() else valid_from
    try:
        return do(
            request,
            draft,
            lambda seen: actions.publish_draft(
                draft, revision=seen, actor=request.actor, at=request.at, valid_from=valid_from
            ),
            _("Published. Orders from that day on are under this version; older ones keep theirs."),
        )
    except actions.InThePast:
        messages.error(request, _("A rulebook begins to hold today or later: choose another day."))
        return redirect("office:draft", ref=draft.ref)


def _begin_of(day: date, draft: RulebookDraft) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(draft.merchant.zone))


@doors.door(WRITERS)
@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the last change back."""
    draft = queries.draft(request.actor, ref)
    return do(
        request, draft, lambda seen: actions.undo(draft, revision=seen, actor=request.actor, at=request.at),
        _("The last change is taken back."),
    )  # fmt: skip


@doors.door(doors.OFFICE)
def history(request: HttpRequest, ref: str) -> HttpResponse:
    """Show every change to a draft; POST goes back to how it stood after one of them."""
    draft = queries.draft(request.actor, ref)
    if request.method == "POST":
        number = request.POST.get("number", "")
        if request.actor.role not in WRITERS or not number.isdigit():
            raise Http404
        return do(
            request, draft,
            lambda seen: actions.restore(
                draft, number=int(number), revision=seen, actor=request.actor, at=request.at
            ),
            _("The draft stands again as it did after that change."),
        )  # fmt: skip
    rows = list(queries.revisions(request.actor, draft))
    may_write = request.actor.role in WRITERS and draft.state == "draft"
    return render(request, "office/draft_history.html", {"draft": draft, "rows": rows, "may_write": may_write})


@doors.door(WRITERS)
@require_POST
def use_bars(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose which exceptions of one place's law the shop uses; those of other places stay as they are."""
    draft = queries.draft(request.actor, ref)
    book = book_of(draft)
    shown, chosen = set(request.POST.getlist("shown")), set(request.POST.getlist("bar"))
    kept = (book.used_bars - shown) | (chosen & shown)
    return do(
        request, draft,
        lambda seen: actions.revise(
            draft, drafting.use_bars(book, kept), revision=seen, what="bars", actor=request.actor, at=request.at
        ),
        _("The exceptions are chosen."),
        then=f"{reverse('office:draft', args=[ref])}?{urlencode({'law': request.POST.get('law', '')[:5]})}#bars",
    )  # fmt: skip


@doors.door(doors.OFFICE)
def as_yaml(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand a draft out as YAML, with its tests."""
    draft = queries.draft(request.actor, ref)
    return rulebooks.yaml_answer(book_of(draft), f"{draft.merchant.slug}-draft.yaml")
