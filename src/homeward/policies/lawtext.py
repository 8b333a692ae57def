"""A pack in words: its fields with trust and remarks, side by side with another's, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation

from homeward.kernel import TextMap, formats
from homeward.policies import fields, packs, texts
from homeward.policies.editions import Pack

NOTHING = "–"
_COUNTRY = 2  # letters of a country's code


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a pack: its word, title and value, how far it was checked, and what the figure leaves out."""

    word: str
    title: str
    value: Any
    says: str
    mark: str
    trust: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two packs side by side."""

    word: str
    title: str
    left: Row
    right: Row

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        left, right = self.left.value, self.right.value
        if self.word == fields.EXCEPTIONS and left and right:
            return set(left) == set(right)  # their order says nothing
        return bool(left == right)


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause as a citation: its ref, where it stands in the law, and what it says."""

    ref: str
    law: str
    says: str


def word(key: str, language: str) -> str:
    """Return a word of a pack, such as "mandatory", for readers."""
    return packs.library().values.get(key, TextMap(en=key)).in_(language)


def title(key: str, language: str) -> str:
    """Return what a field is called."""
    return packs.library().titles[key].in_(language)


def name(pack: Pack, language: str) -> str:
    """Return what a place is called: a country in the reader's language, a part or union as its file has it."""
    is_country = len(pack.code) == _COUNTRY and pack.code not in {"EU", packs.NOWHERE}
    return formats.country_in(pack.code, language) if is_country else pack.law.name


def rows(pack: Pack, language: str, *, silent: bool = False) -> list[Row]:
    """Return the fields of a pack in words; with `silent` also those about which it says nothing."""
    with translation.override(language):
        found = [_row(pack, key, value, language) for key, value in pack.values()]
    return [row for row in found if silent or row.value is not None]


def compare(left: Pack, right: Pack, language: str) -> list[Difference]:
    """Return every field that one of two packs says something about, side by side."""
    pairs = zip(rows(left, language, silent=True), rows(right, language, silent=True), strict=True)
    return [Difference(a.word, a.title, a, b) for a, b in pairs if a.value is not None or b.value is not None]


def clauses(pack: Pack, language: str) -> list[ClauseText]:
    """Return the clauses of a pack as citations."""
    return [ClauseText(one.ref, one.law(language), one.sentence.in_(language)) for one in pack.texts.values()]


def _row(pack: Pack, key: str, value: Any, language: str) -> Row:
    mark = pack.marks.get(key, "")
    is_silent = value is None and key in pack.law.trust.unregulated
    says = word("law_silent", language) if is_silent else _say(key, value, pack, language)
    return Row(key, title(key, language), value, says, mark, _trust(mark, language), pack.law.remarks.get(key, ""))


def _trust(mark: str, language: str) -> str:
    return ", ".join(word(part, language) for part in mark.split())


def _say(key: str, value: Any, pack: Pack, language: str) -> str:
    """Return a value in words."""
    if value is None:
        return NOTHING
    if key == fields.EXCEPTIONS:
        return "; ".join(
            f"{texts.BARS[bar]} ({word(pack.exceptions[bar].partition(' ')[0], language)})" for bar in value
        )
    if key == fields.BANDS:
        return "; ".join(_band(band, language) for band in value)
    if key == "language_of_notice":
        return ", ".join(value)
    if key == "remedies_order":
        return f" → {word('then', language)}: ".join(_tier(tier, language) for tier in value)
    return _plain(value, language)


def _plain(value: Any, language: str) -> str:
    match value:
        case bool():
            return word("yes" if value else "no", language)
        case date():
            return formats.day_in(value, language, "date")
        case Mapping():
            return _longer(value, language)
        case list() | tuple():
            return "; ".join(_plain(one, language) for one in value)
        case str():
            return word(value, language)
    return str(value)


def _longer(value: Mapping[str, Any], language: str) -> str:
    """Return how a window grows without information."""
    unit = "months" if value.get("months") is not None else "days"
    figures = {"n": value.get(unit), "unit": word(unit, language)}
    how = word(f"how_{value['how']}", language)
    if value["how"] != "information":
        return how % figures
    return (
        how
        if figures["n"] is None
        else f"{how}, {word('at_most' if unit == 'months' else 'within', language) % figures}"
    )


def _tier(tier: list[Any], language: str) -> str:
    said = []
    for rule in tier:
        if isinstance(rule, Mapping):
            said.append(f"{word(rule['kind'], language)} ({word('within', language) % {'n': rule['within_days']}})")
        else:
            said.append(word(rule, language))
    return " / ".join(said)


def _band(band: Mapping[str, Any], language: str) -> str:
    about = f" ({band['about']})" if band.get("about") else ""
    return f"{band['goods']}: {band['months']} {word('months', language)}{about}"


def lines(pack: Pack, language: str) -> Iterator[str]:
    """Give a pack as readable text, line by line."""
    law = pack.law
    trust = word(law.trust.level, language)
    yield f"{name(pack, language)} ({pack.code}), {word('version', language)} {pack.version}"
    until = f"{law.valid_from} – {law.valid_to or '…'}"
    yield f"{word('in_force', language)}: {until}; {word('as_of', language)} {law.as_of}; {trust}; {pack.origin}"
    if law.inherits:
        yield f"{word('inherits', language)}: {law.inherits}"
    if law.volatile:
        yield word("volatile", language)
    yield ""
    for row in rows(pack, language):
        checked = f"  [{row.trust}]" if row.trust else ""
        yield f"{row.title}: {row.says}{checked}"
        if row.remark:
            yield f"    {row.remark}"
    yield ""
    yield word("clauses", language)
    for clause in clauses(pack, language):
        yield f"  {clause.ref:22} {clause.law}"
        yield f"      {clause.says}"
    for heading, said in (
        ("notes", law.notes),
        ("sources", tuple(f"{one.name} [{one.status}]" for one in law.sources)),
    ):
        if said:
            yield ""
            yield word(heading, language)
            yield from (f"  - {line}" for line in said)


def as_data(pack: Pack) -> dict[str, Any]:
    """Return a pack as plain data for JSON: the law with its defaults, marks, and clauses in eight languages."""
    return {
        **fields.plain(pack.law),
        "version": pack.version,
        "origin": pack.origin,
        "is_floor": pack.is_floor,
        "stated": sorted(pack.stated),
        "marks": dict(pack.marks),
        "exceptions": dict(pack.exceptions),
        "solid": sorted(pack.solid),
        "clauses": {
            ref: {"instrument": dict(text.instrument), "article": dict(text.article), "says": dict(text.sentence)}
            for ref, text in pack.texts.items()
        },
    }
