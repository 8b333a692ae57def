"""How often somebody may try: slots in the shared cache, each taken once per stretch of time."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of one kind in each stretch of `span`."""

    kind: str
    most: int
    span: timedelta


LOOKUPS_BY_ADDRESS = Limit("lookup-ip", 30, timedelta(minutes=15))
LOOKUPS_BY_ORDER = Limit("lookup-order", 6, timedelta(minutes=15))
LOOKUPS_BY_ORDER_A_DAY = Limit("lookup-order-day", 24, timedelta(days=1))  # four digits of a phone are soon guessed
LINKS_BY_ADDRESS = Limit("link-ip", 12, timedelta(hours=1))
LINKS_BY_MAILBOX = Limit("link-mail", 4, timedelta(hours=1))
WITHDRAWALS_BY_ADDRESS = Limit("withdrawal-ip", 20, timedelta(hours=1))
UPLOADS_BY_ORDER = Limit("upload-order", 60, timedelta(hours=1))
MESSAGES_BY_ORDER = Limit("message-order", 40, timedelta(hours=1))


class TooMany(Exception):
    """Too many tries; `again_at` says when the next one is free."""

    def __init__(self, again_at: datetime) -> None:
        self.again_at = again_at
        super().__init__(f"too many tries until {again_at.isoformat()}")


def spend(*tries: tuple[Limit, str], at: datetime) -> Slots:
    """Take one slot of each limit for its key, and return them.

    Adding a key to the cache is one atomic step, so tries that come at once cannot share a slot.

    :raises TooMany: if a limit has no slot left; those already taken stay taken.
    """
    taken = []
    for limit, key in tries:
        seconds = int(limit.span.total_seconds())
        stretch = int(at.timestamp()) // seconds
        mark = hashlib.sha256(f"{limit.kind}:{key}".encode()).hexdigest()[:32]
        slot = next(
            (
                name
                for name in (f"portal:{mark}:{stretch}:{n}" for n in range(limit.most))
                if cache.add(name, 1, timeout=seconds)
            ),
            None,
        )
        if slot is None:
            raise TooMany(datetime.fromtimestamp((stretch + 1) * seconds, tz=UTC))
        taken.append(slot)
    return Slots(taken)


def calm_at(limit: Limit, key: str, *, at: datetime) -> datetime | None:
    """Take a slot, or return when the next one is free: for what must never be refused, but may be slowed down."""
    try:
        spend((limit, key), at=at)
    except TooMany as halt:
        return halt.again_at
    return None


class Slots:
    """Slots that were taken; a try that was right gives them back."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)

    def give_back(self) -> None:
        """Free the slots for whoever comes next."""
        cache.delete_many(self.names)


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from; of IPv6 the network that one household has.

    Behind a proxy (an https installation) the last hop that the proxy names counts; nothing that a visitor writes.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER and (hops := request.META.get("HTTP_X_FORWARDED_FOR")):
        told = hops.split(",")[-1].strip()
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return told
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
