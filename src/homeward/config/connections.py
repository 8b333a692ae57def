"""What every new connection to PostgreSQL is told: to keep the statements it has prepared, and to read moments fast."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.backends.signals import connection_created
from psycopg.abc import Buffer
from psycopg.adapt import Loader

STATEMENTS = 600  # of a whole return and its pages; the driver's 100 would throw out and prepare again all day


class MomentLoader(Loader):
    """Reads a timestamptz as Django's own loader does, in UTC, but in C: a return reads some hundred of them."""

    timezone = UTC  # which Django compares with its own on every cursor

    def load(self, data: Buffer) -> datetime:
        """Return the moment."""
        return datetime.fromisoformat(bytes(data).decode())


def set_up(connection: Any, **kwargs: Any) -> None:
    """Let the driver keep all our statements prepared, so that PostgreSQL plans each once, and read moments fast."""
    connection.connection.prepared_max = STATEMENTS
    if connection.timezone == UTC:
        connection.connection.adapters.register_loader("timestamptz", MomentLoader)


connection_created.connect(set_up, dispatch_uid="set_up_connection")
