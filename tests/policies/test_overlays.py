"""Overlays: strict forms, and the questions that later rooms ask them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from homeward.policies import overlays
from homeward.policies.editions import PackError
from homeward.policies.overlay_forms import FORMS
from homeward.policies.statutes import LANGUAGES

TODAY = date(2026, 11, 24)


def test_every_overlay_ships_and_holds_something() -> None:
    found = {kind: len(overlays.entries_of(overlay)) for kind, overlay in overlays.everything()}
    assert found.keys() == FORMS.keys()
    assert found == {
        "repair": 3, "recall": 5, "platforms": 11, "privacy": 20, "customs": 15, "low_value": 8, "papers": 2,
        "dangerous": 24, "regulated": 10, "calendar": 34,
    }  # fmt: skip


def spoil(tmp_path: Path, kind: str, change: Callable[[dict[str, Any]], object]) -> Path:
    """Write a changed copy of an overlay."""
    data = yaml.safe_load((overlays.FOLDER / f"{kind}.yaml").read_text(encoding="utf-8"))
    change(data)
    file = tmp_path / f"{kind}.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("customs", lambda law: law["entries"][0].pop("mark"), "missing required field `mark` - at `$.entries[0]`"),
        ("customs", lambda law: law["entries"][0].update(mark="sure"), "it is one of: memory high, memory low"),
        ("customs", lambda law: law["entries"][0].update(wndow=3), "unknown field `wndow` - at `$.entries[0]`"),
        ("customs", lambda law: law["entries"][0].update(answers=["never"]), "it is one of: customs-return"),
        ("customs", lambda law: law["entries"].append(law["entries"][0]), "two entries with the key EU_RETURNED_GOODS"),
        ("low_value", lambda law: law["entries"][0].update(valid_to=date(2020, 1, 1)), "valid_to lies before"),
        ("dangerous", lambda law: law["entries"]["rules"][0].update(by_air="yes"), "it is one of: allowed, cargo_only"),
        ("recall", lambda law: law.update(version="1"), "at `$.version`"),
    ],
)
def test_a_wrong_overlay_is_refused_with_its_place_named(
    tmp_path: Path, kind: str, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    file = spoil(tmp_path, kind, change)
    with pytest.raises(PackError, match=re.escape(words)) as error:
        overlays.read(file)
    assert str(error.value).startswith(f"{kind}.yaml: ")


def test_relief_is_found_for_a_member_state_by_its_union() -> None:
    (relief,) = overlays.customs_relief("FR", TODAY)
    assert (relief.key, relief.window_months, relief.direction) == ("EU_RETURNED_GOODS", 36, "back_in")
    (out,) = overlays.customs_relief("FR", TODAY, direction="out")
    assert (out.key, out.apply_within_days) == ("EU_INVALIDATION", 90)


def test_chinas_exemption_holds_for_exports_of_its_two_years() -> None:
    def keys(on: date) -> set[str]:
        return {relief.key for relief in overlays.customs_relief("CN", on) if "tax-free-return" in relief.answers}

    assert keys(date(2025, 6, 1)) == {"CN_2023_4"}
    assert keys(date(2026, 6, 1)) == {"CN_2026_16"}
    assert keys(date(2028, 1, 1)) == set()


def test_small_parcels_pay_by_line_in_the_union_and_again_in_france() -> None:
    found = overlays.low_value_imports("FR", TODAY)
    assert [entry.key for entry in found] == ["FR_LINE_FEE", "EU_3_EUR", "EU_HANDLING_FEE"]
    duty = found[1]
    assert duty.charge is not None
    assert (duty.charge.minor, duty.charge.currency, duty.per) == (300, "EUR", "tariff_line")
    assert [entry.key for entry in overlays.low_value_imports("DE", date(2028, 7, 1))] == [
        "EU_NORMAL_TARIFF", "EU_HANDLING_FEE",
    ]  # fmt: skip


def test_a_dangerous_battery_has_no_label_and_no_agent_decides_otherwise() -> None:
    first = overlays.dangerous_goods(TODAY)[0]
    assert (first.key, first.by_air, first.by_post, first.consumer_label, first.is_final) == (
        "DG1", "never", "never", False, True,
    )  # fmt: skip
    assert [rule.key for rule in overlays.dangerous_goods(date(2025, 6, 1))].count("DG4") == 0
    assert len(overlays.triage_questions()) == 6
    assert overlays.un_numbers()["UN3481"].startswith("lithium ion")


def test_rules_are_found_by_place_and_day() -> None:
    assert [rule.key for rule in overlays.repair_rules("DE", date(2026, 7, 30))] == []
    assert {rule.key for rule in overlays.repair_rules("DE", TODAY)} == {
        "EU_R2R_MANUFACTURER", "EU_REPAIR_INFORMATION_FORM",
    }  # fmt: skip
    assert overlays.recall_rules("DE", TODAY)[0].remedies_at_least == 2
    assert [duty.key for duty in overlays.platform_duties("IN", TODAY)] == ["IN_GRIEVANCE"]
    assert overlays.privacy_rules("IT", TODAY)[0].breach_notice_hours == 72
    assert [(one.place, one.years) for one in overlays.retention_floors("DE", TODAY)][:2] == [("DE", 8), ("DE", 6)]
    assert {goods.goods for goods in overlays.regulated_goods("CN", TODAY)} == {"medicines"}
    assert "the box “Returned goods”" in overlays.papers(TODAY)[0].fields


def test_the_calendar_tells_what_changes_where_in_the_readers_language() -> None:
    soon = overlays.changes(date(2026, 12, 1), date(2027, 12, 31))
    assert [change.key for change in soon] == ["EU_2026-12-09", "US_2027-07-01", "EU_2027-07-31", "CN_2027-12-31"]
    german = overlays.changes(date(2026, 1, 1), date(2026, 6, 30), "DE")
    assert [change.place for change in german] == ["*", "EU"]
    for change in overlays.changes(date(2000, 1, 1), date(2100, 1, 1)):
        assert {"en", "zh-hans", "de", "fr", "ja"} <= change.what.keys() <= set(LANGUAGES)
