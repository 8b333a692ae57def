"""Reading orders out of JSON of any size: one at a time, wherever the shop put its list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TextIO

from homeward.connectors.reading.files import FileProblem

_BLOCK = 1 << 20
_MOST = 16 << 20  # characters that a single record may take
_BLANK = re.compile(r"[\s,]*")

LISTS = ("orders", "create", "update", "data")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)


class _Window:
    """The part of the text that is being looked at; it moves forward and never holds more than a record and a block."""

    def __init__(self, text: TextIO, block: int) -> None:
        self.text, self.block = text, block
        self.held, self.place, self.gone, self.is_over = "", 0, 0, False

    def more(self) -> bool:
        """Read on; return whether there was anything."""
        block = self.text.read(self.block)
        if block:
            self.gone += self.place
            self.held, self.place = self.held[self.place :] + block, 0
        self.is_over = not block
        return bool(block)

    def peek(self) -> str:
        """Skip blanks and commas; return the next character, nothing at the end."""
        while True:
            self.place = _BLANK.match(self.held, self.place).end()  # type: ignore[union-attr]
            if self.place < len(self.held):
                return self.held[self.place]
            if not self.more():
                return ""

    def value(self) -> Any:
        """Return the JSON value that begins here, reading on as far as it goes."""
        self.peek()
        while True:
            try:
                found, end = _decoder.raw_decode(self.held, self.place)
            except json.JSONDecodeError as error:
                if len(self.held) - self.place > _MOST:
                    raise FileProblem("json_too_large", most=_MOST >> 20) from error
                if self._may_go_on(error) and self.more():
                    continue
                if self.is_over and self._may_go_on(error):
                    raise FileProblem("json_cut_off") from error
                raise FileProblem("not_json", place=self.gone + error.pos + 1, why=error.msg) from error
            except (ValueError, RecursionError) as error:
                raise FileProblem("not_json", place=self.gone + self.place + 1, why=str(error)[:100]) from error
            if end == len(self.held) and not isinstance(found, dict | list | str) and self.more():
                continue  # a number may go on in the next block
            self.place = end
            return found

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Whether the error may come from the text ending here and not from the text itself."""
        return error.pos >= len(self.held) - 12 or error.msg.startswith("Unterminated string")


def records(text: TextIO, *, block: int = _BLOCK) -> Iterator[Mapping[str, Any]]:
    """Yield the orders of a JSON text: one alone, a list, a list under a name, `{"order": …}`, or one a line.

    The text is read in blocks of so many characters.

    :raises FileProblem: where the text stops being JSON, or ends too early, or holds no orders.
    """
    window, count = _Window(text, block), 0
    while mark := window.peek():
        for record in _values(window, mark):
            count += 1
            yield record
    if not count:
        raise FileProblem("no_orders")


def _values(window: _Window, mark: str) -> Iterator[Mapping[str, Any]]:
    if mark == "[":
        yield from _list(window)
    elif mark == "{":
        yield from _object(window)
    else:
        raise FileProblem("not_json", place=window.gone + window.place + 1, why=f"“{mark}”")


def _list(window: _Window) -> Iterator[Mapping[str, Any]]:
    window.place += 1
    while (mark := window.peek()) != "]":
        if not mark:
            raise FileProblem("json_cut_off")
        yield from _unwrapped(window.value())
    window.place += 1


def _object(window: _Window) -> Iterator[Mapping[str, Any]]:
    """Yield the orders in an object: those of its lists, or the object itself where it is an order."""
    window.place += 1
    rest: dict[str, Any] = {}
    has_list = False
    while (mark := window.peek()) != "}":
        if not mark:
            raise FileProblem("json_cut_off")
        name = window.value()
        if not isinstance(name, str) or window.peek() != ":":
            raise FileProblem("not_json", place=window.gone + window.place + 1, why="“:”")
        window.place += 1
        if name in LISTS and window.peek() == "[":
            has_list = True
            yield from _list(window)
        else:
            rest[name] = window.value()
    window.place += 1
    if not has_list:
        yield from _unwrapped(rest)


def _unwrapped(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict) and isinstance(value.get("order"), dict):
        value = value["order"]
    yield value if isinstance(value, dict) else {"": value}
