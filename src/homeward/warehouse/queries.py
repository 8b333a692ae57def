"""Questions about the dock, each fenced to what the actor may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as When_
from django.db.models import F, IntegerField, Prefetch, Q, QuerySet, Sum, Value, When

from homeward.journal import prepared
from homeward.kernel import Actor, Role
from homeward.logistics import queries as logistics_queries
from homeward.logistics.models import Parcel
from homeward.returns import queries as return_queries
from homeward.returns.models import Return
from homeward.warehouse.models import Inspection, Photo, Receipt, ReceiptLine, StockMovement
from homeward.warehouse.scanning import Scan, read

GOODS = ("merchant", "center", "parcel", "case", "return_request__order", "return_request__shopper")


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan led to: receipts, open ones first; else a parcel or a return that has none yet; else nothing."""

    scan: Scan
    receipts: tuple[Receipt, ...] = ()
    parcel: Parcel | None = None
    return_request: Return | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nobody knows what was scanned."""
        return not self.receipts and self.parcel is None and self.return_request is None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of one return line over all its receipts, by the dock's last word."""

    announced: int
    right: int
    wrong: int
    graded: Mapping[str, int]

    @property
    def open(self) -> int:
        """Units that have not come yet."""
        return max(self.announced - self.right, 0)


@dataclass(frozen=True, slots=True)
class Figures:
    """How the dock stands."""

    expected: int
    waiting: int
    late: int
    contested: int
    seconds: int


