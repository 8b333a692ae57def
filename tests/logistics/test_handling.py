"""How goods may travel: marks on the label, and goods for which no shopper gets one."""

import pytest

from homeward.logistics.handling import handling_of
from homeward.logistics.ports import Mark


@pytest.mark.parametrize(
    ("traits", "signs", "marks", "forbidden"),
    [
        ("apparel", "", "", False),
        ("lithium_battery", "", "lithium_battery", False),
        ("lithium_battery", "defective", "lithium_battery surface_only", False),
        ("lithium_battery", "swollen", "lithium_battery", True),
        ("battery", "recalled", "lithium_battery", True),
        ("power_bank", "", "lithium_battery surface_only", False),
        ("perfume", "", "liquid surface_only", False),
        ("glass liquid", "", "fragile upright liquid", False),
        ("medical", "defective", "medical", False),
        ("fresh_food", "swollen", "cold", False),
    ],
)
def test_traits_and_signs_decide_marks_and_whether_it_may_travel(traits, signs, marks, forbidden):
    told = handling_of(traits.split(), signs=signs.split())
    assert told.marks == tuple(Mark(mark) for mark in marks.split())
    assert told.is_forbidden is forbidden


def test_every_restriction_names_its_rule():
    assert handling_of({"battery"}, signs={"leaking"}).rule == "A154, SP 376"
    assert handling_of({"power_bank"}).rule == "PI 965"
    assert handling_of({"apparel"}).rule == ""
