"""Returns that are on the demo's road already, each at another station, so that every page has something to do."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from PIL import Image, ImageDraw

from homeward.config import demo
from homeward.conversations import actions as conversation_actions
from homeward.kernel import Actor, Role
from homeward.kernel.actor import MACHINE, POLICY
from homeward.logistics import actions as logistics_actions
from homeward.logistics.ports import Scan
from homeward.orders import queries as order_queries
from homeward.orders.models import Order, OrderLine
from homeward.parties import queries as party_queries
from homeward.returns import actions as return_actions
from homeward.returns import evidence, verdicts
from homeward.returns import queries as return_queries
from homeward.returns.actions import records
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements import queries as settlement_queries
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.grading import Grade

_CALM = {"battery_danger": "no", "battery_hit": "no"}  # what Kim answers on goods with a battery
STATIONS = ("asked", "labelled", "posted", "received", "inspected", "refunded")


@dataclass(frozen=True, slots=True)
class Declared:
    """A withdrawal that somebody declared on a shop's page; without an `order` it waits to be matched."""

    merchant: str
    name: str
    contract: str
    email: str
    locale: str
    hours_ago: float
    scope: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """One return: units of one line of an authored order, why, what the shopper says, and how far it has come."""

    order: str
    sku: str
    reason: str
    hours_ago: float
    upto: str = "asked"
    quantity: int = 1
    condition: str = "opened"
    words: str = ""
    note: str = ""
    says: str = ""
    photo: bool = False
    review: bool = False
    remedy: str = "refund"
    grade: str = "A"


SCENES = (
    Scene(
        "LT-48120", "TS-06-JADE", "damaged_in_transit", 1.2, photo=True, review=True, condition="",
        words="The lid and one cup are broken.", says="It is a present for Saturday. Will a new one come in time?",
        remedy="replacement",
    ),
    Scene(
        "LT-48204", "TC-FRESH", "poor_quality", 3, quantity=2, condition="", photo=True, review=True,
        words="打开时已经有异味。", says="这是给老人买的,请尽快处理。",
    ),
    Scene("LT-47390", "PW-SILK", "poor_quality", 26, condition="", words="The seam opened after the first wash."),
    Scene(
        "NL-19640", "NE-2", "defective", 30, condition="", photo=True, review=True, remedy="replacement",
        words="Die linke Seite lädt nicht mehr.", says="Können Sie die Kopfhörer bitte tauschen?",
    ),
    Scene("LT-48177", "SH-LIN-M", "too_small", 20, upto="labelled", condition="tried"),
    Scene("LT-48195", "DR-WRAP-38", "too_large", 44, upto="posted", condition="tried", words="少し大きかったです。"),
    Scene("LT-48099", "DR-WRAP-38", "color", 60, upto="posted", condition="unopened"),
    Scene("LT-48150", "LT-150-SAND", "color", 90, upto="received", condition="opened", words="Passt nicht zum Sofa."),
    Scene("LT-48031", "PW-SILK", "no_longer_needed", 110, upto="inspected", condition="unopened"),
    Scene("NL-20955", "NC-KIT", "better_price", 140, upto="refunded", condition="unopened"),
)  # fmt: skip

DECLARED = (
    Declared("lanting", "Johanna Beck", "Bestellung vom 9. November", "johanna@muenster.example", "de", 5),
    Declared(
        "nordlicht", "Sofia Rinaldi", "NL-20911", "sofia@milano.example", "en", 31, scope="Both creams",
        order="NL-20911",
    ),
)  # fmt: skip


def play(*, at: datetime) -> int:
    """Set the scenes, unless returns are on the road already; return how many were set."""
    if return_queries.returns(MACHINE).exists():
        return 0
    with transaction.atomic():
        for scene in SCENES:
            _play(scene, at=at - timedelta(hours=scene.hours_ago))
        for told in DECLARED:
            _declare(told, at=at - timedelta(hours=told.hours_ago))
    return len(SCENES)


def _declare(told: Declared, *, at: datetime) -> None:
    order = order_queries.orders(MACHINE).get(number=told.order) if told.order else None
    return_actions.declare_withdrawal(
        merchant=party_queries.open_shop(told.merchant), name=told.name, contract=told.contract,
        email=told.email, locale=told.locale, scope=told.scope, order=order, actor=Actor(Role.SHOPPER, "", told.name),
        at=at,
    )  # fmt: skip


def _play(scene: Scene, *, at: datetime) -> None:
    made = ask(scene, at=at)
    stations = STATIONS[1 : STATIONS.index(scene.upto) + 1]
    for number, station in enumerate(stations, start=1):
        move(made, scene, station, at=at + timedelta(hours=number * scene.hours_ago / (len(stations) + 2)))


