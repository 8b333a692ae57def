"""What the portal does in one go: a form that is sent, sent twice or sent at once twice, takes effect once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction

from homeward.kernel import Actor
from homeward.logistics import actions as logistics_actions
from homeward.orders.models import Order
from homeward.parties.models import Merchant
from homeward.returns import actions as return_actions
from homeward.returns.actions.records import Kept
from homeward.returns.models import Withdrawal
from homeward.web.portal.drafts import Draft
from homeward.web.portal.models import Sent

PAPERS = ("label", "qr")  # ways for which we hand out papers


def send(
    draft: Draft, order: Order, *, exhibits: Sequence[Kept], actor: Actor, at: datetime, language: str,
    channel: str = "portal", note: str = "",
) -> str:  # fmt: skip
    """Make the draft a return and give back its number; the same draft once more gives the same number.

    Staff send what a shopper asked by another `channel`. Where it is authorized at once, its label is asked for in the
    same breath, so that the next page can hand it out.

    :raises UnitsGone, NotAReason, NotOfThisOrder, NothingAsked: as `returns.actions.request` does.
    """

    def request() -> str:
        made = return_actions.request(
            order=order, wishes=draft.wishes(), actor=actor, at=at, remedy=draft.remedy, method=draft.method,
            locale=language, channel=channel, note=note, exhibits=exhibits, review=draft.review,
        )  # fmt: skip
        if made.state == "authorized" and made.goods_back and made.method in PAPERS:
            with suppress(logistics_actions.NothingToSend):
                logistics_actions.label(made, actor=actor, at=at)
        return str(made.number)

    return _once(draft.nonce, request, at=at)


def declare(
    *, shop: Merchant, nonce: str, name: str, contract: str, email: str, scope: str, order: Order | None, actor: Actor,
    at: datetime, language: str, country: str = "", receipt_after: datetime | None = None,
) -> str:  # fmt: skip
    """Declare a withdrawal and give back the number of its receipt; the same form once more gives the same one."""

    def declaration() -> str:
        made: Withdrawal = return_actions.declare_withdrawal(
            merchant=shop, name=name, contract=contract, email=email, scope=scope, locale=language, order=order,
            country=country, receipt_after=receipt_after, actor=actor, at=at,
        )  # fmt: skip
        return str(made.number)

    return _once(nonce, declaration, at=at)


def _once(nonce: str, act: Callable[[], str], *, at: datetime) -> str:
    """Return the number that `act` makes, or the one it made for this mark before.

    The row with the mark is written first: a twin that comes at the same time waits for it, and then finds the number.
    """
    try:
        with transaction.atomic():
            row = Sent.objects.create(nonce=nonce, at=at)
            row.number = act()
            row.save(update_fields=["number"])
            return row.number
    except IntegrityError:
        twin = Sent.objects.filter(pk=nonce).first()
        if twin is None:  # something else in the act was refused by the database
            raise
        return twin.number
