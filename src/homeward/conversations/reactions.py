"""What this room does when something happened earlier on the road: it tells the shopper, once for each event."""

from __future__ import annotations

from datetime import datetime

from homeward import journal
from homeward.cases import queries as case_queries
from homeward.conversations import notices, queries, sources, texts
from homeward.conversations.letters import Item, goods, money, permission
from homeward.journal.models import Entry
from homeward.kernel import Money
from homeward.kernel.actor import MACHINE
from homeward.logistics import queries as logistics_queries
from homeward.returns import queries as return_queries
from homeward.returns import reasons
from homeward.returns.models import Return
from homeward.settlements import queries as settlement_queries
from homeward.settlements.models import Refund, Remedy
from homeward.warehouse import queries as warehouse_queries
from homeward.warehouse import texts as warehouse_texts
from homeward.warehouse.models import Receipt


def cause_of(entry: Entry) -> str:
    """Return the name of an event, by which it is told once."""
    return f"{entry.event}:{entry.pk}"


# Permission


@journal.on("return.review")
def tell_of_review(entry: Entry, *, at: datetime) -> None:
    """Tell that a person decides, and by when."""
    made = return_queries.return_(MACHINE, entry.ref)
    if due := _clocks(made).get("merchant_answer"):
        notices.tell(made, "under_review", permission.under_review, cause=cause_of(entry), at=at, answer_by=due)


@journal.on("return.ask_evidence")
def tell_of_missing_evidence(entry: Entry, *, at: datetime) -> None:
    """Tell what proof is missing, and until when it can be added."""
    made = return_queries.return_(MACHINE, entry.ref)
    notices.tell(
        made, "evidence_wanted", permission.evidence_wanted, cause=cause_of(entry), at=at,
        wanted=[texts.WANTED.get(kind, kind) for kind in entry.facts.get("wanted", [])],
        until=_clocks(made).get("evidence"),
    )  # fmt: skip


@journal.on("return.authorize", "return.overturn")
def tell_of_authorization(entry: Entry, *, at: datetime) -> None:
    """Tell that the goods may come back, and how."""
    made = return_queries.return_(MACHINE, entry.ref)
    language = notices.language_of(made.locale)
    verdict = permission.Verdict(
        remedy=made.remedy, method=made.method, goods_back=made.goods_back, is_free=made.freight_payer != "shopper",
        ship_by=made.ship_by, sources=sources.sources_of(return_queries.holding(MACHINE, made), language=language),
        was_refused=entry.verb == "overturn",
    )  # fmt: skip
    notices.tell(made, "authorized", permission.authorized, cause=cause_of(entry), at=at, verdict=verdict)


@journal.on("return.refuse")
def tell_of_refusal(entry: Entry, *, at: datetime) -> None:
    """Tell what is refused, why, on what ground, and what remains possible."""
    made = return_queries.return_(MACHINE, entry.ref)
    language = notices.language_of(made.locale)
    held = return_queries.holding(MACHINE, made)
    notices.tell(
        made, "refused", permission.refused, cause=cause_of(entry), at=at, why=sources.notes_of(held),
        sources=sources.sources_of(held, language=language), is_defect=_claims_fault(made),
    )  # fmt: skip


@journal.on("return.withdraw")
def tell_of_withdrawn_return(entry: Entry, *, at: datetime) -> None:
    """Tell that the return was called off."""
    made = return_queries.return_(MACHINE, entry.ref)
    notices.tell(made, "withdrawn", permission.withdrawn, cause=cause_of(entry), at=at)


@journal.on("return.expire")
def tell_of_expired_return(entry: Entry, *, at: datetime) -> None:
    """Tell that the time of a return has run out."""
    made = return_queries.return_(MACHINE, entry.ref)
    notices.tell(made, "expired", permission.expired, cause=cause_of(entry), at=at, ship_by=made.ship_by)


