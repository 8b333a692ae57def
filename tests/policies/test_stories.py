"""The worked stories of docs/stories: each is decided anew, and every field that it states must hold."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from homeward.policies import answers
from homeward.policies.rulebook import standard
from homeward.policies.statutes import LANGUAGES

FOLDER = Path(__file__).parents[2] / "docs" / "stories"
STORIES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AS_READ = re.compile(r"^## As .+ reads it \((?P<language>[a-z-]+)\)\n\n(?P<words>(?:>.*\n?)+)", re.MULTILINE)
stories = pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)


class Loader(yaml.SafeLoader):
    """Reads times and days as the text that they are, as JSON would hold them."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def blocks(story: Path) -> list[dict[str, Any]]:
    """Return the facts of a story, and what it expects."""
    return [yaml.load(text, Loader=Loader) for text in BLOCK.findall(story.read_text(encoding="utf-8"))]


def told_in(story: Path) -> re.Match[str]:
    """Return what the shopper reads, with its language."""
    found = AS_READ.search(story.read_text(encoding="utf-8"))
    assert found, f"{story.name} does not say what the shopper reads"
    return found


@cache
def decided(story: Path) -> dict[str, Any]:
    """Return the decision on the facts of a story, at the moment of asking and under the standard rulebook."""
    facts = answers.read(blocks(story)[0])
    assert facts.asked_at is not None
    made = answers.answer(facts, standard(), at=facts.asked_at, language=told_in(story)["language"])
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
    return found


def aloud(told: dict[str, Any]) -> str:
    """Return an explanation as a story quotes it."""
    heads = [told["headline"], *told["questions"], *told["doubts"], told["way_back"], told["freight"]]
    remedies = [" · ".join(told["remedies"])] if told["remedies"] else []
    cited = [f"*{one['law']}:* {one['text']}" for one in told["citations"]]
    return "\n>\n".join(f"> {line}" for line in [*heads, *remedies, *cited]) + "\n"


def differences(wanted: Any, found: Any, at: str = "") -> list[str]:
    """Return where what was found is not what is wanted; of a mapping, only the fields that are named."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [line for key, part in wanted.items() for line in differences(part, found.get(key), f"{at}.{key}")]
    return [] if wanted == found else [f"{at}: {wanted!r} is stated, {found!r} was decided"]


def test_there_is_a_story_for_each_of_ten_countries_or_more() -> None:
    countries = [blocks(story)[0]["country"] for story in STORIES]
    assert len(countries) >= 10
    assert len(set(countries)) == len(countries)


@stories
def test_a_story_states_outcome_clauses_and_citations(story: Path) -> None:
    facts, stated = blocks(story)
    assert facts
    assert {"outcome", "track", "bases", "citations", "trace"} <= stated.keys()
    assert len(stated) >= 7


@stories
def test_every_field_that_a_story_states_is_decided(story: Path) -> None:
    stated = blocks(story)[1]
    made = decided(story)
    steps = {line["ref"]: f"{line['result']}, {line['reason']}" for line in made["trace"]}
    found = made | {"citations": [one["ref"] for one in made["citations"]], "trace": steps}
    assert differences(stated, found) == []


@stories
def test_the_shopper_reads_what_the_story_says(story: Path) -> None:
    told = told_in(story)
    assert told["language"] in LANGUAGES
    assert told["words"].strip() == aloud(decided(story)["explanation"]).strip()


def test_a_field_that_is_stated_wrong_is_found() -> None:
    made = {"refund": {"law": {"days": 14}}, "outcome": "refuse"}
    assert differences({"refund": {"law": {"days": 14}}}, made) == []
    assert differences({"refund": {"law": {"days": 3}}}, made) == [".refund.law.days: 3 is stated, 14 was decided"]
    assert differences({"outcom": "refuse"}, made) == [".outcom: 'refuse' is stated, None was decided"]
