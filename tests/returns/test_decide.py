"""Deciding by people: within their limit, with a ground, on record; everything else changes nothing."""

import pytest

from homeward.cases.models import Clock
from homeward.journal.models import Entry
from homeward.kernel import NotAllowed
from homeward.orders.models import OrderLine
from homeward.returns import actions, queries
from homeward.returns.models import Decision, Return
from tests.returns.test_request import ask
from tests.support import build
from tests.support.cast import NOW, Cast


def test_an_agent_authorizes_what_waits_for_a_person(cast: Cast) -> None:
    made = ask(build.order(cast.lanting), review=True)
    actions.authorize(made, actor=cast.bo, at=NOW, note="Checked the photo.")
    assert made.state == "authorized"
    by_hand = Decision.objects.get(line=None)
    assert (by_hand.by, by_hand.document["note"]) == ("agent:stf_bo", "Checked the photo.")
    assert Clock.objects.get(kind="merchant_answer").met_at == NOW


def test_a_refusal_names_its_ground_and_frees_the_units(cast: Cast) -> None:
    order = build.order(cast.lanting)
    made = ask(order, 2, review=True)
    actions.refuse(made, actor=cast.bo, at=NOW, ground="other", note="The seal is broken and the film is gone.")
    assert (made.state, made.refusal) == ("refused", "other")
    assert OrderLine.objects.get().held == 0
    entry = Entry.objects.get(verb="refuse")
    assert entry.facts["against_the_verdict"] is True  # law said yes: the watch over merchants will ask


@pytest.mark.parametrize(("ground", "note"), [("", "no"), ("other", "  ")])
def test_a_refusal_without_a_ground_is_none(cast: Cast, ground: str, note: str) -> None:
    made = ask(build.order(cast.lanting), review=True)
    with pytest.raises(actions.GroundMissing):
        actions.refuse(made, actor=cast.bo, at=NOW, ground=ground, note=note)
    made.refresh_from_db()
    assert made.state == "under_review"


def too_late(cast: Cast, unit_minor: int) -> Return:
    """A change of mind 200 days after delivery in France: verified law and rulebook say no."""
    line = {"quantity": 1, "unit_minor": unit_minor, "paid_minor": unit_minor}
    made = ask(build.order(cast.lanting, number=f"LT-{unit_minor}", lines=[line], delivered_ago=200))
    assert made.state == "refused"
    return made


def test_a_refusal_of_the_policy_names_the_clause_that_closed_the_door(cast: Cast) -> None:
    made = too_late(cast, 6490)
    assert made.refusal
    assert made.refusal in {clause["ref"] for clause in Decision.objects.get().document["decision"]["trace"]}


def test_an_exception_above_the_limit_needs_somebody_above(cast: Cast) -> None:  # B1, DE-7
    made = too_late(cast, 6490)
    with pytest.raises(actions.BeyondAuthority) as refused:
        actions.overturn(made, actor=cast.bo, at=NOW, note="Good customer.")
    assert (str(refused.value.asked), str(refused.value.authority)) == ("64.90 EUR", "50.00 EUR")
    actions.overturn(made, actor=cast.ada, at=NOW, note="Good customer.")
    assert made.state == "authorized"
    assert Decision.objects.get(line=None).by == "supervisor:stf_ada"


def test_an_agent_does_not_overturn_even_within_the_limit(cast: Cast) -> None:
    made = too_late(cast, 1000)
    with pytest.raises(NotAllowed):
        actions.overturn(made, actor=cast.bo, at=NOW, note="Good customer.")
    assert OrderLine.objects.get().held == 0


def test_a_refused_return_can_be_overturned_by_a_supervisor_who_says_why(cast: Cast) -> None:
    made = ask(build.order(cast.lanting), review=True)
    actions.refuse(made, actor=cast.bo, at=NOW, ground="other", note="No photo.")
    actions.overturn(made, actor=cast.ada, at=NOW, note="The photo came by mail.")
    assert made.state == "authorized"
    assert OrderLine.objects.get().held == 1


def test_a_refusal_cannot_be_overturned_once_the_units_are_asked_back_again(cast: Cast) -> None:
    order = build.order(cast.lanting)
    made = ask(order, 2, review=True)
    actions.refuse(made, actor=cast.bo, at=NOW, ground="other", note="No photo.")
    ask(order, 2)
    with pytest.raises(Exception, match="asked of line"):
        actions.overturn(made, actor=cast.ada, at=NOW, note="Sorry.")
    made.refresh_from_db()
    assert made.state == "refused"


def test_asking_for_evidence_stops_our_clock_and_starts_the_shoppers(cast: Cast) -> None:
    made = ask(build.order(cast.lanting), review=True)
    actions.ask_evidence(made, actor=cast.bo, at=NOW, wanted="A photo of the serial number, to find the lot.")
    assert (made.state, Return.objects.get().case.state) == ("evidence_wanted", "waiting")
    assert Clock.objects.get(kind="merchant_answer").met_at == NOW
    assert Clock.objects.get(kind="evidence").owner == "shopper"


def test_another_merchants_return_does_not_exist(cast: Cast) -> None:  # K2
    made = ask(build.order(cast.lanting))
    for ref in (made.ref, made.number):
        with pytest.raises(Return.DoesNotExist):
            queries.return_(cast.zoe, ref)
    assert list(queries.returns(cast.zoe)) == []
    assert queries.lines(cast.zoe, made) == []
    assert queries.decisions(cast.zoe, made) == []


def test_a_shopper_sees_only_what_they_have_proved(cast: Cast) -> None:
    mine, theirs = build.order(cast.lanting), build.order(cast.lanting, number="LT-2", email="zoe@x.example")
    made = ask(mine)
    assert queries.return_(build.shopper_of(mine), made.number) == made
    with pytest.raises(Return.DoesNotExist):
        queries.return_(build.shopper_of(theirs), made.number)


def test_goods_that_have_arrived_can_no_longer_be_withdrawn(cast: Cast) -> None:  # C1
    made = ask(build.order(cast.lanting))
    actions.goods_arrived(made, actor=cast.kim, at=NOW)
    assert "withdraw" not in queries.verbs(cast.bo, made)
    with pytest.raises(actions.GoodsAreHere):
        actions.withdraw(made, actor=build.shopper_of(made.order), at=NOW)
    made.refresh_from_db()
    assert made.state == "authorized"


def test_withdrawing_closes_the_case_and_stops_every_clock(cast: Cast) -> None:
    made = ask(build.order(cast.lanting))
    actions.withdraw(made, actor=build.shopper_of(made.order), at=NOW)
    assert Return.objects.get().case.state == "closed"
    assert not Clock.objects.filter(met_at=None).exists()


@pytest.mark.parametrize("state", Return.lifecycle.states)
@pytest.mark.parametrize("verb", ["authorize", "refuse", "withdraw", "settle"])
def test_every_verb_leads_on_only_from_its_states(cast: Cast, state: str, verb: str) -> None:
    allowed = verb in Return.lifecycle.allowed(state, role=cast.ada.role)
    assert allowed == (state in Return.lifecycle.sources(verb, role=cast.ada.role))
