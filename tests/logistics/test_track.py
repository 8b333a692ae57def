"""Following parcels: scans in any order, the word of staff, the dock, files; and who may see them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from homeward.journal.models import Entry
from homeward.kernel import NotAllowed
from homeward.logistics import actions, papers, queries
from homeward.logistics.models import Center, Parcel, TrackingEvent
from homeward.logistics.ports import Mark
from homeward.logistics.tracking import UnknownScan
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from tests.support import build, build_logistics
from tests.support.build_logistics import scan
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def parcel(cast: Cast) -> Parcel:
    build_logistics.center()
    return build_logistics.labelled(cast)


def verbs() -> list[str]:
    entries = Entry.objects.filter(noun="parcel").exclude(verb__in=["plan", "label"])
    return list(entries.order_by("pk").values_list("verb", flat=True))


def test_the_first_scan_of_the_carrier_is_journaled_as_proof_of_sending(cast: Cast, parcel: Parcel) -> None:
    seen_at = NOW - 2 * HOUR
    assert actions.track(parcel, [scan("accepted", seen_at, place="Lyon")], actor=cast.api, at=NOW) == 1
    assert (parcel.state, parcel.accepted_at) == ("in_transit", seen_at)
    entry = Entry.objects.get(noun="parcel", verb="accept")
    assert (entry.at, entry.facts["happened_at"]) == (NOW, seen_at.isoformat())
    assert TrackingEvent.objects.get().place == "Lyon"
    assert Return.objects.get().posted_at == seen_at


def test_the_same_scan_twice_is_once(cast: Cast, parcel: Parcel) -> None:
    for _ in range(2):
        actions.track(parcel, [scan("accepted", NOW), scan("accepted", NOW)], actor=cast.api, at=NOW)
    assert TrackingEvent.objects.count() == 1
    assert verbs() == ["accept"]


def test_a_delivery_heard_of_first_is_accepted_before_it_is_delivered(cast: Cast, parcel: Parcel) -> None:
    actions.track(parcel, [scan("delivered", NOW)], actor=cast.api, at=NOW)
    assert verbs() == ["accept", "deliver"]
    assert (parcel.state, parcel.delivered_at) == ("delivered", NOW)


def test_an_earlier_proof_that_comes_late_is_journaled_with_its_own_time(cast: Cast, parcel: Parcel) -> None:
    actions.track(parcel, [scan("in_transit", NOW - HOUR)], actor=cast.api, at=NOW)
    actions.track(parcel, [scan("accepted", NOW - 3 * HOUR)], actor=cast.api, at=NOW)
    assert Parcel.objects.get().accepted_at == NOW - 3 * HOUR
    assert Return.objects.get().posted_at == NOW - 3 * HOUR
    times = (
        Entry.objects.filter(noun="parcel", verb="accept").order_by("pk").values_list("facts__happened_at", flat=True)
    )
    assert list(times) == [(NOW - HOUR).isoformat(), (NOW - 3 * HOUR).isoformat()]


def test_scans_out_of_turn_do_not_wake_a_delivered_parcel(cast: Cast, parcel: Parcel) -> None:
    for code, hours in (("delivered", 1), ("accepted", 9), ("out_for_delivery", 2), ("in_transit", 0), ("lost", 0)):
        actions.track(parcel, [scan(code, NOW - hours * HOUR)], actor=cast.api, at=NOW)
    assert Parcel.objects.get().state == "delivered"
    assert TrackingEvent.objects.count() == 5


def test_customs_hold_and_release_follow_the_scans(cast: Cast, parcel: Parcel) -> None:
    codes = ["accepted", "held_customs", "in_transit", "exception", "out_for_delivery", "delivered"]
    scans = [scan(code, NOW - (9 - index) * HOUR) for index, code in enumerate(codes)]
    for one in scans:
        actions.track(parcel, [one], actor=cast.api, at=NOW)
    assert verbs() == ["accept", "hold", "release", "hold", "release", "deliver"]


def test_a_label_that_was_called_off_and_used_all_the_same_is_followed(cast: Cast, parcel: Parcel) -> None:
    actions.cancel(parcel, actor=cast.bo, at=NOW)
    actions.track(parcel, [scan("accepted", NOW)], actor=cast.api, at=NOW)
    assert Parcel.objects.get().state == "in_transit"


def test_a_return_that_was_withdrawn_is_not_told_of_a_parcel_sent_all_the_same(cast: Cast, parcel: Parcel) -> None:
    return_actions.withdraw(parcel.return_request, actor=cast.bo, at=NOW)
    actions.track(parcel, [scan("accepted", NOW)], actor=cast.api, at=NOW)
    assert Parcel.objects.get().state == "in_transit"
    assert Return.objects.get().posted_at is None


@pytest.mark.parametrize(("code", "hours"), [("teleported", 0), ("", 0), ("accepted", 30), ("accepted", -300_000)])
def test_impossible_scans_are_refused_and_nothing_is_kept(cast: Cast, parcel: Parcel, code: str, hours: int) -> None:
    with pytest.raises(UnknownScan):
        actions.track(parcel, [scan("accepted", NOW), scan(code, NOW + hours * HOUR)], actor=cast.api, at=NOW)
    assert TrackingEvent.objects.count() == 0
    assert Parcel.objects.get().state == "labelled"


def test_a_time_without_a_zone_is_refused(cast: Cast, parcel: Parcel) -> None:
    with pytest.raises(UnknownScan):
        actions.track(parcel, [scan("accepted", NOW.replace(tzinfo=None))], actor=cast.api, at=NOW)


def test_what_lies_on_our_dock_outweighs_every_scan(cast: Cast, parcel: Parcel) -> None:
    actions.track(parcel, [scan("accepted", NOW - 9 * HOUR), scan("lost", NOW - HOUR)], actor=cast.api, at=NOW)
    actions.deliver(parcel, actor=cast.kim, at=NOW)
    actions.track(parcel, [scan("sent_back", NOW - HOUR)], actor=cast.api, at=NOW)
    stored = Parcel.objects.get()
    assert (stored.state, stored.delivered_at) == ("delivered", NOW)


def test_arriving_twice_is_once_even_for_somebody_with_an_old_picture(cast: Cast, parcel: Parcel) -> None:
    stale = Parcel.objects.get()
    actions.deliver(parcel, actor=cast.kim, at=NOW)
    actions.deliver(stale, actor=cast.kim, at=NOW + HOUR)
    assert verbs() == ["deliver"]
    assert stale.state == "delivered"


def test_a_parcel_sent_back_and_brought_by_hand_has_arrived(cast: Cast, parcel: Parcel) -> None:
    actions.track(parcel, [scan("sent_back", NOW - HOUR)], actor=cast.api, at=NOW)
    actions.deliver(parcel, actor=cast.kim, at=NOW)
    assert parcel.state == "delivered"


def test_staff_mark_a_parcel_as_lost_and_a_scan_finds_it_again(cast: Cast, parcel: Parcel) -> None:
    actions.mark(parcel, "lose", actor=cast.bo, at=NOW - HOUR, text="The carrier admits it.")
    assert Parcel.objects.get().state == "lost"
    assert Parcel.objects.get().accepted_at is None
    actions.track(parcel, [scan("in_transit", NOW)], actor=cast.api, at=NOW)
    stored = Parcel.objects.get()
    assert (stored.state, stored.accepted_at) == ("in_transit", NOW)
    assert verbs() == ["lose", "find", "accept"]
    assert Return.objects.get().posted_at == NOW


def test_a_receipt_of_the_post_office_proves_sending_with_its_own_date(cast: Cast, parcel: Parcel) -> None:
    actions.mark(parcel, "accept", actor=cast.bo, at=NOW, happened_at=NOW - 48 * HOUR)
    assert Parcel.objects.get().accepted_at == NOW - 48 * HOUR
    assert Return.objects.get().posted_at == NOW - 48 * HOUR


@pytest.mark.parametrize("verb", ["find", "release", "deliver", "label", "fly"])
def test_what_does_not_follow_from_the_state_cannot_be_said(cast: Cast, parcel: Parcel, verb: str) -> None:
    with pytest.raises(NotAllowed):
        actions.mark(parcel, verb, actor=cast.bo, at=NOW)
    assert TrackingEvent.objects.count() == 0


def test_a_shopper_cannot_move_a_parcel(cast: Cast, parcel: Parcel) -> None:
    shopper = build.shopper_of(parcel.return_request.order)
    for verb in ("accept", "lose"):
        with pytest.raises(NotAllowed):
            actions.mark(parcel, verb, actor=shopper, at=NOW)
    with pytest.raises(NotAllowed):
        actions.deliver(parcel, actor=shopper, at=NOW)


def test_a_parcel_that_nobody_announced_is_taken_in(cast: Cast) -> None:
    place = build_logistics.center()
    stray = actions.arrive_unannounced(
        merchant=cast.lanting, actor=cast.kim, at=NOW, tracking_number="ab 12345678", center=place
    )
    stored = Parcel.objects.get()
    assert (stored, stored.state, stored.return_request, stored.center) == (stray, "delivered", None, place)
    assert stored.tracking_number == "AB12345678"
    assert verbs() == ["appear", "deliver"]


def test_an_unannounced_parcel_with_a_number_of_ours_is_that_parcel(cast: Cast, parcel: Parcel) -> None:
    stray = actions.arrive_unannounced(
        merchant=cast.lanting, actor=cast.kim, at=NOW, tracking_number=parcel.tracking_number
    )
    assert stray == parcel
    assert Parcel.objects.get().state == "delivered"


def lines_of(*rows: str) -> list[str]:
    return [line + "\n" for line in ("tracking_number,code,at,place,text", *rows)]


def test_a_file_of_scans_is_taken_in_row_by_row_and_reading_it_twice_changes_nothing(
    cast: Cast, parcel: Parcel
) -> None:
    number = parcel.tracking_number
    rows = lines_of(
        f"{number},accepted,2026-11-23T09:00:00Z,Lyon,",
        f"{number},delivered,2026-11-24T08:00:00Z,Roubaix,",
        f"{number},beamed,2026-11-24T08:00:00Z,,",
        "HW000000000042,accepted,2026-11-24T08:00:00Z,,",
    )
    first = actions.import_tracking(rows, actor=cast.api, at=NOW)
    second = actions.import_tracking(rows, actor=cast.api, at=NOW)
    assert (first.taken, first.repeated, second.taken, second.repeated) == (2, 0, 0, 2)
    assert [(problem.line, problem.code) for problem in first.problems] == [
        (4, "unknown_code"), (5, "unknown_tracking_number"),
    ]  # fmt: skip
    assert Parcel.objects.get().state == "delivered"


def test_a_file_of_a_stranger_does_not_touch_the_parcels_of_others(cast: Cast, parcel: Parcel) -> None:
    rows = lines_of(f"{parcel.tracking_number},accepted,2026-11-23T09:00:00Z,,")
    report = actions.import_tracking(rows, actor=cast.zoe, at=NOW)
    assert [problem.code for problem in report.problems] == ["unknown_tracking_number"]
    assert Parcel.objects.get().state == "labelled"


def test_the_command_reads_a_file_and_tells_what_was_wrong(parcel: Parcel, tmp_path) -> None:
    file = tmp_path / "scans.csv"
    file.write_text("".join(lines_of(f"{parcel.tracking_number},accepted,2026-11-23 09:00,,", "X,accepted,now,,")))
    out = StringIO()
    call_command("import_tracking", str(file), "--zone", "Europe/Paris", stdout=out)
    assert "1 scan taken in" in out.getvalue()
    assert "line 3" in out.getvalue()
    assert Parcel.objects.get().accepted_at.isoformat() == "2026-11-23T08:00:00+00:00"


# -- questions --------------------------------------------------------------------------------------------------------


def test_another_tenant_sees_no_parcel_and_no_private_center(cast: Cast, parcel: Parcel) -> None:
    private = build_logistics.center("private", merchant=cast.lanting)
    with pytest.raises(Parcel.DoesNotExist):
        queries.parcel(cast.zoe, parcel.ref)
    with pytest.raises(Parcel.DoesNotExist):
        queries.events(cast.zoe, parcel)
    with pytest.raises(Center.DoesNotExist):
        queries.center(cast.zoe, "private")
    assert queries.parcels_of(cast.zoe, parcel.return_request) == []
    assert queries.scanned(cast.zoe, parcel.tracking_number) is None
    assert queries.center(cast.bo, "private") == private


def test_a_shopper_sees_the_parcels_of_proved_orders_only(cast: Cast, parcel: Parcel) -> None:
    mei = build.shopper_of(parcel.return_request.order)
    tom = build.shopper_of(build.order(cast.lanting, number="LT-2", email="tom@leeds.example"))
    assert queries.parcel(mei, parcel.ref) == parcel
    with pytest.raises(Parcel.DoesNotExist):
        queries.parcel(tom, parcel.ref)


def test_a_scan_at_the_dock_finds_the_parcel_by_number_ref_or_link(cast: Cast, parcel: Parcel) -> None:
    number = parcel.tracking_number
    for code in (
        number,
        number.lower(),
        f"{number[:4]} {number[4:]}",
        parcel.ref,
        f"https://x.example/p/{parcel.ref}?a=1",
    ):
        assert queries.scanned(cast.kim, code) == parcel
    for code in ("", "  ", "HW", "https://x.example/"):
        assert queries.scanned(cast.kim, code) is None


def test_parcels_of_a_return_come_with_lines_and_scans_without_further_questions(
    cast: Cast, parcel: Parcel, django_assert_num_queries
) -> None:
    actions.track(parcel, [scan("accepted", NOW), scan("in_transit", NOW + HOUR)], actor=cast.api, at=NOW + HOUR)
    with django_assert_num_queries(3):
        (found,) = queries.parcels_of(cast.bo, parcel.return_request)
        assert [event.code for event in found.events.all()] == ["in_transit", "accepted"]
        assert [line.return_line.order_line.title for line in found.lines.all()] == ["Linen throw"]


def test_parcels_that_have_fallen_silent_are_found(cast: Cast, parcel: Parcel) -> None:
    actions.track(parcel, [scan("accepted", NOW)], actor=cast.api, at=NOW)
    assert list(queries.silent(cast.bo, at=NOW + timedelta(days=6))) == []
    assert list(queries.silent(cast.bo, at=NOW + timedelta(days=8))) == [parcel]
    assert list(queries.silent(cast.zoe, at=NOW + timedelta(days=8))) == []


def test_an_estimate_says_beforehand_what_planning_would_choose(cast: Cast) -> None:
    build_logistics.center()
    build_logistics.sample_rates()
    order = build.order(cast.lanting)
    told = queries.estimate(build.shopper_of(order), order, {order.lines.get().ref: 1}, at=NOW)
    (parcel,) = actions.plan(build_logistics.authorized(cast, order=order), actor=cast.policy, at=NOW)
    assert told.freight == parcel.cost
    assert queries.estimate(cast.bo, order, {}, at=NOW).freight is None
    with pytest.raises(type(order).DoesNotExist):
        queries.estimate(cast.zoe, order, {}, at=NOW)


# -- papers -----------------------------------------------------------------------------------------------------------


def test_papers_say_who_sends_what_where_and_until_when(cast: Cast, parcel: Parcel) -> None:
    found = queries.parcel(cast.bo, parcel.ref)
    label, slip = papers.label(found, link="https://x.example/p/1"), papers.packing_slip(found, language="de")
    assert label.sender.lines() == ["Mei Lin", "14 rue de la République", "69003 Lyon", "FRANCE"]
    assert label.destination.lines() == ["Homeward Roubaix", "Quai 7, 12 rue du Fil", "59100 Roubaix", "FRANCE"]
    assert (label.code, label.link) == (parcel.tracking_number, "https://x.example/p/1")
    assert (slip.language, slip.order_number, slip.part, slip.parts) == ("de", "LT-48213", 1, 1)
    assert [(line.name, line.quantity) for line in slip.lines] == [("Linen throw", 1)]
    assert slip.hand_in_by is not None
    assert papers.voucher(found).link == parcel.ref


def test_lithium_goods_are_marked_on_their_papers(cast: Cast) -> None:
    order = build.order(cast.lanting, lines=[{"traits": ["battery"], "title": "Dot phone 5"}])
    parcel = build_logistics.labelled(cast, order=order)
    assert papers.label(queries.parcel(cast.bo, parcel.ref)).marks == (Mark.LITHIUM_BATTERY,)


def test_a_stray_parcel_has_papers_too(cast: Cast) -> None:
    stray = actions.arrive_unannounced(merchant=cast.lanting, actor=cast.kim, at=NOW)
    label = papers.label(queries.parcel(cast.kim, stray.ref))
    assert label.return_number == stray.ref
    assert queries.scanned(cast.kim, label.code) == stray
