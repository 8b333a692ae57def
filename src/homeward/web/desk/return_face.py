"""One return as the case page shows it: verdict, lines with four facts each, proof, goods, remedies, verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from homeward.kernel import Actor, Money
from homeward.logistics import queries as logistics_queries
from homeward.returns import queries as return_queries
from homeward.returns import texts as return_texts
from homeward.returns.models import Decision, Evidence, Return, ReturnLine
from homeward.settlements import queries as settlement_queries
from homeward.settlements.amounts import Amount
from homeward.settlements.models import Remedy
from homeward.warehouse import queries as warehouse_queries
from homeward.web import sums
from homeward.web.desk import questions, verdicts
from homeward.web.desk.forms import About
from homeward.web.desk.questions import Asked
from homeward.web.desk.verdicts import Reasons

OPEN = frozenset({"requested", "under_review", "evidence_wanted", "authorized"})


@dataclass(frozen=True, slots=True)
class RemedyFace:
    """One remedy with what may be done about it, and about the goods that fulfil it."""

    remedy: Remedy
    sums: Sequence[dict[str, Any]]
    asked: Sequence[Asked]
    replacement_asked: Sequence[Asked]
    is_beyond: bool


@dataclass(frozen=True, slots=True)
class ReceiptFace:
    """One receipt with its findings, photos, and what may be done about it."""

    receipt: Any
    lines: Sequence[Any]
    findings: Sequence[Any]
    photos: Sequence[dict[str, Any]]
    asked: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class ReturnFace:
    """One return of the case with all that the page shows of it."""

    made: Return
    lines: Sequence[dict[str, Any]]
    reasons: Sequence[Reasons]
    evidence: Sequence[dict[str, Any]]
    parcels: Sequence[Any]
    receipts: Sequence[ReceiptFace]
    remedies: Sequence[RemedyFace]
    due: Amount | None
    value: Money
    asked: Sequence[Asked]
    by_hand: Decision | None

    @property
    def is_due(self) -> bool:
        """Whether what it comes to is owed by now: the goods have passed inspection, or need not come back."""
        came = any(one.receipt.state == "inspected" for one in self.receipts)
        return self.made.state == "authorized" and (came or not self.made.goods_back)

    @property
    def due_lines(self) -> list[dict[str, Any]]:
        """The items of what settling it would come to."""
        return sums.of_amount(self.due) if self.due else []

    @property
    def is_exception(self) -> bool:
        """Whether permitting it goes against what law and rulebook said, and so needs authority over its value."""
        return bool(self.reasons) and all(reason.tone == "bad" for reason in self.reasons)

    @property
    def may_exceed(self) -> bool:
        """Whether one of the verbs is within the reader's limits only up to a sum."""
        return any(one.verb in {"authorize", "overturn"} for one in self.asked)


def return_face(actor: Actor, made: Return, *, language: str) -> ReturnFace:
    lines = return_queries.lines(actor, made)
    decisions = return_queries.decisions(actor, made)
    newest = {decision.line_id: decision for decision in reversed(decisions)}
    reasons = verdicts.reasons_of(
        actor, [newest[line.pk] for line in lines if line.pk in newest], language=language
    )  # fmt: skip
    parcels = logistics_queries.parcels_of(actor, made)
    receipts = warehouse_queries.receipts_of(actor, made)
    remedies = settlement_queries.remedies_of(actor, made)
    about = About(
        currency=made.currency, grounds=verdicts.grounds_of(reasons), remedy=made.remedy, goods_back=made.goods_back
    )
    return ReturnFace(
        made=made,
        lines=[_line(line, made, _goods(receipts, parcels), remedies) for line in lines],
        reasons=reasons,
        evidence=[_exhibit(one) for one in return_queries.evidence(actor, made)],
        parcels=parcels,
        receipts=[_receipt_face(actor, one, about) for one in receipts],
        remedies=[_remedy_face(actor, one, about) for one in remedies],
        due=_due(actor, made),
        value=Money.total([_paid(line, made) for line in lines], made.currency),
        asked=questions.asked(made, _verbs(actor, made, remedies), about),
        by_hand=newest.get(None),
    )


