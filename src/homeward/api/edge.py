"""The edge of every operation: addresses that no row can have, and methods that an address does not know."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from homeward.api import problems

View = Callable[..., HttpResponse]


def is_readable(request: HttpRequest) -> bool:
    """Whether the address holds no zero character: PostgreSQL keeps none, and cannot be asked for one."""
    return "\0" not in request.path and "%00" not in request.META.get("QUERY_STRING", "")


def unreadable(request: HttpRequest) -> HttpResponse:
    """Return the problem of an address that is not readable."""
    return problems.answer(request, 400, "address_unreadable", "The address holds a zero character.")


def in_problems(view: View) -> View:
    """Return `view` such that what it refuses before any operation is reached is refused in a problem."""

    @wraps(view)
    def edge(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_readable(request):
            return unreadable(request)
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return problems.answer(request, 411, "length_required", "Send a Content-Length; a body comes in one piece.")
        response = view(request, *args, **kwargs)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        allowed = sorted(response.headers["Allow"].split(", "))
        refused = problems.answer(
            request, 405, "method_not_allowed", f"This address takes {' and '.join(allowed)}.", allowed=allowed
        )
        refused.headers["Allow"] = ", ".join(allowed)
        return refused

    return edge
