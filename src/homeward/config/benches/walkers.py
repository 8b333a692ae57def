"""Clients that walk the whole road through the API: six posts a return, over one connection each that stays open."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Protocol
from urllib.parse import urlsplit

from homeward.config.benches.town import Sold

STEPS = ("request", "authorize", "label", "receive", "inspect", "refund")


class Refused(Exception):
    """A post was answered otherwise than by success."""


class Poster(Protocol):
    """Whoever posts to the API for a system of the shop or the warehouse."""

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> dict[str, Any]:
        """Post and return the answer.

        :raises Refused: if it is no success.
        """


class Client:
    """A system of the shop or the warehouse: posts JSON with a key, each time under a fresh Idempotency-Key."""

    def __init__(self, address: str, secret: str) -> None:
        self.http = HTTPConnection(urlsplit(address).netloc, timeout=60)
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> dict[str, Any]:
        """Post to the API and return its answer.

        :raises Refused: if it is no success.
        """
        status, answer = self.ask(path, body, key=key)
        if status >= 400:
            raise Refused(f"{path}: {status} {answer}")
        return answer

    def ask(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> tuple[int, dict[str, Any]]:
        """Post to the API and return status and answer, whatever they are."""
        headers = self.headers | {"Idempotency-Key": key or secrets.token_hex(16)}
        self.http.request("POST", f"/api/v1{path}", json.dumps(body or {}).encode(), headers)
        answer = self.http.getresponse()
        return answer.status, json.loads(answer.read())

    def close(self) -> None:
        """Hang up."""
        self.http.close()


def steps(client: Poster, sold: Sold) -> Iterator[tuple[str, dict[str, Any]]]:
    """Send one unit of an order along the road; yields each step with its answer."""
    wish = {"line": sold.line, "quantity": 1, "reason": "too_small", "condition": "unopened"}
    made = client.post("/returns", {"order": sold.ref, "lines": [wish], "locale": "de", "review": True})
    yield "request", made
    ref, line = made["ref"], made["lines"][0]["ref"]
    yield "authorize", client.post(f"/returns/{ref}/authorize")
    yield "label", client.post(f"/returns/{ref}/label")
    receipt = client.post(f"/returns/{ref}/receive", {"counts": [{"line": line, "good": 1}]})
    yield "receive", receipt
    found = [{"line": line, "grade": "A", "disposition": "restock"}]
    yield "inspect", client.post(f"/receipts/{receipt['ref']}/inspect", {"findings": found})
    yield "refund", client.post(f"/returns/{ref}/refund")


@dataclass
class Walked:
    """What one client has done: milliseconds of each step, when each return was finished, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    finished: list[float] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


def walk(address: str, secret: str, shares: Sequence[Sequence[Sold]], *, seconds: float) -> list[Walked]:
    """Let one client per share walk returns of its own orders until time is up; a return that was begun is finished."""
    walked = [Walked() for _ in shares]
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_walk, args=(address, secret, share, end, note), daemon=True)
        for share, note in zip(shares, walked, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return walked


def _walk(address: str, secret: str, share: Sequence[Sold], end: float, note: Walked) -> None:
    client = Client(address, secret)
    orders = iter(share)
    while time.monotonic() < end:
        sold = next(orders, None)
        if sold is None:
            note.trouble.append("the orders ran out")
            break
        try:
            _walk_one(client, sold, note)
        except (Refused, OSError, HTTPException) as trouble:
            note.trouble.append(f"{type(trouble).__name__}: {trouble}"[:500])
            client.close()
            if len(note.trouble) > 20:
                break
    client.close()


def _walk_one(client: Client, sold: Sold, note: Walked) -> None:
    began = time.perf_counter()
    ref = ""
    for step, answer in steps(client, sold):
        now = time.perf_counter()
        note.times[step].append(1000 * (now - began))
        began = now
        ref = ref or answer["ref"]
    note.finished.append(time.monotonic())
    note.refs.append(ref)