def _verbs(actor: Actor, made: Return, remedies: Sequence[Remedy]) -> list[str]:
    """Return the verbs on a return, and the offers that may be made beside them."""
    verbs = list(return_queries.verbs(actor, made))
    is_settled = any(one.state != "declined" and one.kind != "compensation" for one in remedies)
    if made.state in OPEN and not is_settled and not made.goods_at:
        verbs.append("offer")
    if made.state in OPEN | {"settled"}:
        verbs.append("compensate")
    return verbs


def _due(actor: Actor, made: Return) -> Amount | None:
    """Return what settling the return would come to, or None where nothing more is to be settled."""
    if made.state not in OPEN:
        return None
    found = settlement_queries.preview(actor, made)
    return found if found.items else None


def _goods(receipts: Sequence[Any], parcels: Sequence[Any]) -> Any:
    """Return what the page shows as the state of the goods: the latest receipt that came, else the parcel."""
    came = [receipt for receipt in receipts if receipt.state != "expected"]
    if came:
        return came[-1]
    return parcels[0] if parcels else ("parcel", "none")


def _paid(line: ReturnLine, made: Return) -> Money:
    return Money(line.order_line.paid_minor * line.quantity // line.order_line.quantity, made.currency)


def _line(line: ReturnLine, made: Return, goods: Any, remedies: Sequence[Remedy]) -> dict[str, Any]:
    """Return one line with the four facts that are kept apart."""
    own = [one for one in remedies if any(part.return_line_id == line.pk for part in one.lines.all())]
    refunds = [refund for one in own for refund in one.refunds.all()]
    return {
        "title": line.order_line.title,
        "language": made.order.locale,
        "sku": line.order_line.sku,
        "sold": line.order_line,
        "quantity": line.quantity,
        "bought": line.order_line.quantity,
        "reason": return_texts.REASONS.get(line.reason, line.reason),
        "condition": return_texts.CONDITIONS.get(line.condition, ""),
        "words": line.words,
        "serials": line.serials,
        "permission": made,
        "goods": goods if made.goods_back else ("parcel", "none"),
        "remedy": own[-1] if own else ("remedy", "none"),
        "money": refunds[-1] if refunds else ("refund", "none"),
        "paid": _paid(line, made),
    }


def _exhibit(one: Evidence) -> dict[str, Any]:
    address = reverse("desk:evidence", args=[one.ref])
    is_picture = one.media_type.startswith("image/")
    return {
        "src": f"{address}?preview" if is_picture else "",
        "alt": one.name,
        "href": address,
        "caption": one.name,
        "badge": "" if one.by.startswith("shopper") else _("ours"),
        "icon": "" if is_picture else "film" if one.media_type.startswith("video/") else "file",
    }


def _remedy_face(actor: Actor, remedy: Remedy, about: About) -> RemedyFace:
    verbs = set(Remedy.lifecycle.allowed(remedy.state, role=actor.role)) & {"agree", "decline"}
    is_beyond = remedy.awaits == "authority" and not actor.may_grant(remedy.amount)
    if "agree" in verbs and (remedy.awaits == "shopper" or is_beyond):
        verbs.remove("agree")
        if remedy.awaits == "shopper":
            verbs.add("accept")
    replacement = getattr(remedy, "replacement", None)
    goods_verbs = replacement.lifecycle.allowed(replacement.state, role=actor.role) if replacement else ()
    return RemedyFace(
        remedy=remedy,
        sums=sums.of_remedy(remedy),
        asked=questions.asked(remedy, verbs, about),
        replacement_asked=questions.asked(replacement, goods_verbs, about) if replacement else (),
        is_beyond=remedy.state == "proposed" and is_beyond,
    )


def _receipt_face(actor: Actor, receipt: Any, about: About) -> ReceiptFace:
    lines = [line for line in receipt.lines.all() if line.announced or line.received]
    findings = [finding for line in lines for finding in line.inspections.all()]
    verbs = warehouse_queries.verbs(actor, receipt)
    photos = [
        {
            "src": reverse("dock:photo", args=[photo.ref]), "href": reverse("dock:photo", args=[photo.ref]),
            "alt": photo.name, "caption": photo.name,
        }
        for photo in receipt.photos.all()
    ]  # fmt: skip
    return ReceiptFace(receipt, lines, findings, photos, questions.asked(receipt, verbs, about))
