"""Asking and doing the verbs of the desk: the question's own page, the verb itself, and refusals in words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from homeward.cases.models import Case
from homeward.journal import queries as journal_queries
from homeward.kernel import Actor, Money, NotAllowed, Role, formats
from homeward.orders import actions as order_actions
from homeward.parties import queries as party_queries
from homeward.returns import actions as return_actions
from homeward.returns import queries as return_queries
from homeward.returns import texts as return_texts
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements import queries as settlement_queries
from homeward.settlements import texts as settlement_texts
from homeward.settlements.amounts import TooMuch
from homeward.settlements.models import Remedy
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse import queries as warehouse_queries
from homeward.warehouse import texts as warehouse_texts
from homeward.web import doors, timeline
from homeward.web.design import states
from homeward.web.desk import questions, verdicts
from homeward.web.desk.forms import About
from homeward.web.desk.questions import Asked

HEADS = (Role.SUPERVISOR, Role.MERCHANT, Role.OPERATOR)
BEYOND = (return_actions.BeyondAuthority, settlement_actions.BeyondAuthority)

_FETCH = {
    "returns": return_queries.return_,
    "remedies": settlement_queries.remedy,
    "replacements": settlement_queries.replacement,
    "receipts": warehouse_queries.receipt,
}
VERBS = {
    "return": return_texts.VERBS, "remedy": settlement_texts.VERBS, "replacement": settlement_texts.VERBS,
    "receipt": warehouse_texts.VERBS,
}  # fmt: skip


@doors.door(doors.DESK)
def ask(request: HttpRequest, noun: str, ref: str, verb: str) -> HttpResponse:
    """Ask the question before a verb, and do the verb when it is answered."""
    if verb not in questions.ALL.get(noun, {}):
        raise Http404
    thing = _FETCH[noun](request.actor, ref)
    if request.method != "POST":
        return _page(request, thing, questions.ask(thing, verb, _about(request.actor, thing)))
    asked = questions.ask(thing, verb, _about(request.actor, thing), request.POST)
    if not asked.form.is_valid():
        return _page(request, thing, asked, status=422)
    try:
        outcome = asked.question.act(thing, asked.form.cleaned_data, actor=request.actor, at=request.at)
    except NotAllowed as refused:
        return _conflict(request, thing, asked, refused)
    except BEYOND as refused:
        return _page(request, thing, asked, status=403, beyond=_beyond(request, refused))
    except tuple(_SENTENCES) as refused:
        return _page(request, thing, asked, status=422, refusal=_SENTENCES[type(refused)](refused))
    messages.success(request, _done(asked, outcome))
    return redirect("desk:case", ref=_case(thing).number)


def _case(thing: Any) -> Case:
    found: Case = thing.case or thing.return_request.case
    return found


def _return(thing: Any) -> Return:
    if isinstance(thing, Return):
        return thing
    made: Return = thing.remedy.return_request if hasattr(thing, "remedy") else thing.return_request
    return made


def _about(actor: Actor, thing: Any) -> About:
    made = _return(thing)
    grounds = []
    if thing is made:
        reasons = verdicts.reasons_of(actor, return_queries.holding(actor, made), language=get_language() or "en")
        grounds = verdicts.grounds_of(reasons)
    return About(currency=made.currency, grounds=grounds, remedy=made.remedy, goods_back=made.goods_back)


def _done(asked: Asked, outcome: Any) -> str:
    """Return what to say after a verb; a remedy that is still proposed to a head waits for somebody's word."""
    if isinstance(outcome, Remedy) and outcome.state == "proposed" and outcome.awaits == "authority":
        return _("This is above your limit; it waits for somebody with a higher one.")
    return str(asked.question.done)


def _page(request: HttpRequest, thing: Any, asked: Asked, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show a question on a page of its own, with what was wrong about the answer."""
    context = {"asked": asked, "thing": thing, "case": _case(thing), "made": _return(thing)} | more
    return render(request, "desk/question.html", context, status=status)


def _conflict(request: HttpRequest, thing: Any, asked: Asked, refused: NotAllowed) -> HttpResponse:
    """Show how the thing stands now beside what was wanted (409); written words are kept."""
    case = _case(thing)
    entries = journal_queries.timeline(request.actor, case.pk).filter(noun=refused.noun, noun_id=thing.pk)
    last = entries.exclude(after="").last()
    words = VERBS.get(refused.noun, {})
    context = {
        "now": states.face(refused.noun, refused.state),
        "now_by": timeline.who(last) if last else "",
        "now_at": last.at if last else None,
        "wanted": asked.question.words,
        "allowed": [str(words[verb]) for verb in refused.allowed if verb in words],
        "kept": asked.form.words,
        "keep_action": reverse("desk:note", args=[case.number]),
        "back": reverse("desk:case", args=[case.number]),
    }
    return render(request, "409.html", context, status=409)


def _beyond(request: HttpRequest, refused: Any) -> dict[str, Any]:
    """Return the sum, the limit, and who may approve it."""
    amount = getattr(refused, "asked", None) or refused.amount
    heads = party_queries.staff(request.actor).filter(role__in=HEADS, is_active=True)
    able = [one.name for one in heads if party_queries.actor_of(one).may_grant(amount)]
    return {"amount": amount, "limit": refused.authority, "approvers": able[:3]}


def _money(amount: Money) -> str:
    return formats.money_in(amount, get_language() or "en")


def _is_gone(_refused: Exception) -> str:
    return _("These items have been asked back in another return meanwhile.")


_SENTENCES: dict[type[Exception], Any] = {
    return_actions.UnitsGone: _is_gone,
    order_actions.NotReturnable: _is_gone,
    return_actions.GoodsAreHere: lambda _r: _("The goods have arrived; the return can no longer be withdrawn."),
    return_actions.GroundMissing: lambda _r: _("Say in words why the return is refused."),
    settlement_actions.NothingToSettle: lambda _r: _("All units of this return are settled already."),
    settlement_actions.ConsentMissing: lambda _r: _("It waits for the shopper’s word."),
    settlement_actions.NoPayment: lambda _r: _("No payment of this order is known along which money could go back."),
    settlement_actions.BalanceGone: lambda _r: _(
        "The payments of this order have not enough left. Look at the order first."
    ),
    TooMuch: lambda refused: (
        _("At most %(most)s may still go back along the payments of this order.") % {"most": _money(refused.most)}
    ),
    warehouse_actions.GroundMissing: lambda _r: _("Choose a ground, and say why."),
    warehouse_actions.UnitsWait: lambda refused: (
        _("%(units)s units still wait for their inspection or for a second person. Let the dock finish first.")
        % {"units": refused.units}
    ),
}
