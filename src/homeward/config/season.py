"""The weeks before the demo opens: orders by a fixed seed, and their returns walked to the end on the real road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from homeward.config import demo, scenes
from homeward.connectors import sample
from homeward.kernel.actor import MACHINE
from homeward.orders import actions as order_actions
from homeward.orders import queries as order_queries
from homeward.parties.models import Merchant
from homeward.policies import queries as policy_queries
from homeward.returns import actions as return_actions
from homeward.returns.reasons import REASONS

SOURCE = "season"
FIRST_DAY, LAST_DAY = 105, 9  # days ago on which the first and the last of its orders were placed
ORDERS = {"lanting": 300, "nordlicht": 90}
_NUMBERS = {"lanting": "LT-46", "nordlicht": "NL-18"}


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order of one product, as the sample tells orders; `back` holds its return, where there is one."""

    told: Mapping[str, Any]
    who: Mapping[str, Any]
    back: scenes.Scene | None
    days_kept: int = 0


def play(merchants: Mapping[str, Merchant], *, at: datetime) -> int:
    """Let the season pass, unless it has; return how many things came back."""
    if order_queries.orders(MACHINE).filter(source=SOURCE).exists():
        return 0
    chance = Random(2026)
    returned = []
    with transaction.atomic():
        for slug, count in ORDERS.items():
            bought = list(_purchases(slug, count, chance))
            drafts = [sample.order_draft(one.told, one.who, at=at) for one in bought]
            order_actions.upsert_orders(
                drafts, merchant=merchants[slug], source=SOURCE, actor=demo.OPERATOR, at=at,
                rulebook_of=policy_queries.calendar_of(merchants[slug].pk),
            )  # fmt: skip
            returned += [one for one in bought if one.back]
    for one in sorted(returned, key=lambda one: -one.told["delivered"]):
        with transaction.atomic():
            _send_home(one, chance, at=at)
    return len(returned)


def _purchases(slug: str, count: int, chance: Random) -> Iterator[Purchase]:
    """Yield orders from the oldest to the youngest, a little more of them each week."""
    season = sample.read("season.yaml")
    goods, countries = season["goods"][slug], season["countries"]
    for place in range(count):
        sku = _one_of({name: product["share"] for name, product in goods.items()}, chance)
        country = _one_of({code: one["share"] for code, one in countries.items()}, chance)
        person = dict(chance.choice(season["people"][country]), country=country, locale=countries[country]["locale"])
        placed = round(LAST_DAY + (FIRST_DAY - LAST_DAY) * (1 - (place / count) ** 0.75))
        delivered = placed - chance.randint(3, 6)
        number = f"{_NUMBERS[slug]}{place:03}"
        told = {
            "number": number, "merchant": slug, "who": person["name"], "placed": placed, "delivered": delivered,
            "shipping": 0, "lines": [{"sku": sku}], "parcel": [f"HW{number[3:]}{country}", "Post"],
            **{key: countries[country][key] for key in ("currency", "rate")},
            "beside": countries[country].get("beside", False), "pays": [["offline", countries[country]["pays"]]],
        }  # fmt: skip
        kept = chance.randint(1, 5)
        comes_back = chance.random() * 100 < goods[sku]["rate"] and delivered - kept > 1
        reason = _one_of(goods[sku]["why"], chance)
        yield Purchase(told, _reachable(person, place), _scene(number, sku, reason) if comes_back else None, kept)


def _reachable(person: Mapping[str, Any], place: int) -> dict[str, Any]:
    return {"email": f"shopper{place % 30:02}.{person['country'].lower()}@post.example", "phone": "", **person}


def _scene(number: str, sku: str, reason: str) -> scenes.Scene:
    needs_photo = REASONS[reason].needs_photo
    condition = "" if needs_photo else "unopened" if REASONS[reason].ground == "changed_mind" else "tried"
    grade = "A" if REASONS[reason].keeps_quality else "C"
    return scenes.Scene(
        number, sku, reason, hours_ago=0, photo=needs_photo, review=needs_photo, condition=condition,
        grade=grade,
    )  # fmt: skip


def _send_home(one: Purchase, chance: Random, *, at: datetime) -> None:
    """Ask for the return, let an agent decide where the verdict did not, and take it as far as its days allow."""
    assert one.back is not None
    now = at - timedelta(days=one.told["delivered"] - one.days_kept, hours=chance.randint(1, 9))
    made = scenes.ask(one.back, at=now)
    if made.state == "under_review":
        now += timedelta(hours=chance.randint(1, 20))
        return_actions.authorize(made, actor=demo.OPERATOR, at=now, note="Seen on the photo.")
    if made.state != "authorized" or not made.goods_back:
        return
    for station, hours in _pace(chance):
        now += timedelta(hours=hours)
        if now >= at:
            return
        scenes.move(made, one.back, station, at=now)


def _pace(chance: Random) -> tuple[tuple[str, int], ...]:
    """Return how many hours after the station before each station is reached."""
    return (
        ("labelled", 0), ("posted", chance.randint(8, 70)), ("received", chance.randint(40, 150)),
        ("inspected", chance.randint(2, 40)), ("refunded", chance.randint(5, 60)),
    )  # fmt: skip


def _one_of(shares: Mapping[str, float], chance: Random) -> str:
    return chance.choices(list(shares), weights=list(shares.values()))[0]
