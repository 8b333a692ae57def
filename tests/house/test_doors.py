"""House rules on doors: rows only through their own room, verbs by their module's name, nothing imported late."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.reading import EDGE, PACKAGE, PROJECT, Source, calls, house, last_name, snippet

MANAGERS = {"objects", "_base_manager", "_default_manager"}
LOADERS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
# `gathering` turns rows into facts for the pure rules; `sending` is the way to the outside, between two transactions.
ROW_FILES = ("models", "actions", "queries", "reactions", "gathering", "sending")
OTHER_PLANS = EDGE | {"journal"}  # rooms whose files are not laid out like that


def strangers(source: Source) -> list[str]:
    """Return where a file reaches for the rows of another room past its actions and queries."""
    asked = [node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute) and node.attr in MANAGERS]
    models = [(node.lineno, source.origin(node.value)) for node in asked]
    for call in calls(source):
        if last_name(call.func) in LOADERS and call.args:
            models.append((call.lineno, source.origin(call.args[0])))
    return [
        source.at(line, f"{model} belongs to another room; ask its queries or actions")
        for line, model in models
        if model.startswith("homeward.") and model.split(".")[1] != source.room
    ]


def misplaced(source: Source) -> list[str]:
    """Return where a file asks for rows of its own room that is not one of the files for that."""
    if source.plays(*ROW_FILES) or source.room in OTHER_PLANS:
        return []
    return [
        source.at(node.lineno, f".{node.attr} outside {', '.join(ROW_FILES)}")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and not _is_framework(source, node.value)
    ]


def _is_framework(source: Source, node: ast.expr) -> bool:
    """Whether the model comes from Django or a package, whose rows are nobody's room."""
    origin = source.origin(node)
    return bool(origin) and not origin.startswith("homeward.")


def late_imports(source: Source) -> list[str]:
    """Return imports inside functions; only AppConfig.ready may do that."""
    found = []
    for function in ast.walk(source.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_ready(source, function):
            found += [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
    return [source.at(line, "import inside a function") for line in sorted({node.lineno for node in found})]


def _is_ready(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return source.path.name == "apps.py" and function.name == "ready"


def nameless_verbs(source: Source) -> list[str]:
    """Return imports of functions from other rooms, which hide at the call whose verb it is, and relative imports.

    Classes and constants of other rooms are words like any other; the kernel's functions are everyone's.
    """
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                found.append((node.lineno, "relative import"))
            found += [(node.lineno, f"{name}: import its module from the other room") for name in _verbs(source, node)]
    return [source.at(line, complaint) for line, complaint in found]


def _verbs(source: Source, node: ast.ImportFrom) -> Iterator[str]:
    parts = (node.module or "").split(".")
    if parts[0] != "homeward" or len(parts) < 3 or parts[1] in {source.room, "kernel"}:
        return
    folder = PROJECT / PACKAGE.parent / "/".join(parts)
    for name in node.names:
        is_module = (folder / f"{name.name}.py").exists() or (folder / name.name).is_dir()
        if name.name[0].islower() and not is_module:
            yield f"{node.module}.{name.name}"


@pytest.mark.parametrize("rule", [strangers, misplaced, late_imports, nameless_verbs])
def test_everyone_uses_the_doors(rule) -> None:
    found = [offence for source in house() if source.room for offence in rule(source)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "from homeward.orders.models import Order\nrows = Order.objects.all()",
        "from homeward.orders import models as orders\nrows = orders.Order.objects.all()",
        "from homeward import orders\nrows = orders.models.Order._base_manager.all()",
        "import homeward.orders.models\nrows = homeward.orders.models.Order.objects.all()",
        "from homeward.orders import models\nfrom django import shortcuts as s\ns.get_object_or_404(models.Order)",
    ],
)
def test_reaching_for_rows_of_another_room_is_noticed(code: str) -> None:
    assert len(strangers(snippet(code))) == 1
    assert not strangers(snippet(code, "orders/actions.py"))


def test_rows_are_asked_for_in_their_files_only() -> None:
    code = "from homeward.returns.models import Return\nrows = Return.objects.all()"
    assert not misplaced(snippet(code, "returns/queries.py"))
    assert not misplaced(snippet(code, "returns/actions/deciding.py"))
    assert len(misplaced(snippet(code, "returns/facts.py"))) == 1
    django = "from django.contrib.sessions.models import Session\nSession.objects.all()"
    assert not misplaced(snippet(django, "web/views.py"))


def test_imports_inside_functions_are_noticed() -> None:
    late = "class Config(AppConfig):\n    def ready(self):\n        from homeward.returns import reactions"
    assert not late_imports(snippet(late, "returns/apps.py"))
    assert len(late_imports(snippet(late, "returns/actions.py"))) == 1
    assert not late_imports(snippet("if TYPE_CHECKING:\n    from homeward.orders import models"))


def test_verbs_of_other_rooms_without_their_module_and_relative_imports_are_noticed() -> None:
    assert len(nameless_verbs(snippet("from homeward.journal.transitions import move"))) == 1
    assert len(nameless_verbs(snippet("from .models import Return"))) == 1
    for fine in (
        "kernel.money import places",
        "orders.models import Order",
        "orders import actions",
        "returns.facts import gather",
    ):
        assert not nameless_verbs(snippet(f"from homeward.{fine}"))
