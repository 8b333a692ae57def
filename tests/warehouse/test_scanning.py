"""Scans: what scanners, QR codes and fingers give, told apart."""

from __future__ import annotations

import pytest

from homeward.warehouse.scanning import read

REF = "rcp_06evqw3k8z06evqw3k8z06evqw"


@pytest.mark.parametrize(
    ("raw", "ref", "number"),
    [
        (REF, REF, ""),
        (f"  {REF.upper()}\r\n", REF, ""),
        (f"https://homeward.example/dock/receipts/{REF}/", REF, ""),
        ("HW-7KM3-94QX", "", "HW-7KM3-94QX"),
        ("hw7km394qx", "", "HW-7KM3-94QX"),
        ("HW-7KM3-94QX-2", "", "HW-7KM3-94QX"),
        ("https://shop.example/r/x/HW-7KM3-94QX", "", "HW-7KM3-94QX"),
        ("https://shop.example/r/x/HW-7KM3-94QX/?utm=label#top", "", "HW-7KM3-94QX"),
        ("1Z999AA10123456784", "", ""),
    ],
)
def test_our_own_marks_are_known_in_every_dress(raw: str, ref: str, number: str) -> None:
    scan = read(raw)
    assert (scan.ref, scan.number) == (ref, number)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("MR 4418 2207", "MR44182207"),
        ("mr-4418-2207", "MR44182207"),
        ("]C1MR44182207", "MR44182207"),
        ("MR44182207\x1d", "MR44182207"),
        ("420941079405511899223197428490", "9405511899223197428490"),
        ("4209410712349405511899223197428490", "9405511899223197428490"),
        ("9622001900005105596800549425980480", "549425980480"),
    ],
)
def test_tracking_numbers_are_found_inside_what_carriers_print(raw: str, code: str) -> None:
    assert code in read(raw).codes


@pytest.mark.parametrize("raw", ["", "   ", "\r\n\x00", "]C1"])
def test_noise_is_nothing(raw: str) -> None:
    assert read(raw).text == ""


def test_a_scan_is_never_longer_than_a_label() -> None:
    assert len(read("9" * 100_000).text) == 200


@pytest.mark.parametrize("raw", ["http://[broken", "://", "https://"])
def test_a_broken_address_is_only_text(raw: str) -> None:
    assert read(raw).text == raw
