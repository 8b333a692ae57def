"""A Stripe for tests: localstripe in a process of its own (stripe_server.py), which keeps keys and has moods.

    with stripe_double() as double:
        payment = double.payment(10_000, "eur")
        double.mood(drops_answers=1)

Its moods: `forgets_keys` makes the same POST twice two refunds; `is_down` answers 503, `drops_answers` lets things
happen and hangs up, `refuses` turns refunds down, and `is_slow` leaves them pending.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

KEY = "sk_test_double"
_CARD = {
    "type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2040",
    "card[cvc]": "123",
}  # fmt: skip


class Double:
    """The address of the double, and what a test does with it."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._http = httpx.Client(base_url=base, auth=(KEY, ""), timeout=10, trust_env=False)

    def mood(self, **moods: object) -> None:
        """Change how the double behaves; what is not named is as usual again."""
        self._http.post("/_mood", json=moods).raise_for_status()

    def payment(self, minor: int, currency: str) -> str:
        """Return the number of a payment that a card has made."""
        card = self._post("/v1/payment_methods", _CARD)
        asked = {"amount": minor, "currency": currency, "payment_method": card["id"], "confirm": "true"}
        paid = self._post("/v1/payment_intents", asked)
        assert paid["status"] == "succeeded", paid
        return str(paid["id"])

    def refund_by_hand(self, payment: str, minor: int) -> str:
        """Refund in the dashboard, so to say."""
        return str(self._post("/v1/refunds", {"payment_intent": payment, "amount": minor})["id"])

    def refunds(self, payment: str) -> list[dict[str, Any]]:
        """Return all refunds of a payment, as Stripe shows them."""
        found = self._http.get("/v1/refunds", params={"payment_intent": payment, "limit": 100})
        return list(found.raise_for_status().json()["data"])

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _post(self, path: str, data: Mapping[str, object]) -> dict[str, Any]:
        found = self._http.post(path, data={key: str(value) for key, value in data.items()})
        assert found.status_code == 200, found.text
        return dict(found.json())


@contextmanager
def stripe_double() -> Iterator[Double]:
    """Run the double in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.support.stripe_server"], stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    double = Double(process.stdout.readline().strip())
    try:
        yield double
    finally:
        double.close()
        process.kill()
        process.wait()
        process.stdout.close()
