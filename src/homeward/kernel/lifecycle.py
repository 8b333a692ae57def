"""Lifecycles: one table of states and verbs per noun, read by guard, database, pages, API and diagrams alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from homeward.kernel.actor import Role


class NotAllowed(Exception):
    """A verb does not lead on from the state that the row has now, or not for this role."""

    def __init__(self, noun: str, verb: str, state: str, role: str, allowed: Iterable[str] = ()) -> None:
        self.noun, self.verb, self.state, self.role, self.allowed = noun, verb, state, role, tuple(allowed)
        super().__init__(f"{role} may not {verb} a {noun} that is {state}")


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow: from any of `sources` to `target`, by any of `roles`."""

    verb: str
    sources: frozenset[str]
    target: str
    roles: frozenset[Role]


def step(verb: str, sources: str, target: str, *, by: str) -> Step:
    """Return the arrow for `verb`; `sources` and `by` are words separated by blanks."""
    return Step(verb, frozenset(sources.split()), target, frozenset(Role(word) for word in by.split()))


class Lifecycle:
    """The states and verbs of one noun. States keep the order in which the table first names them."""

    def __init__(self, noun: str, *, initial: str, steps: Iterable[Step]) -> None:
        self.noun, self.initial, self.steps = noun, initial, tuple(steps)
        seen = {initial: None}
        for arrow in self.steps:
            seen |= dict.fromkeys(sorted(arrow.sources)) | {arrow.target: None}
        self.states = tuple(seen)
        self._by = {(source, arrow.verb): arrow for arrow in self.steps for source in arrow.sources}
        if len(self._by) != sum(len(arrow.sources) for arrow in self.steps):
            raise ValueError(f"{noun}: a verb leads two ways from one state")

    @property
    def verbs(self) -> tuple[str, ...]:
        """All verbs, each once, in the order of the table."""
        return tuple(dict.fromkeys(arrow.verb for arrow in self.steps))

    @property
    def ends(self) -> frozenset[str]:
        """States that nothing leaves."""
        return frozenset(self.states) - {source for arrow in self.steps for source in arrow.sources}

    def step(self, state: str, verb: str, *, role: Role) -> Step:
        """Return the arrow that `verb` takes from `state`.

        :raises NotAllowed: if there is none, or not for `role`.
        """
        arrow = self._by.get((state, verb))
        if arrow is None or role not in arrow.roles:
            raise NotAllowed(self.noun, verb, state, role, self.allowed(state, role=role))
        return arrow

    def allowed(self, state: str, *, role: Role) -> tuple[str, ...]:
        """Return the verbs that `role` may use on a row in `state`, in the order of the table."""
        return tuple(a.verb for a in self.steps if state in a.sources and role in a.roles)

    def sources(self, verb: str, *, role: Role) -> dict[str, str]:
        """Return `{source: target}` of `verb` for `role`."""
        return {s: a.target for (s, v), a in self._by.items() if v == verb and role in a.roles}

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for arrow in self.steps:
            lines += [f"    {source} --> {arrow.target}: {arrow.verb}" for source in sorted(arrow.sources)]
        lines += [f"    {state} --> [*]" for state in self.states if state in self.ends]
        return "\n".join(lines)
