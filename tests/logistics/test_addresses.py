"""Addresses: the order of their lines, and what they are made from."""

import pytest

from homeward.logistics.addresses import Address, country_line, country_name, without_country


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (
            Address("Mei Lin", ("14 rue X",), "Lyon", "69002", country="FR"),
            ["Mei Lin", "14 rue X", "69002 Lyon", "FRANCE"],
        ),
        (
            Address("Tom", ("22 Kirkgate",), "Leeds", "LS1 6BY", country="GB"),
            ["Tom", "22 Kirkgate", "Leeds", "LS1 6BY", "UNITED KINGDOM"],
        ),
        (
            Address("Ann", ("1 Main St", "Apt 4"), "Reno", "89501", "NV", "US", company="Acme"),
            ["Ann", "Acme", "1 Main St", "Apt 4", "Reno, NV 89501", "UNITED STATES"],
        ),
        (
            Address("山田花子", ("天神橋1-2-3",), "大阪市北区", "530-0041", "大阪府", "JP"),
            ["〒530-0041", "大阪府大阪市北区天神橋1-2-3", "山田花子", "JAPAN"],
        ),
        (
            Address("Hana Yamada", ("1-2-3 Tenjinbashi",), "Osaka", "530-0041", country="JP"),
            ["Hana Yamada", "1-2-3 Tenjinbashi", "Osaka, 530-0041", "JAPAN"],
        ),
        (Address("Nobody"), ["Nobody"]),
    ],
)
def test_lines_stand_as_the_post_of_the_country_wants_them(address, lines):
    assert address.lines(language="en") == lines


def test_the_country_is_left_out_where_the_post_stays_at_home():
    assert Address("Mei", city="Lyon", postcode="69002", country="FR").lines(seen_from="FR") == ["Mei", "69002 Lyon"]


def test_the_country_speaks_the_senders_language_and_english_where_the_script_is_not_latin():
    assert country_line("DE", "fr") == "ALLEMAGNE"
    assert country_line("FR", "ja") == "フランス / FRANCE"
    assert country_line("FR", "zh-hans") == "法国 / FRANCE"
    assert country_line("XX", "en") == "XX"
    assert country_name("FR", "tlh") == "France"


def test_complete_lines_are_printed_as_they_stand():
    center = Address("大阪センター", ("大阪市此花区桜島1-2-3", "554-0031"), country="JP")
    assert center.lines(seen_from="JP") == ["大阪センター", "大阪市此花区桜島1-2-3", "554-0031"]


@pytest.mark.parametrize("last", ["日本", "Japan", "JAPON", "jp"])
def test_a_country_that_ends_complete_lines_is_not_printed_twice(last):
    assert without_country(["桜島1-2-3", last], "JP") == ("桜島1-2-3",)
    assert without_country(["Japan Street 4"], "JP") == ("Japan Street 4",)
    assert without_country([], "JP") == ()


def test_han_glyphs_follow_the_country_of_the_address():
    assert Address("山田", country="JP").script == "ja"
    assert Address("陈美", country="CN").script == "zh-hans"
    assert Address("Mei", country="CN").script == ""


@pytest.mark.parametrize(
    "stored",
    [
        {"name": "Mei Lin", "street": ["14 rue X", "Bât. B"], "city": "Lyon", "postcode": "69002", "country": "FR"},
        {"first_name": "Mei", "last_name": "Lin", "address1": "14 rue X", "address2": "Bât. B", "city": "Lyon",
         "zip": "69002", "country_code": "fr"},
        {"name": "Mei Lin", "street": "14 rue X\nBât. B\n", "town": "Lyon", "postal_code": 69002, "country": "FR"},
    ],
)  # fmt: skip
def test_shops_call_the_parts_of_an_address_by_many_names(stored):
    assert Address.from_mapping(stored) == Address("Mei Lin", ("14 rue X", "Bât. B"), "Lyon", "69002", country="FR")


def test_an_empty_mapping_is_an_empty_address():
    assert Address.from_mapping({}).lines() == []
