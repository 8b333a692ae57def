"""Answers on their way to a return: kept in the session as they are given, and carried along by a signed link."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from homeward.orders.models import Order
from homeward.returns.actions import Wish

_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class File:
    """A file that was handed in and lies in storage."""

    path: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Line:
    """The answers on one order line. `defect_only`: it cannot come back for a change of mind."""

    quantity: int = 1
    defect_only: bool = False
    reason: str = ""
    condition: str = ""
    seal_broken: bool | None = None
    danger_signs: bool | None = None
    words: str = ""
    no_photo: bool = False
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """All answers so far. `nonce` marks the one return that they may become; `review` asks for a person to decide."""

    nonce: str
    lines: dict[str, Line] = field(default_factory=dict)
    remedy: str = ""
    method: str = ""
    review: bool = False

    def with_line(self, ref: str, line: Line) -> Draft:
        """Return the draft with the answers on one line put in."""
        return replace(self, lines={**self.lines, ref: line})

    def choose(self, quantities: dict[str, int], *, defect_only: set[str], review: bool = False) -> Draft:
        """Return the draft for these lines and quantities; what was said about lines that stay is kept."""
        chosen = {
            ref: replace(
                self.lines.get(ref, Line()), quantity=quantity, defect_only=ref in defect_only,
            )
            for ref, quantity in list(quantities.items())[:_MOST_LINES]
        }  # fmt: skip
        return replace(self, lines=chosen, review=review)

    @property
    def files(self) -> list[File]:
        """Everything handed in, each file once."""
        return list({file.sha256: file for line in self.lines.values() for file in line.files}.values())

    @property
    def next_open(self) -> int | None:
        """The place (from 1) of the first line that has no reason yet."""
        return next((i for i, line in enumerate(self.lines.values(), start=1) if not line.reason), None)

    def wishes(self) -> list[Wish]:
        """Return the draft as the verb `request` and its preview ask for it."""
        return [
            Wish(
                line=ref, quantity=line.quantity, reason=line.reason, condition=line.condition,
                seal_broken=line.seal_broken, danger_signs=line.danger_signs, words=line.words,
            )
            for ref, line in self.lines.items()
        ]  # fmt: skip

    def as_data(self) -> dict[str, Any]:
        """Return the draft as plain data."""
        return asdict(self)


def _line(data: dict[str, Any]) -> Line:
    return Line(**{**data, "files": tuple(File(**file) for file in data["files"])})


def from_data(data: dict[str, Any]) -> Draft:
    """Return the draft that plain data of ours hold."""
    return Draft(**{**data, "lines": {ref: _line(line) for ref, line in data["lines"].items()}})


def _key(order: Order, by: str) -> str:
    return f"{by}:{order.ref}"


def load(session: SessionBase, order: Order, *, by: str = "draft") -> Draft:
    """Return the draft for an order: the one begun in this session, or an empty one with a mark of its own.

    `by` keeps drafts of different hands in one browser apart.
    """
    data = session.get(_key(order, by))
    return from_data(data) if data else Draft(nonce=secrets.token_urlsafe(18))


def save(session: SessionBase, order: Order, draft: Draft, *, by: str = "draft") -> None:
    """Keep a draft in the session."""
    session[_key(order, by)] = draft.as_data()


def drop(session: SessionBase, order: Order, *, by: str = "draft") -> None:
    """Forget the draft for an order, because it has become a return."""
    session.pop(_key(order, by), None)
