"""House rule: a question is asked by someone, so every public query takes the actor first."""

from __future__ import annotations

import ast

import pytest

from tests.house.reading import Source, house, snippet

# Questions that nobody in particular asks, each with its reason.
EXCEPTIONS = {
    "parties.open_shop": "a shop front is public",
    "policies.ref_on": "answers the import, which writes for one merchant",
    "policies.calendar_of": "answers the import, which writes for one merchant",
}


def offences(source: Source) -> list[str]:
    """Return the public functions of a queries module that do not take `actor` first.

    Free are those that find out who the actor is, and those that only refine rows which are already fenced.
    """
    if not source.plays("queries"):
        return []
    return [
        source.at(node.lineno, f"{node.name} does not take the actor first")
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        if f"{source.room}.{node.name}" not in EXCEPTIONS and not _is_free(node)
    ]


def _is_free(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args]
    if not arguments:
        return False
    first = arguments[0]
    refines = first.annotation is not None and ast.unparse(first.annotation).startswith("QuerySet[")
    finds_actor = node.returns is not None and ast.unparse(node.returns) in {"Actor", "Actor | None"}
    return first.arg == "actor" or refines or finds_actor


def test_every_query_takes_the_actor_first() -> None:
    found = [offence for source in house() for offence in offences(source)]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    asked = {f"{source.room}.{name}" for source in house() if source.plays("queries") for name in _functions(source)}
    assert set(EXCEPTIONS) <= asked


def _functions(source: Source) -> list[str]:
    return [node.name for node in source.tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("place", ["returns/queries.py", "orders/queries/returnable.py", "web/portal/queries.py"])
def test_a_query_without_an_actor_is_noticed(place: str) -> None:
    code = "def open_returns(): ...\nasync def late(ref, actor): ...\ndef fenced(*, actor): ..."
    assert len(offences(snippet(code, place))) == 3


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("def _rows(): ...", "returns/queries.py"),
        ("def open_returns(actor, *, at): ...", "returns/queries.py"),
        ("def actor_of_key(secret: str) -> Actor | None: ...", "parties/queries.py"),
        ("def with_lines(rows: QuerySet[Return]) -> QuerySet[Return]: ...", "returns/queries.py"),
        ("def authorize(return_): ...", "returns/actions.py"),
    ],
)
def test_what_asks_nothing_or_asks_as_someone_is_free(code: str, place: str) -> None:
    assert not offences(snippet(code, place))
