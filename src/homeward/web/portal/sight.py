"""What the first pages show of an order: what may come back, until when, and why the rest may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from homeward.kernel import Actor, Money, formats
from homeward.orders import queries as order_queries
from homeward.orders.models import Order, OrderLine
from homeward.orders.queries import Returnable
from homeward.policies import decision as decisions
from homeward.policies import words
from homeward.policies.decision import Decision, Outcome, Term
from homeward.returns import queries as return_queries
from homeward.returns.actions import Wish
from homeward.returns.verdicts import Verdict
from homeward.settlements import queries as settlement_queries
from homeward.settlements import texts as settlement_texts
from homeward.web.portal import drafts
from homeward.web.portal.drafts import Draft
from homeward.web.portal.forms import QUESTIONS

SOON = 3  # days left at which the last day is pointed out


@dataclass(frozen=True, slots=True)
class Row:
    """One order line as the items page shows it. `is_open`: it can simply be chosen."""

    line: OrderLine
    currency: str
    available: int
    is_open: bool
    days_left: int | None = None
    asks_seal: bool = False
    needs_person: bool = False
    cites: Sequence[Mapping[str, str]] = ()
    notes: Sequence[str | Promise] = ()
    returns: Sequence[str] = ()
    has_door: bool = False
    door_until: date | None = None
    quantity: int = 1
    is_chosen: bool = False
    defect_only: bool = False
    error: str | Promise = ""

    @property
    def price(self) -> Money:
        """What was paid for one unit."""
        return Money(self.line.paid_minor // self.line.quantity, self.currency)

    @property
    def all_price(self) -> Money:
        """What was paid for the units that may come back, or for all where none may."""
        count = self.available or self.line.quantity
        return Money(self.line.paid_minor * count // self.line.quantity, self.currency)

    @property
    def badge(self) -> tuple[str, str] | None:
        """The days left in words, and their tone."""
        if self.defect_only:
            return _("Reported as faulty"), "info"
        if self.days_left is None:
            return None
        if self.days_left == 0:
            return _("Last day today"), "wait"
        words_ = ngettext("%(count)d day left", "%(count)d days left", self.days_left) % {"count": self.days_left}
        return words_, "wait" if self.days_left <= SOON else "good"


@dataclass(frozen=True, slots=True)
class Picked:
    """What was chosen on the items page: units by line, lines chosen for a fault only, and what is wrong with it."""

    quantities: dict[str, int] = field(default_factory=dict)
    defect_only: set[str] = field(default_factory=set)
    review: bool = False
    errors: list[tuple[str, str]] = field(default_factory=list)


def items_of(order: Order, draft: Draft, *, actor: Actor, at: datetime, language: str) -> list[Row]:
    """Return the lines of an order, each with whether it may come back for no reason, and else why not."""
    found = order_queries.returnable(actor, order)
    there = [one.line for one in found if one.available]
    mind = _judged(order, there, "no_reason", actor=actor, at=at)
    closed = [line for line in there if mind[line.ref].outcome == Outcome.REFUSE]
    fault = _judged(order, closed, "defective", actor=actor, at=at)
    known = _returns_by_line(order, actor)
    rows = [
        _row(
            one, mind.get(one.line.ref), fault.get(one.line.ref), known, currency=order.currency, at=at,
            language=language,
        )
        for one in found
    ]  # fmt: skip
    return [_chosen(row, draft) for row in rows]


def _judged(order: Order, lines: Sequence[OrderLine], reason: str, *, actor: Actor, at: datetime) -> dict[str, Verdict]:
    if not lines:
        return {}
    return return_queries.preview(actor, order, [Wish(line.ref, 1, reason) for line in lines], at=at)


def _row(
    one: Returnable, mind: Verdict | None, fault: Verdict | None, known: Mapping[int, list[str]], *, currency: str,
    at: datetime, language: str,
) -> Row:  # fmt: skip
    notes = [str(reason) for reason in one.reasons]
    returns = known.get(one.line.pk, [])
    if mind is None:
        return Row(one.line, currency, 0, is_open=False, notes=notes, returns=returns)
    made = decision_of(mind)
    row = Row(
        one.line,
        currency,
        one.available,
        is_open=mind.outcome != Outcome.REFUSE,
        notes=notes,
        returns=returns,
        asks_seal="seal_broken" in made.questions,
        needs_person=_needs_person(mind, made),
        days_left=_days_left(made, at),
    )
    if row.is_open:
        return row
    door = fault is not None and fault.outcome != Outcome.REFUSE
    return replace(
        row, cites=words.citations(mind.document, language=language), notes=[*notes, *_over(made)], days_left=None,
        has_door=door, door_until=decision_of(fault).guarantee_until if fault and door else None,
    )  # fmt: skip


def _needs_person(verdict: Verdict, made: Decision) -> bool:
    """Whether a person decides in any case, whatever the shopper answers."""
    return verdict.outcome == Outcome.REVIEW and not set(made.questions) & set(QUESTIONS)


def decision_of(verdict: Verdict) -> Decision:
    """Return the policy's decision behind a verdict on one line."""
    return decisions.from_data(verdict.document["decision"])


