"""Receipts and inspections over the API, as warehouse systems report them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from homeward.api import cursors
from homeward.api.fields import Body, Limit, Whole
from homeward.api.idempotency import once
from homeward.api.keys import check_scope
from homeward.api.problems import Problem
from homeward.kernel import Actor
from homeward.returns import queries as return_queries
from homeward.warehouse import actions, queries
from homeward.warehouse.grading import Disposition, Grade
from homeward.warehouse.models import Receipt

router = Router()


class CountIn(Body):
    """What was counted for one line. `wrong` units came in its place; `over` says that more is meant."""

    line: str = Field(description="ref of the return line")
    good: Whole = Field(0, ge=0)
    damaged: Whole = Field(0, ge=0)
    wrong: Whole = Field(0, ge=0)
    over: bool = False


class StrangerIn(Body):
    """Something in the box that nobody announced."""

    description: str = Field(max_length=200)
    quantity: Whole = Field(1, ge=1)


class ReceiveIn(Body):
    """What came of a return in one go."""

    counts: list[CountIn] = Field(default_factory=list, max_length=500)
    strangers: list[StrangerIn] = Field(default_factory=list, max_length=100)
    note: str = Field("", max_length=4000)


class FindingIn(Body):
    """What was found on some units alike; without grade and disposition the checklist proposes them."""

    line: str = Field(description="ref of the return line")
    quantity: Whole = Field(1, ge=1)
    answers: dict[str, str] = Field(default_factory=dict)
    grade: str = ""
    disposition: str = ""
    serial: str = Field("", max_length=60)
    note: str = Field("", max_length=4000)


class InspectIn(Body):
    """Findings that cover all units that wait."""

    findings: list[FindingIn] = Field(min_length=1, max_length=500)


class ReceiptLineOut(Schema):
    """A counted line."""

    line: str
    announced: int
    received: int
    good: int
    damaged: int
    wrong: int
    outcome: str


class ReceiptOut(Schema):
    """A receipt as it stands."""

    ref: str
    state: str
    outcome: str
    ground: str
    return_number: str | None
    received_at: datetime | None
    inspected_at: datetime | None
    due_at: datetime | None
    lines: list[ReceiptLineOut]
    allowed: list[str]


class ReceiptList(Schema):
    """A page of receipts."""

    data: list[ReceiptOut]
    next: str | None


def _as_data(receipt: Receipt, actor: Actor) -> dict[str, Any]:
    made = receipt.return_request
    return {
        "ref": receipt.ref, "state": receipt.state, "outcome": receipt.outcome, "ground": receipt.ground,
        "return_number": made.number if made else None, "received_at": receipt.received_at,
        "inspected_at": receipt.inspected_at, "due_at": receipt.due_at,
        "lines": [
            {
                "line": line.key, "announced": line.announced, "received": line.received, "good": line.good,
                "damaged": line.damaged, "wrong": line.wrong, "outcome": line.outcome,
            }
            for line in queries.counts(actor, receipt)
        ],
        "allowed": list(Receipt.lifecycle.allowed(receipt.state, role=actor.role)),
    }  # fmt: skip


@router.post("/returns/{ref}/receive", response=ReceiptOut, summary="Count what came")
def receive(request: HttpRequest, ref: str, body: ReceiveIn) -> HttpResponse:
    """Count what came of a return against what was announced; what is short stays open for a later parcel."""
    actor = check_scope(request, "warehouse.write")

    def work() -> tuple[int, Any]:
        made = return_queries.return_(actor, ref)
        try:
            receipt = actions.open_receipt(made, actor=actor, at=request.at)
            actions.receive(
                receipt, [actions.Count(**count.dict()) for count in body.counts], actor=actor,
                strangers=[actions.Stranger(**stranger.dict()) for stranger in body.strangers], note=body.note,
                at=request.at,
            )  # fmt: skip
        except (actions.NothingOpen, actions.AlreadyReceived, actions.NotReceivable) as refused:
            raise Problem(409, "not_receivable", str(refused)) from refused
        except actions.OverReceipt as refused:
            raise Problem(
                409, "over_receipt", "More was counted than announced; say `over` if it is meant.",
                line=refused.line, announced=refused.announced, counted=refused.counted,
            ) from refused  # fmt: skip
        except (actions.UnknownLine, actions.BadCount) as refused:
            raise Problem(422, "count_malformed", str(refused)) from refused
        return 200, _as_data(receipt, actor)

    return once(request, work)


@router.post("/receipts/{ref}/inspect", response=ReceiptOut, summary="Report what was found")
def inspect(request: HttpRequest, ref: str, body: InspectIn) -> HttpResponse:
    """Report grade and disposition of all units that wait for inspection."""
    actor = check_scope(request, "warehouse.write")

    def work() -> tuple[int, Any]:
        receipt = queries.receipt(actor, ref)
        try:
            findings = [
                actions.Finding(
                    line=one.line, quantity=one.quantity, answers=one.answers, serial=one.serial, note=one.note,
                    grade=Grade(one.grade) if one.grade else None,
                    disposition=Disposition(one.disposition) if one.disposition else None,
                )
                for one in body.findings
            ]  # fmt: skip
            actions.inspect_all(receipt, findings, actor=actor, at=request.at)
        except actions.CountMismatch as refused:
            raise Problem(422, "findings_do_not_cover", str(refused), left=refused.left) from refused
        except (ValueError, LookupError) as refused:
            raise Problem(422, "finding_malformed", str(refused)) from refused
        return 200, _as_data(receipt, actor)

    return once(request, work)


@router.get("/receipts", response=ReceiptList, summary="Receipts, newest first")
def list_receipts(request: HttpRequest, state: str = "", cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """List receipts by state."""
    actor = check_scope(request, "returns.read")
    rows = queries.receipts(actor).select_related("return_request")
    if state:
        rows = rows.filter(state=state)
    found, following = cursors.page(rows, cursor=cursor, limit=limit)
    return {"data": [_as_data(receipt, actor) for receipt in found], "next": following}


@router.get("/receipts/{ref}", response=ReceiptOut, summary="One receipt")
def read(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Read one receipt by ref."""
    actor = check_scope(request, "returns.read")
    return _as_data(queries.receipt(actor, ref), actor)
