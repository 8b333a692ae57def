"""Who calls: an API key in the Authorization header, with the scopes that it was cut for."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from homeward.api.problems import Problem
from homeward.kernel import Actor
from homeward.parties import queries as party_queries


class ApiKeyBearer(HttpBearer):
    """`Authorization: Bearer hw_…`; the actor of the key becomes the request's actor."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the key's actor, or None where the key is unknown, wrong or revoked."""
        actor = party_queries.actor_of_key(token) if token.isprintable() else None
        if actor is not None:
            request.actor = actor
        return actor


def check_scope(request: HttpRequest, scope: str) -> Actor:
    """Return the caller where its key has `scope`.

    :raises Problem: 403 `scope_missing` otherwise.
    """
    actor: Actor = request.actor
    if scope not in actor.scopes:
        raise Problem(403, "scope_missing", f"This key lacks the scope {scope}.", scope=scope)
    return actor
