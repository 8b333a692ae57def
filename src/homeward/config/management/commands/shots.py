"""`homeward shots`: pictures of all pages of a running server, as desktops, phones and dark rooms show them."""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import BaseCommand, CommandError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from homeward.cases import queries as case_queries
from homeward.conversations import queries as conversation_queries
from homeward.kernel import Role
from homeward.kernel.actor import MACHINE
from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant
from homeward.policies import queries as policy_queries
from homeward.returns import queries as return_queries
from homeward.returns.models import Return
from homeward.settlements import queries as settlement_queries
from homeward.warehouse import queries as warehouse_queries
from homeward.web.portal import access, drafts

NOBODY, SHOPPER = "", "shopper"


@dataclass(frozen=True, slots=True)
class Shot:
    """One page: the name of its pictures, its URL name with the things in its address, and who looks at it."""

    name: str
    url: str
    by: str = NOBODY
    things: tuple[str, ...] = ()


# Every page that is worth a picture. A page whose things are not there yet is passed over.
PAGES = (
    Shot("account-login", "account_login"),
    Shot("account-reset", "account_reset_password"),
    Shot("account-security", "mfa_index", Role.OPERATOR),
    Shot("design", "design:components", Role.OPERATOR),
    Shot("portal-lookup", "portal:lookup", NOBODY, ("shop",)),
    Shot("portal-withdraw", "portal:withdraw", NOBODY, ("shop",)),
    Shot("portal-items", "portal:items", SHOPPER, ("shop", "order")),
    Shot("portal-reason", "portal:reason", SHOPPER, ("shop", "fresh", "place")),
    Shot("portal-solution", "portal:solution", SHOPPER, ("shop", "fresh")),
    Shot("portal-check", "portal:check", SHOPPER, ("shop", "fresh")),
    Shot("portal-status", "portal:return", SHOPPER, ("shop", "return")),
    Shot("portal-policy", "portal:policy_in", NOBODY, ("shop", "country")),
    Shot("portal-withdraw-embedded", "portal:embed", NOBODY, ("shop",)),
    Shot("desk-inbox", "desk:inbox", Role.AGENT),
    Shot("desk-cases", "desk:cases", Role.AGENT),
    Shot("desk-case", "desk:case", Role.AGENT, ("case",)),
    Shot("desk-case-waiting", "desk:case", Role.AGENT, ("waiting",)),
    Shot("desk-approvals", "desk:approvals", Role.SUPERVISOR),
    Shot("desk-replacements", "desk:replacements", Role.AGENT),
    Shot("dock-station", "dock:station", Role.DOCK),
    Shot("dock-parcels", "dock:parcels", Role.DOCK),
    Shot("dock-receipt", "dock:receipt", Role.DOCK, ("receipt",)),
    Shot("office-overview", "office:dashboard", Role.OPERATOR),
    Shot("office-orders", "office:orders", Role.OPERATOR),
    Shot("office-order", "office:order", Role.OPERATOR, ("order",)),
    Shot("office-imports", "office:imports", Role.OPERATOR),
    Shot("office-import", "office:import", Role.OPERATOR, ("import",)),
    Shot("office-rulebooks", "office:rulebooks", Role.OPERATOR),
    Shot("office-rulebook", "office:rulebook", Role.OPERATOR, ("rulebook",)),
    Shot("office-laws", "office:laws", Role.OPERATOR),
    Shot("office-law", "office:law", Role.OPERATOR, ("law",)),
    Shot("office-law-field", "office:law_field", Role.OPERATOR, ("law", "edition", "field")),
    Shot("office-laws-compared", "office:compare_laws", Role.OPERATOR),
    Shot("office-law-changes", "office:law_changes", Role.OPERATOR),
    Shot("office-refunds", "office:refunds", Role.FINANCE),
    Shot("office-refund", "office:refund", Role.FINANCE, ("refund",)),
    Shot("office-withdrawals", "office:withdrawals", Role.OPERATOR),
    Shot("office-shop-page", "office:embedding_of", Role.OPERATOR, ("shop",)),
    Shot("office-withdrawal", "office:withdrawal", Role.OPERATOR, ("withdrawal",)),
    Shot("office-notices", "office:notices", Role.OPERATOR),
    Shot("office-notice", "office:notice", Role.OPERATOR, ("notice",)),
    Shot("office-journal", "office:journal", Role.OPERATOR),
    Shot("office-dead-letters", "office:dead_letters", Role.OPERATOR),
    Shot("office-keys", "office:keys", Role.OPERATOR),
    Shot("office-staff", "office:staff", Role.OPERATOR),
    Shot("office-person", "office:person", Role.OPERATOR, ("agent",)),
)

