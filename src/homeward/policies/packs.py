"""Statute packs: loads the files of packs/, checks them, and finds the one that holds for a place and a day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import msgspec
import yaml

from homeward.kernel import TextMap
from homeward.policies import statutes
from homeward.policies.bars import BARS
from homeward.policies.statutes import FIELDS, LANGUAGES, Clause, LegalText, PackFile

FOLDER = Path(__file__).parent / "packs"
NOWHERE = "ZZ"  # the cautious pack of places that we hold no law for

# Law that travels with the goods and holds wherever they are.
TRANSPORT = Clause(ref="DG-1", instrument="transport", article="A154, SP 376", says="dangerous_battery")
_TRANSPORT_RULES = TextMap({
    "en": "IATA and ADR dangerous goods rules", "zh-hans": "国际航协与ADR危险品规则",
    "de": "Gefahrgutregeln von IATA und ADR", "fr": "Règles IATA et ADR sur les marchandises dangereuses",
    "es": "Normas IATA y ADR de mercancías peligrosas", "it": "Norme IATA e ADR sulle merci pericolose",
    "pt": "Regras IATA e ADR de mercadorias perigosas", "ja": "IATAおよびADR危険物規則",
})  # fmt: skip
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there
_READING = Lock()
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class PackError(ValueError):
    """A pack or wording file is wrong; the message names file, place and remedy."""

    def __init__(self, file: str, message: str) -> None:
        super().__init__(f"{file}: {message}")
        self.file = file


@dataclass(frozen=True, eq=False)
class Pack:
    """The law of one place, ready to decide with. Compared and hashed by identity: packs are loaded once."""

    law: PackFile
    texts: Mapping[str, LegalText] = field(repr=False)
    verified: frozenset[str]
    is_floor: bool = False

    @property
    def code(self) -> str:
        """The place: "DE", "US-CA", or the code of the floor."""
        return self.law.code

    @property
    def version(self) -> str:
        """The edition, such as "2026.11"."""
        return self.law.version

    def holds_on(self, day: date) -> bool:
        """Whether the edition holds for contracts made on `day`."""
        return self.law.valid_from <= day and (self.law.valid_to is None or day <= self.law.valid_to)

    def as_floor_of(self, country: str) -> Pack:
        """Return the pack as the floor for a member that has none: only harmonized fields may refuse alone."""
        law = msgspec.structs.replace(self.law, **_zones(self.law.members[country]))
        return replace(self, law=law, verified=self.verified & law.trust.floor_fields, is_floor=True)

    def is_solid(self, word: str) -> bool:
        """Whether an automatic refusal may rest on the field `word`."""
        return self.law.trust.level == "high" and word in self.verified

    def is_solid_bar(self, key: str) -> bool:
        """Whether an automatic refusal may rest on the exception `key`."""
        return self.law.trust.level == "high" and key in self.law.trust.exceptions_verified


def _zones(named: str | tuple[str, str]) -> dict[str, str]:
    zone, last = (named, "") if isinstance(named, str) else named
    return {"zone": zone, "last_zone": last}


def _read(file: Path) -> Any:
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError(file.name, f"is no YAML: {error}") from error


def _words(folder: Path, name: str) -> dict[str, TextMap]:
    file = folder / "wording" / f"{name}.yaml"
    try:
        entries = msgspec.convert(_read(file), dict[str, dict[str, str]])
    except msgspec.ValidationError as error:
        raise PackError(file.name, str(error)) from error
    return {key: _eight(file.name, key, texts) for key, texts in entries.items()}


def _eight(file: str, key: str, texts: Mapping[str, str]) -> TextMap:
    missing = [language for language in LANGUAGES if not texts.get(language)]
    if missing:
        raise PackError(file, f"{key} lacks the languages {', '.join(missing)}")
    if len({frozenset(_PLACEHOLDER.findall(text)) for text in texts.values()}) > 1:
        raise PackError(file, f"{key} has different placeholders in its languages")
    return TextMap(texts)


class _Reader:
    """Checks one file beyond its form and puts its clauses into words."""

    def __init__(self, file: str, law: PackFile, rights: Mapping[str, TextMap], bars: Mapping[str, TextMap]) -> None:
        self.file, self.law, self.rights, self.bars = file, law, rights, bars
        self.instruments = {key: _eight(file, f"instrument {key}", names) for key, names in law.instruments.items()}
        self.instruments["transport"] = _TRANSPORT_RULES
        self.texts: dict[str, LegalText] = {}

    def fail(self, message: str) -> NoReturn:
        raise PackError(self.file, message)

    def pack(self) -> Pack:
        law = self.law
        if law.withdrawal.kind not in {"none", "unknown", "conditional"} and law.withdrawal.days is None:
            self.fail(f"withdrawal.kind {law.withdrawal.kind} needs days")
        for clause, figures in self.clauses():
            self.add(clause, self.sentence(clause), figures)
        closed_keys = law.bars.closed if law.bars else {}
        for key, closed in closed_keys.items():
            self.add_bar(key, closed)
        self.check_words("trust.verified_fields", law.trust.verified_fields, FIELDS)
        self.check_words("trust.floor_fields", law.trust.floor_fields, FIELDS)
        self.check_words(
            "trust.exceptions_verified", law.trust.exceptions_verified, law.bars.closed if law.bars else ()
        )
        for named in ((law.zone, law.last_zone or law.zone), *law.members.values()):
            for zone in _zones(named).values():
                self.check_zone(zone or law.zone)
        return Pack(law, self.texts, law.trust.verified_fields)

    def clauses(self) -> Iterator[tuple[Clause, dict[str, int | None]]]:
        law = self.law
        yield TRANSPORT, {}
        yield law.withdrawal.clause, {"days": law.withdrawal.days}
        if law.withdrawal.not_informed:
            if law.withdrawal.not_informed_clause is None:
                self.fail("withdrawal.not_informed needs a not_informed_clause to cite")
            yield law.withdrawal.not_informed_clause, {"months": law.withdrawal.not_informed.months}
        if law.refund.clause:
            yield law.refund.clause, {"days": law.refund.days}
        for part in (law.freight, law.deduction, law.delivery, law.safety):
            if part and part.clause:
                yield part.clause, {"months": law.guarantee.months if law.guarantee else None}
        for timed in (law.short_term, law.late):
            if timed:
                yield timed.clause, {"days": timed.days}
        if law.guarantee:
            yield from self.guarantee_clauses(law.guarantee)

    def guarantee_clauses(self, guarantee: statutes.Guarantee) -> Iterator[tuple[Clause, dict[str, int | None]]]:
        yield guarantee.clause, {"months": guarantee.months}
        if guarantee.burden_clause:
            yield guarantee.burden_clause, {"months": guarantee.burden_months}
        if guarantee.extension_clause:
            yield guarantee.extension_clause, {"months": guarantee.national_extension_months}

    def sentence(self, clause: Clause) -> TextMap:
        if clause.text:
            return _eight(self.file, clause.ref, clause.text)
        if clause.says not in self.rights:
            self.fail(f"clause {clause.ref} says {clause.says!r}, which wording/rights.yaml does not hold")
        return self.rights[clause.says]

    def add(self, clause: Clause, sentence: TextMap, figures: Mapping[str, int | None]) -> None:
        if clause.ref in self.texts:
            self.fail(f"two clauses have the ref {clause.ref}")
        if clause.instrument and clause.instrument not in self.instruments:
            self.fail(f"clause {clause.ref} names the instrument {clause.instrument!r}, which is not listed")
        wanted = {name for text in sentence.values() for name in _PLACEHOLDER.findall(text)}
        if unknown := [name for name in wanted if figures.get(name) is None]:
            self.fail(f"the words of {clause.ref} ask for %({unknown[0]})s, which the pack does not give")
        article = clause.article if isinstance(clause.article, dict) else {"en": clause.article}
        self.texts[clause.ref] = LegalText(
            clause.ref,
            self.instruments.get(clause.instrument, TextMap()),
            TextMap(article),
            TextMap({language: text % figures if wanted else text for language, text in sentence.items()}),
        )

    def add_bar(self, key: str, closed: statutes.Closed) -> None:
        if key not in BARS:
            self.fail(f"bars.closed.{key} is no bar that we know; known are {', '.join(sorted(BARS))}")
        if not closed.text and key not in self.bars:
            self.fail(f"bars.closed.{key} needs a text, for wording/bars.yaml has none")
        sentence = _eight(self.file, closed.ref, closed.text) if closed.text else self.bars[key]
        instrument = closed.instrument or (self.law.bars.instrument if self.law.bars else "")
        self.add(Clause(ref=closed.ref, instrument=instrument, article=closed.article), sentence, {})

    def check_words(self, place: str, words: frozenset[str], known: Any) -> None:
        if strangers := sorted(words - set(known)):
            self.fail(f"{place} names {strangers[0]!r}, which this pack does not have")

    def check_zone(self, zone: str) -> None:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError) as error:
            raise PackError(self.file, f"{zone!r} is no time zone") from error


@dataclass(frozen=True)
class Library:
    """All packs at hand by place, and the floors by member country; the newest edition first."""

    packs: Mapping[str, tuple[Pack, ...]]
    floors: Mapping[str, tuple[Pack, ...]]

    def best(self, country: str, place: str, on: date) -> Pack:
        """Return the nearest pack: of the subdivision, the country, its floor, or the cautious one."""
        shelves = (
            self.packs.get(f"{country}-{place}", ()) if place else (),
            self.packs.get(country, ()),
            self.floors.get(country, ()),
        )
        return next((pack for shelf in shelves for pack in shelf if pack.holds_on(on)), self.packs[NOWHERE][0])


def load(folder: Path = FOLDER) -> Library:
    """Read and check every pack in `folder`; any file dropped in is found.

    :raises PackError: if a file is wrong, naming it and the place.
    """
    rights, bars = _words(folder, "rights"), _words(folder, "bars")
    packs: dict[str, list[Pack]] = {}
    floors: dict[str, list[Pack]] = {}
    for file in sorted(folder.glob("*.yaml")):
        try:
            law = msgspec.convert(_read(file), PackFile)
        except msgspec.ValidationError as error:
            raise PackError(file.name, str(error)) from error
        pack = _Reader(file.name, law, rights, bars).pack()
        packs.setdefault(law.code, []).append(pack)
        for country in law.members:
            floors.setdefault(country, []).append(pack.as_floor_of(country))
    if NOWHERE not in packs:
        raise PackError(folder.name, f"lacks the cautious pack {NOWHERE}")
    return Library(_newest_first(packs), _newest_first(floors))


def _newest_first(shelves: Mapping[str, list[Pack]]) -> dict[str, tuple[Pack, ...]]:
    return {
        place: tuple(sorted(shelf, key=lambda pack: pack.law.valid_from, reverse=True))
        for place, shelf in shelves.items()
    }


def library() -> Library:
    """Return the packs that ship with Homeward, read once per process, by the first thread that asks."""
    with _READING:
        return _load_once()


@lru_cache(maxsize=1)
def _load_once() -> Library:
    return load()


@lru_cache(maxsize=8192)
def _nearest(country: str, place: str, on: date) -> Pack:
    return library().best(country, place, on)


def pack_for(country: str, subdivision: str = "", *, on: date) -> Pack:
    """Return the law for a shopper who lives there, as it holds for a contract made on `on`.

    A subdivision without a pack falls back to its country, a member state without one to its floor (marked
    `is_floor`), and any other place to a cautious pack under which nothing is refused alone.
    """
    country = country.upper()
    return _nearest(country, subdivision.upper().removeprefix(f"{country}-"), on)


def edition(code: str, version: str) -> Pack | None:
    """Return the pack `code` in its edition `version`, to put an older decision into words."""
    return next((pack for pack in library().packs.get(code, ()) if pack.version == version), None)
