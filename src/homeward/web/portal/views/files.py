"""Files of a return, to those who may see them: labels, packing slips, and the shopper's own evidence."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from homeward.logistics import papers as parcel_papers
from homeward.logistics import ports
from homeward.logistics import queries as logistics_queries
from homeward.logistics.models import Parcel
from homeward.parties.models import Merchant
from homeward.returns import evidence
from homeward.returns import queries as return_queries
from homeward.returns.models import Evidence, Return
from homeward.web.portal.views.status import with_return

_SHOWN = {"application/pdf", "video/mp4", "video/webm", "video/quicktime"}


@require_GET
@with_return
def label(request: HttpRequest, shop: Merchant, made: Return, ref: str) -> HttpResponse:
    """Hand out the label, or the drop-off code where no printer is needed."""
    parcel = _parcel(request, made, ref)
    press, language = ports.press(), request.LANGUAGE_CODE
    if parcel.label_file:
        with parcel.label_file.open("rb") as stored:
            document = bytes(stored.read())
    elif parcel.method == "qr":
        document = press.voucher(parcel_papers.voucher(parcel, language=language))
    else:
        document = press.label(parcel_papers.label(parcel, language=language))
    return _pdf(document, f"{made.number}-label.pdf")


@require_GET
@with_return
def slip(request: HttpRequest, shop: Merchant, made: Return, ref: str) -> HttpResponse:
    """Hand out the packing slip."""
    parcel = _parcel(request, made, ref)
    document = ports.press().packing_slip(parcel_papers.packing_slip(parcel, language=request.LANGUAGE_CODE))
    return _pdf(document, f"{made.number}-slip.pdf")


@require_GET
@with_return
def exhibit(request: HttpRequest, shop: Merchant, made: Return, ref: str) -> HttpResponse:
    """Show one piece of the shopper's evidence; pictures are drawn anew, so that nothing hides in them."""
    found = return_queries.exhibit(request.actor, ref)
    if found.return_request_id != made.pk:
        raise Evidence.DoesNotExist(ref)
    with found.file.open("rb") as stored:
        content = bytes(stored.read())
    if found.media_type.startswith("image/"):
        return HttpResponse(evidence.preview(content), content_type="image/jpeg")
    kind = found.media_type if found.media_type in _SHOWN else "application/octet-stream"
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{_plain(found.name)}"'
    return response


def _parcel(request: HttpRequest, made: Return, ref: str) -> Parcel:
    """Return a parcel of this return that has a label.

    :raises Parcel.DoesNotExist: if there is none of this ref.
    """
    parcel = logistics_queries.parcel(request.actor, ref)
    if parcel.return_request_id != made.pk or parcel.state != "labelled":
        raise Parcel.DoesNotExist(ref)
    return parcel


def _pdf(document: bytes, name: str) -> HttpResponse:
    response = HttpResponse(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name, flags=re.ASCII)[:80] or "file"
