"""Errands to remote carriers, each outside of any transaction: buy a label, give it back, ask what was seen."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from homeward.kernel import NotAllowed
from homeward.kernel.actor import MACHINE
from homeward.logistics import actions, papers, ports, queries
from homeward.logistics.models import Parcel
from homeward.logistics.ports import CarrierRefused, CarrierUnreachable, LabelBought, LabelIntent, UnknownLabel


def buy_label(parcel_id: int, *, at: datetime) -> None:
    """Ask a parcel's carrier for its label and write down the answer; harmless when it is repeated.

    The parcel's ref is the key: a carrier whose answer was lost is asked again with it and sells nothing twice.

    :raises CarrierUnreachable: if the carrier did not answer; the errand is to be run again.
    """
    parcel = queries.parcels(MACHINE).select_related(*papers.COMPANY).get(pk=parcel_id)
    if parcel.state != Parcel.lifecycle.initial:
        return
    carrier = ports.carrier(parcel.carrier)
    try:
        bought = carrier.buy(_intent(parcel))
    except CarrierRefused as refused:
        actions.refuse_label(parcel, str(refused), actor=MACHINE, at=at)
        return
    try:
        actions.record_label(parcel, bought, actor=MACHINE, at=at, file=_kept(parcel, bought))
    except NotAllowed:  # called off while the carrier was thinking
        carrier.cancel(bought.tracking_number)


def give_label_back(parcel_id: int, *, at: datetime) -> None:
    """Tell a remote carrier that the label of a cancelled parcel will not be used.

    :raises CarrierUnreachable: if the carrier did not answer; the errand is to be run again.
    """
    parcel = queries.parcels(MACHINE).get(pk=parcel_id)
    if parcel.state != "cancelled" or not parcel.tracking_number or parcel.method == "own_carrier":
        return
    carrier = ports.carrier(parcel.carrier)
    if not carrier.is_remote:
        return
    try:
        carrier.cancel(parcel.tracking_number)
    except CarrierRefused as refused:
        actions.refuse_label(parcel, str(refused), actor=MACHINE, at=at)


def ask_for_scans(*, at: datetime, most: int = 500) -> int:
    """Ask remote carriers what they have seen of labels in use; return how many scans were new.

    A carrier that does not answer is left for the next round, and nobody else waits for it.
    """
    remote = ports.remote_names()
    rows = queries.parcels(MACHINE).filter(carrier__in=remote, state__in=("labelled", "in_transit", "held", "lost"))
    new, silent = 0, set()
    for parcel in rows.exclude(method="own_carrier").order_by("pk")[:most]:
        if parcel.carrier in silent:
            continue
        try:
            scans = list(ports.carrier(parcel.carrier).track(parcel.tracking_number))
        except CarrierUnreachable:
            silent.add(parcel.carrier)
            continue
        except UnknownLabel:
            continue
        new += actions.track(parcel, scans, actor=MACHINE, at=at, source=parcel.carrier) if scans else 0
    return new


def _intent(parcel: Parcel) -> LabelIntent:
    return LabelIntent(
        key=parcel.ref, serial=parcel.pk, sender=papers.sender(parcel), destination=papers.destination(parcel),
        service=parcel.service, weight_g=parcel.weight_g, marks=papers.marks(parcel),
    )  # fmt: skip


def _kept(parcel: Parcel, bought: LabelBought) -> str:
    """Put a label that the carrier drew itself into storage and return where it lies."""
    if bought.document is None:
        return ""
    path = f"labels/{parcel.ref}.pdf"
    return path if default_storage.exists(path) else default_storage.save(path, ContentFile(bought.document))
