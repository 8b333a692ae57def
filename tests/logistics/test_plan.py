"""Planning the way back: the right center, the right cost, once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homeward.journal.models import Entry
from homeward.logistics import actions
from homeward.logistics.actions import NothingToSend
from homeward.logistics.models import Parcel, ParcelLine
from homeward.returns import actions as return_actions
from tests.support import build, build_logistics
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def test_an_authorized_return_gets_a_parcel_to_the_cheapest_center(cast: Cast) -> None:
    build_logistics.sample_rates()
    build_logistics.center("leipzig", country="DE", kind="overseas")
    roubaix = build_logistics.center()
    made = build_logistics.authorized(cast)
    (parcel,) = actions.plan(made, actor=cast.policy, at=NOW)
    stored = Parcel.objects.get()
    assert stored == parcel
    assert (stored.state, stored.center, stored.part, stored.payer) == ("planned", roubaix, 1, made.freight_payer)
    assert (stored.carrier, stored.service, stored.currency) == ("manual", "Return standard", "EUR")
    assert stored.cost_minor == 490  # 0.8 kg within France: 4.60, and 6.5 % for fuel
    assert stored.weight_g == 800
    assert (stored.merchant_id, stored.case_id, stored.return_request_id) == (made.merchant_id, made.case_id, made.pk)
    assert stored.route["because"] == "cheapest_for_shopper"  # who has changed their mind pays the way back in France
    assert {row["country"]: row["cost"] for row in stored.route["candidates"]} == {"FR": 670, "DE": 1160}


def test_the_parcel_returned_is_the_one_stored(cast: Cast) -> None:
    build_logistics.center()
    (parcel,) = actions.plan(build_logistics.authorized(cast), actor=cast.policy, at=NOW)
    stored = Parcel.objects.get()
    names = [field.attname for field in Parcel._meta.concrete_fields]
    assert {name: getattr(parcel, name) for name in names} == {name: getattr(stored, name) for name in names}


def test_its_lines_and_units_travel_in_it_and_the_journal_says_why(cast: Cast) -> None:
    build_logistics.center()
    order = build.order(cast.lanting, lines=[{}, {"quantity": 3}])
    made = build_logistics.authorized(cast, order=order, quantities=(2, 3))
    actions.plan(made, actor=cast.policy, at=NOW)
    assert list(ParcelLine.objects.order_by("pk").values_list("return_line", "quantity")) == [
        (line.pk, line.quantity) for line in made.lines.order_by("pk")
    ]
    entry = Entry.objects.get(noun="parcel", verb="plan")
    assert (entry.facts["because"], entry.facts["number"]) == ("only_one", made.number)
    assert entry.case_id == made.case_id


def test_planning_twice_plans_once(cast: Cast) -> None:
    build_logistics.center()
    made = build_logistics.authorized(cast)
    actions.plan(made, actor=cast.policy, at=NOW)
    with pytest.raises(NothingToSend) as refused:
        actions.plan(made, actor=cast.policy, at=NOW)
    assert refused.value.because == "sent_already"
    assert Parcel.objects.count() == 1


def test_what_is_not_authorized_is_not_planned(cast: Cast) -> None:
    made = build_logistics.authorized(cast)
    return_actions.withdraw(made, actor=build.shopper_of(made.order), at=NOW)
    with pytest.raises(NothingToSend) as refused:
        actions.plan(made, actor=cast.policy, at=NOW)
    assert refused.value.because == "not_authorized"


def test_goods_that_the_shopper_keeps_get_no_parcel(cast: Cast) -> None:
    order = build.order(cast.lanting)
    wish = return_actions.Wish(order.lines.get().ref, 1, "no_longer_needed")
    made = return_actions.request(order=order, wishes=[wish], actor=build.shopper_of(order), at=NOW, review=True)
    return_actions.authorize(made, actor=cast.ada, at=NOW, goods_back=False)
    with pytest.raises(NothingToSend) as refused:
        actions.plan(made, actor=cast.policy, at=NOW)
    assert refused.value.because == "keep"


def test_dangerous_goods_get_no_parcel_whoever_authorizes_them(cast: Cast) -> None:
    order = build.order(cast.lanting, lines=[{"traits": ["battery"], "category": "electronics"}])
    made = build_logistics.authorized(cast, order=order, reason="unsafe")
    with pytest.raises(NothingToSend) as refused:
        actions.plan(made, actor=cast.ada, at=NOW)
    assert refused.value.because == "forbidden"
    assert Parcel.objects.count() == 0


def test_lines_that_no_center_takes_together_are_parted(cast: Cast) -> None:
    build_logistics.center("roubaix", refuses=["medical"])
    clinic = build_logistics.center("clinic", refuses=["apparel"])
    order = build.order(cast.lanting, lines=[{"traits": ["apparel"]}, {"traits": ["medical"]}])
    made = build_logistics.authorized(cast, order=order, quantities=(1, 1))
    first, second = actions.plan(made, actor=cast.policy, at=NOW)
    assert (first.part, second.part) == (1, 2)
    assert second.center == clinic
    assert first.lines.get().return_line.order_line.traits == ["apparel"]


def test_without_any_center_the_parcel_waits_for_a_person_to_say_where(cast: Cast) -> None:
    (parcel,) = actions.plan(build_logistics.authorized(cast), actor=cast.policy, at=NOW)
    assert (parcel.center_id, parcel.route["because"], parcel.cost_minor) == (None, "none_fits", 0)


def test_centers_of_other_merchants_are_not_looked_at(cast: Cast) -> None:
    build_logistics.center("theirs", merchant=cast.nordlicht)
    closed = build_logistics.center("closed", merchant=cast.lanting)
    actions.change_center(closed, actor=cast.olu, at=NOW, is_open=False)
    (parcel,) = actions.plan(build_logistics.authorized(cast), actor=cast.policy, at=NOW)
    assert parcel.route["candidates"] == []


def test_a_merchants_own_rates_go_before_those_of_the_house(cast: Cast) -> None:
    build_logistics.center()
    build_logistics.sample_rates()
    head = "carrier,service,currency,valid_from,valid_to,row,name,from,to,up_to_g,price"
    row = "manual,Lanting special,EUR,2026-01-01,,rate,all,*,*,5000,2.00"
    actions.import_rates([f"{head}\n", row], merchant=cast.lanting, actor=cast.olu, at=NOW)
    (parcel,) = actions.plan(build_logistics.authorized(cast), actor=cast.policy, at=NOW)
    assert (parcel.service, parcel.cost_minor) == ("Lanting special", 200)


def test_the_authorization_alone_plans_the_way_back(cast: Cast, drain) -> None:
    build_logistics.center()
    made = build_logistics.authorized(cast)
    drain()
    assert Parcel.objects.get().return_request == made
    drain()
    assert Parcel.objects.count() == 1


@pytest.mark.parametrize("verb", ["withdraw", "expire"])
def test_a_return_that_ends_calls_its_parcels_off(cast: Cast, drain, verb: str) -> None:
    made = build_logistics.authorized(cast)
    drain()
    actor = build.shopper_of(made.order) if verb == "withdraw" else cast.machine
    getattr(return_actions, verb)(made, actor=actor, at=NOW)
    drain()
    assert Parcel.objects.get().state == "cancelled"
    assert Entry.objects.get(noun="parcel", verb="cancel").facts["cause"] == verb


def test_a_parcel_on_its_way_is_not_called_off(cast: Cast) -> None:
    parcel = build_logistics.labelled(cast)
    actions.track(parcel, [build_logistics.scan("accepted", NOW)], actor=cast.api, at=NOW)
    assert actions.call_off(parcel.return_request_id, actor=cast.machine, at=NOW, cause="withdraw") == 0
    assert Parcel.objects.get().state == "in_transit"


def test_planning_takes_one_look_and_one_insert(cast: Cast) -> None:
    build_logistics.center()
    build_logistics.sample_rates()
    made = build_logistics.authorized(cast)
    actions.plan(
        build_logistics.authorized(cast, order=build.order(cast.lanting, number="LT-2")), actor=cast.policy, at=NOW
    )
    with CaptureQueriesContext(connection) as told:
        actions.plan(made, actor=cast.policy, at=NOW)
    statements = [query["sql"].split()[0] for query in told.captured_queries]
    assert [word for word in statements if word not in {"SAVEPOINT", "RELEASE"}] == ["SELECT", "WITH", "WITH"]
