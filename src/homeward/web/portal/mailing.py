"""Mails that visitors ask for: links to their orders, drafts to finish later, new links for old ones.

Looking up and writing is the worker's business, so that a page answers as fast for a stranger as for a shopper.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from homeward.conversations import notices
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant
from homeward.web.portal import access, links

_MOST_ORDERS = 10


def mail_links_later(shop: Merchant, *, email: str, language: str) -> None:
    """Queue the mail with links to the orders that `email` bought."""
    app.configure_task("portal.mail_links", queue="mail").defer(shop=shop.pk, email=email, language=language)


def renew_later(shop: Merchant, *, purpose: str, content: dict[str, Any], language: str) -> None:
    """Queue the mail with a new link that says what an old one said."""
    app.configure_task("portal.renew_link", queue="mail").defer(
        shop=shop.pk, purpose=purpose, content=content, language=language
    )


def mail_links(*, shop: int, email: str, language: str, at: datetime) -> None:
    """Mail links to the newest orders of a mailbox; nothing where there are none."""
    merchant = party_queries.merchants(MACHINE).get(pk=shop)
    rows = order_queries.orders(MACHINE).filter(merchant=merchant, email__iexact=email.strip())
    found = [
        (order.number, links.order_link(shop=merchant.slug, order_id=order.pk, language=language))
        for order in rows[:_MOST_ORDERS]
    ]
    if found:
        notices.send_links(
            merchant, to=email.strip(), language=language, orders=found, good_for=links.LIFE[links.ORDER], at=at
        )


def renew(*, shop: int, purpose: str, content: dict[str, Any], language: str, at: datetime) -> None:
    """Mail a new link to the mailbox of its order; nothing where the order names none."""
    merchant = party_queries.merchants(MACHINE).get(pk=shop)
    order = order_queries.orders(access.bearer(merchant, content["order"])).get(merchant=merchant)
    if not order.email:
        return
    page = {links.ORDER: "open_order", links.RETURN: "open_return", links.DRAFT: "open_draft"}[purpose]
    url = links.address(page, language=language, slug=merchant.slug, token=links.sign(purpose, content))
    notices.send_links(
        merchant, to=order.email, language=language, orders=[(order.number, url)], good_for=links.LIFE[purpose], at=at
    )
