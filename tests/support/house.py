"""Everybody at work: each person of Lanting's in a browser of their own, doing what the buttons of their pages do."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from homeward.kernel import Role
from homeward.returns.models import Return
from homeward.settlements.models import Refund
from homeward.warehouse.models import Receipt
from tests.support import build_warehouse, people
from tests.support.cast import Cast

ALIKE = {f"q-{question}": answer for question, answer in build_warehouse.BEST.items()}


class House:
    """Ada heads the desk, Bo works there within €50, Kim receives and Lee is their second, Fay pays."""

    def __init__(self, cast: Cast) -> None:
        self.ada = people.client_of(people.hire(cast, Role.SUPERVISOR, "Ada"))
        self.bo = people.client_of(people.hire(cast, Role.AGENT, "Bo", limit="50"))
        self.kim = people.client_of(people.hire(cast, Role.DOCK, "Kim"))
        self.lee = people.client_of(people.hire(cast, Role.DOCK, "Lee"))
        self.fay = people.client_of(people.hire(cast, Role.FINANCE, "Fay"))

    def do(self, who: Client, path: str, **body: Any) -> str:
        """Press a button and return the page that follows; it must be a page of success."""
        answer = who.post(path, body, follow=True)
        page = text_of(answer)
        assert answer.status_code == 200, (answer.status_code, page[page.find("<main") :])
        assert 'class="toast" data-tone="bad"' not in page, page[page.find('id="toasts"') :]
        return page

    def decide(self, who: Client, made: Return, verb: str, **body: Any) -> str:
        """Decide on a return from its case."""
        return self.do(who, f"/desk/returns/{made.ref}/{verb}", **body)

    def scan(self, code: str) -> Receipt:
        """Scan what lies on the dock, and return the receipt that opens."""
        answer = self.kim.post("/dock/scan", {"code": code})
        return Receipt.objects.get(ref=answer.headers["Location"].rstrip("/").rsplit("/", 1)[-1])

    def scan_again(self, code: str) -> Receipt:
        """Scan a box of a return of which one has been counted, and say that this is another one."""
        known = self.scan(code)
        page = self.kim.get(f"/dock/receipts/{known.ref}/").content.decode()
        path = f"/dock/returns/{known.return_request.ref}/open"
        assert path in page
        answer = self.kim.post(path)
        return Receipt.objects.get(ref=answer.headers["Location"].rstrip("/").rsplit("/", 1)[-1])

    def receive(self, receipt: Receipt, *counts: tuple[int, int, int], **more: Any) -> str:
        """Count a box: (right, damaged, another item) for each of its lines."""
        body: dict[str, Any] = {}
        for line, (good, damaged, wrong) in zip(receipt.lines.order_by("pk"), counts, strict=True):
            body |= {f"{line.key}-good": good, f"{line.key}-damaged": damaged, f"{line.key}-wrong": wrong}
        return self.do(self.kim, f"/dock/receipts/{receipt.ref}/receive", **body | more)

    def inspect(self, receipt: Receipt, place: int = 0, *, who: Client | None = None, **found: Any) -> str:
        """Finish units of one line: as new, one unit, unless told otherwise."""
        line = list(receipt.lines.order_by("pk"))[place]
        body = {"line": line.key, "quantity": 1, "nonce": f"{receipt.ref}-{place}-{line.inspected}"} | found
        if "grade" not in found:
            body |= ALIKE
        return self.do(who or self.kim, f"/dock/receipts/{receipt.ref}/inspect", **body)

    def pay(self, bank_ref: str = "SEPA 7") -> None:
        """Confirm each transfer that waits, as finance does after a look at the bank."""
        for refund in Refund.objects.filter(state__in=["intended", "sent"], provider="offline"):
            self.do(self.fay, f"/office/refunds/{refund.ref}/confirm", bank_ref=bank_ref)


def text_of(answer: HttpResponse) -> str:
    """Return a page as one line of text."""
    return " ".join(answer.content.decode().split())
