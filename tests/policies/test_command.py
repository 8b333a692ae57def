"""`homeward decide` and `homeward bench decide`."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from homeward.policies import answers, bench
from homeward.policies import facts as forms
from tests.support.build_policies import facts


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of facts: a German's change of mind on day 4."""
    path = tmp_path / "facts.json"
    path.write_bytes(forms.to_json(facts("DE")))
    return path


def run(*words: str) -> str:
    out = StringIO()
    call_command("decide", *words, stdout=out)
    return out.getvalue()


def test_facts_in_a_file_are_decided(file: Path) -> None:
    decision = json.loads(run(str(file)))
    assert (decision["outcome"], decision["bases"], decision["rulebook"]) == ("authorize", ["DE-WDR-355"], "standard")


def test_the_verdict_is_told_in_words(file: Path) -> None:
    told = run(str(file), "--words", "de")
    assert "Bürgerliches Gesetzbuch (BGB), §§ 312g, 355, 356: Sie können den Kauf innerhalb von 14 Tagen" in told


def test_a_rulebook_of_ones_own_is_used(file: Path, tmp_path: Path) -> None:
    shop = tmp_path / "book.yaml"
    shop.write_text("ref: mine\nclauses: [{ref: M-1, then: {merchant_pays_return: true}, text: {en: Free.}}]")
    assert json.loads(run(str(file), "--rulebook", str(shop)))["freight_ref"] == "M-1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "missing required field `country`"),
        ('{"country"', "truncated"),
        ('{"country": 5}', r"got `int` - at `\$.country`"),
    ],
)
def test_wrong_facts_are_told_where_they_are_wrong(file: Path, text: str, words: str) -> None:
    file.write_text(text)
    with pytest.raises(CommandError, match=words):
        run(str(file))


def test_a_missing_file_and_a_wrong_book_are_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(str(tmp_path / "none.json"))
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("ref: mine\nclauses: [{ref: M-1, then: {}, text: {en: Nothing.}}]")
    with pytest.raises(CommandError, match="M-1 adds nothing"):
        run(str(file), "--rulebook", str(wrong))


def test_the_bench_counts_what_it_did() -> None:
    found = bench.measure(seconds=0.01, clauses=25)
    assert found["decisions"] >= 5_000
    assert found["decisions_per_second"] > 0
    assert sum(found["outcomes"].values()) == 5_000
    assert all(count > 100 for count in found["outcomes"].values())
    assert found["clauses_tried_per_decision"] == 45.0
    assert len(bench.book_of(25).clauses) == 25


def test_the_explanation_stands_beside_the_fields_in_the_language_that_was_asked_for(file: Path) -> None:
    told = json.loads(run(str(file), "--language", "es"))["explanation"]
    assert (told["headline"], told["track"]) == ("Se puede devolver.", "Cambio de opinión")
    assert told["freight"] == "El consumidor paga el envío de vuelta"
    assert "explanation" not in json.loads(run(str(file)))


def test_facts_come_from_standard_input_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [forms.to_json(facts(country)).decode() for country in ("DE", "JP")]
    monkeypatch.setattr("sys.stdin", StringIO("\n".join([*lines, ""])))
    made = [json.loads(line) for line in run("-").splitlines()]
    assert [one["pack"] for one in made] == ["DE", "JP"]


def test_a_wrong_line_is_named_and_nothing_is_printed(file: Path) -> None:
    good = file.read_text().strip()
    file.write_text(good + "\n" + good.replace('"changed_mind"', '"bored"'))
    with pytest.raises(CommandError, match=r"facts\.json:2: .*'bored'.*`\$\.reason`; it is one of: unsafe, recalled"):
        run(str(file))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("country", "Germany", r"no ISO 3166-1 code.*`\$\.country`"),
        ("zone", "Berlin", r"no IANA time zone.*`\$\.zone`"),
        ("condition", "broken", r"`\$\.condition`; it is one of: unopened, opened, tried, used, damaged, faulty"),
        ("colour", "red", "unknown field `colour`"),
        ("ordered_at", "2026-11-16T09:00:00", "times with a zone"),
    ],
)
def test_a_wrong_field_is_named_and_the_shell_hears_two(file: Path, field: str, value: str, words: str) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | {field: value}))
    with pytest.raises(CommandError, match=words) as refused:
        run(str(file))
    assert refused.value.returncode == 2


def test_the_published_schemas_name_every_field_that_goes_in_and_comes_out(file: Path) -> None:
    taken, given = answers.facts_schema(), answers.decision_schema()
    assert taken["$schema"] == given["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(file.read_text()).keys() <= taken["properties"].keys()
    assert taken["required"] == ["country", "ordered_at", "unit_value"]
    assert taken["properties"]["ordered_at"] == {"type": "string", "format": "date-time"}
    assert json.loads(run(str(file), "--language", "pt")).keys() == given["properties"].keys()
    assert "remedies" in given["$defs"]["Explanation"]["properties"]
