"""Walking through the portal as a shopper does: a client that looks up, chooses, answers and sends."""

from __future__ import annotations

import io
import time
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from homeward.orders.models import Order
from homeward.returns.models import Return


class Visitor:
    """A browser in one shop; every step posts what the page's own form would."""

    def __init__(self, shop: str = "lanting", **headers: Any) -> None:
        self.client, self.shop = Client(**headers), shop

    def get(self, path: str) -> HttpResponse:
        """Open a page below the shop."""
        return self.client.get(f"/r/{self.shop}/{path}")

    def post(self, path: str, data: dict[str, Any] | None = None) -> HttpResponse:
        """Send a form below the shop."""
        return self.client.post(f"/r/{self.shop}/{path}", data or {})

    def prove(self, order: Order, proof: str = "") -> Visitor:
        """Find the order by number and proof."""
        answer = self.post("", {"order": order.number, "proof": proof or order.email})
        assert answer.status_code == 302, answer.content
        return self

    def choose(self, order: Order, *quantities: int) -> HttpResponse:
        """Choose so many units of the first lines."""
        lines = list(order.lines.order_by("position"))[: len(quantities)]
        data: dict[str, Any] = {"line": [line.ref for line in lines]}
        data |= {f"quantity_{line.ref}": count for line, count in zip(lines, quantities, strict=True)}
        return self.post(f"orders/{order.ref}/", data)

    def reason(self, order: Order, reason: str, *, place: int = 1, **more: Any) -> HttpResponse:
        """Answer why one item goes back: "group/leaf", or a group alone."""
        group, _, leaf = reason.partition("/")
        return self.post(f"orders/{order.ref}/reasons/{place}/", {"group": group, f"reason_{group}": leaf, **more})

    def solve(self, order: Order, remedy: str = "refund", method: str = "label") -> HttpResponse:
        """Choose how it is put right and how it travels."""
        return self.post(f"orders/{order.ref}/solution/", {"remedy": remedy, "method": method})

    def send(self, order: Order) -> HttpResponse:
        """Send what was answered."""
        return self.post(f"orders/{order.ref}/check/")

    def ask(self, order: Order, *quantities: int, reason: str = "changed_mind", **more: Any) -> Return:
        """Walk the whole way and return what became of it."""
        self.prove(order)
        assert self.choose(order, *(quantities or (1,))).status_code == 302
        for place in range(1, len(quantities or (1,)) + 1):
            answer = self.reason(order, reason, place=place)
            assert answer.status_code == 302, answer.content
        assert self.solve(order, **more).status_code == 302
        answer = self.send(order)
        assert answer.status_code == 302, answer.content
        return Return.objects.get(number=answer.url.rstrip("/").rsplit("/", 1)[-1])


class _Yesterday(signing.TimestampSigner):
    """Signs as if it were a hundred days ago."""

    def timestamp(self) -> str:
        """Return that moment as the signer writes it."""
        return signing.b62_encode(int(time.time()) - 100 * 86_400)


def old_token(purpose: str, content: dict[str, Any]) -> str:
    """Return a token of ours that has run out."""
    return _Yesterday(salt=f"homeward.portal.{purpose}").sign_object(content, compress=True)


def photo(
    name: str = "cup.jpg", color: str = "teal", size: tuple[int, int] = (40, 30), form: str = "JPEG"
) -> io.BytesIO:
    """Return a small picture as a browser uploads it."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(file, form)
    file.seek(0)
    file.name = name
    return file
