"""Backtests: a draft tried on history before it is published; the list, a new one, and one with what it found."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from homeward.kernel import Money, NotAllowed
from homeward.parties.models import Merchant
from homeward.policies import results
from homeward.policies.models import BacktestRun
from homeward.policies.rulebook import RulebookError
from homeward.policies.runs import actions, queries, texts
from homeward.policies.runs import plan as plans
from homeward.policies.runs.actions import SameBook
from homeward.policies.runs.plan import Plan
from homeward.policies.runs.queries import Choice
from homeward.returns import reasons
from homeward.returns import texts as return_texts
from homeward.web import doors
from homeward.web.design import forms as design_forms
from homeward.web.office import backtest_words, shops

_OVER = frozenset({"done", "failed", "cancelled"})


class NewBacktest(forms.Form):
    """What is tried, against what, on which history, and what is taken for granted."""

    new = forms.ChoiceField(label=gettext_lazy("Try"))
    old = forms.ChoiceField(label=gettext_lazy("Against"), help_text=gettext_lazy("Chosen is what holds today."))
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("On which history"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one kind of history")},
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("Days after delivery"), min_value=0, max_value=3650, initial=14,
        help_text=gettext_lazy("For orders that nobody sent back: as if everybody asked on that day."),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=gettext_lazy("For the reason"), help_text=gettext_lazy("For orders that nobody sent back.")
    )
    since = forms.DateField(
        label=gettext_lazy("Orders from"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Orders until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    freight = forms.DecimalField(
        label=gettext_lazy("Price of a way back"), required=False, min_value=Decimal(0), max_digits=12,
        help_text=gettext_lazy("Taken where history does not know it. Without it those ways back are in no sum."),
    )  # fmt: skip

    def __init__(self, *args: Any, books: Sequence[Choice], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        names = [(one.ref, _name(one)) for one in books]
        self.fields["new"].choices = self.fields["old"].choices = names
        self.fields["sources"].choices = [
            (source, design_forms.Choice(str(backtest_words.SOURCES[source]), hint=_HINTS[source]))
            for source in plans.SOURCES
        ]
        self.fields["reason"].choices = [(code, return_texts.REASONS[code]) for code in reasons.REASONS]

    def clean_freight(self) -> int | None:
        """Return the price in minor units."""
        told = self.cleaned_data["freight"]
        if told is None:
            return None
        try:
            return Money.of(told, self.currency).minor
        except ValueError as error:
            raise forms.ValidationError(_("This has more decimals than the currency knows")) from error

    def clean(self) -> dict[str, Any]:
        """Refuse a rulebook beside itself, and a span that ends before it begins."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("new") and told.get("new") == told.get("old"):
            self.add_error("old", _("Choose another one than the one that is tried"))
        if told.get("since") and told.get("until") and told["since"] > told["until"]:
            self.add_error("until", _("This day lies before the first"))
        return told

    def plan(self) -> Plan:
        """Return what a valid form asks for."""
        told = self.cleaned_data
        return Plan(
            sources=tuple(source for source in plans.SOURCES if source in told["sources"]), since=told["since"],
            until=told["until"], days=told["days"], reason=told["reason"], freight_minor=told["freight"],
        )  # fmt: skip


_HINTS = {
    "returns": gettext_lazy("With their real reason and day."),
    "past": gettext_lazy("From imported history, such as a shop’s export."),
    "orders": gettext_lazy("As if everybody asked on the same day for the same reason; says what a rule could cost."),
}


def _name(one: Choice) -> str:
    if one.ref == queries.NOTHING:
        return _("No rulebook: the law alone")
    kind = _("draft") if one.ref.startswith("rbd_") else ""
    return f"{one.name} ({kind})" if kind else one.name


@doors.door(doors.TRIALS)
def backtests(request: HttpRequest) -> HttpResponse:
    """List the backtests, the latest first."""
    page = Paginator(queries.backtests(request.actor), 30).get_page(request.GET.get("page"))
    return render(request, "office/backtests.html", {"page": page})


