"""Overlays: law that lies over the packs. Each file is read when first asked for; a newer one laid beside it wins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import msgspec

from homeward.policies import library as libraries
from homeward.policies import packs
from homeward.policies.editions import PackError
from homeward.policies.library import Trouble
from homeward.policies.overlay_forms import (
    FORMS,
    Change,
    CustomsRelief,
    DangerFile,
    DangerousGoods,
    Entry,
    LowValueImport,
    Overlay,
    Paper,
    PlatformDuty,
    PrivacyFile,
    PrivacyRule,
    RecallRule,
    RegulatedGoods,
    RepairRule,
    RetentionFloor,
)
from homeward.policies.structs import convert

FOLDER = Path(__file__).parent / "overlays"
ANYWHERE = "*"
UNION = "EU"
_READING = RLock()
E = TypeVar("E", bound=Entry)


def read(file: Path) -> Overlay[Any]:
    """Return a checked overlay file; its name says which kind it is.

    :raises PackError: naming file, place and what may stand there.
    """
    form = FORMS.get(file.stem)
    if form is None:
        raise PackError(file.name, f"is no overlay; overlays are {', '.join(FORMS)}")
    with _READING:  # msgspec learns a form when it first reads one, which only one thread may do at a time
        try:
            overlay: Overlay[Any] = convert(libraries.read_yaml(file), form)
        except msgspec.ValidationError as error:
            raise PackError(file.name, str(error)) from error
    keys = [entry.key for entry in entries_of(overlay)]
    if twice := next((key for key in keys if keys.count(key) > 1), ""):
        raise PackError(file.name, f"has two entries with the key {twice}")
    for entry in entries_of(overlay):
        if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
            raise PackError(file.name, f"{entry.key}: valid_to lies before valid_from")
    return overlay


def entries_of(overlay: Overlay[Any]) -> tuple[Entry, ...]:
    """Return every entry of an overlay, whatever its parts."""
    if isinstance(overlay.entries, tuple):
        return overlay.entries
    return tuple(entry for part in overlay.entries.__struct_fields__ for entry in getattr(overlay.entries, part))


def overlay(kind: str) -> Overlay[Any]:
    """Return an overlay by kind: the shipped one, or a right and newer one laid beside it."""
    with _READING:
        return _in_force(kind, packs.beside())[0]


def troubles() -> list[Trouble]:
    """Return the overlay files laid beside that are not used, with the reason."""
    folder = packs.beside()
    with _READING:
        found = [_in_force(kind, folder)[1] for kind in FORMS]
    strangers = []
    if folder is not None:
        files = sorted((folder / "overlays").glob("*.yaml"))
        strangers = [Trouble(file.name, f"is no overlay; overlays are {', '.join(FORMS)}")
                     for file in files if file.stem not in FORMS]  # fmt: skip
    return [trouble for trouble in found if trouble] + strangers


def forget() -> None:
    """Read the overlays anew when they are next asked for."""
    with _READING:
        _in_force.cache_clear()


@lru_cache(maxsize=64)
def _in_force(kind: str, beside: Path | None) -> tuple[Overlay[Any], Trouble | None]:
    shipped = read(FOLDER / f"{kind}.yaml")
    file = beside / "overlays" / f"{kind}.yaml" if beside else None
    if file is None or not file.exists():
        return shipped, None
    try:
        newer = read(file)
        if libraries.version_key(newer.version) <= libraries.version_key(shipped.version):
            raise PackError(file.name, f"version {newer.version} is not newer than the shipped {shipped.version}")
    except (PackError, OSError) as error:
        return shipped, Trouble(file.name, str(error).removeprefix(f"{file.name}: "))
    return newer, None


def places(code: str) -> tuple[str, ...]:
    """Return where law for a place stands, the nearest first: itself, its country, its union, anywhere."""
    country = code.partition("-")[0]
    union = (UNION,) if country in packs.library().newest(UNION).law.members else ()
    return tuple(dict.fromkeys((code, country, *union, ANYWHERE)))


def _here(entries: tuple[E, ...], place: str, on: date) -> tuple[E, ...]:
    near = places(place)
    found = [entry for entry in entries if entry.place in near and entry.holds_on(on)]
    return tuple(sorted(found, key=lambda entry: near.index(entry.place)))


def repair_rules(place: str, on: date) -> tuple[RepairRule, ...]:
    """Return who must repair what there, beside the seller."""
    return _here(overlay("repair").entries, place, on)


def recall_rules(place: str, on: date) -> tuple[RecallRule, ...]:
    """Return what a recall asks there."""
    return _here(overlay("recall").entries, place, on)


def platform_duties(place: str, on: date) -> tuple[PlatformDuty, ...]:
    """Return what marketplaces and shops must do there."""
    return _here(overlay("platforms").entries, place, on)


def privacy_rules(place: str, on: date) -> tuple[PrivacyRule, ...]:
    """Return how personal data are answered for there."""
    held: PrivacyFile = overlay("privacy").entries
    return _here(held.rules, place, on)


def retention_floors(place: str, on: date) -> tuple[RetentionFloor, ...]:
    """Return which records must be kept there, and for how many years."""
    held: PrivacyFile = overlay("privacy").entries
    return _here(held.retention, place, on)


def customs_relief(into: str, on: date, *, direction: str = "back_in") -> tuple[CustomsRelief, ...]:
    """Return the reliefs for goods exported on `on` that come back into a place, or for those that leave it ("out")."""
    found: tuple[CustomsRelief, ...] = _here(overlay("customs").entries, into, on)
    return tuple(relief for relief in found if relief.direction == direction)


def customs_ever(into: str) -> tuple[CustomsRelief, ...]:
    """Return every relief of a place, in force or not, to say why one does not hold on a day."""
    near = places(into)
    return tuple(relief for relief in overlay("customs").entries if relief.place in near)


def low_value_imports(into: str, on: date) -> tuple[LowValueImport, ...]:
    """Return what small parcels pay on their way into a place."""
    return _here(overlay("low_value").entries, into, on)


def papers(on: date) -> tuple[Paper, ...]:
    """Return the forms and invoices that travel with a return across a border."""
    return _here(overlay("papers").entries, ANYWHERE, on)


def dangerous_goods(on: date) -> tuple[DangerousGoods, ...]:
    """Return the rules for batteries and other dangerous goods, in the order in which they are tried."""
    held: DangerFile = overlay("dangerous").entries
    return tuple(rule for rule in held.rules if rule.holds_on(on))


def un_numbers() -> dict[str, str]:
    """Return the UN numbers of batteries with what they stand for."""
    held: DangerFile = overlay("dangerous").entries
    return {number.key: number.about for number in held.numbers}


def triage_questions() -> tuple[str, ...]:
    """Return what is asked before a label for goods with a battery is bought."""
    held: DangerFile = overlay("dangerous").entries
    return tuple(question.asks for question in held.questions)


def regulated_goods(place: str, on: date) -> tuple[RegulatedGoods, ...]:
    """Return the goods that never go back to stock by themselves there."""
    return _here(overlay("regulated").entries, place, on)


def changes(first: date, last: date, place: str = "") -> tuple[Change, ...]:
    """Return the days from `first` to `last` on which the law changes, of one place with its union, or of all."""
    near = places(place) if place else None
    return tuple(
        change
        for change in sorted(overlay("calendar").entries, key=_day_of)
        if first <= _day_of(change) <= last and (near is None or change.place in near)
    )


def _day_of(change: Change) -> date:
    if change.valid_from is None:
        raise PackError("calendar.yaml", f"{change.key} has no day")
    return change.valid_from


def everything() -> Iterator[tuple[str, Overlay[Any]]]:
    """Give each overlay by kind.

    :raises PackError: if a shipped file is wrong.
    """
    for kind in FORMS:
        yield kind, overlay(kind)
