"""How orders come in: files handed in here, runs while they are read, and what became of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from homeward.orders import queries as order_queries
from homeward.orders.models import ImportRun
from homeward.parties import queries as party_queries
from homeward.web import doors
from homeward.web.office import uploads

ENCODINGS = (
    ("", _("UTF-8, or as the file itself says")),
    ("gb18030", _("Chinese (GB 18030)")),
    ("big5", _("Chinese (Big5)")),
    ("cp932", _("Japanese (Shift JIS)")),
    ("cp1252", _("Western European (Windows-1252)")),
    ("cp1250", _("Central European (Windows-1250)")),
)


class BringIn(forms.Form):
    """A file of orders: whose, what kind it is, how it is written."""

    merchant = forms.ChoiceField(label=_("Merchant"))
    kind = forms.ChoiceField(label=_("What kind of file it is"), error_messages={"required": _("Say what it is")})
    file = forms.FileField(
        label=_("The file"), max_length=255,
        error_messages={
            "required": _("Choose the file"),
            "empty": _("The file is empty. Choose another one"),
            "max_length": _("The name of the file is too long. Give it a shorter one"),
        },
    )  # fmt: skip
    encoding = forms.ChoiceField(label=_("How its text is written"), choices=ENCODINGS, required=False)

    def __init__(self, *args: Any, merchants: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["merchant"].choices = merchants
        self.fields["kind"].choices = [(name, kind.words) for name, kind in uploads.kinds().items()]
        if len(merchants) == 1:
            self.fields["merchant"].widget = forms.HiddenInput()
            self.fields["merchant"].initial = merchants[0][0]


def _form(request: HttpRequest, *data: Any) -> BringIn:
    merchants = [(one.slug, one.name) for one in party_queries.merchants(request.actor)]
    return BringIn(*data, merchants=merchants)


def _page(request: HttpRequest, form: BringIn | None, *, status: int = 200) -> HttpResponse:
    page = Paginator(order_queries.import_runs(request.actor), 30).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "most": settings.IMPORT_MOST_BYTES // 1_000_000}
    return render(request, "office/imports.html", context, status=status)


@doors.door(doors.OFFICE)
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports with what they changed and what they could not take; take in one more file."""
    if request.method == "POST":
        return _bring_in(request)
    return _page(request, _form(request) if request.actor.role in doors.KEYS else None)


@doors.door(doors.KEYS)
@require_POST
def _bring_in(request: HttpRequest) -> HttpResponse:
    """Take in a file of orders and lead to its run."""
    form = _form(request, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    told = form.cleaned_data
    run = uploads.take_in(
        told["file"], uploads.Manner(told["kind"], told["encoding"], get_language() or "en"),
        merchant=party_queries.merchant(request.actor, told["merchant"]), actor=request.actor, at=request.at,
    )  # fmt: skip
    return redirect("office:import", ref=run.ref)


@doors.door(doors.OFFICE)
def import_run(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one import: how far it is, then row by row, as far as rows had problems."""
    run = order_queries.import_runs(request.actor).get(ref=ref)
    problems = order_queries.import_problems(request.actor, run)
    context = _state(request, run) | {
        "page": Paginator(problems, 100).get_page(request.GET.get("page")),
        "has_sheet": uploads.has_sheet(run),
        "earlier": order_queries.earlier_run(request.actor, run) if run.finished_at else None,
    }
    return render(request, "office/import.html", context)


@doors.door(doors.OFFICE)
def import_progress(request: HttpRequest, ref: str) -> HttpResponse:
    """Show how far an import is, for the page that is open; when it is through, the page is shown anew."""
    run = order_queries.import_runs(request.actor).get(ref=ref)
    if run.finished_at:
        return HttpResponseClientRefresh() if request.htmx else redirect("office:import", ref=ref)
    return render(request, "office/_progress.html", _state(request, run))


def _state(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """Return how far a run is: the part read in percent where it is known, and rows a second so far."""
    part = uploads.part_of(run) if not run.finished_at else None
    seconds = (request.at - run.started_at).total_seconds()
    return {
        "run": run,
        "percent": round(100 * part) if part is not None else None,
        "rate": round(run.rows_read / seconds) if run.rows_read and seconds >= 1 else None,
    }


@doors.door(doors.OFFICE)
def import_rows(request: HttpRequest, ref: str) -> FileResponse:
    """Hand out the table of what became of each row."""
    run = order_queries.import_runs(request.actor).get(ref=ref)
    name = f"{PurePath(run.filename).stem or run.ref}-rows.csv"
    return FileResponse(
        uploads.open_sheet(run), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )
