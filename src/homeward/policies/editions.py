"""One edition of a pack: a file checked beyond its form, put into words, and ready to decide with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NoReturn, get_args
from zoneinfo import ZoneInfo

import msgspec

from homeward.kernel import TextMap
from homeward.policies import fields, statutes
from homeward.policies.bars import BARS
from homeward.policies.statutes import LANGUAGES, Clause, LegalText, Mark, PackFile

# Law that travels with the goods and holds wherever they are.
TRANSPORT = Clause(ref="DG-1", instrument="transport", article="A154, SP 376", says="dangerous_battery")
_TRANSPORT_RULES = TextMap({
    "en": "IATA and ADR dangerous goods rules", "zh-hans": "国际航协与ADR危险品规则",
    "de": "Gefahrgutregeln von IATA und ADR", "fr": "Règles IATA et ADR sur les marchandises dangereuses",
    "es": "Normas IATA y ADR de mercancías peligrosas", "it": "Norme IATA e ADR sulle merci pericolose",
    "pt": "Regras IATA e ADR de mercadorias perigosas", "ja": "IATAおよびADR危険物規則",
})  # fmt: skip
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SURE: Mark = "verified high"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class PackError(ValueError):
    """A pack or wording file is wrong; the message names file, place and remedy."""

    def __init__(self, file: str, message: str) -> None:
        super().__init__(f"{file}: {message}")
        self.file = file


@dataclass(frozen=True, eq=False)
class Pack:
    """The law of one place, ready to decide with. Compared and hashed by identity: an edition is read once."""

    law: PackFile
    texts: Mapping[str, LegalText] = field(repr=False)
    marks: Mapping[str, Mark] = field(repr=False)  # by word of fields.py, what is inherited included
    exceptions: Mapping[str, Mark] = field(repr=False)
    stated: frozenset[str] = frozenset()  # fields that its files state; the rest are defaults, and no facts
    verified: frozenset[str] = frozenset()
    bars_verified: frozenset[str] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})
    is_floor: bool = False
    origin: str = "shipped"  # or the file that was laid beside
    solid: frozenset[str] = frozenset()  # fields on which an automatic refusal may rest
    solid_bars: frozenset[str] = frozenset()

    def values(self) -> Iterator[tuple[str, Any]]:
        """Give each field's word with its value as plain data; None where the law is silent."""
        return fields.values(self.law, self.stated)

    @property
    def code(self) -> str:
        """The place: "DE", "US-CA", or the code of the floor."""
        return self.law.code

    @property
    def version(self) -> str:
        """The edition, such as "2026.11"; with "+" and the parent's where that is newer than the pack's own."""
        return self.law.version

    def holds_on(self, day: date) -> bool:
        """Whether the edition holds for contracts made on `day`."""
        return self.law.valid_from <= day and (self.law.valid_to is None or day <= self.law.valid_to)

    def as_floor_of(self, country: str) -> Pack:
        """Return the pack as the floor for a member that has none: only harmonized fields may refuse alone."""
        law = msgspec.structs.replace(self.law, **_zones(self.law.members[country]))
        kept = self.law.trust.floor_fields
        return replace(self, law=law, verified=self.verified & kept, solid=self.solid & kept, is_floor=True)

    def is_solid(self, word: str) -> bool:
        """Whether an automatic refusal may rest on the field `word`."""
        return word in self.solid

    def is_solid_bar(self, key: str) -> bool:
        """Whether an automatic refusal may rest on the exception `key`."""
        return key in self.solid_bars


def _zones(named: str | tuple[str, str]) -> dict[str, str]:
    zone, last = (named, "") if isinstance(named, str) else named
    return {"zone": zone, "last_zone": last}


def eight_languages(file: str, key: str, texts: Mapping[str, str]) -> TextMap:
    """Return a text that speaks all eight languages with the same placeholders.

    :raises PackError: if a language or a placeholder is missing.
    """
    missing = [language for language in LANGUAGES if not texts.get(language)]
    if missing:
        raise PackError(file, f"{key} lacks the languages {', '.join(missing)}")
    if len({frozenset(_PLACEHOLDER.findall(text)) for text in texts.values()}) > 1:
        raise PackError(file, f"{key} has different placeholders in its languages")
    return TextMap(texts)


