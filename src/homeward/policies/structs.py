"""Structs: lets msgspec learn a class before two threads ask for it at once, and names what may stand in a field."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T", bound=msgspec.Struct)
F = TypeVar("F")


def learned(cls: type[T]) -> type[T]:
    """Let msgspec learn a class, and those in it, while its module is imported; a decorator.

    Left to itself, msgspec learns a class when it is first read into. Where a second thread reads meanwhile, it finds
    a class that is half learned, and the process dies; an import belongs to one thread.
    """
    msgspec.json.Decoder(cls)
    return cls


def convert(raw: Any, cls: type[F]) -> F:
    """Return plain data as `cls`, checked strictly.

    :raises msgspec.ValidationError: naming the field that is wrong, and for a word of a fixed set those that may stand.
    """
    try:
        return msgspec.convert(raw, cls)
    except msgspec.ValidationError as error:
        text = str(error)
        place = text.rpartition(" - at `$")[2].removesuffix("`")
        allowed = _allowed(inspect.type_info(cls), _STEP.findall(place)) if "nvalid enum" in text else ()
        if not allowed:
            raise
        raise msgspec.ValidationError(f"{text}; it is one of: {', '.join(map(str, allowed))}") from error


_STEP = re.compile(r"\.(\w+)|\[(\.\.\.|\d+)\]")


def _allowed(kind: Any, steps: list[tuple[str, str]]) -> tuple[Any, ...]:
    """Return the words that may stand at a place of a form."""
    if isinstance(kind, inspect.UnionType):
        return tuple(word for one in kind.types for word in _allowed(one, steps))
    if not steps:
        if isinstance(kind, inspect.EnumType):
            return tuple(one.value for one in kind.cls)
        return kind.values if isinstance(kind, inspect.LiteralType) else ()
    (name, _), rest = steps[0], steps[1:]
    if isinstance(kind, inspect.StructType):
        return next((_allowed(one.type, rest) for one in kind.fields if one.encode_name == name), ())
    if isinstance(kind, inspect.DictType):
        return _allowed(kind.value_type, rest)
    if isinstance(kind, inspect.VarTupleType | inspect.ListType | inspect.SetType | inspect.FrozenSetType):
        return _allowed(kind.item_type, rest)
    return ()
