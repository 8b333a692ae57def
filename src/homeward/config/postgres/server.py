"""The embedded server: start, stop and find it, however many processes ask and however it died before."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from homeward.config.postgres import cluster, programs
from homeward.config.postgres.cluster import DATABASE, HOST, ROLE, SUPERUSER, Credentials
from homeward.config.postgres.programs import Account
from homeward.config.postgres.trouble import DatabaseTrouble, explain, last_lines, plain_words

if sys.platform != "win32":
    import fcntl

PORTS = range(15432, 15532)  # below the ports that systems hand to outgoing connections, so they stay free
ACCOUNTS = ("homeward", "postgres", "nobody", "daemon")
SHELTER = Path("/var/lib/homeward")
START_SECONDS = 300  # recovery after a crash replays at most max_wal_size
STOP_SECONDS = 60
PAUSE = 0.02
LARGEST_LOG = 8 << 20


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The running server, as its pid file tells."""

    pid: int
    port: int
    state: str  # "starting", "ready", "stopping"


def home() -> Path:
    """Return the folder for all that this installation writes: HOMEWARD_HOME, else `var` in the project, else here."""
    if named := os.environ.get("HOMEWARD_HOME"):
        return Path(named).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[4]
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / "var"


def embedded() -> Server:
    """Return the embedded server of this installation, running or not.

    HOMEWARD_PG_PORT insists on a port; HOMEWARD_PG_SETTINGS holds settings for its next start, as in
    "work_mem=32MB jit=on".
    """
    port = os.environ.get("HOMEWARD_PG_PORT") or "0"
    if not port.isdigit() or int(port) > 65535:
        raise DatabaseTrouble(
            f"HOMEWARD_PG_PORT is {port!r}: give the number of a port, or unset it to have one chosen."
        )
    words = [word.partition("=") for word in shlex.split(os.environ.get("HOMEWARD_PG_SETTINGS", ""))]
    if wrong := [name for name, _, value in words if not value]:
        raise DatabaseTrouble(f"HOMEWARD_PG_SETTINGS gives no value to {', '.join(wrong)}: write name=value.")
    return Server(home(), port=int(port), settings={name: value for name, _, value in words})


def database_url() -> str:
    """Return DATABASE_URL if it is set, else the URL of the embedded server, which is started unless it runs.

    :raises DatabaseTrouble: if it cannot be started.
    """
    return os.environ.get("DATABASE_URL") or embedded().start()


