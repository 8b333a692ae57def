"""Parcels over the API: labels, papers, tracking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from homeward.api import cursors
from homeward.api.fields import Body, Limit
from homeward.api.idempotency import once
from homeward.api.keys import check_scope
from homeward.api.problems import Problem
from homeward.kernel import Actor
from homeward.logistics import actions, queries
from homeward.logistics.models import Parcel
from homeward.logistics.ports import Scan
from homeward.logistics.tracking import Code, UnknownScan
from homeward.returns import queries as return_queries

router = Router()


class ParcelOut(Schema):
    """A parcel as it stands."""

    ref: str
    state: str
    return_number: str | None
    center: str | None
    method: str
    carrier: str
    service: str
    tracking_number: str
    payer: str
    weight_g: int
    cost_minor: int
    currency: str
    label_expires_at: datetime | None
    planned_at: datetime
    accepted_at: datetime | None
    delivered_at: datetime | None
    allowed: list[str]


class ParcelList(Schema):
    """A page of parcels."""

    data: list[ParcelOut]
    next: str | None


class Parcels(Schema):
    """The parcels of one return."""

    data: list[ParcelOut]


class ScanIn(Body):
    """What a carrier has seen."""

    code: str = Field(description=", ".join(Code))
    at: datetime
    place: str = Field("", max_length=120)
    text: str = Field("", max_length=200)


class TrackIn(Body):
    """Scans of one parcel, in any order; those that are known change nothing."""

    scans: list[ScanIn] = Field(min_length=1, max_length=500)


class TrackOut(Schema):
    """How many scans were new, and how the parcel stands now."""

    new: int
    parcel: ParcelOut


class OwnTrackingIn(Body):
    """The number of the parcel that the shopper sends with a carrier of their own."""

    tracking_number: str = Field(max_length=60)
    carrier: str = Field("", max_length=40)


def _as_data(parcel: Parcel, actor: Actor, number: str | None) -> dict[str, Any]:
    return {
        "ref": parcel.ref, "state": parcel.state, "return_number": number,
        "center": parcel.center.code if parcel.center else None, "method": parcel.method, "carrier": parcel.carrier,
        "service": parcel.service, "tracking_number": parcel.tracking_number, "payer": parcel.payer,
        "weight_g": parcel.weight_g, "cost_minor": parcel.cost_minor, "currency": parcel.currency,
        "label_expires_at": parcel.label_expires_at, "planned_at": parcel.planned_at,
        "accepted_at": parcel.accepted_at, "delivered_at": parcel.delivered_at,
        "allowed": list(queries.verbs(actor, parcel)),
    }  # fmt: skip


def _number(parcel: Parcel) -> str | None:
    return parcel.return_request.number if parcel.return_request else None


@router.post("/returns/{ref}/label", response=Parcels, summary="Give a return its labels")
def label(request: HttpRequest, ref: str) -> HttpResponse:
    """Plan the way back if need be, and make the labels. Asking again gives the same ones."""
    actor = check_scope(request, "parcels.write")

    def work() -> tuple[int, Any]:
        made = return_queries.bare(actor, ref)
        parcels = queries.with_centers(actor, actions.label(made, actor=actor, at=request.at))
        return 200, {"data": [_as_data(parcel, actor, made.number) for parcel in parcels]}

    return once(request, work)


@router.post("/returns/{ref}/tracking", response=Parcels, summary="Tell the number of the shopper's own carrier")
def own_tracking(request: HttpRequest, ref: str, body: OwnTrackingIn) -> HttpResponse:
    """Record the tracking number of a parcel that travels with a carrier of the shopper's."""
    actor = check_scope(request, "parcels.write")

    def work() -> tuple[int, Any]:
        made = return_queries.return_(actor, ref)
        try:
            parcel = actions.add_own_tracking(
                made,
                tracking_number=body.tracking_number,
                carrier=body.carrier,
                actor=actor,
                at=request.at,
            )
        except actions.NotATrackingNumber as refused:
            raise Problem(422, "tracking_number_malformed", str(refused)) from refused
        except actions.NumberTaken as refused:
            raise Problem(409, "tracking_number_taken", "This number belongs to another parcel.") from refused
        return 200, {"data": [_as_data(parcel, actor, made.number)]}

    return once(request, work)


@router.get("/returns/{ref}/parcels", response=Parcels, summary="The parcels of a return")
def of_return(request: HttpRequest, ref: str) -> dict[str, Any]:
    """List the parcels in which lines of a return travel, those that live first."""
    actor = check_scope(request, "returns.read")
    made = return_queries.return_(actor, ref)
    return {"data": [_as_data(p, actor, _number(p)) for p in queries.parcels_of(actor, made)]}


@router.get("/parcels", response=ParcelList, summary="Parcels, newest first")
def list_parcels(
    request: HttpRequest, state: str = "", tracking_number: str = "", cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """List parcels by state or by tracking number."""
    actor = check_scope(request, "returns.read")
    rows = queries.parcels(actor).select_related("center", "return_request")
    if state:
        rows = rows.filter(state=state)
    if tracking_number:
        rows = rows.filter(tracking_number=tracking_number.replace(" ", "").upper())
    found, following = cursors.page(rows, cursor=cursor, limit=limit)
    return {"data": [_as_data(p, actor, _number(p)) for p in found], "next": following}


@router.get("/parcels/{ref}", response=ParcelOut, summary="One parcel")
def read(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Read one parcel by ref."""
    actor = check_scope(request, "returns.read")
    parcel = queries.parcel(actor, ref)
    return _as_data(parcel, actor, _number(parcel))


@router.post("/parcels/{ref}/events", response=TrackOut, summary="Tell what a carrier has seen")
def track(request: HttpRequest, ref: str, body: TrackIn) -> HttpResponse:
    """Take in scans; late, doubled and disordered ones are welcome."""
    actor = check_scope(request, "parcels.write")

    def work() -> tuple[int, Any]:
        parcel = queries.parcel(actor, ref)
        scans = [Scan(code=scan.code, at=scan.at, place=scan.place, text=scan.text) for scan in body.scans]
        try:
            new = actions.track(parcel, scans, actor=actor, at=request.at, source="api")
        except UnknownScan as refused:
            raise Problem(422, "scan_unknown", str(refused), codes=list(Code)) from refused
        fresh = queries.parcel(actor, ref)
        return 200, {"new": new, "parcel": _as_data(fresh, actor, _number(fresh))}

    return once(request, work)