class Reader:
    """Checks one file beyond its form and puts its clauses into words.

    `own` is what the file itself states, `raw` the same with what it inherits, `law` that in its form.
    """

    def __init__(
        self, file: str, law: PackFile, *, own: Mapping[str, Any], raw: Mapping[str, Any],
        rights: Mapping[str, TextMap], bars: Mapping[str, TextMap],
    ) -> None:  # fmt: skip
        self.file, self.law, self.own, self.rights, self.bars = file, law, own, rights, bars
        self.stated = frozenset(fields.stated(raw))
        self.instruments = {
            key: eight_languages(file, f"instrument {key}", names) for key, names in law.instruments.items()
        }
        self.instruments["transport"] = _TRANSPORT_RULES
        self.texts: dict[str, LegalText] = {}

    def fail(self, message: str) -> NoReturn:
        """Refuse the file."""
        raise PackError(self.file, message)

    def pack(self, origin: str = "shipped") -> Pack:
        """Return the edition.

        :raises PackError: if the file says something that it cannot mean, naming the place and what may stand there.
        """
        law = self.law
        self.check_figures()
        for clause, figures in self.clauses():
            self.add(clause, self.sentence(clause), figures)
        for key, closed in (law.bars.closed if law.bars else {}).items():
            self.add_bar(key, closed)
        marks, exceptions = self.marks()
        for named in ((law.zone, law.last_zone or law.zone), *law.members.values()):
            for zone in _zones(named).values():
                self.check_zone(zone or law.zone)
        verified = frozenset(word for word, mark in marks.items() if mark.startswith("verified"))
        bars_verified = frozenset(key for key, mark in exceptions.items() if mark.startswith("verified"))
        is_high = law.trust.level == "high"
        return Pack(
            law, self.texts, marks, exceptions, self.stated, verified, bars_verified,
            weekend=frozenset(map(_WEEKDAYS.index, law.weekend)), origin=origin,
            solid=frozenset(word for word, mark in marks.items() if is_high and mark == _SURE),
            solid_bars=frozenset(key for key, mark in exceptions.items() if is_high and mark == _SURE),
        )  # fmt: skip

    def check_figures(self) -> None:
        """Refuse figures that contradict each other."""
        law, late_information = self.law, self.law.withdrawal.not_informed
        if law.withdrawal.kind in {"mandatory", "default_unless_disclosed"} and law.withdrawal.days is None:
            self.fail(f"withdrawal.kind {law.withdrawal.kind} needs days")
        if isinstance(late_information, statutes.NotInformed):
            count = (late_information.months is not None) + (late_information.days is not None)
            if late_information.how != "information" and count != 1:
                self.fail(f"withdrawal.not_informed, {late_information.how}, needs either months or days")
        if law.valid_to and law.valid_to < law.valid_from:
            self.fail(f"valid_to {law.valid_to} lies before valid_from {law.valid_from}")

    def marks(self) -> tuple[dict[str, Mark], dict[str, Mark]]:
        """Return how far each field and each exception was checked; what is inherited counts as memory.

        :raises PackError: if a field that the file states has no mark, or a mark has no field.
        """
        trust, stated = self.law.trust, self.stated
        closed = self.law.bars.closed if self.law.bars else {}
        self.check_words("trust.fields", trust.fields, stated)
        self.check_words("trust.floor_fields", trust.floor_fields, fields.FIELDS)
        self.check_words("trust.unregulated", trust.unregulated, fields.FIELDS)
        self.check_words("trust.exceptions", trust.exceptions, closed)
        self.check_words("remarks", self.law.remarks, {*fields.FIELDS, fields.EXCEPTIONS, fields.BANDS})
        own_bars = fields.value_in(self.own, ("bars", "closed")) or {}
        self.check_marked("trust.fields", (fields.stated(self.own) & fields.MARKED) - trust.fields.keys())
        own_marks = fields.value_in(self.own, ("trust", "exceptions")) or {}
        self.check_marked("trust.exceptions", set(own_bars) - set(own_marks))
        memory: Mark = f"memory {trust.level}"  # type: ignore[assignment]  # a level makes it one of the marks
        is_heir = bool(self.law.inherits)
        marks = {word: trust.fields.get(word, memory) for word in stated}
        return marks, {key: trust.exceptions.get(key, memory) for key in closed} if is_heir else dict(trust.exceptions)

    def clauses(self) -> Iterator[tuple[Clause, dict[str, int | None]]]:
        """Give each clause of the law with the figures that its words may ask for."""
        law = self.law
        yield TRANSPORT, {}
        yield law.withdrawal.clause, {"days": law.withdrawal.days}
        late_information = law.withdrawal.not_informed
        if isinstance(late_information, statutes.NotInformed):
            if law.withdrawal.not_informed_clause is None:
                self.fail("withdrawal.not_informed needs a not_informed_clause to cite")
            figures = {"months": late_information.months, "days": late_information.days}
            yield law.withdrawal.not_informed_clause, figures
        if law.refund.clause:
            yield law.refund.clause, {"days": law.refund.days}
        for part in (law.freight, law.deduction, law.delivery, law.safety):
            if part and part.clause:
                yield part.clause, {"months": law.guarantee.months if law.guarantee else None}
        for timed in (law.short_term, law.late, law.reply):
            if timed and timed.clause:
                yield timed.clause, {"days": timed.days}
        if law.guarantee:
            yield from self.guarantee_clauses(law.guarantee)

    def guarantee_clauses(self, guarantee: statutes.Guarantee) -> Iterator[tuple[Clause, dict[str, int | None]]]:
        """Give the clauses of the guarantee with their figures."""
        yield guarantee.clause, {"months": guarantee.months}
        if guarantee.burden_clause:
            yield guarantee.burden_clause, {"months": guarantee.burden_months}
        if guarantee.extension_clause:
            yield guarantee.extension_clause, {"months": guarantee.national_extension_months}

    def sentence(self, clause: Clause) -> TextMap:
        """Return what a clause says, in eight languages."""
        if clause.text:
            return eight_languages(self.file, clause.ref, clause.text)
        if clause.says not in self.rights:
            self.fail(f"clause {clause.ref} says {clause.says!r}, which wording/rights.yaml does not hold")
        return self.rights[clause.says]

    def add(self, clause: Clause, sentence: TextMap, figures: Mapping[str, int | None]) -> None:
        """Put a clause into words."""
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
        """Put an exception into words."""
        if key not in BARS:
            self.fail(f"bars.closed.{key} is no bar that we know; known are {', '.join(sorted(BARS))}")
        if not closed.text and key not in self.bars:
            self.fail(f"bars.closed.{key} needs a text, for wording/bars.yaml has none")
        sentence = eight_languages(self.file, closed.ref, closed.text) if closed.text else self.bars[key]
        instrument = closed.instrument or (self.law.bars.instrument if self.law.bars else "")
        self.add(Clause(ref=closed.ref, instrument=instrument, article=closed.article), sentence, {})

    def check_words(self, place: str, words: Collection[str], known: Collection[str]) -> None:
        """Refuse a word that stands for nothing."""
        if strangers := sorted(set(words) - set(known)):
            self.fail(
                f"{place} names {strangers[0]!r}, which this pack does not have; it has {', '.join(sorted(known))}"
            )

    def check_marked(self, place: str, missing: Collection[str]) -> None:
        """Refuse a fact without a mark of trust."""
        if missing:
            self.fail(f"{place} has no mark for {min(missing)!r}; a mark is one of: {', '.join(get_args(Mark))}")

    def check_zone(self, zone: str) -> None:
        """Refuse a zone that does not exist."""
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError) as error:
            raise PackError(self.file, f"{zone!r} is no time zone") from error
