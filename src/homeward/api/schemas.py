"""The shapes of the API: what it takes and what it gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from homeward.api.fields import Body, CitationLanguage, LetterLanguage, Whole


class Sum(Schema):
    """Money: an integer in minor units (cents, yen, fils) of an ISO 4217 currency."""

    minor: int
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class WishIn(Body):
    """Units of one order line that go back, and why."""

    line: str = Field(description="ref of the order line", examples=["oli_06evqw3k8z"])
    quantity: Whole = Field(ge=1, le=1_000_000)
    reason: str = Field(description="a leaf of the tree of reasons", examples=["too_small"])
    condition: Literal["", "unopened", "opened", "tried", "used", "damaged"] = ""
    seal_broken: bool | None = None
    danger_signs: bool | None = Field(None, description="swollen, leaking, hot, smoking")
    serials: list[Annotated[str, Field(max_length=60)]] = Field(default_factory=list, max_length=1000)
    words: str = Field("", max_length=4000)


class ReturnIn(Body):
    """A request to send units of one order back."""

    order: str = Field(description="ref of the order")
    lines: list[WishIn] = Field(min_length=1, max_length=500)
    remedy: Literal["refund", "partial_refund", "replacement", "repair"] = "refund"
    method: Literal["label", "qr", "own_carrier"] = "label"
    locale: LetterLanguage = Field("", description="of letters to the shopper; left out, that of the order")
    note: str = Field("", max_length=4000)
    review: bool = Field(False, description="hand it to a person even where law and rulebook are clear")


class EligibilityIn(Body):
    """The same question without asking: what would be decided now?"""

    order: str
    lines: list[WishIn] = Field(min_length=1, max_length=500)
    language: CitationLanguage = Field("en", description="of the citations")


class CitationOut(Schema):
    """A clause that a decision rests on, in words."""

    ref: str
    source: str
    version: str
    law: str
    text: str


class LineVerdictOut(Schema):
    """The verdict on one line."""

    line: str
    outcome: Literal["authorize", "refuse", "review"]
    track: str
    deadline: datetime | None
    freight_payer: str
    goods_back: bool
    remedies: list[str]
    evidence_wanted: list[str]
    citations: list[CitationOut]
    decision: dict[str, Any] = Field(description="the whole decision with every clause tried, see docs/decision.md")


class EligibilityOut(Schema):
    """Verdicts by line, and what they come to together."""

    outcome: Literal["authorize", "refuse", "review"]
    lines: list[LineVerdictOut]


class ReturnLineOut(Schema):
    """A line of a return."""

    ref: str
    order_line: str
    sku: str
    title: str
    quantity: int
    reason: str


class ReturnOut(Schema):
    """A return as it stands."""

    ref: str
    number: str
    state: str
    case: str
    order: str
    order_number: str
    remedy: str
    method: str
    goods_back: bool
    freight_payer: str
    currency: str
    locale: str
    asked_at: datetime
    decided_at: datetime | None
    ship_by: datetime | None
    goods_at: datetime | None
    refusal: str
    lines: list[ReturnLineOut]
    allowed: list[str] = Field(description="verbs that this key may use on it now")


class ReturnList(Schema):
    """A page of returns."""

    data: list[ReturnOut]
    next: str | None


class AuthorizeIn(Body):
    """How a return is permitted."""

    note: str = Field("", max_length=4000)
    goods_back: bool | None = None
    remedy: Literal["", "refund", "partial_refund", "replacement", "repair"] = ""


class RefuseIn(Body):
    """Why a return is refused; the shopper reads it."""

    ground: str = Field(max_length=60, description='ref of a clause, or "other" with a note')
    note: str = Field("", max_length=4000)


class AskEvidenceIn(Body):
    """What is wanted, and what it is for."""

    wanted: str = Field(min_length=1, max_length=2000)
    days: Whole = Field(7, ge=1, le=60)


class EntryOut(Schema):
    """One event of the journal."""

    id: int
    at: datetime
    event: str
    actor: str
    noun: str
    ref: str
    before: str
    after: str
    facts: dict[str, Any]


class Feed(Schema):
    """A page of the journal, oldest first; `next` goes on from here, also later."""

    data: list[EntryOut]
    next: str | None


class ProblemOut(Schema):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
