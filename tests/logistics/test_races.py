"""Two hands at once: one plan, one label, one arrival."""

from datetime import timedelta

import pytest

from homeward.journal.models import Entry
from homeward.kernel import NotAllowed
from homeward.logistics import actions
from homeward.logistics.actions import NothingToSend
from homeward.logistics.models import Parcel, ParcelLine, TrackingEvent
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from tests.support import build, build_logistics
from tests.support.build_logistics import scan
from tests.support.cast import NOW, Cast
from tests.support.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage() -> Cast:
    cast = build.committed_cast()
    build_logistics.center()
    return cast


def test_a_return_that_is_planned_and_labelled_by_several_at_once_gets_one_parcel(stage: Cast) -> None:
    made = build_logistics.authorized(stage)
    copies = [Return.objects.get(pk=made.pk) for _ in range(6)]
    calls = [lambda copy=copy: actions.label(copy, actor=stage.bo, at=NOW) for copy in copies[:4]]
    calls += [lambda copy=copy: actions.plan(copy, actor=stage.policy, at=NOW) for copy in copies[4:]]
    raised = at_once(*calls)
    assert [error for error in raised if error is not None and not isinstance(error, NothingToSend)] == []
    assert raised[:4] == [None] * 4
    parcel = Parcel.objects.get()
    assert (parcel.state, ParcelLine.objects.get().quantity) == ("labelled", 1)
    assert Entry.objects.filter(noun="parcel", verb="label").count() == 1


def test_of_a_withdrawal_and_a_label_at_once_no_label_outlives_the_return(stage: Cast, drain) -> None:
    for number in range(6):
        made = build_logistics.authorized(stage, order=build.order(stage.lanting, number=f"LT-{number}"))
        one, other = (Return.objects.get(pk=made.pk) for _ in range(2))
        raised = at_once(
            lambda one=one: actions.label(one, actor=stage.bo, at=NOW),
            lambda other=other: return_actions.withdraw(other, actor=stage.bo, at=NOW),
        )
        assert raised[1] is None
    drain()
    assert set(Return.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert not Parcel.objects.exclude(state="cancelled").exists()


def test_scans_that_come_in_at_once_lead_to_one_state_and_one_proof_of_sending(stage: Cast) -> None:
    parcel = build_logistics.labelled(stage)
    codes = ["accepted", "in_transit", "out_for_delivery", "delivered", "accepted", "delivered"]
    scans = [scan(code, NOW + timedelta(minutes=codes.index(code))) for code in codes]
    raised = at_once(
        *(
            lambda one=one: actions.track(Parcel.objects.get(pk=parcel.pk), [one], actor=stage.api, at=NOW)
            for one in scans
        ),
        lambda: actions.deliver(Parcel.objects.get(pk=parcel.pk), actor=stage.kim, at=NOW),
    )
    assert [error for error in raised if not isinstance(error, NotAllowed | None)] == []
    assert raised[-1] is None
    assert Parcel.objects.get().state == "delivered"
    assert TrackingEvent.objects.count() == 5
    assert Entry.objects.filter(noun="parcel", verb="deliver").count() == 1