# The three moods of each picture: what the window is like.
MOODS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def _things() -> dict[str, str]:
    """Return what stands in addresses: the newest return that a shop decided, with all that belongs to it."""
    made, order = _newest()
    shop = order.merchant if order else party_queries.merchants(MACHINE).first()
    found = {
        "shop": shop.slug if shop else "",
        "order": order.ref if order else "",
        "return": made.number if made else "",
        "case": _ref(case_queries.cases(MACHINE).order_by("-pk")),
        "receipt": _ref(warehouse_queries.receipts(MACHINE).order_by("-pk")),
        "import": _ref(order_queries.import_runs(MACHINE)),
        "rulebook": _ref(policy_queries.rulebooks(MACHINE)),
        "notice": _ref(conversation_queries.notices(MACHINE)),
        "refund": _ref(settlement_queries.refunds(MACHINE)),
        "withdrawal": _ref(return_queries.withdrawals(MACHINE)),
        "waiting": _waiting(shop),
        "fresh": fresh.ref if (fresh := _fresh()) else "",
        "place": "1",
        "country": "de",
        "law": "DE",
        "edition": policy_queries.editions_of(MACHINE, "DE")[0].version,
        "field": "withdrawal_days",
        "agent": _ref(party_queries.staff(MACHINE).filter(role=Role.AGENT)),
    }
    return {name: thing for name, thing in found.items() if thing}


def _newest() -> tuple[Return | None, Order | None]:
    """Return the newest return with its order, or an order alone where nothing has been asked back."""
    made = return_queries.returns(MACHINE).select_related("order__merchant", "order__shopper").order_by("-pk").first()
    return made, made.order if made else order_queries.orders(MACHINE).first()


def _waiting(shop: Merchant | None) -> str:
    """Return the case of a return of this shop that waits for a person."""
    rows = return_queries.returns(MACHINE).filter(state="under_review", merchant=shop).select_related("case")
    made = rows.order_by("-pk").first()
    return made.case.number if made else ""


def _fresh() -> Order | None:
    """Return another order of the same shopper of which something may still come back, for the pages of asking."""
    _made, order = _newest()
    if order is None:
        return None
    rows = order_queries.orders(MACHINE).filter(shopper=order.shopper, cancelled_at=None).exclude(pk=order.pk)
    return rows.filter(lines__held=0, lines__delivered__gt=0).distinct().first()


def _ref(rows: Any) -> str:
    row = rows.first()
    return row.ref if row else ""