@doors.door(doors.TRIALS)
def begin(request: HttpRequest) -> HttpResponse:
    """Ask what is to be tried on which history, and start it."""
    merchant, known = shops.chosen(request)
    books = queries.choices(request.actor, merchant)
    initial = {
        "new": request.GET.get("new", books[0].ref), "old": queries.holding_ref(request.actor, merchant, request.at),
        "sources": ["returns", "past"], "reason": "no_reason",
    }  # fmt: skip
    form = NewBacktest(request.POST or None, initial=initial, books=books, currency=merchant.currency)
    if request.method == "POST" and form.is_valid():
        run = _started(request, form, merchant, books)
        if run is not None:
            return redirect("office:backtest", ref=run.ref)
    context = {"form": form, "merchant": merchant, "shops": known}
    return render(request, "office/backtest_begin.html", context, status=422 if form.is_bound else 200)


def _started(
    request: HttpRequest, form: NewBacktest, merchant: Merchant, books: Sequence[Choice]
) -> BacktestRun | None:  # fmt: skip
    by_ref = {one.ref: one for one in books}
    old, new = (by_ref[form.cleaned_data[name]] for name in ("old", "new"))
    try:
        return actions.start(
            merchant=merchant, old=old, new=new, plan=form.plan(), actor=request.actor, at=request.at
        )  # fmt: skip
    except RulebookError as error:
        form.add_error("new", _("It says something that it cannot mean: %(error)s") % {"error": error})
    except SameBook:
        form.add_error("old", _("Choose another one than the one that is tried"))
    return None


@doors.door(doors.TRIALS)
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one backtest: how far it is, or what it found."""
    run = queries.backtest(request.actor, ref)
    context: dict[str, Any] = {
        "run": run, "sources": backtest_words.source_words(run.plan.get("sources", Plan().sources)),
        "error": texts.ERRORS.get(run.error, run.error), "is_over": run.state in _OVER,
    }  # fmt: skip
    if run.state == "done":
        context |= _found(run)
    return render(request, "office/backtest.html", context)


def _found(run: BacktestRun) -> dict[str, Any]:
    """Return what a backtest found, in words and charts."""
    found = results.from_data(run.result or {})
    heads, rows = backtest_words.matrix(found)
    return {
        "found": found,
        "tiles": backtest_words.tiles(found, run.merchant.currency),
        "matrix_heads": heads,
        "matrix_rows": rows,
        "outcomes": backtest_words.outcome_chart(found, run.old_name, run.new_name),
        "money": backtest_words.money_charts(found, run.old_name, run.new_name, run.merchant.currency),
        "changes": backtest_words.changes(found),
        "movers": backtest_words.movers(found),
        "clauses": backtest_words.clause_rows(found),
        "below": [row for row in backtest_words.clause_rows(found) if row["below"]],
        "cut_examples": backtest_words.examples(found.floor.cut_examples),
        "held_examples": backtest_words.examples(found.floor.held_examples),
        "doubts": backtest_words.doubts(found),
        "assumed": backtest_words.assumed(found, plans.from_data(run.plan)),
        "seconds": round((run.ended_at - run.begun_at).total_seconds(), 1) if run.ended_at and run.begun_at else None,
    }


@doors.door(doors.TRIALS)
def progress(request: HttpRequest, ref: str) -> HttpResponse:
    """Show how far a backtest is, for the page that is open; when it is over, the page is shown anew."""
    run = queries.backtest(request.actor, ref)
    if run.state in _OVER:
        return HttpResponseClientRefresh() if request.htmx else redirect("office:backtest", ref=ref)
    return render(request, "office/_backtest_progress.html", {"run": run})


@doors.door(doors.TRIALS)
@require_POST
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    """Call a backtest off."""
    run = queries.backtest(request.actor, ref)
    try:
        actions.cancel(run, actor=request.actor, at=request.at)
    except NotAllowed:
        messages.error(request, _("This backtest is over already."))
    else:
        messages.success(request, _("The backtest is called off."))
    return redirect("office:backtest", ref=ref)