def ask(scene: Scene, *, at: datetime) -> Return:
    """Ask for the return as its shopper does, with words and picture."""
    order = order_queries.orders(MACHINE).get(number=scene.order)
    line = next(one for one in order_queries.lines(MACHINE, order) if one.sku == scene.sku)
    shopper = Actor(
        Role.SHOPPER, order.shopper.ref if order.shopper else "", order.shopper.name if order.shopper else "",
        merchant_id=order.merchant_id, order_ids=frozenset({order.pk}),
    )  # fmt: skip
    made = _request(scene, order, line, shopper, at=at)
    if scene.says:
        conversation_actions.say(
            made.case, body=scene.says, actor=shopper, at=at + timedelta(minutes=4), language=order.locale
        )
    return made


def move(made: Return, scene: Scene, station: str, *, at: datetime) -> None:
    """Take the return to its next station, by whoever does that."""
    _MOVES[station](made, scene, at)


def _request(scene: Scene, order: Order, line: OrderLine, shopper: Actor, *, at: datetime) -> Return:
    wish = verdicts.Wish(
        line.ref, scene.quantity, scene.reason, condition=scene.condition, words=scene.words,
        serials=tuple(line.serials[: scene.quantity]),
    )  # fmt: skip
    kept = [records.store(evidence.examine(_photo(), name="IMG_2041.jpg"), at=at)] if scene.photo else []
    return return_actions.request(
        order=order, wishes=[wish], actor=shopper, at=at, remedy=scene.remedy, locale=order.locale or "en",
        exhibits=kept, review=scene.review, note=scene.note,
    )  # fmt: skip


def _label(made: Return, scene: Scene, at: datetime) -> None:
    logistics_actions.label(made, actor=MACHINE, at=at)


def _post(made: Return, scene: Scene, at: datetime) -> None:
    for parcel in logistics_actions.label(made, actor=MACHINE, at=at):
        logistics_actions.track(parcel, [Scan(code="accepted", at=at, place="")], actor=MACHINE, at=at, source="demo")


def _receive(made: Return, scene: Scene, at: datetime) -> None:
    kim = _staff("kim@lanting.example", made)
    [parcel] = logistics_actions.label(made, actor=MACHINE, at=at)
    receipt = warehouse_actions.open_receipt(made, parcel=parcel, actor=kim, at=at)
    counts = [warehouse_actions.Count(line.ref, good=line.quantity) for line in made.lines.all()]
    warehouse_actions.receive(receipt, counts, actor=kim, at=at)


def _inspect(made: Return, scene: Scene, at: datetime) -> None:
    kim = _staff("kim@lanting.example", made)
    for receipt in made.receipts.all():
        findings = [
            warehouse_actions.Finding(
                line=line.ref, quantity=line.quantity, grade=Grade(scene.grade),
                answers=_CALM if "battery" in line.order_line.traits else {},
                serial=line.serials[0] if line.serials else "",
            )
            for line in made.lines.all()
        ]  # fmt: skip
        warehouse_actions.inspect_all(receipt, findings, actor=kim, at=at)
    settlement_actions.settle(made.pk, actor=POLICY, at=at)


def _refund(made: Return, scene: Scene, at: datetime) -> None:
    open_ones = settlement_queries.refunds(MACHINE).filter(remedy__return_request=made, state__in=("intended", "sent"))
    settlement_actions.confirm_transfers(
        list(open_ones), bank_ref=f"SEPA-{made.number}", actor=_staff("fay@lanting.example", made), at=at
    )


_MOVES = {"labelled": _label, "posted": _post, "received": _receive, "inspected": _inspect, "refunded": _refund}


def _staff(email: str, made: Return) -> Actor:
    """Return one of the demo's people, or the operator where the return is another merchant's."""
    person = party_queries.staff(demo.OPERATOR).get(email=email)
    actor = party_queries.actor_of(person)
    return actor if actor.merchant_id == made.merchant_id else demo.OPERATOR


def _photo() -> bytes:
    """Draw what a shopper photographs: a cup with a crack, on a table."""
    picture = Image.new("RGB", (1200, 900), (226, 219, 205))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 620, 1200, 900), fill=(176, 148, 116))
    pen.ellipse((330, 560, 870, 720), fill=(120, 96, 72))
    pen.polygon([(380, 280), (820, 280), (760, 660), (440, 660)], fill=(132, 178, 160))
    pen.ellipse((380, 230, 820, 330), fill=(98, 143, 126))
    pen.arc((780, 330, 960, 560), 270, 90, fill=(132, 178, 160), width=44)
    pen.line([(560, 300), (600, 390), (560, 450), (630, 540), (600, 650)], fill=(40, 40, 44), width=9)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
