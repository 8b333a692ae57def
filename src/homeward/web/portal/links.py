"""Links that prove something: signed, for one purpose each, and good for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

ORDER, RETURN, DRAFT = "order", "return", "draft"
TICKET, DECLARATION, RECEIPT = "ticket", "declaration", "receipt"  # of the withdrawal form inside other pages

LIFE = {
    ORDER: timedelta(hours=1), RETURN: timedelta(days=90), DRAFT: timedelta(days=14), TICKET: timedelta(hours=2),
    DECLARATION: timedelta(hours=2), RECEIPT: timedelta(days=90),
}  # fmt: skip


class LinkExpired(Exception):
    """A link that we signed is too old; `content` is what it still says."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        super().__init__("this link has run out")


class NotOurLink(Exception):
    """A link that we never signed, or signed for another purpose."""


def sign(purpose: str, content: dict[str, Any]) -> str:
    """Return a token that says `content` for one purpose."""
    return signing.dumps(content, salt=f"homeward.portal.{purpose}", compress=True)


def read(purpose: str, token: str) -> dict[str, Any]:
    """Return what a token says.

    :raises LinkExpired: if we signed it, but too long ago.
    :raises NotOurLink: otherwise.
    """
    salt = f"homeward.portal.{purpose}"
    try:
        return signing.loads(token, salt=salt, max_age=LIFE[purpose])
    except signing.SignatureExpired as error:
        raise LinkExpired(signing.loads(token, salt=salt)) from error
    except (signing.BadSignature, ValueError) as error:
        raise NotOurLink from error


def address(name: str, *, language: str = "", **parts: str) -> str:
    """Return the full address of a portal page, in `language`."""
    path = reverse(f"portal:{name}", kwargs=parts)
    return f"{settings.BASE_URL}{path}" + (f"?{urlencode({'lang': language})}" if language else "")


class PortalLinks:
    """The addresses that letters point to."""

    def status(self, *, shop: str, order_id: int, number: str, language: str) -> str:
        """Return the address of a return's page, good for ninety days without further proof."""
        token = sign(RETURN, {"order": order_id, "number": number})
        return address("open_return", language=language, slug=shop, token=token)

    def start(self, *, shop: str, language: str) -> str:
        """Return the address at which a shopper of `shop` begins."""
        return address("lookup", language=language, slug=shop)


def order_link(*, shop: str, order_id: int, language: str) -> str:
    """Return the address that opens an order, good for an hour."""
    return address("open_order", language=language, slug=shop, token=sign(ORDER, {"order": order_id}))


def draft_link(*, shop: str, order_id: int, draft: dict[str, Any], language: str) -> str:
    """Return the address that takes up a draft where it was left, good for fourteen days."""
    token = sign(DRAFT, {"order": order_id, "draft": draft})
    return address("open_draft", language=language, slug=shop, token=token)


def path(name: str, **parts: object) -> str:
    """Return the path of a portal page."""
    return reverse(f"portal:{name}", kwargs=parts)