class Server:
    """One PostgreSQL cluster below a home folder.

    :param port: 0 chooses a free port once and keeps it while it can; another number is insisted on.
    :param settings: PostgreSQL settings beyond or instead of ours.
    :param accounts: names of accounts that may run the server for root, best first.
    :param shelter: where root keeps the cluster if that account cannot reach the home.
    """

    def __init__(
        self,
        home: Path,
        *,
        port: int = 0,
        settings: Mapping[str, str] | None = None,
        accounts: Sequence[str] = ACCOUNTS,
        shelter: Path = SHELTER,
    ) -> None:
        self.home, self.port = home.resolve(), port
        self._settings, self._accounts, self._shelter = dict(settings or {}), accounts, shelter

    @property
    def place(self) -> Path:
        """The folder of the cluster and its log."""
        return (self.home / "postgres").resolve()

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.place / "data"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.place / "server.log"

    def start(self) -> str:
        """See to it that the server runs and the database exists, and return the database's URL.

        Many processes may ask at once: one starts the server, the others wait for it.

        :raises DatabaseTrouble: if the server cannot be started.
        """
        if sys.platform == "win32":
            raise DatabaseTrouble(
                "The embedded PostgreSQL needs Linux or macOS: set DATABASE_URL to a server of yours."
            )
        deadline = time.monotonic() + START_SECONDS
        with plain_words(self.home):
            while time.monotonic() < deadline:
                found = self.postmaster()
                if found and found.state == "ready" and self._has_database(found):
                    return self.url(port=found.port)
                if not found and (lock := self._grab()) is not None:
                    try:
                        self._launch(lock)
                    finally:
                        os.close(lock)
                else:
                    time.sleep(PAUSE)
        raise DatabaseTrouble(
            f"PostgreSQL was not ready within {START_SECONDS} s. Its log {self.log} ends:\n{self._tail()}"
        )

    def stop(self) -> bool:
        """Shut the server down: roll back what is open, write everything, exit. Return False if none was running.

        :raises DatabaseTrouble: if it belongs to another account or does not go.
        """
        with plain_words(self.home):
            found = self.postmaster()
            if found is None:
                return False
            with contextlib.suppress(ProcessLookupError):
                os.kill(found.pid, signal.SIGINT)  # PostgreSQL calls it fast shutdown
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                if self.postmaster() is None and (lock := self._grab()) is not None:
                    os.close(lock)
                    return True
                time.sleep(PAUSE)
        raise DatabaseTrouble(f"PostgreSQL (process {found.pid}) did not stop within {STOP_SECONDS} s.")

    def postmaster(self) -> Postmaster | None:
        """Return the running server, or None.

        After a kill -9 or a power cut the pid file remains and still says "ready", and by now its number may belong
        to any other process, even to another PostgreSQL: only one that works in our data directory counts.
        """
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            process = psutil.Process(int(lines[0]))
            if not process.name().startswith("postgres") or Path(process.cwd()) != self.data:
                return None
            return Postmaster(process.pid, int(lines[3]), lines[7].strip() if len(lines) > 7 else "starting")
        except (FileNotFoundError, NotADirectoryError, IndexError, ValueError, psutil.Error):
            return None

    def url(self, *, role: str = ROLE, database: str = DATABASE, port: int = 0) -> str:
        """Return the URL under which `role` reaches `database`; `port` is that of the last start unless given."""
        known = Credentials(self.data / "pgpass")
        return f"postgresql://{role}:{known.passwords[role]}@{HOST}:{port or known.port}/{database}"

    def _launch(self, lock: int) -> None:
        """Start the server, after making its cluster if there is none. The caller holds the lock."""
        owner = self.data.stat().st_uid if self.data.exists() else 0
        account = programs.find_account(self._accounts, owner=owner)
        place = cluster.make_place(self.home, account=account, shelter=self._shelter)
        folder = programs.find_programs(account, place=place)
        if not self.data.exists():
            cluster.make_cluster(self.data, folder=folder, account=account)
        cluster.check_data(self.data, account=account)
        cluster.write_settings(self.data, cluster.settings() | self._settings, account=account)
        # We hold the lock and saw no server, so a pid file is stale. PostgreSQL itself would believe it wherever its
        # number belongs to any other process of the account, or to a dead one that nobody has buried.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        self.log.touch(mode=0o600)
        programs.hand_over(self.log, account)
        if not any(self._serve(port, lock, folder=folder, account=account) for port in self._free_ports()):
            taken = f"Port {self.port} is" if self.port else f"All ports from {PORTS[0]} to {PORTS[-1]} are"
            raise DatabaseTrouble(f"{taken} taken by other programs: set HOMEWARD_PG_PORT to a free one, or unset it.")

    def _serve(self, port: int, lock: int, *, folder: Path, account: Account | None) -> bool:
        """Run the server on `port`, and return False if another program took it in the meantime."""
        passwords = Credentials(self.data / "pgpass").passwords
        Credentials.write(self.data / "pgpass", passwords, port=port, account=account)
        begin = self.log.stat().st_size
        # The server inherits the lock and hands it to its children: it is free when the last of them is gone, so that
        # no second server starts over the orphans of a killed one.
        command = [folder / "pg_ctl", "start", "-s", "-w", "-t", START_SECONDS, "-D", self.data, "-l", self.log]
        done = programs.run(*command, "-o", f"-c port={port}", account=account, keep_open=lock)
        if done.returncode == 0:
            return True
        with self.log.open(errors="replace") as log:
            log.seek(begin)
            said = done.stdout + log.read()
        if re.search(r"could not create any TCP/IP sockets|Address already in use", said):
            return False
        raise DatabaseTrouble(explain(said, place=self.place))

    def _has_database(self, found: Postmaster) -> bool:
        """Create the database unless it exists, and return False while the server takes no connections."""
        url = self.url(role=SUPERUSER, database="postgres", port=found.port)
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if known is None:
                    names = map(sql.Identifier, (DATABASE, ROLE))
                    with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise DatabaseTrouble(f"The server refuses the passwords in {self.data / 'pgpass'}: {error}") from error
            return False
        return True

    def _grab(self) -> int | None:
        """Take the lock and return its descriptor, or None while a server or another starter holds it."""
        self.home.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.home / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    def _free_ports(self) -> Iterator[int]:
        """Yield free ports to try: the one insisted on, or the last one and then the others."""
        last = Credentials(self.data / "pgpass").port
        for port in [self.port] if self.port else dict.fromkeys([last or PORTS[0], *PORTS]):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError:
                    continue
            yield port

    def _tail(self) -> str:
        return last_lines(self.log.read_text(errors="replace")) if self.log.exists() else ""
