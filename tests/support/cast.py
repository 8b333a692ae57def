"""The named cast that serves all tests, at one fixed moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from homeward.kernel import Actor, Money, Role
from homeward.kernel.actor import MACHINE, POLICY
from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday
ROOT = Actor(Role.OPERATOR, "root", "Operator")


@dataclass(frozen=True)
class Cast:
    """Merchants Lanting and Nordlicht; agent Bo (50 EUR), supervisor Ada, dock Kim, finance Fay, operator Olu; Zoe of
    Nordlicht, who must see nothing of Lanting."""

    lanting: Merchant
    nordlicht: Merchant
    bo: Actor
    ada: Actor
    kim: Actor
    fay: Actor
    olu: Actor
    zoe: Actor
    api: Actor
    policy: Actor = POLICY
    machine: Actor = MACHINE


def assemble() -> Cast:
    """Bring the cast on stage: two merchants in the database, the people as actors."""
    lanting = party_actions.admit(
        slug="lanting", name="Lanting", native_name="兰亭", native_language="zh-hans", country="CN",
        zone="Asia/Shanghai", currency="EUR", email="service@lanting.example", actor=ROOT, at=NOW,
    )  # fmt: skip
    nordlicht = party_actions.admit(
        slug="nordlicht", name="Nordlicht", country="DE", zone="Europe/Berlin", locale="de", currency="EUR",
        email="service@nordlicht.example", actor=ROOT, at=NOW,
    )  # fmt: skip

    def of_lanting(role: Role, name: str, authority: Money | None = None, **more: object) -> Actor:
        return Actor(role, f"stf_{name.lower()}", name, merchant_id=lanting.pk, authority=authority, **more)  # type: ignore[arg-type]

    return Cast(
        lanting=lanting,
        nordlicht=nordlicht,
        bo=of_lanting(Role.AGENT, "Bo", Money.of("50", "EUR")),
        ada=of_lanting(Role.SUPERVISOR, "Ada"),
        kim=of_lanting(Role.DOCK, "Kim"),
        fay=of_lanting(Role.FINANCE, "Fay"),
        olu=Actor(Role.OPERATOR, "stf_olu", "Olu"),
        zoe=Actor(Role.MERCHANT, "stf_zoe", "Zoe", merchant_id=nordlicht.pk),
        api=Actor(
            Role.API, "key_lanting", "Shop system", merchant_id=lanting.pk, scopes=frozenset(party_actions.SCOPES)
        ),
    )