def receipts(actor: Actor) -> QuerySet[Receipt]:
    """Return the receipts that `actor` may see: a shopper those of proved orders, others those within their fence."""
    rows = Receipt.objects.all()
    if actor.role == Role.SHOPPER:
        return rows.filter(return_request__order_id__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


@prepared.question
def _by_ref(ref: str) -> QuerySet[Receipt]:
    return Receipt.objects.select_related(*GOODS).filter(ref=ref)


def receipt(actor: Actor, ref: str) -> Receipt:
    """Return one receipt by reference, with all that the dock's verbs need to know.

    :raises Receipt.DoesNotExist: if there is none within the actor's fence.
    """
    for found in _by_ref(ref=ref):
        if about := found.return_request:
            about.merchant = found.merchant  # the same row, fetched once
        if _sees(actor, found):
            return found
    raise Receipt.DoesNotExist(ref)


@prepared.question
def _bare(ref: str) -> QuerySet[Receipt]:
    return Receipt.objects.filter(ref=ref)


def return_of(actor: Actor, ref: str) -> int | None:
    """Return the id of the return against which a receipt was counted; None for goods that nobody announced."""
    return next((found.return_request_id for found in _bare(ref=ref) if _sees(actor, found)), None)


def _sees(actor: Actor, receipt: Receipt) -> bool:
    about = receipt.return_request
    return actor.sees(merchant_id=receipt.merchant_id, order_id=about.order_id if about else None)


@prepared.question
def _counts_of(receipt_id: int) -> QuerySet[ReceiptLine]:
    return ReceiptLine.objects.filter(receipt_id=receipt_id).select_related("return_line").order_by("pk")


def counts(actor: Actor, of: Receipt) -> list[ReceiptLine]:
    """Return the lines of a receipt as they were counted, with their return lines and without the goods."""
    return _counts_of(receipt_id=of.pk) if _sees(actor, of) else []


@prepared.question
def _lines_of(receipt_id: int) -> QuerySet[ReceiptLine]:
    rows = ReceiptLine.objects.filter(receipt_id=receipt_id).exclude(announced=0, received=0)
    return rows.select_related("return_line__order_line__product").order_by("pk")


def lines(actor: Actor, of: Receipt) -> list[ReceiptLine]:
    """Return the lines of a receipt with the goods that they stand for; those that were given up are left out."""
    return _lines_of(receipt_id=of.pk) if _sees(actor, of) else []


def inspections(actor: Actor, of: Receipt) -> list[Inspection]:
    """Return the findings on a receipt, oldest first, void ones too."""
    rows = Inspection.objects.filter(line__receipt__in=receipts(actor), line__receipt=of)
    return list(rows.select_related("line__return_line__order_line").prefetch_related("photos").order_by("pk"))


def inspection(actor: Actor, ref: str) -> Inspection:
    """Return one finding by reference.

    :raises Inspection.DoesNotExist: if there is none within the actor's fence.
    """
    rows = Inspection.objects.filter(line__receipt__in=receipts(actor))
    return rows.select_related(
        "line__receipt__center", "line__receipt__merchant", "line__return_line__order_line"
    ).get(ref=ref)  # fmt: skip


def photos(actor: Actor, of: Receipt) -> list[Photo]:
    """Return the photos of a receipt, oldest first."""
    return list(Photo.objects.filter(receipt__in=receipts(actor), receipt=of).order_by("pk"))


def photo(actor: Actor, ref: str) -> Photo:
    """Return one photo by reference.

    :raises Photo.DoesNotExist: if there is none within the actor's fence.
    """
    return Photo.objects.filter(receipt__in=receipts(actor)).get(ref=ref)


def verbs(actor: Actor, of: Receipt) -> tuple[str, ...]:
    """Return the verbs that the actor may use on a receipt now; only goods that nobody announced can be matched."""
    allowed = Receipt.lifecycle.allowed(of.state, role=actor.role)
    stranger = {"match"} if of.is_announced else {"dispute", "reopen"}
    return tuple(verb for verb in allowed if verb not in stranger)


def find(actor: Actor, raw: str) -> Found:
    """Return what a scan or typed text leads to: receipt, parcel, return, serial number, or a label taken in before."""
    scan = read(raw)
    if not scan.text:
        return Found(scan)
    rows = receipts(actor)
    if scan.ref:
        known = rows.filter(
            Q(ref=scan.ref) | Q(parcel__ref=scan.ref) | Q(return_request__ref=scan.ref) | Q(case__ref=scan.ref)
        )
    elif scan.number:
        known = rows.filter(return_request__number=scan.number)
    else:
        known = rows.filter(parcel__tracking_number__in=scan.codes)
    if found := _open_first(known):
        return Found(scan, receipts=found)
    parcel = _parcel(actor, scan)
    if parcel is not None:
        return Found(scan, parcel=parcel)
    if (made := _return(actor, scan)) is not None:
        return Found(scan, return_request=made)
    return Found(scan, receipts=_open_first(_by_label_or_serial(rows, scan)))


def expected(actor: Actor, *, center: str = "") -> QuerySet[Receipt]:
    """Return goods on their way to the dock: those that have been delivered first, then in transit, then announced."""
    rows = _at(receipts(actor).filter(state="expected"), center).exclude(parcel__state__in=["cancelled", "lost"])
    nearness = When_(
        When(parcel__state="delivered", then=Value(0)),
        When(parcel__state__in=["in_transit", "held"], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.select_related(*GOODS).annotate(nearness=nearness).order_by("nearness", "announced_at", "pk")


def to_inspect(actor: Actor, *, center: str = "") -> QuerySet[Receipt]:
    """Return receipts whose units wait for their inspection, the first to run out on top."""
    rows = _at(receipts(actor).filter(state="received"), center)
    return rows.select_related(*GOODS).order_by(F("due_at").asc(nulls_last=True), "pk")


def contested(actor: Actor, *, center: str = "") -> QuerySet[Receipt]:
    """Return receipts that wait for a ruling, oldest first."""
    return _at(receipts(actor).filter(state="disputed"), center).select_related(*GOODS).order_by("received_at", "pk")


def waiting_for_second(actor: Actor, *, center: str = "") -> QuerySet[Inspection]:
    """Return findings that a second person has to confirm, oldest first."""
    rows = Inspection.objects.filter(
        line__receipt__in=_at(receipts(actor), center), needs_second=True, second_at=None, voided_at=None
    )
    return rows.select_related("line__receipt", "line__return_line__order_line").order_by("pk")


def figures(actor: Actor, *, at: datetime, center: str = "") -> Figures:
    """Return how many receipts are expected, wait, are late or contested, and how many findings want a second one."""
    waiting = _at(receipts(actor).filter(state="received"), center)
    return Figures(
        expected=expected(actor, center=center).count(), waiting=waiting.count(),
        late=waiting.filter(due_at__lt=at).count(), contested=contested(actor, center=center).count(),
        seconds=waiting_for_second(actor, center=center).count(),
    )  # fmt: skip


def receipts_of(actor: Actor, made: Return) -> list[Receipt]:
    """Return the receipts of a return, oldest first, with lines and findings fetched along."""
    findings = Inspection.objects.filter(voided_at=None).order_by("pk").prefetch_related("photos")
    rows = ReceiptLine.objects.select_related("return_line__order_line").order_by("pk")
    found = receipts(actor).filter(return_request=made).select_related("center", "parcel").order_by("pk")
    return list(
        found.prefetch_related(Prefetch("lines", rows), Prefetch("lines__inspections", findings), "photos", "strangers")
    )


def arrived(actor: Actor, made: Return) -> dict[int, Arrived]:
    """Return what came of each line of a return, by the line's id: over all receipts that have been counted."""
    rows = ReceiptLine.objects.filter(receipt__in=receipts(actor), receipt__return_request=made)
    counted = rows.exclude(receipt__state="expected").exclude(return_line=None)
    sums = (
        counted.values_list("return_line", "return_line__quantity")
        .annotate(right_units=Sum(F("good") + F("damaged")), wrong_units=Sum("wrong"))
        .order_by("return_line")
    )
    grades: dict[int, dict[str, int]] = defaultdict(dict)
    live = Inspection.objects.filter(line__in=counted, voided_at=None)
    for line, grade, units in live.values_list("line__return_line", "grade").annotate(graded=Sum("quantity")):
        grades[line][grade] = units
    return {line: Arrived(quantity, right, wrong, grades[line]) for line, quantity, right, wrong in sums}


def passed(actor: Actor, return_id: int) -> dict[int, int]:
    """Return how many units of each line of a return, by the line's id, have come and been inspected."""
    rows = ReceiptLine.objects.filter(receipt__in=receipts(actor), receipt__return_request=return_id)
    inspected = rows.filter(receipt__inspected_at__isnull=False).exclude(return_line=None)
    return dict(inspected.values_list("return_line").annotate(units=Sum(F("good") + F("damaged"))).order_by())


def movements(actor: Actor, *, after: int = 0) -> QuerySet[StockMovement]:
    """Return stock movements in the order in which they happened, those after number `after`; a feed for ERPs."""
    rows = StockMovement.objects.filter(pk__gt=after).select_related("center", "inspection", "reverses").order_by("pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def stock(actor: Actor, *, merchant_id: int, sku: str) -> dict[str, int]:
    """Return returned units of a SKU by where they are: `returns_area` until they are put away, then by disposition.

    Only `restock` can be sold; a SKU that was never here has no places.
    """
    rows = StockMovement.objects.filter(merchant_id=merchant_id, sku=sku)
    waiting = ReceiptLine.objects.filter(
        receipt__in=receipts(actor), receipt__merchant_id=merchant_id, return_line__order_line__sku=sku
    )
    if not actor.sees_all_merchants:
        rows = rows.filter(merchant_id=actor.fence)
    places = dict(rows.values_list("destination").annotate(units=Sum("quantity")))
    came = waiting.aggregate(units=Sum("received"))["units"] or 0
    return {key: units for key, units in {"returns_area": came - sum(places.values()), **places}.items() if units}


def serials_here(actor: Actor, *, order_line_id: int) -> frozenset[str]:
    """Return the serial numbers of an order line whose units have been found here and have not been sent back."""
    rows = Inspection.objects.filter(
        line__receipt__in=receipts(actor), line__return_line__order_line_id=order_line_id, voided_at=None
    )
    return frozenset(rows.exclude(serial="").exclude(disposition="send_back").values_list("serial", flat=True))


def _at(rows: QuerySet[Receipt], center: str) -> QuerySet[Receipt]:
    return rows.filter(Q(center__code=center) | Q(center=None)) if center else rows


def _open_first(rows: QuerySet[Receipt]) -> tuple[Receipt, ...]:
    order = When_(
        When(state="expected", then=Value(0)),
        When(state="received", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return tuple(rows.select_related(*GOODS).annotate(order=order).order_by("order", "pk")[:20])


def _parcel(actor: Actor, scan: Scan) -> Parcel | None:
    rows = logistics_queries.parcels(actor)
    rows = rows.filter(ref=scan.ref) if scan.ref else rows.filter(tracking_number__in=scan.codes)
    return rows.select_related("center", "merchant", "return_request").order_by("-pk").first()


def _return(actor: Actor, scan: Scan) -> Return | None:
    rows = return_queries.returns(actor)
    if scan.ref or scan.number:
        rows = rows.filter(Q(ref=scan.ref) | Q(number=scan.number))
    else:
        rows = rows.filter(order__number__in=scan.codes)
    return rows.select_related("order", "case", "merchant").order_by("-pk").first()


def _by_label_or_serial(rows: QuerySet[Receipt], scan: Scan) -> QuerySet[Receipt]:
    codes: Sequence[str] = scan.codes
    waiting = Q(state__in=["expected", "received"])
    serial = Q(lines__return_line__serials__overlap=codes) | Q(lines__return_line__order_line__serials__overlap=codes)
    return rows.filter(Q(label_text__in=codes) | (waiting & serial)).distinct()
