"""Refusals as RFC 9457 problems: a stable code, a sentence, and what would be allowed instead."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

TYPES = "https://homeward.example/problems/"  # names, not pages: RFC 9457 asks for a URI, not for a web site
TOO_LARGE = "Send less at once; a body has at most 10 MB."


class Problem(Exception):
    """A refusal that the API words itself."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.more = status, code, detail, more


def answer(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Return the problem as `application/problem+json`."""
    body = {"type": TYPES + code, "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    return JsonResponse(
        {**body, "instance": request.path, **more}, status=status, content_type="application/problem+json"
    )
