"""`homeward demo`: everything at once: database, sample, worker, web server, and one return along the road."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.utils import timezone

from homeward.config import demo, scenes, season, story
from homeward.config.benches.town import wait_for
from homeward.config.management.commands.serve import is_taken
from homeward.connectors import sample

CHAPTERS = (
    ("A shopper's page", "/r/lanting/", "order LT-48213, postcode 69003"),
    ("Sign in", "/account/login/", ""),
    ("The desk", "/desk/cases/", "Bo, Ada"),
    ("The dock", "/dock/", "Kim"),
    ("The office", "/office/", "Fay, Lin, Olu"),
    ("The API", "/api/v1/docs", "`homeward api_key lanting NAME` cuts a key"),
)


class Command(BaseCommand):
    help = "Set up the demo, run it, and send one return along the road"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-story", action="store_true", help="only serve")
        parser.add_argument("--exit", action="store_true", help="stop when the story has been told")
        parser.add_argument("--shots", action="store_true", help="take pictures of all pages, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, start worker and server, tell the story, and stay until Ctrl-C."""
        if is_taken("127.0.0.1", options["port"]):
            raise CommandError(f"Port {options['port']} is taken; choose another: homeward demo --port 8001")
        self._say("Bringing the database up to date")
        call_command("migrate", verbosity=0)
        self._say("Loading the sample (a few thousand real invoice lines and an authored catalog)")
        at = timezone.now()
        merchants = demo.settle_in(at=at)
        sample.load_sample(at=at, actor=demo.OPERATOR)
        scenes.play(at=at)
        self._say("Letting a season pass (hundreds of orders, and what came back of them)")
        season.play(merchants, at=at)
        address = f"http://127.0.0.1:{options['port']}"
        environment = os.environ | {"HOMEWARD_URL": address, "DATABASE_URL": _database_url()}
        processes = [
            self._start(["work"], environment),
            self._start(["serve", "--port", str(options["port"])], environment),
        ]
        try:
            wait_for(f"{address}/health", seconds=120)
            if not options["no_story"]:
                told = story.tell(address, self.stdout.write)
                if options["shots"]:
                    call_command("shots", url=address)
                if options["exit"] or options["shots"]:
                    sys.exit(0 if told else 1)
            self._show(address)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
        except KeyboardInterrupt:
            pass
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(30)
            self._say("Stopped. `homeward db stop` stops the database as well.")

    def _start(self, words: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "homeward.config.console", *words], env=environment, stdout=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def _show(self, address: str) -> None:
        self.stdout.write("")
        for what, path, who in CHAPTERS:
            self.stdout.write(f"  {what:16} {address}{path}{f'   ({who})' if who else ''}")
        self.stdout.write(f"\n  People, all with the password “{demo.PASSWORD}”:")
        for person in demo.PEOPLE:
            self.stdout.write(f"    {person.email:26} {person.name}, {person.role}: {person.does}")
        self.stdout.write("\n  Stop with Ctrl-C.")

    def _say(self, words: str) -> None:
        self.stdout.write(f"· {words}")
        self.stdout.flush()


def _database_url() -> str:
    """Return the URL of the database that this process uses, for those it starts."""
    at = settings.DATABASES["default"]
    password = f":{at['PASSWORD']}" if at.get("PASSWORD") else ""
    return f"postgresql://{at['USER']}{password}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
