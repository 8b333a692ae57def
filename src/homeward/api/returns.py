"""Returns over the API: eligibility, request, verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from homeward.api import cursors
from homeward.api.fields import Limit
from homeward.api.idempotency import once
from homeward.api.keys import check_scope
from homeward.api.problems import Problem
from homeward.api.schemas import (
    AskEvidenceIn,
    AuthorizeIn,
    EligibilityIn,
    EligibilityOut,
    RefuseIn,
    ReturnIn,
    ReturnList,
    ReturnOut,
    WishIn,
)
from homeward.kernel import Actor
from homeward.orders import queries as order_queries
from homeward.policies import words as policy_words
from homeward.returns import actions, queries, reasons, verdicts
from homeward.returns.models import Return, ReturnLine

router = Router()


def _wishes(lines: list[WishIn]) -> list[verdicts.Wish]:
    return [verdicts.Wish(**{**line.dict(), "serials": tuple(line.serials)}) for line in lines]


def as_data(made: Return, *, actor: Actor, lines: Iterable[ReturnLine] | None = None) -> dict[str, Any]:
    """Return a return as the API shows it; `lines` are its lines where they have been fetched along."""
    return {
        "ref": made.ref, "number": made.number, "state": made.state, "case": made.case.ref, "order": made.order.ref,
        "order_number": made.order.number, "remedy": made.remedy, "method": made.method,
        "goods_back": made.goods_back, "freight_payer": made.freight_payer, "currency": made.currency,
        "locale": made.locale, "asked_at": made.asked_at, "decided_at": made.decided_at, "ship_by": made.ship_by,
        "goods_at": made.goods_at, "refusal": made.refusal,
        "lines": [
            {
                "ref": line.ref, "order_line": line.order_line.ref, "sku": line.order_line.sku,
                "title": line.order_line.title, "quantity": line.quantity, "reason": line.reason,
            }
            for line in (queries.lines(actor, made) if lines is None else lines)
        ],
        "allowed": list(queries.verbs(actor, made)),
    }  # fmt: skip


@router.post("/eligibility", response=EligibilityOut, summary="What would be decided now, without asking")
def eligibility(request: HttpRequest, body: EligibilityIn) -> dict[str, Any]:
    """Judge wishes by law and rulebook and give every clause tried; nothing is written."""
    actor = check_scope(request, "returns.read")
    order = order_queries.purchase(actor, body.order)
    for line in body.lines:
        reasons.leaf(line.reason, off=order.merchant.reasons_off)
    found = queries.preview(actor, order, _wishes(body.lines), at=request.at)
    return {
        "outcome": verdicts.sum_up(list(found.values())).outcome,
        "lines": [_line_verdict(line, verdict, body.language) for line, verdict in found.items()],
    }


def _line_verdict(line: str, verdict: verdicts.Verdict, language: str) -> dict[str, Any]:
    made = verdict.document["decision"]
    return {
        "line": line, "outcome": verdict.outcome, "track": made["track"], "deadline": made["deadline"],
        "freight_payer": verdict.freight_payer, "goods_back": verdict.goods_back and verdict.outcome != "refuse",
        "remedies": [offer["remedy"] for offer in made["remedies"]], "evidence_wanted": made["evidence_wanted"],
        "citations": policy_words.citations(verdict.document, language=language), "decision": made,
    }  # fmt: skip


@router.post("/returns", response={201: ReturnOut}, summary="Ask to send units back")
def request_return(request: HttpRequest, body: ReturnIn) -> HttpResponse:
    """Ask; what law and rulebook say clearly is decided in the same call."""
    actor = check_scope(request, "returns.write")

    def work() -> tuple[int, Any]:
        order = order_queries.purchase(actor, body.order)
        made = actions.request(
            order=order, wishes=_wishes(body.lines), actor=actor, at=request.at,
            locale=body.locale or order.locale or "en", remedy=body.remedy, method=body.method, channel="api",
            note=body.note, review=body.review,
        )  # fmt: skip
        return 201, as_data(made, actor=actor)

    return once(request, work)


@router.get("/returns", response=ReturnList, summary="Returns, newest first")
def list_returns(
    request: HttpRequest, state: str = "", search: str = "", cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """List returns by state and by words (number, order, shopper)."""
    actor = check_scope(request, "returns.read")
    rows = queries.with_lines(queries.search(actor, state=state, words=search).select_related("order", "case"))
    found, following = cursors.page(rows, cursor=cursor, limit=limit)
    return {"data": [as_data(made, actor=actor, lines=made.lines.all()) for made in found], "next": following}


@router.get("/returns/{ref}", response=ReturnOut, summary="One return")
def read_return(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Read one return by ref or number."""
    actor = check_scope(request, "returns.read")
    return as_data(queries.return_(actor, ref), actor=actor)


def _verb(
    request: HttpRequest, ref: str, act: Callable[[Return, Actor], Any], *, scope: str = "returns.write"
) -> HttpResponse:
    """Do one verb on one return, once per key, and answer with the return as it stands then."""
    actor = check_scope(request, scope)

    def work() -> tuple[int, Any]:
        made = queries.return_(actor, ref)
        act(made, actor)
        return 200, as_data(made, actor=actor)

    return once(request, work)


@router.post("/returns/{ref}/authorize", response=ReturnOut, summary="Permit it")
def authorize(request: HttpRequest, ref: str, body: AuthorizeIn) -> HttpResponse:
    """Permit a return that waits for a decision."""
    at = request.at
    return _verb(request, ref, lambda made, actor: actions.authorize(made, actor=actor, at=at, **body.dict()))


@router.post("/returns/{ref}/refuse", response=ReturnOut, summary="Refuse it, with the ground")
def refuse(request: HttpRequest, ref: str, body: RefuseIn) -> HttpResponse:
    """Refuse a return that waits for a decision; the shopper reads the ground."""

    def act(made: Return, actor: Actor) -> None:
        known = _grounds(made, actor)
        if body.ground not in {"", "other", *known}:
            raise Problem(
                422, "ground_unknown", "This clause was not tried for this return; name one of `grounds`.",
                grounds=[*sorted(known), "other"],
            )  # fmt: skip
        actions.refuse(made, actor=actor, at=request.at, **body.dict())

    return _verb(request, ref, act)


def _grounds(made: Return, actor: Actor) -> set[str]:
    """Return the refs of all clauses that were tried for a line of a return."""
    documents = [held.document for held in queries.holding(actor, made) if held.line_id is not None]
    return {clause["ref"] for document in documents for clause in policy_words.trace(document, language="en")}


@router.post("/returns/{ref}/ask_evidence", response=ReturnOut, summary="Ask the shopper for evidence")
def ask_evidence(request: HttpRequest, ref: str, body: AskEvidenceIn) -> HttpResponse:
    """Ask for evidence, saying what it is for."""
    at = request.at
    return _verb(request, ref, lambda made, actor: actions.ask_evidence(made, actor=actor, at=at, **body.dict()))


@router.post("/returns/{ref}/withdraw", response=ReturnOut, summary="Take it back before goods arrive")
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Withdraw a return on the shopper's behalf; its units are free again."""
    at = request.at
    return _verb(request, ref, lambda made, actor: actions.withdraw(made, actor=actor, at=at))
