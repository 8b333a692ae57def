"""House rules on the database: no missing migration, and constraints that know the same states as the lifecycles."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models

pytestmark = pytest.mark.django_db


def nouns() -> list[type[models.Model]]:
    """Return the models of the house that live along a lifecycle."""
    return [model for model in apps.get_models() if hasattr(model, "lifecycle") and not model._meta.abstract]


def allowed_states(model: type[models.Model]) -> set[str]:
    """Return the words that the database lets into the column `state`; empty if it lets in everything."""
    column = model._meta.get_field("state").column
    question = """
        SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        WHERE c.conrelid = %s::regclass AND c.contype = 'c' AND a.attname = %s AND cardinality(c.conkey) = 1
    """
    with connection.cursor() as cursor:
        cursor.execute(question, [connection.ops.quote_name(model._meta.db_table), column])
        return {word for (text,) in cursor.fetchall() for word in re.findall(r"'([^']+)'", text)}


def test_no_model_lacks_a_migration() -> None:
    if "returns" in settings.MIGRATION_MODULES or type(settings.MIGRATION_MODULES) is not dict:
        pytest.skip("migrations are switched off (--no-migrations)")
    said = StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(f"`homeward makemigrations` has something to say:\n{said.getvalue()}")
    assert "No changes detected" in said.getvalue()


@pytest.mark.parametrize("model", nouns(), ids=lambda model: model._meta.label)
def test_the_database_knows_the_states_of_the_lifecycle(model: type[models.Model]) -> None:
    lifecycle, field = model.lifecycle, model._meta.get_field("state")
    assert allowed_states(model) == set(lifecycle.states)
    assert field.get_default() == lifecycle.initial
    assert max(map(len, lifecycle.states)) <= field.max_length
    assert len(lifecycle.states) <= 8, "a noun with more than eight states is two nouns"
