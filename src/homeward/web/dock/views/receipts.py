"""A receipt at the dock: count it, grade its units, contest it, put it right."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from homeward.returns import evidence
from homeward.warehouse import actions, checklists, photos, queries
from homeward.warehouse.grading import Grade
from homeward.warehouse.models import Receipt
from homeward.warehouse.photos import Kept
from homeward.web import doors
from homeward.web.dock import faces, forms
from homeward.web.dock.sentences import REFUSALS, sentence
from homeward.web.dock.views.station import DOOR, here


@doors.door(DOOR)
def receipt(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a receipt: the count while it is expected, then the unit on the table, then what was found."""
    return _page(request, queries.receipt(request.actor, ref))


def _page(request: HttpRequest, found: Receipt, **shown: Any) -> HttpResponse:
    """Render a receipt; `shown` are forms that hold what was written, and `errors` among them make it a 422."""
    actor = request.actor
    lines = faces.lines_of(actor, found)
    is_open = found.state in {"received", "disputed"} and "inspect" in Receipt.lifecycle.allowed(
        "received", role=actor.role
    )
    unit = shown.pop("unit", None) or (
        faces.unit_of(lines, found, at=request.at, key=request.GET.get("line", "")) if is_open else None
    )
    counted = forms.counts_in(request.GET)
    context = {
        "receipt": found,
        "made": found.return_request,
        "lines": lines,
        "counts": shown.pop("counts", None) or _count_forms(lines, counted),
        "box": forms.Box(),
        "counted": urlencode([("receipt", found.ref), *counted.items()]),
        "unit": unit,
        "unit_form": _unit_form(unit) if unit else None,
        "nonce": token_urlsafe(18),
        "findings": faces.findings_of(actor, found),
        "photos": faces.gallery([one for one in queries.photos(actor, found) if one.inspection_id is None]),
        "siblings": _siblings(request, found),
        "verbs": queries.verbs(actor, found),
        "clock": faces.clock_of(found),
        "outcome": faces.outcome_of(found),
        "dispute_form": forms.Dispute(),
        "ruling_form": forms.Ruling(),
        "reason_form": forms.Reason(),
        "center": here(request),
        "errors": (),
    } | shown
    return render(request, "dock/receipt.html", context, status=422 if context["errors"] else 200)


def _count_forms(lines: list[faces.LineFace], counted: dict[str, int]) -> list[tuple[faces.LineFace, forms.LineCount]]:
    announced = [face for face in lines if face.line.return_line is not None]
    return [
        (face, forms.LineCount(line=face.line, initial={"good": counted.get(f"{face.line.key}-good", 0)}))
        for face in announced
    ]


def _unit_form(unit: faces.UnitFace) -> forms.Unit:
    return forms.Unit(line=unit.face.line, checklist=unit.suggestion.checklist)


def _siblings(request: HttpRequest, found: Receipt) -> list[Receipt]:
    """Return other receipts of the same box."""
    if found.parcel_id is None:
        return []
    rows = queries.receipts(request.actor).filter(parcel_id=found.parcel_id).exclude(pk=found.pk)
    return list(rows.select_related("return_request").order_by("pk"))


