"""The verbs of the desk, each with the question that stands before it: words, form, key, and what it does.

A page shows a button for every verb that the lifecycle allows to this role. The button opens the question as a dialog;
the same question has a page of its own, for browsers without dialogs and for answers that need a correction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homeward.kernel import Actor
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements.actions import Grant
from homeward.settlements.models import Remedy, Replacement
from homeward.warehouse import actions as warehouse_actions
from homeward.warehouse.models import Receipt
from homeward.web.desk import forms

Words = str | Promise
Act = Callable[..., Any]
BACK = _("Go back")


@dataclass(frozen=True, slots=True)
class Question:
    """One verb: `words` on its button, `title` and `does` in the question, `keep` for the way back, `done` after it."""

    words: Words
    title: Words
    does: Words
    done: Words
    act: Act
    keep: Words = BACK
    look: str = ""
    kind: str = "primary"
    key: str = ""
    form: type[forms.AskForm] = forms.Plain
    about: Words = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one thing, ready to draw: the id of its dialog, the address it goes to, and its form."""

    verb: str
    question: Question
    id: str
    action: str
    form: forms.AskForm


def _authorize(made: Return, data: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    return_actions.authorize(
        made, actor=actor, at=at, note=data["note"], remedy=data["remedy"], goods_back=data["goods_back"] == "yes"
    )


def _offer(made: Return, data: Mapping[str, Any], *, actor: Actor, at: datetime) -> Remedy:
    part = {"part": 100 * data["part"]} if data["part"] else {"agreed": data["sum"]}
    return settlement_actions.offer(made.pk, grant=Grant(**part, note=data["note"]), actor=actor, at=at)


def _compensate(made: Return, data: Mapping[str, Any], *, actor: Actor, at: datetime) -> Remedy:
    grant = Grant(agreed=data["sum"], note=data["note"])
    return settlement_actions.compensate(made.pk, grant=grant, key=data["mark"], actor=actor, at=at)


def _with_all(act: Act) -> Act:
    """Return a verb that takes all answers of its form by their names."""
    return lambda thing, data, *, actor, at: act(thing, **data, actor=actor, at=at)


def _cancel(made: Replacement, data: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    settlement_actions.cancel(made, reason=data["note"], actor=actor, at=at)


RETURN = {
    "authorize": Question(
        words=_("Authorize"), title=_("Authorize this return?"), does=_("Authorize"), keep=_("Keep it open"),
        done=_("The return is authorized."), look="primary", key="A", form=forms.Authorize, act=_authorize,
    ),
    "ask_evidence": Question(
        words=_("Ask for evidence"), title=_("What do you need to see?"), does=_("Ask the shopper"),
        done=_("The shopper is asked."), key="E", form=forms.AskEvidence, act=_with_all(return_actions.ask_evidence),
    ),
    "refuse": Question(
        words=_("Refuse"), title=_("Refuse this return?"), does=_("Refuse, with this ground"), keep=_("Keep it open"),
        done=_("The return is refused; the shopper reads why."), look="danger", kind="danger", key="O",
        form=forms.Refuse, act=_with_all(return_actions.refuse),
    ),
    "overturn": Question(
        words=_("Overturn the refusal"), title=_("Overturn the refusal?"), does=_("Overturn and authorize"),
        keep=_("Keep the refusal"), done=_("The refusal is overturned."), key="O", form=forms.Overturn,
        act=_with_all(return_actions.overturn),
    ),
    "offer": Question(
        words=_("Offer a part"), title=_("Offer a part of the price for keeping the goods?"), does=_("Offer it"),
        done=_("The offer is with the shopper; it is theirs to accept."), form=forms.Offer, act=_offer,
        about=_("The shopper keeps the goods and nothing travels. Right to more stays theirs until they accept."),
    ),
    "compensate": Question(
        words=_("Compensate"), title=_("Give a sum beside the goods?"), does=_("Send this sum"),
        done=_("The compensation is agreed."), look="ghost", form=forms.Compensate, act=_compensate,
        about=_("For trouble or delay, along the payment of the order. It changes nothing about the goods."),
    ),
    "withdraw": Question(
        words=_("Withdraw for the shopper"), title=_("Withdraw this return?"), does=_("Withdraw the return"),
        keep=_("Keep the return"), done=_("The return is withdrawn; its items may be asked back again."), look="ghost",
        kind="danger", act=_with_all(return_actions.withdraw),
        about=_("The items may be asked back again later, as long as their time lasts."),
    ),
}  # fmt: skip

REMEDY = {
    "agree": Question(
        words=_("Approve"), title=_("Approve this remedy?"), does=_("Approve"), look="primary", form=forms.Note,
        done=_("Approved; the money is on its way."), act=_with_all(settlement_actions.agree),
    ),
    "accept": Question(
        words=_("Accept for the shopper"), title=_("Has the shopper said yes?"), does=_("Accept in their name"),
        done=_("The offer is accepted; the money is on its way."), form=forms.Yes,
        act=_with_all(settlement_actions.agree),
        about=_("An offer is for the shopper to accept. How they did so is kept with it."),
    ),
    "decline": Question(
        words=_("Decline"), title=_("Decline this remedy?"), does=_("Decline"),
        done=_("Declined; the case may be settled otherwise."), kind="danger", form=forms.Note,
        act=_with_all(settlement_actions.decline), about=_("Its units may be settled otherwise."),
    ),
}  # fmt: skip

REPLACEMENT = {
    "ship": Question(
        words=_("Mark as shipped"), title=_("Under which number do the new goods travel?"), does=_("Mark as shipped"),
        done=_("The shopper is told the number."), look="primary", form=forms.Ship,
        act=_with_all(settlement_actions.ship),
    ),
    "deliver": Question(
        words=_("Mark as delivered"), title=_("Have the new goods arrived?"), does=_("Mark as delivered"),
        done=_("The new goods have arrived; the remedy is fulfilled."), act=_with_all(settlement_actions.deliver),
    ),
    "cancel": Question(
        words=_("Cancel"), title=_("Will the new goods not be sent?"), does=_("Cancel the new goods"),
        done=_("Canceled; the remedy waits for another."), look="ghost", kind="danger", form=forms.Cancel, act=_cancel,
        about=_("The remedy fails with it and waits for another, such as the money back."),
    ),
}  # fmt: skip

RECEIPT = {
    "resolve": Question(
        words=_("Rule on the dispute"), title=_("Whose word holds?"), does=_("Rule"), done=_("The dispute is over."),
        look="primary", form=forms.Resolve, act=_with_all(warehouse_actions.resolve),
    ),
    "dispute": Question(
        words=_("Contest what came"), title=_("Contest what came?"), does=_("Contest it"),
        done=_("It is contested; money waits until somebody has ruled."), look="ghost", form=forms.Contest,
        act=_with_all(warehouse_actions.dispute),
    ),
}  # fmt: skip

ALL: Mapping[str, Mapping[str, Question]] = {
    "returns": RETURN, "remedies": REMEDY, "replacements": REPLACEMENT, "receipts": RECEIPT,
}  # fmt: skip
NOUNS: Mapping[type[Any], str] = {
    Return: "returns", Remedy: "remedies", Replacement: "replacements", Receipt: "receipts",
}  # fmt: skip


def asked(thing: Any, verbs: Any, about: forms.About) -> list[Asked]:
    """Return the questions for those of `verbs` that the desk asks about a thing, in the order of the table."""
    return [ask(thing, verb, about) for verb in ALL[NOUNS[type(thing)]] if verb in verbs]


def ask(thing: Any, verb: str, about: forms.About, data: Any = None) -> Asked:
    """Return one question about a thing, with what has been answered.

    :raises KeyError: if the desk does not ask it.
    """
    noun = NOUNS[type(thing)]
    question = ALL[noun][verb]
    return Asked(
        verb=verb, question=question, id=f"{verb}-{thing.pk}", action=reverse("desk:ask", args=[noun, thing.ref, verb]),
        form=question.form(data, about=about, auto_id=f"{verb}-{thing.pk}-%s"),
    )  # fmt: skip
