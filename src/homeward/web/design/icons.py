"""Our own stroke icons, read once from the sprite and put into pages as inline SVG."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_SPRITE = "static/design/brand/icons.svg"
_SYMBOL = re.compile(r'<symbol id="i-([a-z-]+)" viewBox="0 0 24 24">(.*?)</symbol>', re.DOTALL)

TURNING = frozenset({"left", "right", "next", "back", "send", "out"})  # mirrored in right-to-left scripts


class UnknownIcon(LookupError):
    """A template asks for an icon that the sprite does not hold."""


@lru_cache(maxsize=1)
def drawings() -> dict[str, str]:
    """Return the inner drawing of every icon by its name."""
    sprite = resources.files(__package__).joinpath(_SPRITE).read_text(encoding="utf-8")
    return dict(_SYMBOL.findall(sprite))


def svg(name: str, *, size: str = "") -> SafeString:
    """Return the icon `name` as an inline drawing that screen readers pass over; `size` is "" or "large".

    :raises UnknownIcon: if the sprite has no such icon.
    """
    try:
        drawing = drawings()[name]
    except KeyError:
        raise UnknownIcon(f"no icon is called {name!r}; the sprite is {_SPRITE}") from None
    classes = " ".join(filter(None, ("icon", size, "turns" if name in TURNING else "")))
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">{}</svg>',
        classes,
        mark_safe(drawing),
    )
