"""Reading the body of a request: JSON, and nothing in it that PostgreSQL cannot keep."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")  # how JSON writes a zero character, or half of a pair


class BodyReader(Parser):
    """Reads JSON in UTF-8; a zero character or half of a pair anywhere in it makes the whole of it unreadable."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Return what the body says.

        :raises ValueError: if it is no JSON, or holds what is no text.
        """
        body = request.body.decode("utf-8-sig")
        told: DictStrAny = json.loads(body)
        if _SUSPECT.search(body) and not _is_text(told):
            raise ValueError("no text")
        return told


def _is_text(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(_is_text(part) for pair in value.items() for part in pair)
    return not isinstance(value, list) or all(_is_text(part) for part in value)
