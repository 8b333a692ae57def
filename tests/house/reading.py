"""Reading the house: its Python files as syntax trees, and what the names in them stand for."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = Path("src", "homeward")
EDGE = frozenset({"connectors", "api", "web", "config"})  # the rooms that may read the clock


@dataclass(frozen=True)
class Source:
    """One Python file. `path` is relative to the project."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file's syntax tree."""
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The package of the house that the file belongs to, such as `returns`; empty for anything else."""
        inside = self.path.relative_to(PACKAGE).parts if self.path.is_relative_to(PACKAGE) else ()
        return inside[0] if len(inside) > 1 else ""

    def plays(self, *roles: str) -> bool:
        """Whether the file is one of its room's `actions.py`, `queries.py` ..., or lies in such a package."""
        inside = self.path.relative_to(PACKAGE).parts[1:] if self.room else ()
        return any(part.removesuffix(".py") in roles for part in inside)

    @cached_property
    def names(self) -> dict[str, str]:
        """What the imported names stand for: `{"timezone": "django.utils.timezone"}`."""
        known = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    bound = name.asname or name.name.split(".")[0]
                    known[bound] = name.name if name.asname else bound
            elif isinstance(node, ast.ImportFrom) and not node.level:
                known |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
        return known

    def origin(self, node: ast.expr) -> str:
        """Return the dotted name of what `node` refers to, where an import tells; else an empty string."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, "")
        if isinstance(node, ast.Attribute) and (base := self.origin(node.value)):
            return f"{base}.{node.attr}"
        return ""

    def strings(self) -> Iterator[tuple[int, str]]:
        """Yield the line and text of every string but docstrings; `{}` stands for what an f-string fills in."""
        told = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        parts = {id(part) for node in ast.walk(self.tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                yield (
                    node.lineno,
                    "".join(str(getattr(part, "value", "{}")) if is_text(part) else "{}" for part in node.values),
                )
            elif is_text(node) and id(node) not in told | parts:
                yield node.lineno, node.value

    def at(self, line: int, complaint: str) -> str:
        """Return a complaint with its place in front, as editors understand it."""
        return f"{self.path}:{line}: {complaint}"


def is_text(node: ast.AST) -> bool:
    """Whether `node` is a literal string."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@cache
def house() -> tuple[Source, ...]:
    """Return every Python file of the house but migrations, which Django writes."""
    files = sorted((PROJECT / PACKAGE).rglob("*.py"))
    return tuple(read(file) for file in files if "migrations" not in file.parts)


@cache
def suite() -> tuple[Source, ...]:
    """Return every Python file of the tests."""
    return tuple(read(file) for file in sorted((PROJECT / "tests").rglob("*.py")))


def read(file: Path) -> Source:
    """Return the file as a source."""
    return Source(file.relative_to(PROJECT), file.read_text(encoding="utf-8"))


def snippet(code: str, place: str = "returns/actions.py") -> Source:
    """Return made-up code as if it stood at `place` in the house."""
    return Source(PACKAGE / place, textwrap.dedent(code))


def calls(source: Source) -> Iterator[ast.Call]:
    """Yield every call in the file."""
    yield from (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name: `update` of `rows.filter(...).update`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
