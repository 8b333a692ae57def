"""Labels: at once from the house, by a job from others, or the shopper's own number."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homeward.connectors.carriers.manual import is_ours
from homeward.journal.models import DeadLetter, Entry
from homeward.kernel import Money, NotAllowed
from homeward.logistics import actions, errands
from homeward.logistics.actions import NoLabelNeeded, NotATrackingNumber, NothingToSend, NumberTaken
from homeward.logistics.fakes import FakeCarrier
from homeward.logistics.models import Parcel, RateCard
from homeward.returns import actions as return_actions
from tests.support import build, build_logistics
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def test_a_label_of_the_house_is_made_at_once_even_before_anything_was_planned(cast: Cast) -> None:
    build_logistics.center()
    made = build_logistics.authorized(cast)
    (parcel,) = actions.label(made, actor=build.shopper_of(made.order), at=NOW)
    stored = Parcel.objects.get()
    assert (stored.state, stored.tracking_number) == ("labelled", parcel.tracking_number)
    assert is_ours(stored.tracking_number)
    assert stored.label_expires_at == NOW + timedelta(days=90)
    assert list(Entry.objects.filter(noun="parcel").values_list("verb", flat=True)) == ["plan", "label"]


def test_asking_twice_gives_the_same_label(cast: Cast) -> None:
    made = build_logistics.authorized(cast)
    shopper = build.shopper_of(made.order)
    (first,), (second,) = (actions.label(made, actor=shopper, at=NOW) for _ in range(2))
    assert (first.pk, first.tracking_number) == (second.pk, second.tracking_number)
    assert Entry.objects.filter(noun="parcel", verb="label").count() == 1


def test_a_label_takes_one_look_one_update_and_its_entry(cast: Cast) -> None:
    made = build_logistics.authorized(cast)
    actions.plan(made, actor=cast.policy, at=NOW)
    with CaptureQueriesContext(connection) as told:
        actions.label(made, actor=cast.bo, at=NOW)
    words = [query["sql"].split()[0] for query in told.captured_queries]
    assert [word for word in words if word not in {"SAVEPOINT", "RELEASE"}] == ["SELECT", "WITH", "WITH"]


def test_a_parcel_that_came_back_to_the_shopper_can_be_labelled_anew(cast: Cast) -> None:
    parcel = build_logistics.labelled(cast)
    actions.track(parcel, [build_logistics.scan("sent_back", NOW)], actor=cast.api, at=NOW)
    (again,) = actions.label(parcel.return_request, actor=cast.bo, at=NOW)
    assert (again.part, again.lines.get().quantity) == (2, 1)


def test_every_parcel_of_a_return_gets_its_own_label(cast: Cast) -> None:
    build_logistics.center("roubaix", refuses=["medical"])
    build_logistics.center("clinic", refuses=["apparel"])
    order = build.order(cast.lanting, lines=[{"traits": ["apparel"]}, {"traits": ["medical"]}])
    made = build_logistics.authorized(cast, order=order, quantities=(1, 1))
    parcels = actions.label(made, actor=cast.bo, at=NOW)
    assert len({parcel.tracking_number for parcel in parcels}) == 2


def test_a_return_that_is_withdrawn_gets_no_label_any_more(cast: Cast) -> None:
    made = build_logistics.authorized(cast)
    actions.plan(made, actor=cast.policy, at=NOW)
    return_actions.withdraw(made, actor=build.shopper_of(made.order), at=NOW)
    made.state = "authorized"  # as somebody holds it who has read it before
    with pytest.raises(NothingToSend):
        actions.label(made, actor=cast.bo, at=NOW)
    assert Parcel.objects.get().state == "planned"


def test_a_shopper_with_a_carrier_of_their_own_needs_no_label(cast: Cast) -> None:
    made = build_logistics.authorized(cast, method="own_carrier")
    with pytest.raises(NoLabelNeeded):
        actions.label(made, actor=build.shopper_of(made.order), at=NOW)
    assert Parcel.objects.count() == 0


def test_a_cancelled_label_can_be_asked_for_anew(cast: Cast) -> None:
    parcel = build_logistics.labelled(cast)
    actions.cancel(parcel, actor=cast.bo, at=NOW, cause="wrong size")
    (again,) = actions.label(parcel.return_request, actor=cast.bo, at=NOW)
    assert (again.part, again.state) == (2, "labelled")
    assert again.tracking_number != parcel.tracking_number


def test_labels_that_nobody_used_expire_with_their_time(cast: Cast) -> None:
    parcel = build_logistics.labelled(cast)
    assert actions.expire_labels(actor=cast.machine, at=NOW + timedelta(days=89)) == 0
    assert actions.expire_labels(actor=cast.machine, at=NOW + timedelta(days=91)) == 1
    parcel.refresh_from_db()
    assert parcel.state == "cancelled"


@pytest.fixture
def swift(cast: Cast):
    """A remote carrier for which Lanting has rates."""
    build_logistics.center()
    head = "carrier,service,currency,valid_from,valid_to,row,name,from,to,up_to_g,price"
    actions.import_rates(
        [f"{head}\n", "swift,Express,EUR,2026-01-01,,rate,all,*,*,5000,8.00"], actor=cast.olu, at=NOW
    )  # fmt: skip
    carrier = FakeCarrier("swift", cost=Money.of("7.60", "EUR"))
    with build_logistics.carriers(carrier):
        yield carrier


def test_a_remote_carrier_is_asked_by_a_job_with_addresses_and_our_key(cast: Cast, drain, swift: FakeCarrier) -> None:
    made = build_logistics.authorized(cast)
    (parcel,) = actions.label(made, actor=build.shopper_of(made.order), at=NOW)
    assert (parcel.state, parcel.carrier, swift.sold) == ("planned", "swift", {})
    drain()
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_number, parcel.cost_minor) == ("labelled", "FK0000000001", 760)
    assert list(swift.sold) == [parcel.ref]
    assert parcel.tracking_url == "https://carrier.invalid/FK0000000001"


def test_a_remote_label_asked_for_twice_is_bought_once(cast: Cast, drain, swift: FakeCarrier) -> None:
    made = build_logistics.authorized(cast)
    for _ in range(2):
        actions.label(made, actor=cast.bo, at=NOW)
    drain()
    assert len(swift.sold) == 1
    assert Entry.objects.filter(noun="parcel", verb="label").count() == 1


def test_a_carrier_that_is_down_is_asked_again_later(cast: Cast, drain, swift: FakeCarrier) -> None:
    swift.drops_answers = True
    actions.label(build_logistics.authorized(cast), actor=cast.bo, at=NOW)
    drain()
    letter = DeadLetter.objects.get(listener="logistics.buy_label")
    assert "the answer was lost" in letter.error
    swift.drops_answers = False
    errands.buy_label(Parcel.objects.get().pk, at=NOW)
    assert Parcel.objects.get().tracking_number == "FK0000000001"
    assert len(swift.sold) == 1


def test_a_carrier_that_refuses_leaves_the_parcel_planned_and_its_reason_on_record(
    cast: Cast, drain, swift: FakeCarrier
) -> None:
    swift.refuses = "not to this postcode"
    actions.label(build_logistics.authorized(cast), actor=cast.bo, at=NOW)
    drain()
    assert Parcel.objects.get().state == "planned"
    assert Entry.objects.get(verb="refuse_label").facts == {"carrier": "swift", "reason": "not to this postcode"}
    assert not DeadLetter.objects.filter(listener="logistics.buy_label").exists()


def test_a_label_bought_for_a_parcel_that_was_called_off_meanwhile_is_given_back(
    cast: Cast, drain, swift: FakeCarrier
) -> None:
    (parcel,) = actions.label(build_logistics.authorized(cast), actor=cast.bo, at=NOW)
    bought = swift.buy(actions.labelling.intent_for(parcel))
    actions.cancel(parcel, actor=cast.bo, at=NOW)
    with pytest.raises(NotAllowed):
        actions.record_label(parcel, bought, actor=cast.machine, at=NOW)
    errands.buy_label(parcel.pk, at=NOW)
    assert Parcel.objects.get().state == "cancelled"


def test_the_label_of_a_cancelled_parcel_is_given_back_to_its_carrier(cast: Cast, drain, swift: FakeCarrier) -> None:
    (parcel,) = actions.label(build_logistics.authorized(cast), actor=cast.bo, at=NOW)
    drain()
    parcel.refresh_from_db()
    actions.cancel(parcel, actor=cast.bo, at=NOW)
    drain()
    assert swift.cancelled == {"FK0000000001"}


def test_scans_of_remote_carriers_are_fetched(cast: Cast, drain, swift: FakeCarrier) -> None:
    actions.label(build_logistics.authorized(cast), actor=cast.bo, at=NOW)
    drain()
    swift.see("FK0000000001", "accepted", NOW)
    assert errands.ask_for_scans(at=NOW) == 1
    assert errands.ask_for_scans(at=NOW) == 0
    assert Parcel.objects.get().state == "in_transit"
    swift.is_down = True
    assert errands.ask_for_scans(at=NOW) == 0


def test_the_shoppers_own_number_labels_the_parcel_and_costs_us_nothing(cast: Cast) -> None:
    build_logistics.center()
    build_logistics.sample_rates()
    made = build_logistics.authorized(cast, method="own_carrier")
    parcel = actions.add_own_tracking(
        made, tracking_number=" 1z 999-aa1 ", carrier=" La  Poste ", actor=build.shopper_of(made.order), at=NOW
    )
    assert (parcel.state, parcel.carrier, parcel.tracking_number) == ("labelled", "la poste", "1Z999-AA1")
    assert (parcel.method, parcel.cost_minor) == ("own_carrier", 0)
    assert parcel.center.code == "roubaix"


def test_the_same_own_number_twice_is_once(cast: Cast) -> None:
    made = build_logistics.authorized(cast)
    ask = {"tracking_number": "1Z999AA1", "carrier": "UPS", "actor": cast.bo, "at": NOW}
    assert actions.add_own_tracking(made, **ask) == actions.add_own_tracking(made, **ask)
    assert Parcel.objects.count() == 1


def test_an_own_number_calls_off_a_label_of_ours_that_nobody_used(cast: Cast) -> None:
    parcel = build_logistics.labelled(cast)
    own = actions.add_own_tracking(
        parcel.return_request, tracking_number="1Z999AA1", carrier="ups", actor=cast.bo, at=NOW
    )  # fmt: skip
    assert own.pk != parcel.pk
    assert Parcel.objects.get(pk=parcel.pk).state == "cancelled"
    assert list(own.lines.values_list("return_line", "quantity")) == list(
        parcel.lines.values_list("return_line", "quantity")
    )


@pytest.mark.parametrize("number", ["", "1Z9", "x" * 41, "DROP TABLE;", "12345ü", "-12345-"])
def test_what_cannot_be_a_tracking_number_is_refused(cast: Cast, number: str) -> None:
    made = build_logistics.authorized(cast)
    with pytest.raises(NotATrackingNumber):
        actions.add_own_tracking(made, tracking_number=number, carrier="ups", actor=cast.bo, at=NOW)
    assert Parcel.objects.count() == 0


def test_two_returns_of_one_shopper_may_lie_in_one_box(cast: Cast) -> None:
    first = build_logistics.authorized(cast)
    second = build_logistics.authorized(cast, order=build.order(cast.lanting, number="LT-2"))
    ask = {"tracking_number": "1Z999AA1", "carrier": "ups", "actor": cast.bo, "at": NOW}
    box = actions.add_own_tracking(first, **ask)
    assert actions.add_own_tracking(second, **ask) == box
    assert {line.return_line.return_request_id for line in box.lines.all()} == {first.pk, second.pk}
    assert Entry.objects.get(noun="parcel", verb="join").facts["number"] == second.number


def test_a_number_of_somebody_elses_parcel_is_refused(cast: Cast) -> None:
    ask = {"tracking_number": "1Z999AA1", "carrier": "ups", "actor": cast.bo, "at": NOW}
    actions.add_own_tracking(build_logistics.authorized(cast), **ask)
    tom = build.order(cast.lanting, number="LT-2", email="tom@leeds.example", name="Tom")
    with pytest.raises(NumberTaken):
        actions.add_own_tracking(build_logistics.authorized(cast, order=tom), **ask)


def test_a_parcel_on_its_way_keeps_its_number(cast: Cast) -> None:
    parcel = build_logistics.labelled(cast)
    actions.track(parcel, [build_logistics.scan("accepted", NOW)], actor=cast.api, at=NOW)
    with pytest.raises(NothingToSend):
        actions.add_own_tracking(
            parcel.return_request, tracking_number="1Z999AA1", carrier="ups", actor=cast.bo, at=NOW
        )  # fmt: skip


def test_taking_a_rate_card_twice_changes_nothing_and_another_one_replaces_it(cast: Cast) -> None:
    head = "carrier,service,currency,valid_from,valid_to,row,name,from,to,up_to_g,price\n"
    for price in ("2.00", "2.00", "3.00"):
        reading = actions.import_rates(
            [head, f"manual,s,EUR,2026-01-01,,rate,all,*,*,5000,{price}"], actor=cast.olu, at=NOW
        )  # fmt: skip
        assert reading.problems == ()
    assert RateCard.objects.get().rows["zones"][0]["breaks"] == [[5000, 300]]
    assert Entry.objects.filter(noun="ratecard", verb="import").count() == 2
