"""What is answered where no view could: to systems as a problem, to people as a page."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from homeward.api import edge, problems
from homeward.web.design import views as design_views

API = "/api/"
RETRY_AFTER = "5"  # seconds; a database that was restarted is back by then


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400 to a request that cannot be read, 413 to one of which that is only too much."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    if not is_system(request):
        return design_views.bad_request(request, exception)
    if not edge.is_readable(request):
        return edge.unreadable(request)
    return problems.answer(request, 400, "request_unreadable", "This request cannot be read.")


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413 to a body that is larger than anything we take."""
    if is_system(request):
        return problems.answer(request, 413, "body_too_large", problems.TOO_LARGE)
    return design_views.too_large(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 to an address that leads nowhere."""
    if is_system(request):
        return problems.answer(request, 404, "not_found", "No such address; see /api/v1/docs.")
    return design_views.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 where the database was away, so that whoever asked asks again, and 500 where the fault is ours."""
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    status = 503 if is_away else 500
    if is_system(request):
        code, detail = (
            ("database_away", "Nothing was done, or all of it; send the same again, under the same Idempotency-Key.")
            if is_away
            else ("our_fault", "Nothing was done, and we have been told.")
        )
        response = problems.answer(request, status, code, detail)
    else:
        response = design_views.server_error(request)
        response.status_code = status
    if is_away:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def is_system(request: HttpRequest) -> bool:
    """Whether this asks the API."""
    return request.path_info.startswith(API)
