"""Questions about parcels, centers and rates, each fenced to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from homeward.journal import prepared
from homeward.kernel import Actor, Money, Role
from homeward.logistics import gathering, routing
from homeward.logistics.lifecycle import PARCEL
from homeward.logistics.models import Center, Parcel, ParcelLine, RateCard, TrackingEvent
from homeward.logistics.routing import Load, Route
from homeward.orders.models import Order, OrderLine
from homeward.returns.models import Return


def parcels(actor: Actor) -> QuerySet[Parcel]:
    """Return the parcels that `actor` may see: a shopper those of proved orders, others those within their fence."""
    rows = Parcel.objects.all()
    if actor.role == Role.SHOPPER:
        return rows.filter(return_request__order_id__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def parcel(actor: Actor, ref: str) -> Parcel:
    """Return one parcel by ref, with what its papers and pages need.

    :raises Parcel.DoesNotExist: if there is none within the actor's fence.
    """
    return _with_company(parcels(actor)).get(ref=ref)


@prepared.question
def _label(ref: str) -> QuerySet[Parcel]:
    return Parcel.objects.select_related("center", "return_request").filter(ref=ref)


def label(actor: Actor, ref: str) -> Parcel:
    """Return one parcel by ref as its label tells of it: with center and return, without lines and scans.

    :raises Parcel.DoesNotExist: if there is none within the actor's fence.
    """
    for found in _label(ref=ref):
        about = found.return_request
        if actor.sees(merchant_id=found.merchant_id, order_id=about.order_id if about else None):
            return found
    raise Parcel.DoesNotExist(ref)


def parcels_of(actor: Actor, made: Return) -> list[Parcel]:
    """Return the parcels in which lines of a return lie, with lines and scans: those that live first, newest first."""
    rows = parcels(actor).filter(Q(return_request=made) | Q(lines__return_line__return_request=made)).distinct()
    found = list(_with_company(rows).order_by("-pk"))
    return sorted(found, key=lambda one: one.state == "cancelled")


@prepared.question
def _center(center_id: int) -> QuerySet[Center]:
    return Center.objects.filter(pk=center_id)


def with_centers(actor: Actor, parcels: Sequence[Parcel]) -> Sequence[Parcel]:
    """Return the same parcels with their centers fetched along, each once; who has a parcel may know where it goes."""
    found: dict[int, Center] = {}
    for one in parcels:
        if one.center_id and actor.sees(merchant_id=one.merchant_id):
            found.setdefault(one.center_id, _center(center_id=one.center_id)[0])
            one.center = found[one.center_id]
    return parcels


def carried(actor: Actor, parcel: Parcel) -> list[ParcelLine]:
    """Return the units that travel in a parcel which the actor may see, with the returns that they are of."""
    about = parcel.return_request
    is_seen = actor.sees(merchant_id=parcel.merchant_id, order_id=about.order_id if about else None)
    return _carried(parcel_id=parcel.pk) if is_seen else []


@prepared.question
def _carried(parcel_id: int) -> QuerySet[ParcelLine]:
    return ParcelLine.objects.filter(parcel_id=parcel_id).select_related("return_line__return_request").order_by("pk")


@prepared.question
def _living_of(return_id: int) -> QuerySet[Parcel]:
    return Parcel.objects.filter(return_request_id=return_id).exclude(state__in=("cancelled", "lost", "sent_back"))


def has_parcels(actor: Actor, made: Return) -> bool:
    """Whether a parcel of a return is planned, or further along; what was called off, lost or sent back is none."""
    return actor.sees(merchant_id=made.merchant_id, order_id=made.order_id) and bool(_living_of(return_id=made.pk))


def scanned(actor: Actor, code: str) -> Parcel | None:
    """Return the parcel that a scan at the dock means: by our ref, or by a tracking number of any carrier; else None.

    A QR code that holds an address of ours ends with the ref; bars hold it without its prefix. Of several parcels
    with one number the newest counts.
    """
    word = code.strip().rsplit("/", maxsplit=1)[-1].split("?", maxsplit=1)[0].replace(" ", "")
    if not word:
        return None
    ref = word.lower()
    meant = Q(ref__in=(ref, f"par_{ref}")) | Q(tracking_number=word.upper())
    return _with_company(parcels(actor)).filter(meant).order_by("-pk").first()


def events(actor: Actor, of: Parcel) -> list[TrackingEvent]:
    """Return the scans of a parcel, latest first.

    :raises Parcel.DoesNotExist: if the actor may not see the parcel.
    """
    parcels(actor).only("pk").get(pk=of.pk)
    return list(TrackingEvent.objects.filter(parcel=of).order_by("-at", "-pk"))


def verbs(actor: Actor, of: Parcel) -> Sequence[str]:
    """Return the verbs that the actor may use on a parcel now, as pages and API offer them."""
    return PARCEL.allowed(of.state, role=actor.role)


def silent(actor: Actor, *, at: datetime, days: int = 7) -> QuerySet[Parcel]:
    """Return parcels on their way of which nothing has been heard for `days`, the longest silence first."""
    rows = parcels(actor).filter(state__in=("in_transit", "held"))
    heard = rows.annotate(last_heard_at=Coalesce(Max("events__at"), "accepted_at", "planned_at"))
    return heard.filter(last_heard_at__lt=at - timedelta(days=days)).order_by("last_heard_at")


def centers(actor: Actor) -> QuerySet[Center]:
    """Return the centers that `actor` may see: those of all merchants and their own; everybody's for the operator."""
    rows = Center.objects.order_by("name")
    if actor.sees_all_merchants:
        return rows
    return rows.filter(Q(merchant=None) | Q(merchant_id=actor.fence))


