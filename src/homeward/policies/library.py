"""The library of packs: every file at hand, each read when its place is first asked for, the newest edition first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec
import yaml

from homeward.kernel import TextMap
from homeward.policies.editions import Pack, PackError, Reader, eight_languages
from homeward.policies.statutes import PackFile
from homeward.policies.structs import convert

NOWHERE = "ZZ"  # the cautious pack of places that we hold no law for
SHIPPED = "shipped"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there
_CODE = re.compile(r"^code: *[\"']?([A-Z][A-Z0-9-]*)", re.MULTILINE)
_VERSION = re.compile(r"\d{4}\.\d{2}(\.\d+)?")
_MEMBERS = re.compile(r"^members:", re.MULTILINE)
_WHOLE = frozenset({"not_informed", "extension"})  # parts that a heir replaces as a whole, as it does clauses
_OWN = frozenset({  # what every pack says itself
    "code", "name", "version", "valid_from", "valid_to", "as_of", "region", "family", "volatile", "zone", "last_zone",
    "languages", "members", "trust", "notes", "sources", "vectors",
})  # fmt: skip


def read_yaml(file: Path) -> Any:
    """Return what a YAML file holds.

    :raises PackError: if it is no YAML.
    """
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError(file.name, f"is no YAML: {error}") from error


def read_words(file: Path) -> dict[str, TextMap]:
    """Return the texts of a file of wording/ by key, each in eight languages.

    :raises PackError: if a language or a placeholder is missing.
    """
    try:
        entries = convert(read_yaml(file), dict[str, dict[str, str]])
    except msgspec.ValidationError as error:
        raise PackError(file.name, str(error)) from error
    return {key: eight_languages(file.name, key, texts) for key, texts in entries.items()}


@dataclass(frozen=True)
class Sheet:
    """One file of a pack as it lies there, not read yet."""

    file: Path
    origin: str

    @cached_property
    def raw(self) -> dict[str, Any]:
        """What the file holds.

        :raises PackError: if it is no YAML, or no mapping.
        """
        found = read_yaml(self.file)
        if not isinstance(found, dict):
            raise PackError(self.file.name, "is no pack: its fields must stand at the top")
        return found


@dataclass(frozen=True)
class Trouble:
    """A file that was laid beside the shipped ones and is not used, with the reason."""

    file: str
    message: str


@dataclass(eq=False)
class Library:
    """All packs at hand. `beside` may hold newer ones: a wrong one there is left out, and told in `troubles`."""

    folder: Path
    beside: Path | None = None
    troubles: list[Trouble] = field(default_factory=list)
    _shelves: dict[str, tuple[Pack, ...]] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)

    @cached_property
    def _catalog(self) -> tuple[dict[str, list[Sheet]], tuple[str, ...]]:
        """The sheets by code, and the codes that are a floor for members; reads no YAML, only looks for the code."""
        sheets: dict[str, list[Sheet]] = {}
        floors: dict[str, None] = {}
        for file, origin in self._files():
            try:
                text = file.read_text(encoding="utf-8")
                code = _CODE.search(text)
                if code is None:
                    read_yaml(file)
                    raise PackError(file.name, "has no code: a place such as DE or US-CA")
            except (PackError, UnicodeDecodeError, OSError) as error:
                self._leave_out(file.name, origin, error)
                continue
            sheets.setdefault(code[1], []).append(Sheet(file, origin))
            if _MEMBERS.search(text):
                floors[code[1]] = None
        if NOWHERE not in sheets:
            raise PackError(self.folder.name, f"lacks the cautious pack {NOWHERE}")
        return sheets, tuple(floors)

    def _files(self) -> Iterator[tuple[Path, str]]:
        for file in sorted(self.folder.glob("*.yaml")):
            yield file, SHIPPED
        if self.beside is not None and self.beside.is_dir():
            for file in sorted(self.beside.glob("*.yaml")):
                yield file, file.name

    def _leave_out(self, name: str, origin: str, error: Exception) -> None:
        """Note a wrong file that was laid beside; what is shipped must be right."""
        if origin == SHIPPED:
            raise error if isinstance(error, PackError) else PackError(name, str(error)) from error
        message = str(error).removeprefix(f"{name}: ")
        if not any((one.file, one.message) == (name, message) for one in self.troubles):
            self.troubles.append(Trouble(name, message))

    @property
    def codes(self) -> tuple[str, ...]:
        """The places that we hold law for, in the order of their codes."""
        with self._lock:
            return tuple(sorted(self._catalog[0]))

    @cached_property
    def rights(self) -> Mapping[str, TextMap]:
        """What clauses say, by key."""
        return read_words(self.folder / "wording" / "rights.yaml")

    @cached_property
    def bars(self) -> Mapping[str, TextMap]:
        """What exceptions say, by key."""
        return read_words(self.folder / "wording" / "bars.yaml")

    @cached_property
    def titles(self) -> Mapping[str, TextMap]:
        """What the fields of a pack are called."""
        return read_words(self.folder / "wording" / "fields.yaml")

    @cached_property
    def values(self) -> Mapping[str, TextMap]:
        """What may stand in a field, in words."""
        return read_words(self.folder / "wording" / "values.yaml")

    def editions(self, code: str) -> tuple[Pack, ...]:
        """Return the editions for a place, the newest first; none where we hold no law for it.

        :raises PackError: if a shipped file is wrong.
        """
        found = self._shelves.get(code)
        if found is None:
            with self._lock:
                found = self._shelves.setdefault(code, tuple(self._bind_all(code)))
        return found

    def newest(self, code: str) -> Pack:
        """Return the newest edition for a place, or the cautious pack."""
        return (self.editions(code) or self.editions(NOWHERE))[0]

    @property
    def packs(self) -> dict[str, tuple[Pack, ...]]:
        """Every edition by place; reads all files."""
        return {code: self.editions(code) for code in self.codes}

    def best(self, country: str, place: str, on: date) -> Pack:
        """Return the nearest pack: of the subdivision, the country, its floor, or the cautious one."""
        shelves = ((f"{country}-{place}",) if place else ()) + (country,)
        for code in shelves:
            for pack in self.editions(code):
                if pack.holds_on(on):
                    return pack
        for code in self._catalog[1]:
            for pack in self.editions(code):
                if country in pack.law.members and pack.holds_on(on):
                    return self._floor(pack, country)
        return self.editions(NOWHERE)[0]

    def _floor(self, pack: Pack, country: str) -> Pack:
        key = f"{pack.code} {pack.version} for {country}"
        with self._lock:
            return self._shelves.setdefault(key, (pack.as_floor_of(country),))[0]

    def _bind_all(self, code: str) -> list[Pack]:
        """Read every sheet of a place, a heir once for each edition of its parent whose time it shares."""
        found: dict[str, Pack] = {}
        for sheet in self._catalog[0].get(code, ()):
            try:
                for parent in self._parents(sheet):
                    self._bind(sheet, parent, found)
            except PackError as error:
                self._leave_out(sheet.file.name, sheet.origin, error)
        return sorted(found.values(), key=lambda pack: version_key(pack.version), reverse=True)

    def _parents(self, sheet: Sheet) -> list[Sheet | None]:
        """Return the right editions of the pack that a sheet inherits from, or None alone where it inherits nothing."""
        code = sheet.raw.get("inherits")
        if not code:
            return [None]
        sound = {(pack.origin, pack.version) for pack in self.editions(code)}
        if not sound:
            raise PackError(sheet.file.name, f"inherits from {code!r}, which is no pack")
        return [one for one in self._catalog[0][code] if (one.origin, one.raw["version"]) in sound]

    def _bind(self, sheet: Sheet, parent: Sheet | None, found: dict[str, Pack]) -> None:
        """Add the edition that a sheet makes, with one edition of its parent, unless they share no day."""
        try:
            raw = _inherit(sheet, parent) if parent else sheet.raw
            if parent and raw.get("valid_to") and raw["valid_to"] < raw["valid_from"]:
                return
            pack = self._edition(sheet, raw)
        except PackError as error:
            at_fault = parent if parent and parent.origin != SHIPPED and sheet.origin == SHIPPED else sheet
            self._leave_out(at_fault.file.name, at_fault.origin, error)
            return
        if pack.version in found:
            raise PackError(
                sheet.file.name, f"version {pack.version} of {pack.code} is there already: give a newer one"
            )
        found[pack.version] = pack

    def _edition(self, sheet: Sheet, raw: dict[str, Any]) -> Pack:
        try:
            law = convert(raw, PackFile)
        except msgspec.ValidationError as error:
            raise PackError(sheet.file.name, str(error)) from error
        reader = Reader(sheet.file.name, law, own=sheet.raw, raw=raw, rights=self.rights, bars=self.bars)
        return reader.pack(sheet.origin)

    def check(self) -> None:
        """Read every file.

        :raises PackError: if a shipped file is wrong.
        """
        for code in self.codes:
            self.editions(code)
        _ = self.titles, self.values


def version_key(version: str) -> tuple[tuple[int, ...], ...]:
    """Return what a version sorts by: its own numbers, then those of its parent."""
    return tuple(tuple(int(number) for number in part.split(".")) for part in version.split("+"))


def _inherit(sheet: Sheet, parent: Sheet) -> dict[str, Any]:
    """Return what a heir says, and what its parent says where it is silent; in force while both are."""
    own, older = sheet.raw, parent.raw
    if older.get("inherits"):
        raise PackError(sheet.file.name, f"inherits from {older.get('code')}, which inherits itself")
    raw = {key: value for key, value in _merge(own, older).items() if key in own or key not in _OWN}
    try:
        raw["valid_from"] = max(own["valid_from"], older["valid_from"])
        ends = [end for end in (own.get("valid_to"), older.get("valid_to")) if end is not None]
    except (KeyError, TypeError) as error:
        raise PackError(sheet.file.name, f"needs a day in valid_from, as its parent does: {error}") from error
    versions = str(own.get("version")), str(older.get("version"))
    if all(map(_VERSION.fullmatch, versions)) and version_key(versions[1]) > version_key(versions[0]):
        raw["version"] = "+".join(versions)
    return raw | {"valid_to": min(ends)} if ends else raw


def _merge(own: Mapping[str, Any], older: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    """Return `own` with what only `older` says; a clause, an instrument or an exception is replaced as a whole."""
    merged = dict(own)
    for key, value in older.items():
        if key not in own:
            merged[key] = value
        elif isinstance(value, Mapping) and isinstance(own[key], Mapping) and key != "trust":
            is_whole = key in _WHOLE or key.endswith("clause") or place in {"closed", "instruments"}
            merged[key] = own[key] if is_whole else _merge(own[key], value, key)
    if place == "" and isinstance(own.get("trust"), Mapping):
        merged["trust"] = _inherit_trust(own["trust"], older.get("trust") or {}, merged)
    return merged


def _inherit_trust(own: Mapping[str, Any], older: Mapping[str, Any], merged: Mapping[str, Any]) -> dict[str, Any]:
    """Return a heir's marks: its own for fields, and the parent's for exceptions that it does not mark itself."""
    bars = merged.get("bars") or {}
    closed = bars.get("closed") or {}
    kept = {key: mark for key, mark in (older.get("exceptions") or {}).items() if key in closed}
    unregulated = [*(own.get("unregulated") or ()), *(older.get("unregulated") or ())]
    return {
        **own,
        "exceptions": kept | dict(own.get("exceptions") or {}),
        "unregulated": list(dict.fromkeys(unregulated)),
    }
