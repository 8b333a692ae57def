"""Labels: made at once by the carrier of the house, asked of remote carriers by a job, or brought by the shopper."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from homeward import journal
from homeward.kernel import Actor, NotAllowed
from homeward.logistics import ports
from homeward.logistics.actions.planning import NothingToSend, cancel, plan
from homeward.logistics.models import Parcel, ParcelLine
from homeward.logistics.ports import LabelBought, LabelIntent
from homeward.returns.models import Return

KEPT_FOR = timedelta(days=90)  # how long a label of the house is honored
_LOCKED = """
SELECT parcel.* FROM logistics_parcel AS parcel JOIN returns_return AS ret ON ret.id = parcel.return_request_id
WHERE ret.id = %s AND ret.state = 'authorized' AND parcel.state NOT IN ('cancelled', 'sent_back')
ORDER BY parcel.part FOR NO KEY UPDATE
"""
_TRACKING_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{4,38}[A-Z0-9]")


class NoLabelNeeded(Exception):
    """The shopper sends this with a carrier of their own choice, so there is no label to make."""


class NotATrackingNumber(ValueError):
    """A tracking number has six to forty letters, digits and hyphens."""


class NumberTaken(Exception):
    """This tracking number belongs to somebody else's parcel."""


@journal.action
def label(made: Return, *, actor: Actor, at: datetime) -> list[Parcel]:
    """Give every planned parcel of a return its label, planning first where that has not happened yet.

    A carrier that asks nobody answers at once, in this transaction. A remote one is asked afterwards by a job; its
    parcels stay planned until it has answered. Parcels that have a label keep it, so asking twice is harmless.

    :raises NothingToSend: if nothing of the return is to travel.
    :raises NoLabelNeeded: if the shopper's own carrier takes it.
    """
    if made.method == "own_carrier":
        raise NoLabelNeeded(made.number)
    parcels = _parcels_of(made, actor=actor, at=at)
    for parcel in parcels:
        if parcel.state == Parcel.lifecycle.initial:
            _ask_for_label(parcel, actor=actor, at=at)
    return parcels


@journal.action
def record_label(parcel: Parcel, bought: LabelBought, *, actor: Actor, at: datetime, file: str = "") -> None:
    """Write down the label that a carrier sold; `file` is where its own drawing lies. The same answer twice is once.

    :raises NotAllowed: if the parcel was called off while the carrier was thinking; its label is then given back.
    """
    expires_at = _end_of(bought, at)
    columns = {
        "tracking_number": bought.tracking_number, "service": bought.service or parcel.service,
        "tracking_url": bought.tracking_url, "carrier_ref": bought.carrier_ref, "label_expires_at": expires_at,
        "label_file": file,
    }  # fmt: skip
    if bought.cost is not None and bought.cost.currency == parcel.currency:
        columns["cost_minor"] = bought.cost.minor
    try:
        journal.move(
            parcel, "label", actor=actor, at=at, set=columns, carrier=parcel.carrier, number=bought.tracking_number
        )
    except NotAllowed:
        now = Parcel.objects.get(pk=parcel.pk)
        if now.tracking_number != bought.tracking_number:
            raise
        parcel.state, parcel.tracking_number, parcel.service = now.state, now.tracking_number, now.service


@journal.action
def refuse_label(parcel: Parcel, reason: str, *, actor: Actor, at: datetime) -> None:
    """Note that a carrier will not sell a label for a parcel; a person has to choose another way."""
    journal.record(parcel, "refuse_label", actor=actor, at=at, carrier=parcel.carrier, reason=reason[:200])


@journal.action
def add_own_tracking(made: Return, *, tracking_number: str, carrier: str, actor: Actor, at: datetime) -> Parcel:
    """Note under which number the shopper's own carrier carries a return.

    A label of ours that nobody has used is called off. A number under which the same shopper already sends another
    return means that both lie in one box: the lines join that parcel.

    :raises NotATrackingNumber: if it cannot be one.
    :raises NumberTaken: if it belongs to a parcel of somebody else.
    :raises NothingToSend: if nothing of the return is to travel, or all of it is on its way already.
    """
    number, name = _cleaned(tracking_number), " ".join(carrier.split()).lower()[:40] or "other"
    known = Parcel.objects.select_related("return_request").filter(carrier=name, tracking_number=number).first()
    if known is not None and known.return_request_id == made.pk:
        return known
    waiting = _free_for_own_carrier(made, actor=actor, at=at)
    if known is not None:
        return _join(known, made, waiting, actor=actor, at=at)
    columns = {"carrier": name, "service": "", "tracking_number": number, "method": "own_carrier", "cost_minor": 0}
    try:
        with transaction.atomic():  # the number may be given to another parcel this very moment
            journal.move(waiting, "label", actor=actor, at=at, set=columns, carrier=name, number=number, is_own=True)
    except IntegrityError:
        raise NumberTaken(number) from None
    return waiting


