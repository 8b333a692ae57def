"""Every page of the portal read as a strict reader does: policy, names of controls, links, nesting."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.support import build, build_logistics
from tests.support.cast import Cast
from tests.support.markup import faults
from tests.support.portal import Visitor, old_token, photo

pytestmark = [pytest.mark.django_db, pytest.mark.road]


def test_no_page_breaks_the_rules(cast: Cast, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    build_logistics.center()
    curtain = {"title": "Silk curtain", "traits": ["customised"], "quantity": 1}
    brushes = {"title": "Brush heads", "traits": ["sealed_hygiene"], "quantity": 1}
    order = build.order(cast.lanting, at=timezone.now(), country="DE", notices=["*"], lines=[{}, brushes, curtain])
    mei, pages = Visitor(), {}
    pages["lookup"] = mei.get("")
    pages["lookup with errors"] = mei.post("")
    pages["ask link"] = mei.get("link/")
    pages["link sent"] = mei.post("link/", {"email": "mei@lyon.example"})
    pages["policy"] = mei.get("policy/fr/")
    pages["embed"] = mei.get("withdraw/embed/")
    ticket = re.search(r'name="ticket" value="([^"]+)"', pages["embed"].content.decode()).group(1)
    told = {"name": "Mei", "contract": "LT-48213", "email": "mei@lyon.example", "ticket": ticket}
    pages["embed with errors"] = mei.post("withdraw/embed/", {"step": "declare", "ticket": ticket})
    pages["embed, step 2"] = mei.post("withdraw/embed/", told | {"step": "declare"})
    token = re.search(r'name="declaration" value="([^"]+)"', pages["embed, step 2"].content.decode()).group(1)
    sealed = mei.post("withdraw/embed/", {"step": "confirm", "declaration": token})
    pages["embed, receipt"] = mei.client.get(sealed.url)
    pages["withdraw"] = mei.get("withdraw/")
    mei.post("withdraw/", {"name": "Mei", "contract": "LT-48213", "email": "mei@lyon.example"})
    pages["withdraw, step 2"] = mei.get("withdraw/confirm/")
    pages["withdraw, receipt"] = mei.client.get(mei.post("withdraw/confirm/").url)
    mei.prove(order)
    pages["items"] = mei.get(f"orders/{order.ref}/")
    pages["items with errors"] = mei.choose(order, 9)
    mei.choose(order, 1, 1)
    pages["reason"] = mei.get(f"orders/{order.ref}/reasons/1/")
    pages["reason with errors"] = mei.reason(order, "delivery/damaged_in_transit")
    mei.reason(order, "delivery/damaged_in_transit", photos=[photo()])
    pages["reason with files"] = mei.get(f"orders/{order.ref}/reasons/1/")
    asked = mei.reason(order, "changed_mind", place=2)
    pages["questions"] = mei.client.get(asked.url)
    mei.client.post(asked.url, {"seal_broken": "no"})
    pages["solution"] = mei.get(f"orders/{order.ref}/solution/")
    mei.solve(order)
    pages["check"] = mei.get(f"orders/{order.ref}/check/")
    sent = mei.send(order)
    pages["return"] = mei.client.get(sent.url)
    number = re.search(r"HW-\w+-\w+", sent.url).group()
    pages["return with errors"] = mei.post(f"returns/{number}/tracking/", {"carrier": "", "number": ""})
    mei.post(f"returns/{number}/message/", {"text": "Hello", "nonce": "1"})
    pages["return with a message"] = mei.get(f"returns/{number}/")
    pages["expired link"] = mei.get(f"open/{old_token('order', {'order': order.pk})}/")

    found = {name: faults(page.content.decode()) for name, page in pages.items()}

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert all("<main" in page.content.decode() for page in pages.values())
