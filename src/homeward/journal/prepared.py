"""Questions and rows whose SQL is written once and kept: what the hot road asks of Django's query builder.

Building and compiling a queryset takes Django three to ten times as long as the database takes to answer it. On the
road of a return the same questions come again and again, so their SQL is kept. What comes out is what the queryset
would give: whole rows of the model, with what `select_related` names.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Expression, Model, QuerySet
from django.db.models import query as django_query

M = TypeVar("M", bound=Model)

_populators: Callable[..., list[Any]] = django_query.get_related_populators


class _Slot(Expression):
    """A place in a question where a value goes when it is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def question(build: Callable[..., QuerySet[M]]) -> Callable[..., list[M]]:
    """Make `build`, which returns a queryset for its arguments, a question that is compiled the first time only.

    Arguments are values to compare with: they change neither which filters there are nor their order. The question is
    asked with keywords and answered with a list; prefetches and annotations are not for it.
    """
    names = tuple(inspect.signature(build).parameters)
    kept: list[_Question[M]] = []

    @functools.wraps(build)
    def ask(**values: Any) -> list[M]:
        if not kept:
            kept.append(_Question(build(**{name: _Slot(name) for name in names})))
        return kept[0].ask(values)

    return ask


class _Question(Generic[M]):
    """A compiled queryset; reads its rows as `django.db.models.query.ModelIterable` does."""

    def __init__(self, rows: QuerySet[M]) -> None:
        compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql()
        select, info = compiler.select, compiler.klass_info
        self.model = info["model"]
        self.begin, self.end = info["select_fields"][0], info["select_fields"][-1] + 1
        self.names = [column[0].target.attname for column in select[self.begin : self.end]]
        self.populators = _populators(info, select, DEFAULT_DB_ALIAS)
        self.converters = list(compiler.get_converters([column[0] for column in select]).items())

    def ask(self, values: dict[str, Any]) -> list[M]:
        params = [values[one.name] if isinstance(one, _Slot) else one for one in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchall()
        return [self._read(list(row)) for row in found]

    def _read(self, row: list[Any]) -> M:
        for place, (converters, expression) in self.converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.begin : self.end])
        for populator in self.populators:
            populator.populate(row, made)
        return made


def insert(rows: Iterable[M]) -> list[M]:
    """Write new rows of one model in one statement, and give them the ids that they got.

    :raises IntegrityError: if one of them breaks a constraint; then none is written.
    """
    made = list(rows)
    if not made:
        return made
    sql, fields = _insertion(type(made[0]), len(made))
    values = [prepare(getattr(row, name), connection) for row in made for name, prepare in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ids = cursor.fetchall()
    for row, (pk,) in zip(made, ids, strict=True):
        row.pk, row._state.adding, row._state.db = pk, False, DEFAULT_DB_ALIAS
    return made


@functools.lru_cache(maxsize=500)
def _insertion(model: type[Model], count: int) -> tuple[str, list[tuple[str, Callable[[Any, Any], Any]]]]:
    """Return the INSERT of so many rows, and the attributes whose values it takes with what makes them ready.

    Columns that the database fills in by itself are left out.
    """
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key and not field.has_db_default()]
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join([f"({', '.join(map(_mark, fields))})"] * count)
    sql = f'INSERT INTO "{meta.db_table}" ({names}) VALUES {marks} RETURNING "{meta.pk.column}"'
    return sql, [(field.attname, _as_it_is if type(field) in _PLAIN else field.get_db_prep_save) for field in fields]


# The driver takes their values as our rows hold them.
_PLAIN = {
    models.BigIntegerField, models.BooleanField, models.CharField, models.DateTimeField, models.ForeignKey,
    models.IntegerField, models.OneToOneField, models.PositiveIntegerField, models.PositiveSmallIntegerField,
    models.TextField,
}  # fmt: skip


def _as_it_is(value: Any, connection: Any) -> Any:
    return value


def _mark(field: Any) -> str:
    """Return how a value of this field stands in a statement; arrays name their type."""
    return field.get_placeholder(None, None, connection) if hasattr(field, "get_placeholder") else "%s"
