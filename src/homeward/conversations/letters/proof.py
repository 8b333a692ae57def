"""Letters that prove something: the receipt of a withdrawal on a durable medium, and the link that opens an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from homeward.conversations.letters.form import About, Block, Button, Facts, Letter, Quote, Text
from homeward.conversations.ports import Sheet
from homeward.kernel import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A withdrawal as it was declared."""

    number: str
    name: str
    contract: str
    email: str
    received_at: datetime
    scope: str = ""
    digest: str = ""


def withdrawal(about: About, *, declaration: Declaration) -> Letter:
    """Acknowledge a withdrawal with its full content, date and time (Directive 2011/83/EU, art. 11a (4))."""
    blocks: list[Block] = [
        Text(_lead()),
        Quote(statement(about, declaration)),
        Facts(facts(about, declaration)),
        Text(_("Your withdrawal counts from this moment. Keep this mail: it is your proof.")),
        Text(_("To choose how the goods come back, open the page below. You need no reason.")),
        Button(_("Choose how to send it back"), about.link),
    ]
    return Letter(_title(declaration), tuple(blocks))


def paper(about: About, *, declaration: Declaration) -> Sheet:
    """Return the same receipt as a sheet to keep."""
    notes = [_("Your withdrawal counts from this moment. Keep this sheet: it is your proof.")]
    if declaration.digest:
        notes.append(_("Fingerprint of this declaration (SHA-256): %(digest)s") % {"digest": declaration.digest})
    return Sheet(
        language=about.language, title=_title(declaration), lead=_lead(), quote=statement(about, declaration),
        facts=facts(about, declaration), notes=tuple(notes), sender=about.merchant, made_at=declaration.received_at,
    )  # fmt: skip


def facts(about: About, declaration: Declaration) -> tuple[tuple[str, str], ...]:
    """Return what was declared, when, by whom and to whom, line by line."""
    at = declaration.received_at
    moment = _("%(date)s, %(time)s (%(place)s time)") % {
        "date": about.day(at, "date"), "time": about.time(at, seconds=True), "place": about.place(at),
    }  # fmt: skip
    rows = [
        (_("Receipt"), declaration.number),
        (pgettext("moment", "Received"), moment),
        (_("Name"), declaration.name),
        (_("Contract"), declaration.contract),
    ]
    if declaration.scope:
        rows.append((_("Part of the contract"), declaration.scope))
    return (*rows, (_("E-mail for this receipt"), declaration.email), (_("Seller"), about.merchant))


def _title(declaration: Declaration) -> str:
    return _("Receipt of your withdrawal %(number)s") % {"number": declaration.number}


def _lead() -> str:
    return _("We have received your withdrawal from the contract. This is its full text:")


def statement(about: About, declaration: Declaration) -> str:
    """Return the declaration as a sentence."""
    words = {
        "name": declaration.name, "contract": declaration.contract, "merchant": about.merchant,
        "scope": declaration.scope,
    }  # fmt: skip
    if declaration.scope:
        return _("I, %(name)s, withdraw from contract %(contract)s with %(merchant)s in this part: %(scope)s") % words
    words["merchant"] = about.merchant.removesuffix(".")  # the sentence ends "Co., Ltd." by itself
    return _("I, %(name)s, withdraw from contract %(contract)s with %(merchant)s.") % words


def links(about: About, *, orders: tuple[tuple[str, str], ...], good_for: timedelta) -> Letter:
    """Send the links, by order number, by which the owner of this mailbox opens orders or takes up a draft."""
    only = len(orders) == 1
    return Letter(
        _("Your link to order %(order)s") % {"order": orders[0][0]} if only else _("Your links to your orders"),
        (
            Text(ngettext("This link opens your order:", "These links open your orders:", len(orders))),
            *(Button(_("Open order %(order)s") % {"order": number}, url) for number, url in orders),
            Text(_("Good for %(span)s.") % {"span": formats.span_in(good_for, about.language, parts=1)}),
            Text(_("If you did not ask for it, delete this mail: without the link nobody sees anything.")),
        ),
    )
