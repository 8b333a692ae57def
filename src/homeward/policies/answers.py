"""Facts in, decision out, as documents: the one form that shell and API share, its mistakes and its JSON Schema."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, get_args
from zoneinfo import available_timezones

import msgspec

from homeward.policies import decision as decisions
from homeward.policies import structs, verdict, words
from homeward.policies.decision import Decision
from homeward.policies.facts import Facts
from homeward.policies.rulebook import Book

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_COUNTRY = re.compile("[A-Z]{2}")


class WrongFacts(ValueError):
    """Facts that cannot be judged; the message names the field, and for a word of a fixed set those that may stand."""


def parse(text: bytes | str) -> Any:
    """Return what JSON says, as plain data.

    :raises WrongFacts: if it is no JSON.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WrongFacts(str(error)) from error


def read(raw: Any) -> Facts:
    """Return plain data as facts.

    :raises WrongFacts: if a field is missing, unknown or of a wrong form, or names no country or zone.
    """
    try:
        facts = structs.convert(raw, Facts)
    except msgspec.ValidationError as error:
        raise WrongFacts(str(error)) from error
    if not _COUNTRY.fullmatch(facts.country):
        raise WrongFacts(f"{facts.country!r} is no ISO 3166-1 code of two capitals, such as DE - at `$.country`")
    if facts.zone and facts.zone not in available_timezones():
        raise WrongFacts(f"{facts.zone!r} is no IANA time zone, such as Europe/Berlin - at `$.zone`")
    return facts


def answer(facts: Facts, book: Book, *, at: datetime, language: str = "") -> dict[str, Any]:
    """Return the decision as a document; with `language` its `explanation` stands beside the fields."""
    made = verdict.decide(facts, book, at=at)
    return document(made, book, language=language)


def document(made: Decision, book: Book, *, language: str = "") -> dict[str, Any]:
    """Return a decision as plain data, and with `language` its `explanation` beside the fields."""
    found = decisions.to_data(made)
    if language:
        found["explanation"] = msgspec.to_builtins(words.explain(made, language, book=book))
    return found


def facts_schema() -> dict[str, Any]:
    """Return the JSON Schema of the facts that a verdict is asked with."""
    return _published("Facts", "What is known about one line of goods; docs/decision.md tells every field.")


def decision_schema() -> dict[str, Any]:
    """Return the JSON Schema of the decision that comes back."""
    return _published("Decision", "A verdict on one line of goods; docs/decision.md tells every field.")


def components(template: str = "#/$defs/{name}") -> dict[str, Any]:
    """Return the schemas of facts, decision and everything in them, by name."""
    _, found = msgspec.json.schema_components((Facts, Decision, words.Explanation), ref_template=template)
    schemas: dict[str, Any] = dict(found)
    explanation = {"$ref": template.format(name="Explanation")}
    schemas["Decision"]["properties"]["explanation"] = explanation
    schemas["Facts"]["properties"]["country"]["pattern"] = f"^{_COUNTRY.pattern}$"
    for form in (Facts, Decision):
        for one in msgspec.structs.fields(form):
            _say_time(schemas[form.__name__]["properties"][one.name], one.type)
    return schemas


def _say_time(schema: dict[str, Any], kind: Any) -> None:
    """Name the format of a field that holds a time, which is text of any kind to msgspec."""
    kinds = get_args(kind) or (kind,)
    if datetime in kinds:
        for part in schema.get("anyOf", [schema]):
            if part.get("type") == "string":
                part["format"] = "date-time"


def _published(name: str, says: str) -> dict[str, Any]:
    """Return one schema with those it refers to, and no others."""
    every = components()
    needed, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        for ref in re.findall(r"#/\$defs/(\w+)", str(every[one])):
            if ref not in needed:
                needed.add(ref)
                waiting.append(ref)
    head = {"$schema": DIALECT, "$id": f"{name.lower()}.json", **every[name], "description": says}
    return head | {"$defs": {one: every[one] for one in sorted(needed)}}
