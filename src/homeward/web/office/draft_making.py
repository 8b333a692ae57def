"""How a draft begins: from the standard rulebook, a version, a file or the wizard; and its name and countries."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from homeward.parties.models import Merchant
from homeward.policies import actions, drafting, queries, rulebook
from homeward.policies import wizard as proposals
from homeward.policies.models import Rulebook
from homeward.policies.rulebook import EMPTY, Book, RulebookError
from homeward.policies.wizard import Proposal, Wishes
from homeward.web import doors
from homeward.web.office import clauses, draft_words, drafts, shops
from homeward.web.office.case_forms import WizardForm
from homeward.web.office.draft_forms import DescribeForm, UploadForm

MOST_BYTES = 1_000_000


@doors.door(drafts.WRITERS)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft; what is chosen says from what."""
    merchant, known = shops.chosen(request)
    versions = list(queries.rulebooks(request.actor).filter(merchant=merchant)[:20])
    upload, status, complaint = UploadForm(), 200, ""
    if request.method == "POST":
        try:
            book, origin, base = _source(request, versions)
        except RulebookError as error:
            complaint, status = str(error), 422
        else:
            draft = actions.begin(
                book, merchant=merchant, actor=request.actor, at=request.at, origin=origin, base=base
            )  # fmt: skip
            messages.success(request, _("The draft is begun. Nothing holds before it is published."))
            return redirect("office:draft", ref=draft.ref)
    context = {
        "merchant": merchant, "shops": known, "versions": versions, "upload": upload, "complaint": complaint,
        "form_errors": [("id_file", complaint)] if complaint else [],
    }  # fmt: skip
    return render(request, "office/draft_begin.html", context, status=status)


def _source(request: HttpRequest, versions: list[Rulebook]) -> tuple[Book, str, Rulebook | None]:
    """Return the book that a draft begins with, what it comes from, and the version, if it is one.

    :raises RulebookError: if a file is none.
    """
    origin = request.POST.get("origin", "")
    if origin == "upload":
        return uploaded(request), origin, None
    if origin == "standard":
        return rulebook.standard(), origin, None
    if origin == "empty":
        return EMPTY, origin, None
    row = next((row for row in versions if row.ref == request.POST.get("version")), None)
    if origin != "version" or row is None:
        raise Http404
    return rulebook.read(row.document), origin, row


def uploaded(request: HttpRequest) -> Book:
    """Return the book in the file that was sent.

    :raises RulebookError: if there is no file, it is too large, or no rulebook by its form.
    """
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise RulebookError(_("Choose a file."))
    if (file.size or 0) > MOST_BYTES:
        raise RulebookError(_("The file is larger than 1 MB."))
    try:
        return rulebook.read_yaml(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RulebookError(_("The file is no text in UTF-8.")) from error


@doors.door(drafts.WRITERS)
def describe(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a draft's name and the countries that it is written for, or put a file in its place."""
    draft = queries.draft(request.actor, ref)
    book = drafts.book_of(draft)
    form = DescribeForm(initial={"name": book.name, "sells_to": list(book.sells_to)})
    status, complaint = 200, ""
    if request.method == "POST" and request.POST.get("what") == "upload":
        try:
            found = uploaded(request)
        except RulebookError as error:
            status, complaint = 422, str(error)
        else:
            return _revise(request, draft, found, "upload", _("The draft now says what the file says."))
    elif request.method == "POST":
        form, status = DescribeForm(request.POST), 422
        if form.is_valid():
            told = form.cleaned_data
            found = drafting.describe(book, name=told["name"], sells_to=told["sells_to"])
            return _revise(request, draft, found, "describe", _("Name and countries are saved."))
    context = {
        "draft": draft, "form": form, "upload": UploadForm(), "complaint": complaint,
        "form_errors": [form, ("id_file", complaint)] if complaint else [form],
    }  # fmt: skip
    return render(request, "office/draft_describe.html", context, status=status)


def _revise(request: HttpRequest, draft: Any, book: Book, what: str, said: str) -> HttpResponse:
    return drafts.do(
        request, draft,
        lambda seen: actions.revise(draft, book, revision=seen, what=what, actor=request.actor, at=request.at),
        said,
    )  # fmt: skip


@doors.door(drafts.WRITERS)
def wizard(request: HttpRequest) -> HttpResponse:
    """Ask where from, where to and what; show the proposal with its reasons; begin a draft with it."""
    merchant, known = shops.chosen(request)
    form = WizardForm(initial={"origin": merchant.country, "destinations": ["DE", "FR"]})
    proposal, status = None, 200
    if request.method == "POST":
        form = WizardForm(request.POST)
        if form.is_valid():
            proposal = proposals.propose(_wishes(form, merchant), name=merchant.name)
            if request.POST.get("go") == "begin":
                draft = actions.begin(
                    proposal.book, merchant=merchant, actor=request.actor, at=request.at, origin="wizard"
                )
                messages.success(request, _("The proposal is a draft now, with its tests."))
                return redirect("office:draft", ref=draft.ref)
        else:
            status = 422
    context = {"merchant": merchant, "shops": known, "form": form, "proposal": _shown(proposal)}
    return render(request, "office/rulebook_wizard.html", context, status=status)


def _wishes(form: WizardForm, merchant: Merchant) -> Wishes:
    told = form.cleaned_data
    prefix = "".join(letter for letter in merchant.slug.upper() if letter.isascii() and letter.isalnum())[:10]
    return Wishes(
        origin=told["origin"], destinations=tuple(told["destinations"]), categories=tuple(told["categories"]),
        days=told["days"], freight=told["freight"], keep_limit=told["keep_limit"], gifts=told["gifts"],
        use_bars=told["use_bars"], prefix=prefix or "SHOP",
    )  # fmt: skip


def _shown(proposal: Proposal | None) -> dict[str, Any] | None:
    """Return a proposal as the page shows it: each clause with its reasons, and what was left out."""
    if proposal is None:
        return None
    return {
        "clauses": [
            clauses.card(clause) | {"why": [draft_words.why(one) for one in proposal.why(clause.ref)]}
            for clause in proposal.book.clauses
        ],
        "left_out": [draft_words.why(one) for one in proposal.reasons if not one.ref],
        "tests": len(proposal.book.tests),
    }