@doors.door(DOOR)
@require_POST
def receive(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm what was counted."""
    found = queries.receipt(request.actor, ref)
    lines = [face for face in faces.lines_of(request.actor, found) if face.line.return_line is not None]
    counts = [(face, forms.LineCount(request.POST, line=face.line)) for face in lines]
    box = forms.Box(request.POST)
    if not all([*(form.is_valid() for _face, form in counts), box.is_valid()]):
        return _page(request, found, counts=counts, box=box, errors=[*(form for _face, form in counts), box])
    try:
        actions.receive(
            found, [form.count() for _face, form in counts], strangers=box.strangers(), note=box.cleaned_data["note"],
            center=found.center or here(request), actor=request.actor, at=request.at,
        )  # fmt: skip
    except actions.OverReceipt as refused:
        for face, form in counts:
            if face.line.key == refused.line:
                form.add_error("good", sentence(refused))
        return _page(request, found, counts=counts, box=box, errors=[form for _face, form in counts])
    except REFUSALS as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _received(found))
    return redirect("dock:receipt", ref=ref)


def _received(found: Receipt) -> str:
    if found.state == "disputed":
        return _("Nothing came: the receipt is contested, and the desk is told.")
    return _("Received. Grade the units now, or later within their time.")


@doors.door(DOOR)
def verdict(request: HttpRequest, ref: str) -> HttpResponse:
    """Propose grade and disposition from the answers so far: the part of the page that follows the checklist."""
    found = queries.receipt(request.actor, ref)
    unit = _proposed(request, found, by_grade=request.GET.get("by") == "grade")
    if unit is None:
        return HttpResponse(status=204)
    return render(request, "dock/_verdict.html", {"receipt": found, "unit": unit, "unit_form": _unit_form(unit)})


def _proposed(request: HttpRequest, found: Receipt, *, by_grade: bool) -> faces.UnitFace | None:
    """Return the unit as the posted answers propose it; a grade that a person has pressed is kept with `by_grade`."""
    data = request.POST or request.GET
    lines = faces.lines_of(request.actor, found)
    face = next((face for face in lines if face.line.key == data.get("line") and face.line.left), None)
    if face is None:
        return None
    goods = face.line.goods
    answers = forms.answers_in(data, checklists.checklist_for(goods.category, goods.traits))
    pressed = data.get("grade", "") if by_grade else ""
    grade = Grade(pressed) if pressed in set(Grade) else None
    return faces.unit_of(
        lines, found, at=request.at, key=face.line.key, answers=answers, grade=grade,
        disposition=data.get("disposition", "") if by_grade else "",
    )  # fmt: skip


@doors.door(DOOR)
@require_POST
def inspect(request: HttpRequest, ref: str) -> HttpResponse:
    """Finish one unit, or only propose what its answers come to."""
    found = queries.receipt(request.actor, ref)
    unit = _proposed(request, found, by_grade=True)
    if unit is None:
        messages.error(request, _("This unit has been graded. The next one is on the table."))
        return redirect("dock:receipt", ref=ref)
    form = forms.Unit(request.POST, line=unit.face.line, checklist=unit.suggestion.checklist)
    if "propose" in request.POST:
        unit = _proposed(request, found, by_grade=False) or unit
        draft = forms.Unit(initial=request.POST.dict(), line=unit.face.line, checklist=unit.suggestion.checklist)
        return _page(request, found, unit=unit, unit_form=draft)
    try:
        kept = _kept(request.FILES.getlist("photos"), request)
        if not form.is_valid() or _wants_photo(form, unit, kept, found):
            return _again(request, found, form, unit)
        made = actions.inspect(
            found, form.finding(), photos=kept, nonce=request.POST.get("nonce", "")[:40], actor=request.actor,
            at=request.at,
        )  # fmt: skip
    except REFUSALS as refused:
        form.add_error(None, sentence(refused))
        return _again(request, found, form, unit)
    _say(request, made)
    return redirect("dock:receipt", ref=ref)


def _again(request: HttpRequest, found: Receipt, form: forms.Unit, unit: faces.UnitFace) -> HttpResponse:
    """Show the unit once more with what was written; files have to be chosen again, which browsers insist on."""
    return _page(request, found, unit=unit, unit_form=form, errors=[form])


def _kept(files: list[UploadedFile], request: HttpRequest) -> list[Kept]:
    return [photos.keep(evidence.content_of(file), name=file.name or "", at=request.at) for file in files]


def _wants_photo(form: forms.Unit, unit: faces.UnitFace, kept: list[Kept], found: Receipt) -> bool:
    """Ask for a photo where somebody may disagree with what was found, unless none is possible."""
    if kept or form.cleaned_data["no_photo"] or not unit.suggestion.photos_wanted:
        return False
    form.add_error("no_photo", _("Take a photo of what you found, so that nobody has to take our word for it."))
    return True


def _say(request: HttpRequest, made: Any) -> None:
    if made.serial_matches is False:
        words = _(
            "Serial number %(serial)s was not sold on this order: the unit is set apart and the receipt contested."
        )
        messages.warning(request, words % {"serial": made.serial})
    elif made.is_open:
        messages.info(request, _("Kept. A colleague confirms it before the unit moves."))
    else:
        words = ngettext("%(units)s unit graded %(grade)s.", "%(units)s units graded %(grade)s.", made.quantity)
        messages.success(request, words % {"units": made.quantity, "grade": "?" if made.is_another else made.grade})


@doors.door(DOOR)
@require_POST
def photograph(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep photos of the parcel as it came."""
    found = queries.receipt(request.actor, ref)
    files = request.FILES.getlist("photos")
    if not files:
        messages.error(request, _("Take or choose a photo first."))
        return redirect("dock:receipt", ref=ref)
    return _do(
        request, ref, _("The photos are kept."),
        lambda: actions.add_photos(found, _kept(files, request), actor=request.actor, at=request.at),
    )  # fmt: skip


@doors.door(DOOR)
@require_POST
def dispute(request: HttpRequest, ref: str) -> HttpResponse:
    """Contest what came."""
    found = queries.receipt(request.actor, ref)
    form = forms.Dispute(request.POST)
    if not form.is_valid():
        return _page(request, found, dispute_form=form, errors=[form])
    return _do(
        request, ref, _("The receipt is contested; money waits for a ruling."),
        lambda: actions.dispute(found, **form.cleaned_data, actor=request.actor, at=request.at),
    )  # fmt: skip


@doors.door(DOOR)
@require_POST
def resolve(request: HttpRequest, ref: str) -> HttpResponse:
    """Rule on a dispute."""
    found = queries.receipt(request.actor, ref)
    form = forms.Ruling(request.POST)
    if not form.is_valid():
        return _page(request, found, ruling_form=form, errors=[form])
    return _do(
        request, ref, _("The dispute is settled."),
        lambda: actions.resolve(found, **form.cleaned_data, actor=request.actor, at=request.at),
    )  # fmt: skip


@doors.door(DOOR)
@require_POST
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Count again."""
    found = queries.receipt(request.actor, ref)
    form = forms.Reason(request.POST)
    if not form.is_valid():
        return _page(request, found, reason_form=form, errors=[form])
    return _do(
        request, ref, _("Count the parcel again."),
        lambda: actions.reopen(found, **form.cleaned_data, actor=request.actor, at=request.at),
    )  # fmt: skip


@doors.door(DOOR)
@require_POST
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm as the second person."""
    made = queries.inspection(request.actor, ref)
    return _do(
        request, made.line.receipt.ref, _("Confirmed."),
        lambda: actions.confirm(made, actor=request.actor, at=request.at),
    )  # fmt: skip


@doors.door(DOOR)
@require_POST
def void(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a mistaken finding back."""
    made = queries.inspection(request.actor, ref)
    form = forms.Reason(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why, in a few words."))
        return redirect("dock:receipt", ref=made.line.receipt.ref)
    return _do(
        request, made.line.receipt.ref, _("Taken back. The unit is on the table again."),
        lambda: actions.void(made, **form.cleaned_data, actor=request.actor, at=request.at),
    )  # fmt: skip


def _do(request: HttpRequest, ref: str, done: str, verb: Callable[[], Any]) -> HttpResponse:
    try:
        verb()
    except REFUSALS as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, done)
    return redirect("dock:receipt", ref=ref)


@doors.door(DOOR | doors.DESK)
def photo(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a photo to who may see its receipt, as a picture that every browser knows, without metadata."""
    found = queries.photo(request.actor, ref)
    with found.file.open() as file:
        answer = HttpResponse(evidence.preview(file.read()), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.headers["Content-Disposition"] = "inline"
    return answer
