"""The doors of staff pages: who may come in, and where others are sent."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from homeward.kernel import Role

View = Callable[..., HttpResponse]

DESK = frozenset({Role.AGENT, Role.SUPERVISOR, Role.MERCHANT, Role.OPERATOR})
DOCK = frozenset({Role.DOCK, Role.OPERATOR})
MONEY = frozenset({Role.FINANCE, Role.OPERATOR})
CASE = DESK | MONEY  # who may look at a case; who decides there is said by the lifecycles
OPERATOR = frozenset({Role.OPERATOR})
KEYS = frozenset({Role.MERCHANT, Role.OPERATOR})
TRIALS = frozenset({Role.SUPERVISOR, Role.MERCHANT, Role.OPERATOR})  # who may try and write rulebooks
OFFICE = frozenset({Role.SUPERVISOR, Role.FINANCE, Role.MERCHANT, Role.OPERATOR})
LAW = DESK | DOCK | MONEY  # law belongs to nobody: all staff may read it


def door(roles: frozenset[Role]) -> Callable[[Callable[..., Any]], View]:
    """Let staff of these roles in; send strangers to the sign-in and refuse everybody else (403)."""

    def guard(view: Callable[..., Any]) -> View:  # Any: files that are streamed are no HttpResponse
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.actor
            if not actor.is_staff:
                return redirect_to_login(request.get_full_path())
            if actor.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
