"""House rule: only the journal's `move` writes the state of a noun."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.reading import PACKAGE, PROJECT, Source, calls, house, last_name, snippet

WRITER = PACKAGE / "journal" / "transitions.py"
WRITES = {"update", "create", "acreate", "get_or_create", "update_or_create", "aupdate"}
SETS_STATE = re.compile(
    r"\bUPDATE\b.*?\bSET\b(?:(?!\bWHERE\b|\bFROM\b|\bRETURNING\b).)*?\bstate\"?\s*=", re.IGNORECASE | re.DOTALL
)


def offences(source: Source, models: frozenset[str]) -> list[str]:
    """Return where a file writes a state past the journal; `models` are the names of all nouns' classes."""
    if source.path == WRITER or source.room == "kernel":
        return []
    found = [(node.lineno, "assigns .state") for node in _assigned(source.tree) if node.attr == "state"]
    for call in calls(source):
        if how := _passes_state(call, models):
            found.append((call.lineno, how))
    found += [(line, "SQL that sets state") for line, text in source.strings() if SETS_STATE.search(text)]
    return [source.at(line, f"{how}; use journal.move") for line, how in sorted(found)]


def _assigned(tree: ast.Module) -> Iterator[ast.Attribute]:
    """Yield attributes that are assigned to.

    Passed over are those of exceptions and the like in their own __init__, and one copy of a row that catches up with
    another (`parcel.state = locked.state`).
    """
    passed = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            passed |= {id(own) for own in ast.walk(node) if last_name(getattr(own, "value", node)) == "self"}
        if isinstance(node, ast.Assign):
            passed |= {id(target) for target, value in _pairs(node) if last_name(value) == "state"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del) and id(node) not in passed:
            yield node


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is assigned to what, also in `a, b = c, d`."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _passes_state(call: ast.Call, models: frozenset[str]) -> str:
    """Return how `call` would write a state, or an empty string."""
    name = last_name(call.func)
    if name == "setattr" and len(call.args) > 1 and _is_state(call.args[1]):
        return "setattr of state"
    if name == "bulk_update" and any(_holds_state(node) for node in [*call.args[1:], *_values(call)]):
        return "bulk_update of state"
    writes = name in WRITES or name in models
    for keyword in call.keywords:
        if writes and (keyword.arg == "state" or (keyword.arg is None and _holds_state(keyword.value))):
            return f"{name}(state=...)"
        if keyword.arg in {"update_fields", "defaults", "create_defaults", "set"} and _holds_state(keyword.value):
            return f"{name}({keyword.arg}=...) with state"
    return ""


def _values(call: ast.Call) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords]


def _is_state(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"


def _holds_state(node: ast.expr) -> bool:
    """Whether a literal list names state, or a literal dictionary has it for a key."""
    if isinstance(node, ast.Dict):
        return any(map(_is_state, node.keys))
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return any(map(_is_state, node.elts))
    if isinstance(node, ast.Call) and last_name(node.func) == "dict":
        return any(keyword.arg == "state" for keyword in node.keywords)
    return False


def names_of_models() -> frozenset[str]:
    """Return the names of the classes in all models.py."""
    files = [source for source in house() if source.plays("models")]
    return frozenset(node.name for source in files for node in source.tree.body if isinstance(node, ast.ClassDef))


def test_only_the_journal_writes_states() -> None:
    found = [offence for source in house() for offence in offences(source, names_of_models())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "return_.state = 'settled'",
        "return_.state, parcel.place = 'settled', ''",
        "for parcel.state in words: pass",
        "parcel.state = rows.values_list('state', flat=True).get(pk=1)",
        "setattr(return_, 'state', word)",
        "Return.objects.filter(pk=1).update(state='settled')",
        "rows.update(**{'state': 'settled'})",
        "Return.objects.create(order=order, state='authorized')",
        "Return.objects.update_or_create(ref=ref, defaults={'state': 'settled'})",
        "models.Return(order=order, state='authorized')",
        "return_.save(update_fields=['state', 'reason'])",
        "Return.objects.bulk_update(rows, ['state'])",
        "Return.objects.bulk_update(rows, fields=('note', 'state'))",
        "journal.move(return_, 'settle', actor=actor, at=at, set={'state': 'settled'})",
        "cursor.execute('UPDATE returns_return SET note = %s, state = %s WHERE id = %s', values)",
        "cursor.execute(f'update {table} set \"state\" = %s from x', values)",
        "cursor.execute('INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET state = excluded.state')",
    ],
)
def test_writing_a_state_past_the_journal_is_noticed(code: str) -> None:
    assert len(offences(snippet(code), frozenset({"Return"}))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "journal.move(return_, 'settle', actor=actor, at=at, set={'reason': reason})",
        "Return.objects.create(order=order)",
        "Return.objects.filter(state='requested').update(note='')",
        "condition = Q(state__in=RETURN.states) & Q(state='open')",
        "index = models.Index(fields=['state', 'due_at'])",
        "cursor.execute('UPDATE returns_return SET note = %s WHERE state = %s', values)",
        "class Refused(Exception):\n    def __init__(self, state):\n        self.state = state",
        "state = return_.state",
        "parcel.state = locked.state",
        "parcel.state, parcel.place = locked.state, place",
    ],
)
def test_reading_and_choosing_by_state_is_nobody_s_business(code: str) -> None:
    assert not offences(snippet(code), frozenset({"Return"}))


def test_the_writer_is_where_the_rule_looks_for_it() -> None:
    assert (PROJECT / WRITER).exists()
