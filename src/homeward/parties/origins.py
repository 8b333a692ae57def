"""Addresses of shops whose pages may show a form of ours inside: read from what people type, kept in one writing."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

MOST = 20
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_PORTS = {"https": 443, "http": 80}


class NoOrigin(ValueError):
    """A line names no web address that can be trusted; `line` is what was written."""

    def __init__(self, line: str) -> None:
        self.line = line
        super().__init__(f"{line!r} is no address such as https://shop.example")


def read(text: str) -> tuple[str, ...]:
    """Return the origins that a text names, one a line, each once: scheme, host and a port that is not the usual one.

    :raises NoOrigin: for a line that is no https address (http only on this very machine).
    """
    found = dict.fromkeys(_origin(line.strip()) for line in text.splitlines() if line.strip())
    return tuple(found)[:MOST]


def _origin(line: str) -> str:
    try:
        parts = urlsplit(line if "://" in line else f"https://{line}")
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = parts.port
    except (ValueError, UnicodeError) as error:
        raise NoOrigin(line) from error
    is_clean = not (parts.username or parts.password) and _HOST.fullmatch(host)
    if not is_clean or parts.scheme not in _PORTS or (parts.scheme == "http" and not _is_near(host)):
        raise NoOrigin(line)
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _PORTS[parts.scheme] else "")


def _is_near(host: str) -> bool:
    """Whether a host is this machine, where shops are tried out."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