def center(actor: Actor, code: str) -> Center:
    """Return one center by code or ref.

    :raises Center.DoesNotExist: if there is none within the actor's fence.
    """
    return centers(actor).get(Q(code=code) | Q(ref=code))


def rate_cards(actor: Actor) -> QuerySet[RateCard]:
    """Return the rate cards that `actor` may see, the newest first."""
    rows = RateCard.objects.order_by("carrier", "service", "currency", "-valid_from")
    if actor.sees_all_merchants:
        return rows
    return rows.filter(Q(merchant=None) | Q(merchant_id=actor.fence))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the way back would cost; `freight` is None where no rate is known."""

    routes: tuple[Route, ...]
    freight: Money | None


def estimate(
    actor: Actor, order: Order, units: Mapping[str, int], *, at: datetime, payer: str = "merchant"
) -> Estimate:
    """Return the ways back and their freight for units of order lines (by ref), as planning would choose them now.

    :raises Order.DoesNotExist: if the order is not within the actor's fence.
    """
    is_own = order.pk in actor.order_ids if actor.role == Role.SHOPPER else order.merchant_id == actor.merchant_id
    if not (is_own or actor.sees_all_merchants):
        raise Order.DoesNotExist
    loads = [_load(line, units[line.ref], order.currency) for line in order.lines.all() if units.get(line.ref, 0) > 0]
    if not loads:
        return Estimate((), None)
    country = order.country or order.merchant.country
    found = gathering.offer(
        merchant_id=order.merchant_id, currency=order.currency, country=country, on=at.date()
    )  # fmt: skip
    routes = routing.plan(
        loads, found.places, origin=country, currency=order.currency, payer=payer, pricing=found.pricing
    )  # fmt: skip
    freights = [route.chosen.freight for route in routes if route.chosen and route.chosen.freight is not None]
    return Estimate(routes, Money.total(freights, order.currency) if len(freights) == len(routes) else None)


def _load(line: OrderLine, quantity: int, currency: str) -> Load:
    return Load(
        line=line.pk, quantity=quantity, unit_g=line.weight_g, traits=frozenset(line.traits),
        value=Money(line.paid_minor * quantity // max(line.quantity, 1), currency),
    )  # fmt: skip


def _with_company(rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
    lines = ParcelLine.objects.select_related("return_line__order_line__product", "return_line__return_request")
    return rows.select_related(
        "merchant", "center", "case", "return_request__order__merchant", "return_request__shopper"
    ).prefetch_related(
        Prefetch("lines", lines.order_by("pk")), Prefetch("events", TrackingEvent.objects.order_by("-at", "-pk"))
    )  # fmt: skip
