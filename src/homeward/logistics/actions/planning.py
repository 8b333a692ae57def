"""Planning the way back of a return, and calling it off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from homeward import journal
from homeward.kernel import Actor, new_ref
from homeward.logistics import gathering, routing
from homeward.logistics.gathering import Gathered
from homeward.logistics.models import Parcel
from homeward.logistics.routing import Route
from homeward.returns.models import Return

_PLAN = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%s) AS row (
        ref text, part int, center_id bigint, carrier text, service text, weight_g int, cost_minor bigint,
        route jsonb, lines jsonb
    )
), planned AS (
    INSERT INTO logistics_parcel (
        ref, state, merchant_id, case_id, return_request_id, center_id, part, method, carrier, service,
        tracking_number, tracking_url, carrier_ref, label_file, payer, weight_g, cost_minor, currency, route, planned_at
    )
    SELECT ref, %s, %s, %s, %s, center_id, part, %s, carrier, service,
        '', '', '', '', %s, weight_g, cost_minor, %s, route, %s
    FROM given
    ON CONFLICT (return_request_id, part) DO NOTHING
    RETURNING id, part
), carried AS (
    INSERT INTO logistics_parcelline (parcel_id, return_line_id, quantity)
    SELECT planned.id, (line ->> 0)::bigint, (line ->> 1)::int
    FROM planned JOIN given USING (part) CROSS JOIN jsonb_array_elements(given.lines) AS line
)
SELECT id, part FROM planned
"""


class NothingToSend(Exception):
    """There is nothing that a parcel could carry; `because` is not_authorized, keep, forbidden or sent_already."""

    def __init__(self, number: str, because: str) -> None:
        self.number, self.because = number, because
        super().__init__(f"return {number}: {because}")


@journal.action
def plan(made: Return, *, actor: Actor, at: datetime) -> list[Parcel]:
    """Plan the way back for what of a return still has to travel: center, carrier, cost, one parcel or several.

    What lies in a living parcel is not planned again, so that asking twice, or two at once, plans once. Goods that
    no carrier may be given stay out, whoever has authorized them.

    :raises NothingToSend: if nothing of it is to travel, or all of it is planned already.
    """
    found = gathering.gather(made.pk, on=at.date())
    if found is None or found.data["state"] != "authorized":
        raise NothingToSend(made.number, "not_authorized")
    if not found.data["goods_back"]:
        raise NothingToSend(made.number, "keep")
    if not found.loads:
        raise NothingToSend(made.number, "forbidden" if found.forbidden else "sent_already")
    parcels = _write(made, found, _routes(found), at=at)
    for parcel in parcels:
        journal.record(
            parcel, "plan", actor=actor, at=at, number=made.number, center=parcel.route["center"],
            because=parcel.route["because"], keep_hint=parcel.route["keep_hint"], forbidden=len(found.forbidden),
        )  # fmt: skip
    return parcels


@journal.action
def cancel(parcel: Parcel, *, actor: Actor, at: datetime, cause: str = "") -> None:
    """Call off a parcel that nobody has handed in yet; a label that a carrier sold is given back afterwards.

    :raises NotAllowed: if it is on its way already.
    """
    journal.move(parcel, "cancel", actor=actor, at=at, cause=cause, carrier=parcel.carrier)


@journal.action
def call_off(return_id: int, *, actor: Actor, at: datetime, cause: str) -> int:
    """Cancel all parcels of a return that nobody has handed in yet; return how many. Twice is once."""
    waiting = Parcel.objects.select_for_update().filter(return_request_id=return_id, state__in=("planned", "labelled"))
    parcels = list(waiting.order_by("pk"))
    for parcel in parcels:
        cancel(parcel, actor=actor, at=at, cause=cause)
    return len(parcels)


def _routes(found: Gathered) -> Sequence[Route]:
    return routing.plan(
        found.loads,
        found.places,
        origin=found.data["country"],
        currency=found.data["currency"],
        payer=found.data["payer"],
        pricing=found.pricing,
    )


def _write(made: Return, found: Gathered, routes: Sequence[Route], *, at: datetime) -> list[Parcel]:
    """Write parcels and their lines in one statement; a part that somebody else has just planned is left to them."""
    data = found.data
    rows = [_row(route, found, part=part, at=at) for part, route in enumerate(routes, start=data["next_part"])]
    with connection.cursor() as cursor:
        cursor.execute(
            _PLAN,
            [json.dumps(rows), Parcel.lifecycle.initial, data["merchant"], data["case"], made.pk, data["method"],
             data["payer"] or "merchant", data["currency"], at],
        )  # fmt: skip
        ids = {part: pk for pk, part in cursor.fetchall()}
    return [_parcel(ids[row["part"]], row, made, data, at=at) for row in rows if row["part"] in ids]


def _row(route: Route, found: Gathered, *, part: int, at: datetime) -> dict[str, Any]:
    chosen = route.chosen
    quote = chosen.quote if chosen else None
    is_ours = found.data["method"] != "own_carrier"  # what a shopper's own carrier takes is no price of ours
    return {
        "ref": new_ref("par", at=at),
        "part": part,
        "center_id": found.center_ids[chosen.place.ref] if chosen else None,
        "carrier": (quote.carrier if quote else gathering.DEFAULT_CARRIER) if is_ours else "",
        "service": quote.service if quote and is_ours else "",
        "weight_g": route.grams,
        "cost_minor": chosen.freight.minor if chosen and chosen.freight and is_ours else 0,
        "route": route.to_json(),
        "lines": [[load.line, load.quantity] for load in route.loads],
    }


def _parcel(pk: int, row: dict[str, Any], made: Return, data: dict[str, Any], *, at: datetime) -> Parcel:
    columns = {name: value for name, value in row.items() if name != "lines"}
    parcel = Parcel(
        pk=pk, **columns, merchant_id=data["merchant"], case_id=data["case"], return_request=made,
        method=data["method"], payer=data["payer"] or "merchant", currency=data["currency"], planned_at=at,
    )  # fmt: skip
    parcel._state.adding = False
    return parcel