class Command(BaseCommand):
    help = "Take pictures of all pages: desktop, phone, dark"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=Path("shots"), help="folder of the pictures")
        parser.add_argument("--url", default=settings.BASE_URL, help="the running server; it has this very database")
        parser.add_argument("--only", default="", help="only pages whose names hold this")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        """Visit every page three times; fail if one of them answered with an error."""
        address = options["url"].rstrip("/")
        self._knock(address)
        chromium = os.environ.get("HOMEWARD_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
        if chromium is None:
            raise CommandError("no Chromium here: install Debian's packages chromium and fonts-noto-cjk")
        wanted = [shot for shot in PAGES if options["only"] in shot.name]
        visits = list(self._visits(wanted, _things()))
        options["out"].mkdir(parents=True, exist_ok=True)
        with _signed_in({shot.by for shot, _path in visits}) as keys, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            camera = Camera(browser, address, options["out"], options["language"])
            troubles = [trouble for shot, path in visits for trouble in camera.take(shot, path, keys.get(shot.by, ""))]
            browser.close()
        self.stdout.write(f"{len(visits) * len(MOODS)} pictures in {options['out']}/")
        if troubles:
            raise CommandError("\n".join(troubles))

    def _knock(self, address: str) -> None:
        try:
            httpx.get(address, timeout=10, follow_redirects=False)
        except httpx.HTTPError as error:
            raise CommandError(f"nobody answers at {address}: start it with `homeward serve`") from error

    def _visits(self, shots: Iterable[Shot], things: dict[str, str]) -> Iterator[tuple[Shot, str]]:
        for shot in shots:
            missing = [thing for thing in shot.things if thing not in things]
            try:
                path = "" if missing else reverse(shot.url, args=[things[thing] for thing in shot.things])
            except NoReverseMatch:
                missing = ["page"]
            if missing:
                self.stdout.write(f"{shot.name}: passed over, there is no {missing[0]} yet")
            else:
                yield shot, path


@dataclass(frozen=True, slots=True)
class Camera:
    """A browser before one server, with a folder for what it sees."""

    browser: Browser
    address: str
    out: Path
    language: str

    def take(self, shot: Shot, path: str, key: str) -> Iterator[str]:
        """Take the pictures of one page for whoever has the session `key`; yield what went wrong with it."""
        for mood, window in MOODS.items():
            context = self.browser.new_context(**window, locale=self.language, reduced_motion="reduce")
            if key:
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.address}])
            page = context.new_page()
            answer = page.goto(f"{self.address}{path}?lang={self.language}", wait_until="networkidle")
            if answer is None or not answer.ok:
                yield f"{shot.name}: {path} answered {answer.status if answer else 'nothing'}"
            elif _is_too_wide(page):
                yield f"{shot.name}: {path} is wider than its window ({mood})"
            page.screenshot(path=self.out / f"{shot.name}.{mood}.png", full_page=True)
            context.close()


def _is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@contextmanager
def _signed_in(people: set[str]) -> Iterator[dict[str, str]]:
    """Sign in one person of each kind for as long as it takes; hand out the keys of their sessions."""
    sessions = {by: session for by in people if (session := _session(by)) is not None}
    try:
        yield {by: session.session_key or "" for by, session in sessions.items()}
    finally:
        for session in sessions.values():
            session.delete()


def _session(by: str) -> SessionStore | None:
    session, fill = SessionStore(), _SIGN_INS.get(by, _sign_in_staff)
    if not fill(session, by):
        return None
    session.save()
    return session


def _sign_in_staff(session: SessionStore, role: str) -> bool:
    _made, order = _newest()
    colleagues = party_queries.staff(MACHINE).filter(role=role)
    staff = colleagues.filter(merchant=order.merchant if order else None).first() or colleagues.first()
    if staff is None:
        raise CommandError(f"nobody here is {role}: hire somebody with `homeward staff`")
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    return True


def _sign_in_shopper(session: SessionStore, _by: str) -> bool:
    _made, order = _newest()
    if order is None:
        return False
    request = HttpRequest()
    request.session = session
    access.prove(request, order, at=timezone.now())
    if fresh := _fresh():
        access.prove(request, fresh, at=timezone.now())
        line = next(one for one in order_queries.lines(MACHINE, fresh) if one.delivered > one.held)
        answers = drafts.Line(reason="color", condition="tried", words="Not as I had hoped.")
        draft = replace(drafts.load(session, fresh), lines={line.ref: answers}, remedy="refund", method="label")
        drafts.save(session, fresh, draft)
    return True


_SIGN_INS: dict[str, Callable[[SessionStore, str], bool]] = {
    NOBODY: lambda _session, _by: False,
    SHOPPER: _sign_in_shopper,
}
