"""Reading the body of a request: JSON, and nothing in it that PostgreSQL cannot keep."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny


class BodyReader(Parser):
    """Reads JSON; a zero character anywhere in it makes the whole of it unreadable."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Return what the body says.

        :raises ValueError: if it is no JSON, or holds a zero character.
        """
        told = super().parse_body(request)
        if b"\\u0000" in request.body and _has_zero(told):
            raise ValueError("a zero character")
        return told


def _has_zero(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_zero(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_has_zero(part) for part in value)
