"""The command `homeward`: Django's commands and ours under one name, and `homeward db` for the embedded database."""

from __future__ import annotations

import ast
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import psycopg
from django.core.management import execute_from_command_line
from psycopg.conninfo import conninfo_to_dict

from homeward.config import postgres
from homeward.config.postgres.programs import PROGRAMS, package_folder

PACKAGE = Path(__file__).resolve().parent.parent
FOUND, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130  # exit codes

# What the overview tells, in this order. Commands of ours appear once they exist, with their own words; those that no
# purpose names come last.
DATABASE = "Database"
PURPOSES = {
    "See it work": ("demo", "story"),
    "Run it": ("serve", "work"),
    "Bring in": ("import", "import_rates", "import_tracking"),
    "Know the law": ("law", "decide", "rulebook"),
    "Measure it": ("bench",),
    DATABASE: ("db", "migrate"),
    "Look after it": ("createsuperuser", "staff", "merchant", "api_key", "check", "clearsessions"),
    "Work on it": ("shell", "makemigrations", "makemessages", "compile_words", "docs", "journal_map", "shots"),
}
NOT_OURS = {
    "db": "Start, stop, look at or talk to the database: db start | stop | status | shell",
    "migrate": "Bring the database up to date with this version",
    "createsuperuser": "Make the first person who may sign in",
    "check": "Look for mistakes in the settings (--deploy: before going public)",
    "clearsessions": "Delete sessions that have expired",
    "shell": "A Python prompt with everything loaded",
    "makemigrations": "Write migrations for changed models",
    "makemessages": "Collect texts for translation",
}
DB_USAGE = """\
usage: homeward db start | stop | status | shell

  start    start the embedded PostgreSQL, unless it runs
  stop     shut it down; whoever is connected is cut off, nothing written is lost
  status   tell whether it runs, and where its data and log are
  shell    open psql; what follows is handed to it (homeward db shell -c 'SELECT 1')

Where DATABASE_URL is set there is no embedded server: `status` and `shell` go to that database.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words in (["help"], ["--help"], ["-h"]):
        print(overview())
        return FOUND
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homeward.config.settings")
    try:
        if words[0] == "db":  # before Django: its settings would start the server
            return database(words[1:])
        execute_from_command_line(["homeward", *words])
    except postgres.DatabaseTrouble as trouble:
        print(f"homeward: {trouble}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return FOUND


def overview() -> str:
    """Return what `homeward` alone prints: the commands by purpose, each in a line."""
    told = our_commands() | NOT_OURS
    named = {name for names in PURPOSES.values() for name in names}
    groups = PURPOSES | {"More": tuple(sorted(set(told) - named))}
    width = max(map(len, told)) + 2
    lines = ["Homeward: returns, repairs and after-sales for cross-border commerce.", "", "usage: homeward COMMAND ..."]
    for purpose, names in groups.items():
        known = [f"  {name:{width}}{told[name]}" for name in names if name in told]
        if known:
            lines += ["", purpose, *known]
    return "\n".join(
        [*lines, "", "`homeward COMMAND --help` tells more; `homeward help --commands` names all of them."]
    )


def our_commands() -> dict[str, str]:
    """Return the commands in our packages, each with its line of help, read without running any of them."""
    files = sorted(PACKAGE.glob("**/management/commands/[!_]*.py"))
    return {file.stem: _help_of(ast.parse(file.read_text(encoding="utf-8"))) for file in files}


def database(words: Sequence[str]) -> int:
    """Carry out `homeward db ...` without loading Django's settings, and return the exit code.

    :raises DatabaseTrouble: if the database is not to be had.
    """
    verb, rest = (words[0], words[1:]) if words else ("", ())
    url = os.environ.get("DATABASE_URL")
    if verb == "shell":
        ours = package_folder() / PROGRAMS / "psql"  # of the server's version, but without line editing and TLS
        if url:
            return _shell(url, rest, psql=shutil.which("psql") or str(ours))
        return _shell(postgres.embedded().start(), rest, psql=str(ours))
    if verb not in {"start", "stop", "status"} or rest:
        asked = verb in {"", "help", "-h", "--help"}
        print(DB_USAGE, end="", file=sys.stdout if asked else sys.stderr)
        return FOUND if asked else MISUSED
    if url:
        return _outside(verb, url)
    return {"start": _start, "stop": _stop, "status": _status}[verb](postgres.embedded())


def _start(server: postgres.Server) -> int:
    server.start()
    return _status(server)


def _stop(server: postgres.Server) -> int:
    print("PostgreSQL has stopped." if server.stop() else "PostgreSQL was not running.")
    return FOUND


def _status(server: postgres.Server) -> int:
    found = server.postmaster()
    if found:
        print(f"PostgreSQL is {found.state}: port {found.port}, process {found.pid}.")
    else:
        print("PostgreSQL is not running.")
    print(f"  data  {server.data if server.data.exists() else 'none yet; homeward db start makes it'}")
    print(f"  log   {server.log if server.log.exists() else 'none yet'}")
    return FOUND if found else FAILED


def _outside(verb: str, url: str) -> int:
    """Answer for a database that DATABASE_URL names, which we neither start nor stop."""
    if verb != "status":
        print(f"DATABASE_URL is set: that database is not ours to {verb}.", file=sys.stderr)
        return MISUSED
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            at = connection.info
            print(
                f"DATABASE_URL answers: PostgreSQL {at.server_version // 10000} at {at.host}:{at.port}, {at.dbname!r}."
            )
    except psycopg.OperationalError as error:
        print(f"DATABASE_URL does not answer: {error}", file=sys.stderr)
        return FAILED
    return FOUND


def _shell(url: str, words: Sequence[str], *, psql: str) -> int:
    """Become psql; the password goes by the environment, where `ps` does not show it."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    given = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    environment = os.environ | {names[key]: value for key, value in given.items() if key in names}
    options = " ".join(f"{key}={value}" for key, value in given.items() if key not in names)
    sys.stdout.flush()
    os.execve(psql, [psql, *([options] if options else []), *words], environment)


def _help_of(tree: ast.Module) -> str:
    """Return the first sentence of the `help` of the command in a module, or of the module's docstring."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id="help")], value=ast.Constant(value=str(text))):
                break
    else:
        text = ast.get_docstring(tree) or ""
    return textwrap.shorten(text.split(". ")[0].rstrip("."), width=90, placeholder=" …")


if __name__ == "__main__":
    sys.exit(main())
