"""Rate cards from CSV: every row is checked, and half a card is never taken."""

from datetime import date
from pathlib import Path

import pytest

from homeward import logistics
from homeward.kernel import Money
from homeward.logistics.ratecards import read_cards
from homeward.logistics.rates import price

HEAD = "carrier,service,currency,valid_from,valid_to,volume_divisor,row,name,from,to,up_to_g,price,percent,trait,sample"
GOOD = [
    "manual,standard,EUR,2026-01-01,,5000,rate,home,FR,FR,500,3.95,,,",
    "manual,standard,EUR,2026-01-01,,5000,rate,home,,,1000,4.60,,,",
    "manual,standard,EUR,2026-01-01,,5000,per_kg,home,,,20000,0.70,,,",
    "manual,standard,EUR,2026-01-01,,5000,rate,world,*,*,1000,16.90,,,",
    "manual,standard,EUR,2026-01-01,,5000,surcharge,fuel,,,,,6.5,,",
]


def read(*rows: str, head: str = HEAD):
    return read_cards([line + "\n" for line in (head, *rows)])


def problems(*rows: str) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.code, problem.column) for problem in read(*rows).problems]


def test_a_sound_file_gives_its_cards_and_no_problems():
    reading = read(*GOOD)
    assert reading.problems == ()
    (card,) = reading.cards
    assert (card.carrier, card.currency, card.volume_divisor, len(card.zones)) == ("manual", "EUR", 5000, 2)
    quote = price(card, from_country="FR", to_country="FR", weight_g=2300, on=date(2026, 11, 24))
    assert quote.base == Money(600, "EUR")
    assert quote.total == Money(639, "EUR")


def test_columns_may_come_in_any_order_and_with_semicolons_and_a_byte_order_mark():
    names = HEAD.split(",")
    order = sorted(range(len(names)), key=lambda index: names[index])

    def turned(line: str) -> str:
        cells = line.split(",")
        return ";".join(cells[index] for index in order)

    assert len(read(*map(turned, GOOD), head="\ufeff" + turned(HEAD)).cards) == 1


def test_a_file_without_a_needed_column_says_which_and_nothing_else():
    reading = read(*GOOD, head=HEAD.replace("price", "prize"))
    assert [(problem.code, problem.column) for problem in reading.problems] == [("column_missing", "price")]
    assert reading.cards == ()


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,,,2000,4.999,,,", "not_an_amount", "price"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,,,2000,-1,,,", "not_an_amount", "price"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,,,2000,9e99,,,", "not_an_amount", "price"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,,,0,5,,,", "not_a_whole_number", "up_to_g"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,,,1.5kg,5,,,", "not_a_whole_number", "up_to_g"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,,,1000,5,,,", "weight_twice", "up_to_g"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,,,2000,1,,,", "price_falls_with_weight", "price"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,DE,,2000,5,,,", "differs_from_first_row", "from"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,far,XX,US,2000,5,,,", "unknown_country", "from"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,far,FR,France,2000,5,,,", "unknown_country", "to"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,far,,US,2000,5,,,", "empty", "from"),
        ("manual,standard,EUR,2026-01-01,,5000,discount,home,,,2000,5,,,", "unknown_row", "row"),
        ("manual,standard,EUR,2026-01-01,,5000,surcharge,toll,,,,1,2,,", "either_price_or_percent", "percent"),
        ("manual,standard,EUR,2026-01-01,,5000,surcharge,toll,,,,,200,,", "not_a_percentage", "percent"),
        ("manual,standard,EUR,2026-01-01,,6000,rate,home,,,2000,5,,,", "differs_from_first_row", "volume_divisor"),
        ("manual,standard,euro,2026-01-01,,,rate,home,FR,FR,2000,5,,,", "not_a_currency", "currency"),
        ("manual,standard,EUR,01.01.2026,,,rate,home,FR,FR,2000,5,,,", "not_a_date", "valid_from"),
        ("manual,express,EUR,2026-01-01,2025-01-01,,rate,h,FR,FR,9,5,,,", "ends_before_it_begins", "valid_to"),
        ("manual,standard,EUR,2026-01-01,,5000,rate,home,,,2000,5,,,,,,", "too_many_cells", ""),
    ],
)
def test_a_wrong_row_is_named_with_its_line_and_cell(row, code, column):
    assert (7, code, column) in problems(*GOOD, "", row)[-2:] or (8, code, column) in problems(*GOOD, "", row)


def test_a_card_with_a_wrong_row_is_left_out_and_the_others_are_taken():
    express = [row.replace("standard", "express") for row in GOOD]
    reading = read(*GOOD, *express, "manual,standard,EUR,2026-01-01,,5000,rate,home,,,2000,oops,,,")
    assert [card.service for card in reading.cards] == ["express"]
    assert str(reading.problems[0]) == "line 12: not_an_amount price='oops'"


def test_two_zones_for_one_pair_of_countries_are_refused():
    row = "manual,standard,EUR,2026-01-01,,5000,rate,again,FR BE,FR DE,500,3.95,,,"
    reading = read(*GOOD, row)
    assert [(problem.code, problem.value) for problem in reading.problems] == [("zones_overlap", "home, again")]
    assert reading.cards == ()


def test_a_card_with_surcharges_only_is_refused():
    assert problems(GOOD[-1]) == [(2, "card_without_rates", "service")]


def test_an_empty_file_says_what_it_lacks():
    assert {problem.code for problem in read_cards([]).problems} == {"column_missing"}


def test_the_sample_cards_are_sound_and_marked_as_samples():
    file = Path(logistics.__file__).with_name("sample_rates.csv")
    reading = read_cards(file.read_text(encoding="utf-8").splitlines(keepends=True))
    assert reading.problems == ()
    assert {card.currency for card in reading.cards} == {"EUR", "GBP", "USD", "CNY", "JPY"}
    assert all(card.is_sample for card in reading.cards)