@journal.on("withdrawal.declare")
def acknowledge_withdrawal(entry: Entry, *, at: datetime) -> None:
    """Send the receipt of a declaration, with its content, date and time."""
    made = return_queries.withdrawals(MACHINE).select_related("merchant", "order").get(ref=entry.ref)
    held = entry.facts.get("receipt_after")
    not_before = datetime.fromisoformat(held) if held else None
    notices.acknowledge(made, cause=cause_of(entry), at=at, not_before=not_before)


# Goods


@journal.on("parcel.label")
def tell_of_label(entry: Entry, *, at: datetime) -> None:
    """Hand over label or code; who sends with a carrier of their own has none to wait for."""
    parcel = logistics_queries.label(MACHINE, entry.ref)
    if parcel.return_request is None or parcel.method == "own_carrier":
        return
    made = return_queries.return_(MACHINE, parcel.return_request.ref)
    label = goods.Label(
        carrier=parcel.carrier if parcel.carrier != "manual" else "", tracking_number=parcel.tracking_number,
        method=parcel.method, ship_by=made.ship_by,
        address=tuple(parcel.center.address) if parcel.center else (),
    )  # fmt: skip
    notices.tell(made, "label_ready", goods.label_ready, cause=cause_of(entry), noun_ref=parcel.ref, at=at, label=label)


@journal.on("receipt.receive")
def tell_of_arrival(entry: Entry, *, at: datetime) -> None:
    """Tell that the parcel is here, what was counted, and by when it is checked."""
    receipt = warehouse_queries.receipt(MACHINE, entry.ref)
    if receipt.return_request is None:
        return
    made = receipt.return_request
    counted = _counted(receipt)
    if any(line.received for line in counted):  # an empty box is contested at once, and told so
        notices.tell(
            made, "parcel_received", goods.received, cause=cause_of(entry), noun_ref=receipt.ref, at=at,
            counted=counted, check_by=receipt.due_at,
        )  # fmt: skip


@journal.on("receipt.inspect", "receipt.resolve")
def tell_of_check(entry: Entry, *, at: datetime) -> None:
    """Tell what the check found."""
    receipt = warehouse_queries.receipt(MACHINE, entry.ref)
    if receipt.return_request is None:
        return
    made = receipt.return_request
    notices.tell(
        made, "inspected", goods.inspected, cause=cause_of(entry), noun_ref=receipt.ref, at=at,
        counted=_counted(receipt), remedy=made.remedy,
    )  # fmt: skip


@journal.on("receipt.dispute")
def tell_of_contested_goods(entry: Entry, *, at: datetime) -> None:
    """Tell that what came is contested, and ask for the shopper's word."""
    receipt = warehouse_queries.receipt(MACHINE, entry.ref)
    if receipt.return_request is None:
        return
    made = receipt.return_request
    ground = entry.facts.get("ground", "")
    notices.tell(
        made, "contested", goods.contested, cause=cause_of(entry), noun_ref=receipt.ref, at=at,
        ground=warehouse_texts.GROUNDS.get(ground, ground),
    )  # fmt: skip


@journal.on("replacement.ship")
def tell_of_replacement(entry: Entry, *, at: datetime) -> None:
    """Tell that the new goods are on their way."""
    sent = settlement_queries.replacement(MACHINE, entry.ref)
    made = return_queries.return_(MACHINE, sent.remedy.return_request.ref)
    notices.tell(
        made, "replacement_shipped", goods.replacement_shipped, cause=cause_of(entry), noun_ref=sent.ref, at=at,
        items=tuple(Item(item["title"], item["quantity"]) for item in sent.items), carrier=sent.carrier,
        tracking_number=sent.tracking_number,
    )  # fmt: skip


# Money


@journal.on("remedy.propose")
def tell_of_offer(entry: Entry, *, at: datetime) -> None:
    """Tell of an offer that waits for the shopper; what waits for staff is not told before it is granted."""
    remedy = settlement_queries.remedy(MACHINE, entry.ref)
    if remedy.awaits != "shopper":
        return
    made = return_queries.return_(MACHINE, remedy.return_request.ref)
    payout = money.Payout(amount=remedy.amount, lines=())
    notices.tell(
        made, "offered", money.offered, cause=cause_of(entry), noun_ref=remedy.ref, at=at, payout=payout,
        note=remedy.note,
    )  # fmt: skip


