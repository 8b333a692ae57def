"""What every carrier does: the fake of logistics and the one of the house."""

import importlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from homeward.config import wiring as config_wiring
from homeward.connectors.carriers import ManualCarrier
from homeward.connectors.carriers.manual import is_ours, number_for
from homeward.kernel import Money
from homeward.logistics import ports
from homeward.logistics.fakes import FakeCarrier, FakePress
from homeward.logistics.ports import CarrierRefused, CarrierUnreachable, LabelIntent, Labels, UnknownLabel
from tests.logistics import samples

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
INTENT = LabelIntent(key="par_1", serial=1, sender=samples.MEI, destination=samples.ROUBAIX, weight_g=1240)


@pytest.fixture(params=[FakeCarrier, ManualCarrier])
def carrier(request) -> Labels:
    return request.param()


def test_one_key_buys_one_label_however_often_it_is_asked(carrier):
    assert carrier.buy(INTENT) == carrier.buy(INTENT)


def test_another_parcel_gets_another_number(carrier):
    other = replace(INTENT, key="par_2", serial=2)
    assert carrier.buy(INTENT).tracking_number != carrier.buy(other).tracking_number


def test_the_number_can_be_printed_as_a_bar_code(carrier):
    number = carrier.buy(INTENT).tracking_number
    assert samples.label(code=number).code == number


def test_the_service_that_was_asked_for_is_the_one_bought(carrier):
    assert carrier.buy(replace(INTENT, service="express")).service == "express"


def test_an_unused_label_can_be_given_back_even_twice(carrier):
    number = carrier.buy(INTENT).tracking_number
    assert carrier.cancel(number) is None
    assert carrier.cancel(number) is None


def test_a_label_that_nobody_has_scanned_has_no_history(carrier):
    assert list(carrier.track(carrier.buy(INTENT).tracking_number)) == []


@pytest.mark.parametrize("number", ["", "nonsense", "HW000000000000"])
def test_a_number_that_was_never_sold_is_unknown(carrier, number):
    with pytest.raises(UnknownLabel):
        carrier.track(number)
    with pytest.raises(UnknownLabel):
        carrier.cancel(number)


def test_a_remote_carrier_tells_its_scans_oldest_first():
    carrier = FakeCarrier()
    number = carrier.buy(INTENT).tracking_number
    carrier.see(number, "in_transit", NOW.replace(hour=12))
    carrier.see(number, "accepted", NOW, place="Lyon")
    assert [scan.code for scan in carrier.track(number)] == ["accepted", "in_transit"]
    with pytest.raises(CarrierRefused):
        carrier.cancel(number)


def test_a_lost_answer_is_found_again_with_the_same_key():
    carrier = FakeCarrier(cost=Money.of("5.90", "EUR"))
    carrier.drops_answers = True
    with pytest.raises(CarrierUnreachable):
        carrier.buy(INTENT)
    carrier.drops_answers = False
    assert carrier.buy(INTENT).cost == Money(590, "EUR")
    assert len(carrier.sold) == 1


def test_a_carrier_that_is_down_has_sold_nothing():
    carrier = FakeCarrier()
    carrier.is_down = True
    with pytest.raises(CarrierUnreachable):
        carrier.buy(INTENT)
    assert carrier.sold == {}


def test_numbers_of_the_house_are_all_different_and_notice_a_slip_of_the_finger():
    numbers = [number_for(serial) for serial in range(1, 5001)]
    assert len(set(numbers)) == 5000
    assert all(is_ours(number) for number in numbers)
    number = numbers[0]
    wrong = [number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :] for at in range(2, len(number))]
    swapped = [
        number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        for at in range(2, 11)
        if number[at] != number[at + 1]
    ]
    assert not any(is_ours(slip) for slip in wrong + swapped)


@pytest.fixture
def wiring() -> Iterator[None]:
    """Put the product's wiring back after a test that changed it."""
    yield
    importlib.reload(config_wiring)


def test_a_carrier_is_found_by_the_name_under_which_it_is_wired(wiring):
    press = FakePress()
    ports.wire(ManualCarrier(), FakeCarrier("swift"), press=press)
    assert ports.carrier("swift").name == "swift"
    assert ports.remote_names() == ["swift"]
    assert ports.press() is press
    with pytest.raises(ports.UnknownCarrier):
        ports.carrier("nobody")
