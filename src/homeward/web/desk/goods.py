"""Goods in place of goods: what is to be shipped, and what is on its way."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from homeward.settlements import queries as settlement_queries
from homeward.web import doors
from homeward.web.desk import questions
from homeward.web.desk.forms import About

STATES = ("released", "shipped", "delivered", "")


@doors.door(doors.DESK | doors.DOCK)
def replacements(request: HttpRequest) -> HttpResponse:
    """List replacements, those first that wait to be shipped."""
    state = request.GET.get("state", "released")
    if state not in STATES:
        state = "released"
    rows = settlement_queries.replacements(request.actor, state=state).select_related("case", "case__order__shopper")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    words = {"released": _("To ship"), "shipped": _("On the way"), "delivered": _("Delivered"), "": _("All")}
    tabs = [{"label": label, "href": f"?state={key}", "current": key == state} for key, label in words.items()]
    may_ask = request.actor.role in doors.DESK
    found = [
        {
            "made": made,
            "asked": questions.asked(made, made.lifecycle.allowed(made.state, role=request.actor.role), About())
            if may_ask
            else (),
        }
        for made in page.object_list
    ]
    context = {"page": page, "rows": found, "tabs": tabs, "state": state}
    return render(request, "desk/replacements.html", context)
