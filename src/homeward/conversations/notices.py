"""Notices: gathers what a letter needs about an event, writes it in the reader's language, and hands it to the post."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.utils import translation

from homeward.conversations import actions, letters, ports, queries
from homeward.conversations.letters import About, Item, Letter, permission, proof
from homeward.conversations.models import Notice
from homeward.conversations.ports import Attachment, CannotSet
from homeward.kernel import LOCALES
from homeward.kernel.actor import MACHINE
from homeward.orders.models import Order
from homeward.parties.models import Merchant
from homeward.policies import packs
from homeward.returns import queries as return_queries
from homeward.returns.models import Return, Withdrawal

log = structlog.get_logger(__name__)

WITHDRAWAL = "withdrawal_acknowledged"
MOST_RECEIPTS = 5
HOUR = timedelta(hours=1)


def language_of(tag: str) -> str:
    """Return the language in which we write to a reader of `tag`: one of ours, English where we do not speak theirs."""
    wanted = tag.lower().replace("_", "-")
    if wanted in LOCALES:
        return wanted
    base = wanted.split("-")[0]
    if base == "zh":
        return "zh-hans"
    return base if base in LOCALES else "en"


def zone_of(order: Order | None, merchant: Merchant) -> str:
    """Return the zone in which a reader's days are counted: that of the order's country, else the merchant's."""
    if order is None:
        return merchant.zone
    law = packs.pack_for(order.country, order.subdivision, on=order.placed_at.date()).law
    return str(law.zone or merchant.zone)


def about_return(made: Return) -> About:
    """Return who writes to whom about a return."""
    merchant, order = made.merchant, made.order
    language = language_of(made.locale)
    lines = return_queries.lines(MACHINE, made)
    return About(
        merchant=merchant.name,
        language=language,
        zone=zone_of(order, merchant),
        shopper=made.shopper.name if made.shopper else "",
        number=made.number,
        order=order.number,
        items=tuple(Item(line.order_line.title, line.quantity) for line in lines),
        link=ports.links().status(shop=merchant.slug, order_id=order.pk, number=made.number, language=language),
        is_answered=bool(merchant.email),
    )


def tell(
    made: Return, kind: str, write: Callable[..., Letter], *, cause: str, noun_ref: str = "", at: datetime, **facts: Any
) -> Notice | None:
    """Write the notice of one event of a return in the shopper's language; None if it is told, or has no reader."""
    to = _mailbox(made)
    if not to:
        return None
    about = about_return(made)
    with translation.override(about.language):
        return actions.write_notice(
            kind=kind, cause=cause, to=to, letter=write(about, **facts), about=about, merchant_id=made.merchant_id,
            case_id=made.case_id, noun_ref=noun_ref or made.ref, at=at,
        )  # fmt: skip


def acknowledge(made: Withdrawal, *, cause: str, at: datetime, not_before: datetime | None = None) -> Notice | None:
    """Write the receipt of a withdrawal: its content, with the date and time at which it was sent.

    Anybody may name any mailbox, so that one gets five receipts an hour and the rest later; none is ever dropped.
    """
    about = about_withdrawal(made)
    told = queries.told_lately(MACHINE, WITHDRAWAL, made.email, since=at - HOUR)
    calm = at + HOUR * (told // MOST_RECEIPTS) if told >= MOST_RECEIPTS else None
    with translation.override(about.language):
        return actions.write_notice(
            kind=WITHDRAWAL, cause=cause, to=made.email, letter=_receipt(about, made), about=about,
            merchant_id=made.merchant_id, case_id=made.case_id, noun_ref=made.ref, at=at,
            not_before=max((moment for moment in (calm, not_before) if moment), default=None),
        )  # fmt: skip


def answer_declarer(made: Withdrawal, *, cause: str, noun_ref: str, at: datetime, **facts: Any) -> Notice | None:
    """Carry what staff wrote about a declaration, for which no return was asked yet, to whoever declared it."""
    about = about_withdrawal(made)
    with translation.override(about.language):
        return actions.write_notice(
            kind="message_answer", cause=cause, to=made.email, letter=permission.answered(about, **facts), about=about,
            merchant_id=made.merchant_id, case_id=made.case_id, noun_ref=noun_ref, at=at,
        )  # fmt: skip


def receipt_of(made: Withdrawal) -> str:
    """Return the receipt of a withdrawal as text, word by word as it is mailed."""
    about = about_withdrawal(made)
    with translation.override(about.language):
        return letters.plain(_receipt(about, made), about)


def receipt_paper(made: Withdrawal) -> bytes:
    """Return the receipt of a withdrawal as PDF: the same words, and the fingerprint.

    :raises CannotSet: if its words cannot be set.
    """
    about = about_withdrawal(made)
    with translation.override(about.language):
        return ports.typesetter().sheet(proof.paper(about, declaration=_declaration(made)))


def attachments_of(notice: Notice) -> tuple[Attachment, ...]:
    """Return the files that travel with a notice: the receipt of a withdrawal as PDF.

    A receipt that cannot be set is no reason to keep the mail, which says the same in words.
    """
    if notice.kind != WITHDRAWAL:
        return ()
    rows = return_queries.withdrawals(MACHINE).select_related("merchant", "order")
    made = rows.get(ref=notice.about)
    try:
        return (Attachment(f"{made.number}.pdf", "application/pdf", receipt_paper(made)),)
    except CannotSet as trouble:
        log.warning("receipt.not_set", number=made.number, why=str(trouble))
        return ()


def about_withdrawal(made: Withdrawal) -> About:
    """Return who writes to whom about a declaration."""
    merchant = made.merchant
    language = language_of(made.locale)
    return About(
        merchant=merchant.legal_name or merchant.name, language=language, zone=zone_of(made.order, merchant),
        shopper=made.name, link=ports.links().start(shop=merchant.slug, language=language),
        order=made.order.number if made.order else "", is_answered=bool(merchant.email),
    )  # fmt: skip


def _receipt(about: About, made: Withdrawal) -> Letter:
    return proof.withdrawal(about, declaration=_declaration(made))


def _declaration(made: Withdrawal) -> proof.Declaration:
    return proof.Declaration(
        number=made.number, name=made.name, contract=made.contract, scope=made.scope, email=made.email,
        received_at=made.received_at, digest=made.digest,
    )  # fmt: skip


def send_links(
    merchant: Merchant, *, to: str, language: str, orders: Sequence[tuple[str, str]], good_for: timedelta, at: datetime
) -> Notice | None:
    """Mail links to orders, by number and address, to the mailbox that they belong to."""
    about = About(
        merchant=merchant.name, language=language_of(language), zone=merchant.zone, is_answered=bool(merchant.email)
    )
    with translation.override(about.language):
        return actions.write_notice(
            kind="magic_link", cause=f"asked:{secrets.token_hex(12)}", to=to,
            letter=proof.links(about, orders=tuple(orders), good_for=good_for), about=about, merchant_id=merchant.pk,
            at=at,
        )  # fmt: skip


def _mailbox(made: Return) -> str:
    """Return where mails about a return go: the order's address, else the shopper's."""
    return made.order.email or (made.shopper.email if made.shopper else "")