@journal.on("refund.send")
def tell_of_refund(entry: Entry, *, at: datetime) -> None:
    """Tell that money is on its way: how much, made of what, where to and by when."""
    refund = settlement_queries.refund(MACHINE, entry.ref)
    if refund.remedy is None:  # made at the provider, not by us
        return
    made = return_queries.return_(MACHINE, refund.remedy.return_request.ref)
    notices.tell(
        made, "refund_sent", money.sent, cause=cause_of(entry), noun_ref=refund.ref, at=at,
        payout=_payout(refund, refund.remedy, made, at=at),
    )  # fmt: skip


@journal.on("refund.confirm")
def tell_of_payment(entry: Entry, *, at: datetime) -> None:
    """Tell that money has been paid back."""
    refund = settlement_queries.refund(MACHINE, entry.ref)
    if refund.remedy is None:
        return
    made = return_queries.return_(MACHINE, refund.remedy.return_request.ref)
    notices.tell(
        made, "refund_confirmed", money.confirmed, cause=cause_of(entry), noun_ref=refund.ref, at=at,
        payout=_payout(refund, refund.remedy, made, at=at), on=refund.confirmed_at or entry.at,
    )  # fmt: skip


# Words


@journal.on("case.say")
def tell_of_answer(entry: Entry, *, at: datetime) -> None:
    """Carry what staff wrote to the shopper's mailbox; notes stay inside."""
    if entry.facts.get("side") != "staff":
        return
    message = queries.message(MACHINE, entry.facts["message"])
    said = {"author": message.author_name, "words": message.body, "language": message.language}
    returns = return_queries.of_case(MACHINE, message.case_id)[:1]
    for made in returns:
        notices.tell(
            return_queries.return_(MACHINE, made.ref), "message_answer", permission.answered, cause=cause_of(entry),
            noun_ref=message.ref, at=at, **said,
        )  # fmt: skip
    if not returns:
        for declared in return_queries.withdrawals_of_case(MACHINE, message.case_id):
            notices.answer_declarer(declared, cause=cause_of(entry), noun_ref=message.ref, at=at, **said)


def _clocks(made: Return) -> dict[str, datetime]:
    """Return when the clocks of the return's case that still run are due, by their kind; of two the first to end."""
    running = [clock for clock in case_queries.clocks(MACHINE, made.case) if clock.met_at is None]
    return {clock.kind: clock.due_at for clock in reversed(running)}


def _claims_fault(made: Return) -> bool:
    """Whether the shopper said that the goods are at fault, so that a door for faulty goods is no other door."""
    return any(reasons.REASONS[line.reason].fault != "buyer" for line in return_queries.lines(MACHINE, made))


def _counted(receipt: Receipt) -> tuple[goods.Counted, ...]:
    return tuple(
        goods.Counted(
            title=line.return_line.order_line.title, announced=line.announced, received=line.received,
            damaged=line.damaged, wrong=line.wrong,
        )
        for line in warehouse_queries.lines(MACHINE, receipt)
        if line.return_line is not None
    )  # fmt: skip


def _payout(refund: Refund, remedy: Remedy, made: Return, *, at: datetime) -> money.Payout:
    """Return a refund as letters tell it; its items are told where it pays the whole remedy."""
    lines: tuple[money.SumLine, ...] = ()
    if refund.amount_minor == remedy.amount_minor:
        lines = tuple(
            money.SumLine(item=item, amount=Money(item["minor"], remedy.currency), ground=item.get("ground", ""))
            for item in remedy.sums
        )
    clocks = _clocks(made)
    law, promise = clocks.get("refund_law"), clocks.get("refund_promise")
    ahead = [due for due in (promise, law) if due and due >= at]
    return money.Payout(
        amount=Money(refund.amount_minor, refund.currency),
        lines=lines,
        way=refund.payment.method,
        by=ahead[0] if ahead else None,
        lawful_by=law if law in ahead else None,
    )