def _days_left(made: Decision, at: datetime) -> int | None:
    """Return the days left until the deadline; none where there is none, or where it was kept by a declaration."""
    if made.deadline_day is None or made.deadline_day < timezone.localdate(at):
        return None
    return (made.deadline_day - timezone.localdate(at)).days


def _over(made: Decision) -> list[str]:
    """Return the sentence for a window that has closed."""
    days = [
        date.fromisoformat(str(tried.detail["last_day"]))
        for tried in made.trace
        if tried.result == "closed" and tried.reason == "window_over"
    ]
    return [_("The time for this has run out on %(day)s.") % {"day": day_words(max(days))}] if days else []


def local_day(moment: datetime) -> date:
    """Return the day of a moment in the zone of the page."""
    return timezone.localdate(moment)


def day_words(day: date) -> str:
    """Return a day in the reader's words."""
    return formats.day_in(day, get_language() or "en", "date")


def span_words(term: Term | None) -> str:
    """Return a span that has not begun in words; nothing for none."""
    if term is None:
        return ""
    if term.day_type == "business":
        words_ = ngettext(
            "%(days)s working day after your parcel arrives",
            "%(days)s working days after your parcel arrives",
            term.days,
        )
    else:
        words_ = ngettext(
            "%(days)s day after your parcel arrives", "%(days)s days after your parcel arrives", term.days
        )
    return words_ % {"days": term.days}


def _returns_by_line(order: Order, actor: Actor) -> dict[int, list[str]]:
    """Return the numbers of returns that hold units of each order line; what was refused or called off holds none."""
    rows = return_queries.with_lines(return_queries.returns(actor).filter(order=order))
    found: dict[int, list[str]] = {}
    for made in rows.exclude(state__in=["refused", "withdrawn", "expired"]).order_by("pk"):
        for line in made.lines.all():
            found.setdefault(line.order_line_id, []).append(made.number)
    return found


def _chosen(row: Row, draft: Draft) -> Row:
    """Return the row with what the draft says of it; a line chosen for a fault is open for just that."""
    said = draft.lines.get(row.line.ref)
    if said is None or not row.available:
        return row
    return replace(
        row, is_chosen=True, quantity=min(said.quantity, row.available), defect_only=said.defect_only,
        is_open=row.is_open or said.defect_only or draft.review,
    )  # fmt: skip


def pick(rows: Sequence[Row], post: QueryDict) -> Picked:
    """Return what a form chose: lines with their units, a door for faulty goods, or a person to look again.

    :raises OrderLine.DoesNotExist: if it names a line that is not of this order.
    """
    by_ref = {row.line.ref: row for row in rows}
    picked = Picked(review="review" in post)
    doors = {post.get("door", ""), post.get("review", "")} - {""}
    refs = list(dict.fromkeys([*post.getlist("line"), *doors]))
    if unknown := [ref for ref in refs if ref not in by_ref]:
        raise OrderLine.DoesNotExist(unknown)
    for ref in refs:
        row = by_ref[ref]
        if error := _take(picked, row, post, by_door=ref in doors):
            picked.errors.append((f"quantity_{ref}" if row.available > 1 else f"line_{ref}", error))
    if not refs:
        first = next((row.line.ref for row in rows if row.is_open), "")
        picked.errors.append((f"line_{first}" if first else "", _("Choose at least one item")))
    return picked


