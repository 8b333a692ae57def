"""A shop in a process of its own, for tests that take the database away beneath it: one order, one key, the whole API.

    python -m tests.support.small_shop ORDERS

It brings the database of DATABASE_URL up to date, sells one order of so many units, prints where the API is, its key
and its order as one line of JSON, and serves until it is killed.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.management import call_command
from django.utils import timezone

from homeward.config.wsgi import application  # sets Django up, so it stands before whatever has models
from homeward.parties import actions as party_actions
from tests.support import build, cast

THREADS = 4


class _Server(ThreadingMixIn, WSGIServer):
    """Serves with a few threads that live on, so that their connections outlive a request, as in the product."""

    hands = ThreadPoolExecutor(THREADS)

    def process_request(self, request: object, client_address: object) -> None:
        self.hands.submit(self.process_request_thread, request, client_address)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main(units: int) -> None:
    """Set up the shop and serve."""
    call_command("migrate", verbosity=0)
    merchant = cast.assemble().lanting
    line = {"quantity": units, "unit_minor": 1000, "paid_minor": 1000 * units}
    order = build.order(merchant, at=timezone.now(), lines=[line])
    _, key = party_actions.cut_key(
        merchant=merchant, name="test", scopes=party_actions.SCOPES, actor=cast.ROOT, at=timezone.now()
    )
    server = make_server("127.0.0.1", 0, application, _Server, _Quiet)
    told = {"port": server.server_port, "key": key, "order": order.ref, "line": order.lines.get().ref}
    print(json.dumps(told), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
