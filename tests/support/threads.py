"""Several hands at once: calls that start together in threads, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*calls: Callable[[], object]) -> list[Exception | None]:
    """Run calls in threads that start together; return what each raised, None where it went through."""
    line = threading.Barrier(len(calls))
    raised: list[Exception | None] = [None] * len(calls)

    def run(index: int, call: Callable[[], object]) -> None:
        try:
            line.wait(timeout=20)
            call()
        except Exception as error:  # what a call raised is what the test asks for
            raised[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised
