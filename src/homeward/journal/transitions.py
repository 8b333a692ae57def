"""The one writer of states: an action is one transaction, and its entries and relay jobs commit or vanish with it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from homeward.journal import relay
from homeward.journal.models import Entry
from homeward.journal.noun import Noun
from homeward.kernel import Actor, NotAllowed

P = ParamSpec("P")
R = TypeVar("R")

_sheet: ContextVar[list[Entry] | None] = ContextVar("journal_sheet", default=None)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` one transaction; an action called inside another joins it.

    Entries are gathered on a sheet and written when the outermost action ends, together with one relay job for those
    that somebody listens to, in one statement. Whatever raises leaves no trace.
    """

    @functools.wraps(function)
    def in_one_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        if _sheet.get() is not None:
            return function(*args, **kwargs)
        with transaction.atomic():
            sheet: list[Entry] = []
            token = _sheet.set(sheet)
            try:
                result = function(*args, **kwargs)
            finally:
                _sheet.reset(token)
            if sheet:
                relay.write(sheet)
        return result

    in_one_transaction.is_action = True  # type: ignore[attr-defined]
    return in_one_transaction


def move(
    noun: Noun, verb: str, *, actor: Actor, at: datetime, set: dict[str, Any] | None = None, **facts: Any
) -> Entry:
    """Take `noun` one step along its lifecycle and write the entry that says so.

    The guard is the database's: one UPDATE names the states that the verb leads on from, locks the row and answers
    with the state it found. `set` holds further columns that change in the same breath.

    :raises NotAllowed: if the verb does not lead on from the state the row has now, or not for this role.
    """
    entry = move_if(noun, verb, actor=actor, at=at, set=set, **facts)
    if entry is None:
        table = noun.lifecycle
        state = type(noun)._base_manager.values_list("state", flat=True).get(pk=noun.pk)
        raise NotAllowed(table.noun, verb, state, actor.role, table.allowed(state, role=actor.role))
    return entry


def move_if(
    noun: Noun, verb: str, *, actor: Actor, at: datetime, set: dict[str, Any] | None = None, **facts: Any
) -> Entry | None:
    """Take `noun` along `verb` as `move` does; where it does not lead on, leave it as it is and return None."""
    targets = noun.lifecycle.sources(verb, role=actor.role)
    before = _step(noun, targets, set or {}) if targets else None
    if before is None:
        return None
    noun.state = targets[before]
    for column, value in (set or {}).items():
        setattr(noun, column, value)
    return _write(noun, verb, actor=actor, at=at, before=before, after=noun.state, facts=facts)


def record(noun: Any, verb: str, *, actor: Actor, at: datetime, **facts: Any) -> Entry:
    """Write an entry about `noun` (any row with a `ref`) that changes no state."""
    return _write(noun, verb, actor=actor, at=at, before="", after="", facts=facts)


def _step(noun: Noun, targets: dict[str, str], columns: dict[str, Any]) -> str | None:
    """Update the row to the target of the state it is in; return that state, or None where no arrow leads on."""
    sql, fields = _stepping(type(noun), len(targets), tuple(columns))
    values = [field.get_db_prep_save(value, connection) for field, value in zip(fields, columns.values(), strict=True)]
    arrows = [word for arrow in targets.items() for word in arrow]
    with connection.cursor() as cursor:
        cursor.execute(sql, [noun.pk, *arrows, *values, list(targets)])
        row = cursor.fetchone()
    return row[0] if row else None


@functools.lru_cache(maxsize=500)
def _stepping(model: type[Noun], arrows: int, columns: tuple[str, ...]) -> tuple[str, list[Any]]:
    """Return the UPDATE that follows one of so many arrows and sets these columns, and the columns' fields."""
    meta = model._meta
    fields: list[Any] = [meta.get_field(name) for name in columns]
    assigned = "".join(f', "{field.column}" = %s' for field in fields)
    cases = " ".join(["WHEN %s THEN %s"] * arrows)
    sql = (
        f'WITH found AS (SELECT id, state FROM "{meta.db_table}" WHERE id = %s FOR UPDATE) '
        f'UPDATE "{meta.db_table}" AS row SET state = CASE found.state {cases} END{assigned} '
        "FROM found WHERE row.id = found.id AND found.state = ANY(%s) RETURNING found.state"
    )
    return sql, fields


def _write(
    noun: Any, verb: str, *, actor: Actor, at: datetime, before: str, after: str, facts: dict[str, Any]
) -> Entry:
    sheet = _sheet.get()
    if sheet is None:
        raise RuntimeError("the journal writes only inside an action: decorate the caller with @journal.action")
    entry = Entry(
        at=at, actor=str(actor), merchant_id=getattr(noun, "merchant_id", None), case_id=getattr(noun, "case_id", None),
        noun=word_for(noun), noun_id=noun.pk, ref=noun.ref, verb=verb, before=before, after=after, facts=facts,
    )  # fmt: skip
    sheet.append(entry)
    return entry


def word_for(noun: Any) -> str:
    """Return the journal's word for a row: its lifecycle's noun, else its class in lower case."""
    table = getattr(noun, "lifecycle", None)
    return table.noun if table else type(noun)._meta.model_name
