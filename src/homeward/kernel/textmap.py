"""Texts in many languages, as merchants and laws write them, and the languages that the product speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

LOCALES = ("en", "zh-hans", "de", "fr", "ja")  # the portal's languages, in the order of menus

_CHAIN = {"zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh": "zh-hans", "zh-tw": "zh-hant", "zh-hk": "zh-hant"}


def _wishes(language: str) -> Iterator[str]:
    """Yield the keys under which a text for `language` may stand, best first."""
    tag = language.lower().replace("_", "-")
    yield tag
    if tag in _CHAIN:
        yield _CHAIN[tag]
    base = tag.split("-")[0]
    yield base
    if base == "zh":
        yield from ("zh-hans", "zh-hant")


class TextMap(dict[str, str]):
    """A text by language tag (lower case): `TextMap(en="Red", de="Rot").in_("de-AT")` is "Rot"."""

    def __init__(self, texts: Mapping[str, str] | None = None, /, **more: str) -> None:
        super().__init__({k.lower().replace("_", "-"): v for k, v in {**(texts or {}), **more}.items()})

    def in_(self, language: str) -> str:
        """Return the text in `language`, else its relative, else English, else any, else nothing."""
        for wish in _wishes(language):
            if text := self.get(wish):
                return text
        return self.get("en") or next(iter(self.values()), "")

    def has(self, language: str) -> bool:
        """Whether a text stands under `language` or a relative of it."""
        return any(self.get(wish) for wish in _wishes(language))
