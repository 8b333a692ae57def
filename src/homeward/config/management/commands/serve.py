"""`homeward serve`: the web server, one process per core."""

from __future__ import annotations

import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already; a second server would share the port and answer every other request."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1" if host == "0.0.0.0" else host, port)) == 0


class Command(BaseCommand):
    help = "Serve the pages and the API"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--threads", type=int, default=4, help="requests at once in each process")

        parser.add_argument("--no-static", action="store_true", help="serve the files that were gathered before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Gather the static files and serve until told to stop."""
        if is_taken(options["host"], options["port"]):
            raise CommandError(f"Port {options['port']} is taken by another program; choose another with --port.")
        if not (settings.DEBUG or options["no_static"]):
            call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"Homeward is at http://{options['host']}:{options['port']}/")
        Granian(
            "homeward.config.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["processes"],
            blocking_threads=options["threads"],
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
        ).serve()
