"""What every page knows: its time and the languages on offer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Return `at` (the request's time), `actor` and `languages`."""
    return {
        "at": getattr(request, "at", None),
        "actor": getattr(request, "actor", None),
        "languages": settings.LANGUAGES,
    }
