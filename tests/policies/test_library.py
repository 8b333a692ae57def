"""The library: read only where asked, heirs of a newer parent, and packs laid beside the shipped ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from homeward.policies import overlays, packs
from homeward.policies.decision import Outcome
from homeward.policies.library import Library, version_key
from homeward.policies.rulebook import EMPTY
from homeward.policies.verdict import decide
from tests.support.build_policies import facts

TODAY = date(2026, 11, 24)


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Path]:
    """A folder whose packs lie beside the shipped ones while the test runs."""
    folder = tmp_path / "law"
    folder.mkdir()
    before = packs.beside()
    packs.lay_beside(folder)
    yield folder
    packs.lay_beside(before)


def lay(folder: Path, code: str, change: Callable[[dict[str, Any]], object], *, name: str = "") -> Path:
    """Lay a changed copy of a shipped pack into a folder."""
    data = yaml.safe_load((packs.FOLDER / f"{code.lower()}.yaml").read_text(encoding="utf-8"))
    change(data)
    file = folder / (name or f"{code.lower()}.yaml")
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return file


def newer(days: int) -> Callable[[dict[str, Any]], None]:
    """Return a change to so many days, as a later edition of the same law."""

    def change(law: dict[str, Any]) -> None:
        law["version"] = "2027.01"
        law["withdrawal"] = law["withdrawal"] | {"days": days}
        law["trust"]["fields"]["withdrawal_days"] = "verified high"

    return change


def test_only_the_asked_pack_and_its_parent_are_read() -> None:
    library = Library(packs.FOLDER)
    library.best("AT", "", TODAY)
    assert set(library._shelves) == {"AT", "EU"}
    assert len(library.codes) == 80


def test_versions_sort_by_number_and_then_by_the_parents() -> None:
    versions = ["2026.9", "2026.11+2027.01", "2026.11.2", "2026.11"]
    assert sorted(versions, key=version_key) == ["2026.9", "2026.11", "2026.11+2027.01", "2026.11.2"]


def test_a_newer_pack_beside_wins_and_a_decision_keeps_its_version(beside: Path) -> None:
    lay(beside, "BR", newer(10))
    pack = packs.pack_for("BR", on=TODAY)
    assert (pack.version, pack.law.withdrawal.days, pack.origin) == ("2027.01", 10, "br.yaml")
    case = facts("BR", asked="2026-11-30 10:00")
    decision = decide(case, EMPTY, at=case.ordered_at)
    assert (decision.outcome, decision.pack_version) == (Outcome.AUTHORIZE, "2027.01")
    assert {cited.version for cited in decision.citations} == {"2027.01"}
    assert packs.edition("BR", "2026.11") is not None


def test_a_newer_pack_counts_only_from_its_own_day(beside: Path) -> None:
    lay(beside, "BR", lambda law: (newer(10)(law), law.update(valid_from=date(2027, 1, 1))))
    assert packs.pack_for("BR", on=TODAY).law.withdrawal.days == 7
    assert packs.pack_for("BR", on=date(2027, 1, 1)).law.withdrawal.days == 10


def test_an_older_pack_beside_changes_nothing(beside: Path) -> None:
    lay(beside, "BR", lambda law: (newer(10)(law), law.update(version="2026.10")))
    assert packs.pack_for("BR", on=TODAY).version == "2026.11"
    assert packs.library().troubles == []


def test_heirs_follow_a_newer_parent_and_name_it_in_their_version(beside: Path) -> None:
    lay(beside, "EU", newer(21))
    pack = packs.pack_for("AT", on=TODAY)
    assert (pack.version, pack.law.withdrawal.days) == ("2026.11+2027.01", 21)
    assert packs.edition("AT", "2026.11") is not None
    assert packs.pack_for("EU", on=TODAY).law.withdrawal.days == 21


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda law: law["withdrawal"].update(kind="perhaps"), "Invalid enum value 'perhaps'"),
        (lambda law: law.update(colour="red"), "unknown field `colour`"),
        (lambda law: law["trust"]["fields"].pop("withdrawal_days"), "no mark for 'withdrawal_days'"),
        (lambda law: law.update(version="2026.11"), "version 2026.11 of BR is there already"),
        (lambda law: law.update(valid_to=date(2000, 1, 1)), "valid_to 2000-01-01 lies before"),
        (lambda law: law.pop("code"), "has no code"),
    ],
)
def test_a_wrong_pack_beside_is_told_and_the_shipped_law_stays(
    beside: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    lay(beside, "BR", lambda law: (newer(10)(law), change(law)))
    packs.library().check()
    assert packs.pack_for("BR", on=TODAY).version == "2026.11"
    assert [trouble.file for trouble in packs.library().troubles] == ["br.yaml"]
    assert words in packs.library().troubles[0].message


def test_a_wrong_parent_beside_spoils_no_heir(beside: Path) -> None:
    lay(beside, "EU", lambda law: (newer(21)(law), law["trust"]["fields"].pop("withdrawal_kind")))
    assert packs.pack_for("AT", on=TODAY).version == "2026.11"
    assert packs.pack_for("EU", on=TODAY).law.withdrawal.days == 14
    assert [trouble.file for trouble in packs.library().troubles] == ["eu.yaml"]


def test_a_file_that_is_no_text_is_told(beside: Path) -> None:
    (beside / "br.yaml").write_bytes(b"\xff\xfe\x00")
    assert packs.pack_for("BR", on=TODAY).version == "2026.11"
    assert packs.library().troubles[0].file == "br.yaml"


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    library = Library(packs.FOLDER, tmp_path / "nothing")
    assert library.best("DE", "", TODAY).code == "DE"
    assert library.troubles == []


def test_a_newer_overlay_beside_wins_and_an_old_or_wrong_one_is_told(beside: Path) -> None:
    folder = beside / "overlays"
    folder.mkdir()
    shutil.copy(overlays.FOLDER / "calendar.yaml", folder / "calendar.yaml")
    text = (folder / "calendar.yaml").read_text(encoding="utf-8")
    assert "is not newer" in overlays.troubles()[0].message
    (folder / "calendar.yaml").write_text(text.replace('"2026.11"', '"2027.01"', 1), encoding="utf-8")
    (folder / "weather.yaml").write_text("version: x", encoding="utf-8")
    overlays.forget()
    assert overlays.overlay("calendar").version == "2027.01"
    assert [(trouble.file, "is no overlay" in trouble.message) for trouble in overlays.troubles()] == [
        ("weather.yaml", True)
    ]
