"""Fields that several nouns share: whole numbers, lists of bounded length, languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated

from babel import Locale
from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict
from pydantic_core import PydanticCustomError

from homeward.api.cursors import MOST
from homeward.kernel import LOCALES
from homeward.policies import statutes

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
_LANGUAGES = frozenset(Locale("en").languages)


class Body(Schema):
    """What a caller sends: a field that nobody knows is a misspelt one, and never passed over."""

    model_config = ConfigDict(extra="forbid")


Whole = Annotated[int, Field(strict=True)]  # 49.9, 4990.0, "4990" and true are no sums and no counts
Limit = Annotated[int, Field(ge=1, le=MOST)]


def _language_in(known: Iterable[str], says: str) -> Callable[[str], str]:
    """Return a check that a tag is of one of the languages `known`; what is empty passes."""
    languages = frozenset(known)

    def check(tag: str) -> str:
        found = _TAG.fullmatch(tag)
        if tag and (found is None or found[1].lower() not in languages):
            raise PydanticCustomError("language_unknown", says)
        return tag

    return check


def _one_of(tags: tuple[str, ...]) -> Callable[[str], str]:
    says = f"Send one of {', '.join(tags)}; a region may follow, as in fr-CA"
    return _language_in((tag.split("-")[0] for tag in tags), says)


LanguageTag = Annotated[
    str,
    Field(max_length=12),
    AfterValidator(
        _language_in(
            _LANGUAGES,
            "Send a language tag such as en, zh-hans or pt-BR, or leave it out; "
            f"letters are written in {', '.join(LOCALES)}, and in English to everybody else",
        )
    ),
]
LetterLanguage = Annotated[str, Field(max_length=12), AfterValidator(_one_of(LOCALES))]
CitationLanguage = Annotated[str, Field(max_length=12), AfterValidator(_one_of(statutes.LANGUAGES))]
