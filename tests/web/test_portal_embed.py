"""The withdrawal form inside a shop's own pages: no cookie, no JavaScript, framed by declared addresses alone."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from homeward.parties import actions as party_actions
from homeward.parties import origins
from homeward.returns.models import Withdrawal
from homeward.web.portal import actions as portal_actions
from homeward.web.portal import links, taking
from tests.support import build
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.road]
PAGE = "/r/lanting/withdraw/embed/"
TOLD = {"name": "Mei Lin", "contract": "LT-48213", "email": "mei@lyon.example"}


@pytest.fixture(autouse=True)
def fresh_limits(cast: Cast) -> None:
    cache.clear()


@pytest.fixture
def guest() -> Client:
    """A browser that checks forms as strictly as it can and never sends a cookie back."""
    return Client(enforce_csrf_checks=True)


def hidden(page: HttpResponse, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page.content.decode()).group(1)


def post(guest: Client, **data: str) -> HttpResponse:
    guest.cookies.clear()
    return guest.post(PAGE, data)


def first_step(guest: Client, **more: str) -> HttpResponse:
    ticket = more.pop("ticket", "") or hidden(guest.get(PAGE), "ticket")
    return post(guest, step="declare", ticket=ticket, **TOLD | more)


def aged(purpose: str, content: dict[str, Any]) -> str:
    """Return a token of ours from a hundred days ago."""

    class Old(signing.TimestampSigner):
        def timestamp(self) -> str:
            return signing.b62_encode(int(time.time()) - 100 * 86_400)

    return Old(salt=f"homeward.portal.{purpose}").sign_object(content, compress=True)


def test_a_guest_withdraws_in_a_frame_without_any_cookie(guest: Client) -> None:
    second = first_step(guest)
    assert "I, Mei Lin, withdraw from contract LT-48213 with Lanting." in second.content.decode()
    assert Withdrawal.objects.count() == 0

    sealed = post(guest, step="confirm", declaration=hidden(second, "declaration"))
    guest.cookies.clear()
    receipt = guest.get(sealed.url)

    made = Withdrawal.objects.get()
    assert made.number in receipt.content.decode()
    assert made.digest in receipt.content.decode()
    paper = guest.get(re.search(r'href="([^"]+receipt\.pdf)"', receipt.content.decode()).group(1))
    assert paper.content.startswith(b"%PDF")


def test_confirming_twice_is_one_record(guest: Client) -> None:
    token = hidden(first_step(guest), "declaration")

    first, again = (post(guest, step="confirm", declaration=token) for _ in range(2))

    assert Withdrawal.objects.count() == 1
    assert guest.get(first.url).status_code == guest.get(again.url).status_code == 200


def test_going_back_and_changing_makes_a_declaration_of_its_own(guest: Client) -> None:
    ticket = hidden(guest.get(PAGE), "ticket")
    first = first_step(guest, ticket=ticket)
    back = post(guest, step="change", declaration=hidden(first, "declaration"))
    assert 'value="LT-48213"' in back.content.decode()

    other = first_step(guest, ticket=ticket, scope="only the blue one")
    for page in (first, other):
        post(guest, step="confirm", declaration=hidden(page, "declaration"))

    assert sorted(Withdrawal.objects.values_list("scope", flat=True)) == ["", "only the blue one"]


def test_an_old_ticket_keeps_what_was_written(cast: Cast, guest: Client) -> None:
    ticket = aged(links.TICKET, {"shop": cast.lanting.pk, "nonce": "n"})

    page = first_step(guest, ticket=ticket)

    assert page.status_code == 422
    assert 'value="mei@lyon.example"' in page.content.decode()
    assert first_step(guest, ticket=hidden(page, "ticket")).status_code == 200


def test_an_old_declaration_needs_one_more_click_and_loses_nothing(cast: Cast, guest: Client) -> None:
    token = aged(links.DECLARATION, {"shop": cast.lanting.pk, "nonce": "n", "scope": "", "is_robot": False, **TOLD})

    page = post(guest, step="confirm", declaration=token)
    assert (page.status_code, Withdrawal.objects.count()) == (422, 0)

    post(guest, step="confirm", declaration=hidden(page, "declaration"))
    assert Withdrawal.objects.count() == 1


@pytest.mark.parametrize("token", ["", "forged", "a:b:c"])
def test_a_form_that_is_not_ours_takes_nothing(guest: Client, token: str) -> None:
    assert post(guest, step="confirm", declaration=token).status_code == 422
    assert first_step(guest, ticket=token or "x").status_code == 422
    assert Withdrawal.objects.count() == 0


def test_a_form_of_another_shop_takes_nothing_here(cast: Cast, guest: Client) -> None:
    token = links.sign(links.DECLARATION, {"shop": cast.nordlicht.pk, "nonce": "n", "scope": "", **TOLD})

    assert post(guest, step="confirm", declaration=token).status_code == 422
    assert Withdrawal.objects.count() == 0


def test_nobody_reads_a_receipt_without_its_signed_address(guest: Client) -> None:
    post(guest, step="confirm", declaration=hidden(first_step(guest), "declaration"))
    number = Withdrawal.objects.get().number

    for token in (number, links.sign(links.RECEIPT, {"shop": 0, "number": number})):
        assert guest.get(f"{PAGE}{token}/").status_code == 404
        assert guest.get(f"{PAGE}{token}/receipt.pdf").status_code == 404


# Who may frame it


def framing(response: HttpResponse) -> tuple[str, str | None]:
    policy = response.headers["Content-Security-Policy"]
    return re.search(r"frame-ancestors ([^;]+)", policy).group(1), response.headers.get("X-Frame-Options")


def test_without_declared_addresses_nobody_may_frame_it(guest: Client) -> None:
    assert framing(guest.get(PAGE)) == ("'none'", "DENY")


def test_declared_addresses_may_frame_the_form_and_no_other_page(cast: Cast, guest: Client) -> None:
    allowed = origins.read("shop.example\nhttps://www.shop.example:8443/de/")
    party_actions.allow_origins(cast.lanting, allowed, actor=cast.olu, at=NOW)

    told = "https://shop.example https://www.shop.example:8443"
    assert framing(guest.get(PAGE)) == (told, None)
    assert framing(first_step(guest)) == (told, None)
    assert framing(guest.get("/r/lanting/withdraw/")) == ("'none'", "DENY")
    assert framing(guest.get("/r/nordlicht/withdraw/embed/")) == ("'none'", "DENY")


@pytest.mark.parametrize(
    "line",
    ["javascript:alert(1)", "http://shop.example", "https://a b", "https://*.example", "'self'", "https://x;img-src *",
     "https://user:pw@shop.example", "ftp://shop.example", "https://", "https://shop.example:99999"],
)  # fmt: skip
def test_what_is_no_address_of_a_shop_is_refused(line: str) -> None:
    with pytest.raises(origins.NoOrigin):
        origins.read(f"https://fine.example\n{line}")


def test_addresses_are_kept_in_one_writing() -> None:
    text = "Shop.Example\n\nhttps://shop.example/path?x=1\nhttps://bücher.example:443\nhttp://localhost:8000"
    assert origins.read(text) == ("https://shop.example", "https://xn--bcher-kva.example", "http://localhost:8000")


# The script


def test_the_script_speaks_every_language_and_the_law_of_its_place(guest: Client) -> None:
    response = guest.get("/r/lanting/withdraw.js?country=DE")

    source = response.content.decode()
    told = json.loads(re.search(r"const told = (\{.*\});", source).group(1))
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert told["labels"]["de"]["text"] == "Vertrag widerrufen"
    assert told["labels"]["en"]["text"] == "Withdraw from contract here"
    assert set(told["labels"]) >= {"en", "de", "fr", "ja", "zh-hans"}
    assert told["page"].endswith("/r/lanting/withdraw/")
    assert "__TOLD__" not in source


def test_the_script_names_the_button_as_argentina_does(guest: Client) -> None:
    source = guest.get("/r/lanting/withdraw.js?country=AR").content.decode()

    told = json.loads(re.search(r"const told = (\{.*\});", source).group(1))
    assert told["labels"]["en"] == {"text": "Botón de arrepentimiento", "lang": "es"}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_double_click_in_two_threads_is_one_record() -> None:
    stage = build.committed_cast()
    fields = {"name": "Mei Lin", "contract": "LT-48213", "email": "mei@lyon.example", "scope": ""}
    numbers: list[str] = []

    def click() -> None:
        numbers.append(
            portal_actions.declare(
                shop=stage.lanting,
                nonce=taking.mark("ticket", fields),
                **fields,
                order=None,
                actor=stage.machine,
                at=NOW,
                language="fr",
                country="FR",
            )
        )

    assert at_once(click, click) == [None, None]
    assert len(set(numbers)) == Withdrawal.objects.count() == 1
