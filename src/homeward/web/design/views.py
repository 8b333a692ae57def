"""The page of components, and the pages for what went wrong."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from homeward.web.design import sample


def components(request: HttpRequest) -> HttpResponse:
    """Show every part in every state, to staff and to whoever builds the product."""
    if not (settings.DEBUG or request.actor.is_staff):
        raise Http404
    return render(request, "design/components.html", sample.page(at=request.at))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: what was sent could not be read."""
    return render(request, "400.html", status=400)


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413: what was sent is more than is taken at once; none of it was read."""
    imports = reverse("office:imports")
    return render(request, "413.html", {"imports": imports if request.path_info == imports else ""}, status=413)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: the page names the limit and who can approve, where the refusal carries them."""
    return render(request, "403.html", {"refusal": exception}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, in the same words for what is missing and for what belongs to others."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with the number under which we were told; the page needs neither database nor session."""
    report = structlog.contextvars.get_contextvars().get("request_id", "")
    return render(None, "500.html", {"report": report}, status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose token does not fit: it was open for too long, or cookies are off."""
    return render(request, "403_csrf.html", status=403)


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Answer 429 to too many wrong passwords."""
    return render(request, "account/locked.html", status=429)
