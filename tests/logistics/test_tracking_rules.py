"""What scans mean for a parcel, whatever their order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.kernel import Role
from homeward.logistics.lifecycle import PARCEL
from homeward.logistics.tracking import Code, Seen, code_of, read_scans, sent_at, state_told, verbs_between

T0 = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def scans(words: str) -> list[Seen]:
    """Read "accepted in_transit dock:delivered": one scan an hour."""
    found = []
    for hour, word in enumerate(words.split()):
        source, _, code = word.rpartition(":")
        found.append(Seen(Code(code), T0 + timedelta(hours=hour), source))
    return found


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ("", None),
        ("label_created", None),
        ("label_created exception", None),
        ("accepted", "in_transit"),
        ("exception accepted", "in_transit"),
        ("accepted exception", "held"),
        ("accepted held_customs", "held"),
        ("accepted held_customs out_for_delivery", "in_transit"),
        ("accepted lost", "lost"),
        ("accepted lost in_transit", "in_transit"),
        ("accepted delivered", "delivered"),
        ("delivered in_transit lost held_customs", "delivered"),
        ("accepted sent_back delivered", "sent_back"),
        ("accepted delivered sent_back", "sent_back"),
        ("accepted sent_back dock:delivered", "delivered"),
        ("dock:delivered lost sent_back", "delivered"),
        ("hand:lost", "lost"),
        ("hand:exception", "held"),
        ("accepted hand:lost in_transit", "in_transit"),
    ],
)
def test_all_scans_together_tell_one_state(seen, state):
    assert state_told(scans(seen)) == state


@pytest.mark.parametrize(
    ("state", "told", "verbs"),
    [
        ("planned", "in_transit", "accept"),
        ("labelled", "delivered", "accept deliver"),
        ("cancelled", "in_transit", "accept"),
        ("labelled", "held", "accept hold"),
        ("in_transit", "in_transit", ""),
        ("in_transit", "held", "hold"),
        ("held", "in_transit", "release"),
        ("lost", "in_transit", "find"),
        ("lost", "held", "find hold"),
        ("lost", "delivered", "deliver"),
        ("held", "lost", "lose"),
        ("delivered", "sent_back", "send_back"),
        ("sent_back", "delivered", "deliver"),
        ("delivered", "in_transit", ""),
        ("labelled", None, ""),
    ],
)
def test_verbs_lead_from_the_present_state_to_the_one_told(state, told, verbs):
    assert verbs_between(state, told) == tuple(verbs.split())


@pytest.mark.parametrize("state", PARCEL.states)
@pytest.mark.parametrize("told", ["in_transit", "held", "lost", "sent_back", "delivered"])
def test_the_lifecycle_allows_a_carrier_every_verb_that_scans_imply(state, told):
    at = state
    for verb in verbs_between(state, told):
        at = PARCEL.step(at, verb, role=Role.CARRIER).target
    assert at == told or not verbs_between(state, told)


histories = st.lists(
    st.builds(
        Seen, st.sampled_from(list(Code)),
        st.integers(0, 30).map(lambda hours: T0 + timedelta(hours=hours)), st.sampled_from(["api", "dock", "hand"]),
    ),
    max_size=8, unique_by=lambda scan: (scan.code, scan.at),
)  # fmt: skip


def told_one_by_one(history: list[Seen], *, start: str = "labelled") -> str:
    """Live through a history as it comes in: after each scan the state follows all scans known by then."""
    state, known = start, []
    for scan in history:
        known.append(scan)
        for verb in verbs_between(state, state_told(known)):
            state = PARCEL.step(state, verb, role=Role.CARRIER).target
    return state


@given(histories, st.randoms(use_true_random=False), st.sampled_from(["planned", "labelled", "cancelled"]))
def test_the_order_in_which_scans_arrive_does_not_matter_for_the_final_state(history, random, start):
    shuffled = list(history)
    random.shuffle(shuffled)
    assert told_one_by_one(history, start=start) == told_one_by_one(shuffled, start=start)


@given(histories)
def test_hearing_everything_twice_changes_nothing(history):
    assert told_one_by_one(history + history) == told_one_by_one(history)


def test_the_proof_of_sending_is_the_earliest_scan_that_shows_the_parcel_in_the_carriers_hands():
    assert sent_at(scans("label_created exception in_transit accepted")) == T0 + timedelta(hours=2)
    assert sent_at(scans("label_created exception dock:delivered hand:lost")) is None
    assert sent_at(scans("hand:accepted in_transit")) == T0


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("accepted", Code.ACCEPTED), (" Out for Delivery ", Code.OUT_FOR_DELIVERY), ("PICKED-UP", Code.ACCEPTED),
        ("签收", Code.DELIVERED), ("退回", Code.SENT_BACK), ("return to sender", Code.SENT_BACK),
        ("teleported", None), ("", None),
    ],
)  # fmt: skip
def test_words_of_carriers_become_our_codes(word, code):
    assert code_of(word) is code


def read(*rows: str, head: str = "tracking_number,code,at,place,text", zone: str = ""):
    problems: list = []
    found = list(read_scans([line + "\n" for line in (head, *rows)], now=T0, zone=zone, problems=problems))
    return found, [(problem.line, problem.code, problem.column) for problem in problems]


def test_sound_rows_are_read_and_wrong_ones_reported_by_line():
    found, problems = read(
        "hw 12345,accepted,2026-11-24T08:00:00+01:00,Lyon,Dropped off",
        ",accepted,2026-11-24T08:00:00Z,,",
        "HW2,teleported,2026-11-24T08:00:00Z,,",
        "HW3,accepted,yesterday,,",
        "HW4,accepted,2026-11-24 08:00,,",
        "HW5,accepted,2027-01-01T00:00:00Z,,",
        "HW6,accepted,0001-01-01T00:00:00+14:00,,",
        "HW7,delivered,2026-11-24T08:30:00Z,a,b,c,d",
        "HW8,delivered,2026-11-24T08:30:00Z,Rou\tbaix",
    )
    assert [(row.line, row.tracking_number, row.code.value, row.place) for row in found] == [
        (2, "HW12345", "accepted", "Lyon"), (10, "HW8", "delivered", "Rou baix"),
    ]  # fmt: skip
    assert found[0].at == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert problems == [
        (3, "no_tracking_number", "tracking_number"), (4, "unknown_code", "code"), (5, "not_a_time", "at"),
        (6, "time_without_zone", "at"), (7, "impossible_time", "at"),
        (8, "not_a_time", "at"), (9, "too_many_cells", ""),
    ]  # fmt: skip


def test_times_without_an_offset_are_of_the_zone_that_is_named():
    (row,), problems = read("HW4,accepted,2026-11-24 08:00,,", zone="Asia/Tokyo")
    assert row.at == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert problems == []


def test_two_columns_swapped_are_reported_row_by_row():
    found, problems = read("HW1,2026-11-24T08:00:00Z,accepted,,", "HW2,2026-11-24T08:00:00Z,accepted,,")
    assert found == []
    assert problems == [(2, "unknown_code", "code"), (3, "unknown_code", "code")]


def test_half_a_file_gives_the_rows_that_it_still_has():
    found, problems = read("HW1,accepted,2026-11-24T08:00:00Z,Lyon,ok", "HW2,accep")
    assert [row.tracking_number for row in found] == ["HW1"]
    assert problems == [(3, "unknown_code", "code")]
