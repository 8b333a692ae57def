"""Letters about money: an offer, a refund on its way, a refund confirmed; sums itemized like a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from homeward.conversations.letters.form import About, Block, Button, Facts, Letter, Quote, Sum, Text
from homeward.kernel import Money
from homeward.settlements import texts as settlement_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class SumLine:
    """One item of a settlement as it was stored, its amount, and the ground of a deduction."""

    item: Mapping[str, Any]
    amount: Money
    ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """Money going back: how much, made of what, along which payment, and when it is there."""

    amount: Money
    lines: tuple[SumLine, ...] = ()
    way: str = ""
    by: date | datetime | None = None
    lawful_by: date | datetime | None = None


def sent(about: About, *, payout: Payout) -> Letter:
    """Say that money is on its way, how it is made up, where it goes and by when it is there."""
    amount = about.money(payout.amount)
    if payout.by:
        first = _("%(amount)s is on its way and will be with you by %(day)s.") % {
            "amount": amount,
            "day": about.day(payout.by, "long"),
        }
    else:
        first = _("%(amount)s is on its way to you.") % {"amount": amount}
    return Letter(
        _("%(amount)s is on its way to you (return %(number)s)") % {"amount": amount, "number": about.number},
        (
            Text(first),
            *_account(about, payout),
            Text(_("Money goes back the way you paid. How fast it shows on your account is up to your bank.")),
            Button(_("See your return"), about.link),
        ),
    )


def confirmed(about: About, *, payout: Payout, on: datetime) -> Letter:
    """Say that the money has been paid out."""
    amount = about.money(payout.amount)
    return Letter(
        _("%(amount)s has been paid back (return %(number)s)") % {"amount": amount, "number": about.number},
        (
            Text(_("%(amount)s was paid back on %(day)s.") % {"amount": amount, "day": about.day(on, "long")}),
            *_account(about, payout),
            Text(_("If it is not on your account within three working days, answer us with this return number.")),
            Button(_("See your return"), about.link),
        ),
    )


def _account(about: About, payout: Payout) -> list[Block]:
    blocks: list[Block] = []
    if payout.lines:
        rows = tuple((settlement_texts.item(line.item), about.money(line.amount), line.ground) for line in payout.lines)
        blocks.append(Sum(rows, (_("Back to you"), about.money(payout.amount))))
    facts = []
    if payout.way:
        facts.append((_("Paid back to"), payout.way))
    if payout.lawful_by:
        facts.append((_("Latest day by law"), about.day(payout.lawful_by, "long")))
    if facts:
        blocks.append(Facts(tuple(facts)))
    return blocks


def offered(about: About, *, payout: Payout, note: str = "") -> Letter:
    """Offer a sum for keeping the goods; it is the shopper's to take or leave."""
    amount = about.money(payout.amount)
    blocks: list[Block] = [
        Text(_("We offer you %(amount)s, and you keep the goods.") % {"amount": amount}),
        *_account(about, payout),
    ]
    if note:
        blocks.append(Quote(note))
    blocks += [
        Text(_("You need not accept. If you decline, your return goes on as you asked.")),
        Button(_("Accept or decline"), about.link),
    ]
    return Letter(
        _("Our offer for your return %(number)s: %(amount)s") % {"number": about.number, "amount": amount},
        tuple(blocks),
    )