@journal.action
def expire_labels(*, actor: Actor, at: datetime, most: int = 500) -> int:
    """Call off labels that were not used in time; return how many."""
    stale = Parcel.objects.select_for_update(skip_locked=True).filter(state="labelled", label_expires_at__lt=at)
    parcels = list(stale.order_by("label_expires_at")[:most])
    for parcel in parcels:
        cancel(parcel, actor=actor, at=at, cause="expired")
    return len(parcels)


def intent_for(parcel: Parcel) -> LabelIntent:
    """Return what a carrier in this process has to know to make a label."""
    return LabelIntent(key=parcel.ref, serial=parcel.pk, service=parcel.service, weight_g=parcel.weight_g)


def _parcels_of(made: Return, *, actor: Actor, at: datetime) -> list[Parcel]:
    """Return the living parcels of a return, planned now if there are none.

    :raises NothingToSend: if there are none and nothing is left to plan.
    """
    if parcels := _locked(made):
        return parcels
    try:
        return plan(made, actor=actor, at=at) or _locked(made)
    except NothingToSend as nothing:
        if nothing.because == "sent_already" and (parcels := _locked(made)):  # planned by somebody just now
            return parcels
        raise


def _locked(made: Return) -> list[Parcel]:
    """Return the parcels of an authorized return but those called off or sent back; it and they stay so meanwhile."""
    return list(Parcel.objects.raw(_LOCKED, [made.pk]))


def _ask_for_label(parcel: Parcel, *, actor: Actor, at: datetime) -> None:
    carrier = ports.carrier(parcel.carrier)
    if carrier.is_remote:
        journal.record(parcel, "ask_label", actor=actor, at=at, carrier=carrier.name)
    else:
        record_label(parcel, carrier.buy(intent_for(parcel)), actor=actor, at=at)


def _end_of(bought: LabelBought, at: datetime) -> datetime:
    if bought.expires_on is None:
        return at + KEPT_FOR
    return datetime.combine(bought.expires_on + timedelta(days=1), datetime.min.time(), tzinfo=at.tzinfo)


def _cleaned(tracking_number: str) -> str:
    number = re.sub(r"[\s.]", "", tracking_number).upper()
    if not _TRACKING_NUMBER.fullmatch(number):
        raise NotATrackingNumber(tracking_number[:60])
    return number


def _free_for_own_carrier(made: Return, *, actor: Actor, at: datetime) -> Parcel:
    """Return a planned parcel of the return; labels of ours that are not in use make room for it."""
    parcels = _parcels_of(made, actor=actor, at=at)
    if waiting := next((parcel for parcel in parcels if parcel.state == Parcel.lifecycle.initial), None):
        return waiting
    unused = [parcel for parcel in parcels if parcel.state == "labelled" and parcel.method != "own_carrier"]
    if not unused:
        raise NothingToSend(made.number, "sent_already")
    for parcel in unused:
        cancel(parcel, actor=actor, at=at, cause="own_carrier")
    return plan(made, actor=actor, at=at)[0]


def _join(known: Parcel, made: Return, waiting: Parcel, *, actor: Actor, at: datetime) -> Parcel:
    """Put the lines of a planned parcel into one that is known, if it is the same shopper's."""
    other = known.return_request
    if other is None or made.shopper_id is None or other.shopper_id != made.shopper_id:
        raise NumberTaken(known.tracking_number)
    ParcelLine.objects.filter(parcel=waiting).update(parcel=known)
    cancel(waiting, actor=actor, at=at, cause="joined")
    journal.record(known, "join", actor=actor, at=at, number=made.number, from_parcel=waiting.ref)
    return known
