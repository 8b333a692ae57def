"""A client of the API: one key, a fresh Idempotency-Key for each post unless one is given."""

from __future__ import annotations

import itertools
from typing import Any

from django.test import Client

from homeward.parties import actions as party_actions
from homeward.parties.models import Merchant
from tests.support.cast import NOW, ROOT

_numbers = itertools.count(1)


class Caller:
    """Calls the API as a system of `merchant` would."""

    def __init__(self, merchant: Merchant, *scopes: str) -> None:
        _, secret = party_actions.cut_key(
            merchant=merchant, name="test", scopes=scopes or party_actions.SCOPES, actor=ROOT, at=NOW
        )
        self.http, self.headers = Client(), {"Authorization": f"Bearer {secret}"}

    def post(self, path: str, body: Any = None, *, key: str | None = None, status: int | None = None) -> Any:
        """Post to /api/v1`path`; with `status` the answer must have it. Returns the answer's JSON."""
        headers = self.headers | {"Idempotency-Key": key or f"key-{next(_numbers)}"}
        answer = self.http.post(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)
        if status is not None:
            assert answer.status_code == status, answer.content
        return answer.json()

    def get(self, path: str, *, status: int = 200, **query: Any) -> Any:
        """Get /api/v1`path`; the answer must have `status`. Returns its JSON."""
        answer = self.http.get(f"/api/v1{path}", query, headers=self.headers)
        assert answer.status_code == status, answer.content
        return answer.json()