def _take(picked: Picked, row: Row, post: QueryDict, *, by_door: bool) -> str:
    """Put one line into `picked` and return what is wrong with it, if anything is."""
    ref = row.line.ref
    if not row.available or not (row.is_open or by_door):
        return _("“%(title)s” cannot be sent back this way") % {"title": row.line.title}
    asked = post.get(f"quantity_{ref}", str(row.quantity)).strip()
    if not asked.isdecimal() or len(asked) > 9 or int(asked) < 1:
        return _("Enter how many of “%(title)s” go back: a number from 1 to %(most)s") % {
            "title": row.line.title, "most": row.available,
        }  # fmt: skip
    picked.quantities[ref] = min(int(asked), row.available)
    if row.defect_only or post.get("door") == ref:
        picked.defect_only.add(ref)
    if int(asked) > row.available:
        return ngettext(
            "Only %(most)s of “%(title)s” can go back", "Only %(most)s of “%(title)s” can go back", row.available
        ) % {"title": row.line.title, "most": row.available}
    return ""


def marked(rows: Sequence[Row], picked: Picked) -> list[Row]:
    """Return the rows as a form that needs attention left them."""
    errors = {id_.split("_", 1)[1]: words_ for id_, words_ in picked.errors if "_" in id_}
    return [
        replace(
            row, is_chosen=row.line.ref in picked.quantities or row.line.ref in errors,
            quantity=picked.quantities.get(row.line.ref, row.quantity), error=errors.get(row.line.ref, ""),
        )
        for row in rows
    ]  # fmt: skip


def items_page(order: Order, rows: Sequence[Row], *, actor: Actor) -> dict[str, Any]:
    """Return what the items page shows."""
    is_waiting = bool(rows) and all(not row.line.delivered for row in rows)
    return {
        "order": order,
        "open_rows": [row for row in rows if row.is_open],
        "closed_rows": [row for row in rows if not row.is_open],
        "is_waiting": is_waiting,
        "delivered_at": max((row.line.delivered_at for row in rows if row.line.delivered_at), default=None),
        "returns": return_queries.of_order(actor, order.pk),
        "so_far": so_far(order, rows, {row.line.ref: row.quantity for row in rows if row.is_chosen}, actor=actor),
    }


def so_far(order: Order, rows: Sequence[Row], quantities: Mapping[str, int], *, actor: Actor) -> dict[str, Any] | None:
    """Return what the chosen items come to if all comes back in good order; None where nothing is chosen."""
    counts = {row.line.pk: quantities[row.line.ref] for row in rows if row.line.ref in quantities}
    if not counts:
        return None
    amount = settlement_queries.preview_of_wish(actor, order, counts)
    lines = [
        {"label": settlement_texts.item(asdict(item)), "amount": Money(item.minor, amount.currency)}
        for item in amount.items
    ]
    return {"count": sum(counts.values()), "lines": lines, "total": amount.total}


def line_of(order: Order, ref: str, *, actor: Actor) -> dict[str, Any]:
    """Return the order line that a question is about.

    :raises OrderLine.DoesNotExist: if the order has none of this ref any more.
    """
    for line in order_queries.lines(actor, order):
        if line.ref == ref:
            return {"sold": line}
    raise OrderLine.DoesNotExist(ref)


def judge(order: Order, draft: Draft, *, actor: Actor, at: datetime, only: str = "") -> dict[str, Verdict]:
    """Return what would be decided on the draft, by line: the very answer that sending it brings."""
    wishes = [wish for wish in draft.wishes() if not only or wish.line == only]
    return return_queries.preview(actor, order, wishes, at=at, has_evidence=bool(draft.files) and not only)


def open_questions(verdict: Verdict, line: drafts.Line) -> list[str]:
    """Return what the shopper must still be asked about a line, as far as a shopper can answer it."""
    return [
        question
        for question in decision_of(verdict).questions
        if question in QUESTIONS and getattr(line, question) is None
    ]
