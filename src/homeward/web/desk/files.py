"""Files of a case for staff: evidence in and out, labels and packing slips."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from homeward.kernel import NotAllowed
from homeward.logistics import papers, ports
from homeward.logistics import queries as logistics_queries
from homeward.returns import actions as return_actions
from homeward.returns import evidence as evidence_rules
from homeward.returns import queries as return_queries
from homeward.returns.actions import records
from homeward.web import doors

_SHOWN = {"application/pdf", "video/mp4", "video/webm", "video/quicktime"}


@doors.door(doors.DESK)
@require_POST
def give_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Add evidence that came another way, by mail or phone."""
    made = return_queries.return_(request.actor, ref)
    sent = request.FILES.getlist("files")
    try:
        exhibits = [
            records.store(evidence_rules.examine(evidence_rules.content_of(one), name=one.name or ""), at=request.at)
            for one in sent
        ]
        if exhibits:
            return_actions.add_evidence(made, exhibits, actor=request.actor, at=request.at)
    except evidence_rules.NotEvidence as refused:
        messages.error(request, _why_not(refused))
    except NotAllowed:
        messages.error(request, _("This return is over; nothing can be added to it."))
    else:
        words = _("The evidence is kept.") if exhibits else _("Choose a photo, a film or a PDF first.")
        (messages.success if exhibits else messages.error)(request, words)
    return redirect("desk:case", ref=made.case.number)


def _why_not(refused: evidence_rules.NotEvidence) -> str:
    words = {
        "empty": _("“%(name)s” is empty. Choose another file"),
        "too_large": _("“%(name)s” is larger than 25 MB. Choose a smaller one"),
        "unknown_kind": _("“%(name)s” is no photo, film or PDF. Choose a JPG, PNG, HEIC, MP4 or PDF"),
        "damaged": _("“%(name)s” cannot be opened. Take the photo anew"),
        "too_many_pixels": _("“%(name)s” has too many pixels. Choose a smaller one"),
    }
    return words[refused.code] % {"name": refused.name}


@doors.door(doors.CASE | doors.DOCK)
@require_GET
def evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Give one piece of evidence: as it was sent, or a picture that every browser shows."""
    one = return_queries.exhibit(request.actor, ref)
    with one.file.open("rb") as file:
        content = bytes(file.read())
    is_picture = one.media_type.startswith("image/")
    if "preview" in request.GET and is_picture:
        response = HttpResponse(evidence_rules.preview(content), content_type="image/jpeg")
        response.headers["Cache-Control"] = "private, max-age=3600"
        return response
    kind = one.media_type if is_picture or one.media_type in _SHOWN else "application/octet-stream"
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = "inline" if is_picture else "attachment"
    return response


@doors.door(doors.CASE | doors.DOCK)
@require_GET
def label(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a parcel's label as a PDF: the carrier's own, a drop-off code, or ours."""
    parcel = logistics_queries.parcel(request.actor, ref)
    press, language, drawn = ports.press(), get_language() or "en", parcel.label_file.name or ""
    if drawn and default_storage.exists(drawn):
        with default_storage.open(drawn, "rb") as stored:
            document = bytes(stored.read())
    elif parcel.method == "qr":
        document = press.voucher(papers.voucher(parcel, language=language))
    else:
        document = press.label(papers.label(parcel, language=language))
    return _pdf(document, f"{parcel.ref}-label.pdf")


@doors.door(doors.CASE | doors.DOCK)
@require_GET
def slip(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a parcel's packing slip as a PDF."""
    parcel = logistics_queries.parcel(request.actor, ref)
    document = ports.press().packing_slip(papers.packing_slip(parcel, language=get_language() or "en"))
    return _pdf(document, f"{parcel.ref}-slip.pdf")


def _pdf(document: bytes, name: str) -> HttpResponse:
    response = HttpResponse(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
