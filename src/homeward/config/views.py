"""The front door: leads staff to their station and says whether the house is well."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from homeward.kernel import Role

STATIONS = {
    Role.AGENT: "desk:cases",
    Role.SUPERVISOR: "desk:cases",
    Role.DOCK: "dock:station",
    Role.FINANCE: "office:refunds",
    Role.MERCHANT: "office:dashboard",
    Role.OPERATOR: "office:dashboard",
}


def home(request: HttpRequest) -> HttpResponse:
    """Lead staff to where their work is, everybody else to the sign-in."""
    actor = request.actor
    return redirect(STATIONS[actor.role] if actor.is_staff else "account_login")


def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 where the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"database": "ok"})
