"""Changes to a rulebook, each giving a new one: put, move and drop clauses and tests, use bars, name countries."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from homeward.policies.bars import BARS
from homeward.policies.rulebook import Book, ShopClause
from homeward.policies.specimens import Example


class NoSuchClause(LookupError):
    """A book has no clause at this place."""


class RefTaken(ValueError):
    """Another clause has this ref already."""


def clause_at(book: Book, place: int) -> ShopClause:
    """Return the clause at a place, counted from one.

    :raises NoSuchClause: if there is none.
    """
    if not 1 <= place <= len(book.clauses):
        raise NoSuchClause(place)
    return book.clauses[place - 1]


def put(book: Book, clause: ShopClause, place: int | None = None) -> Book:
    """Return the book with a clause at the end, or instead of the one at `place`.

    :raises NoSuchClause: if there is none at `place`.
    :raises RefTaken: if another clause has its ref.
    """
    others = [one for number, one in enumerate(book.clauses, 1) if number != place]
    if any(one.ref == clause.ref for one in others):
        raise RefTaken(clause.ref)
    if place is None:
        return _with(book, (*book.clauses, clause))
    clause_at(book, place)
    return _with(book, (*book.clauses[: place - 1], clause, *book.clauses[place:]))


def move(book: Book, place: int, to: int) -> Book:
    """Return the book with the clause at `place` standing at `to`; beyond the ends is at the end.

    :raises NoSuchClause: if there is none at `place`.
    """
    clause = clause_at(book, place)
    others = [*book.clauses[: place - 1], *book.clauses[place:]]
    others.insert(max(0, min(to - 1, len(others))), clause)
    return _with(book, others)


def drop(book: Book, place: int) -> Book:
    """Return the book without the clause at `place`.

    :raises NoSuchClause: if there is none.
    """
    clause_at(book, place)
    return _with(book, (*book.clauses[: place - 1], *book.clauses[place:]))


def use_bars(book: Book, keys: Iterable[str]) -> Book:
    """Return the book with these exceptions of the law in use; all of them are told as all, those to come included."""
    chosen = frozenset(keys)
    bars = None if chosen >= frozenset(BARS) else tuple(key for key in BARS if key in chosen)
    return msgspec.structs.replace(book, bars=bars)


def describe(book: Book, *, name: str, sells_to: Iterable[str]) -> Book:
    """Return the book under a name, written for these countries."""
    return msgspec.structs.replace(book, name=name, sells_to=tuple(dict.fromkeys(sells_to)))


def keep_test(book: Book, example: Example) -> Book:
    """Return the book with a test, instead of the one of the same name if there is one."""
    others = [test for test in book.tests if test.name != example.name]
    return msgspec.structs.replace(book, tests=(*others, example))


def drop_test(book: Book, name: str) -> Book:
    """Return the book without the test of this name."""
    return msgspec.structs.replace(book, tests=tuple(test for test in book.tests if test.name != name))


def free_ref(book: Book, wish: str) -> str:
    """Return a ref that no clause has: the wish, else with the next number behind it."""
    stem = re.sub(r"[^A-Z0-9.-]", "", wish.upper())[:34] or "C"
    taken = {clause.ref for clause in book.clauses}
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(ref for ref in (stem if len(stem) > 1 else f"{stem}-1", *numbered) if ref not in taken)


def _with(book: Book, clauses: Iterable[ShopClause]) -> Book:
    return msgspec.structs.replace(book, clauses=tuple(clauses))
