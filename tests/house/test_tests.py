"""House rules on tests: they claim something, wait for nothing, patch nothing of ours, and are named like sentences."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.reading import Source, is_text, last_name, suite

CLAIMS = ("assert", "expect", "check", "must", "raises", "warns", "fail")


def sleepers(source: Source) -> list[str]:
    """Return where a test waits for time to pass."""
    return [
        source.at(node.lineno, "tests hand in the moment; they do not sleep")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute | ast.Name) and source.origin(node) == "time.sleep"
    ]


def patches(source: Source) -> list[str]:
    """Return where a test replaces code of ours instead of handing a fake to a port."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name) and source.origin(node).startswith("unittest.mock."):
            found.append(node.lineno)
        if isinstance(node, ast.Call) and last_name(node.func) == "setattr" and isinstance(node.func, ast.Attribute):
            target = node.args[0] if node.args else None
            name = (
                getattr(target, "value", "") if target and is_text(target) else source.origin(target) if target else ""
            )
            if str(name).startswith("homeward"):
                found.append(node.lineno)
    return [source.at(line, "a patch of our own code; use a fake at a port") for line in sorted(set(found))]


def claimless(source: Source) -> list[str]:
    """Return tests that claim nothing, by themselves or through a function beside them."""
    functions = {node.name: node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef)}

    def claims(node: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
        for inner in ast.walk(node):
            name = last_name(inner.func) if isinstance(inner, ast.Call) else ""
            if isinstance(inner, ast.Assert) or any(word in name for word in CLAIMS):
                return True
            if name in functions and name not in seen and claims(functions[name], seen | {name}):
                return True
        return False

    return [
        source.at(node.lineno, f"{name} claims nothing")
        for name, node in functions.items()
        if name.startswith("test_") and not claims(node, frozenset({name}))
    ]


def curt_names(source: Source) -> list[str]:
    """Return tests whose names are not like a sentence."""
    return [
        source.at(node.lineno, f"{node.name} is not a sentence")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 3
    ]


@pytest.mark.parametrize("rule", [sleepers, patches, claimless, curt_names])
def test_tests_are_worth_their_time(rule) -> None:
    found = [offence for source in suite() for offence in rule(source)]
    assert not found, "\n".join(found)


def a_test(body: str, name: str = "test_a_return_is_refused_when_late") -> Source:
    """Return a test file that holds one test."""
    head = "import time\nfrom unittest.mock import patch\nfrom homeward.returns import actions\n"
    return Source(Path("tests/returns/test_refuse.py"), f"{head}def {name}():\n    {body}\n")


def test_sleeping_patching_and_claiming_nothing_is_noticed() -> None:
    assert sleepers(a_test("time.sleep(1)"))
    assert patches(a_test("patch('homeward.returns.actions.refuse')"))
    assert patches(a_test("monkeypatch.setattr('homeward.returns.actions.refuse', None)"))
    assert patches(a_test("monkeypatch.setattr(actions, 'refuse', None)"))
    assert claimless(a_test("actions.refuse()"))
    assert curt_names(a_test("assert True", name="test_refuse"))


def test_claims_may_be_made_by_helpers() -> None:
    assert not claimless(a_test("assert actions.refuse()"))
    assert not claimless(a_test("with pytest.raises(Exception): actions.refuse()"))
    assert not claimless(a_test("expect(page).to_have_title('Homeward')"))
    helper = "balanced()\n\ndef balanced():\n    assert actions.total() == 0"
    assert not claimless(a_test(helper))
    assert not patches(a_test("monkeypatch.setenv('HOMEWARD_HOME', '')"))
