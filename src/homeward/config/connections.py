"""What every new connection to PostgreSQL is told: to keep the statements that it has prepared."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created

STATEMENTS = 600  # of a whole return and its pages; the driver's 100 would throw out and prepare again all day


def keep_statements(connection: Any, **kwargs: Any) -> None:
    """Let the driver keep all our statements prepared, so that PostgreSQL parses and plans each of them once."""
    connection.connection.prepared_max = STATEMENTS


connection_created.connect(keep_statements, dispatch_uid="keep_statements")
