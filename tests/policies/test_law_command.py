"""`homeward law`: list, show, diff, check and due."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from homeward.policies import packs


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Path]:
    """A folder whose packs lie beside the shipped ones while the test runs."""
    before = packs.beside()
    packs.lay_beside(tmp_path)
    yield tmp_path
    packs.lay_beside(before)


def law(*words: str) -> str:
    out = StringIO()
    call_command("law", *words, stdout=out)
    return out.getvalue()


def test_a_deadline_is_printed_and_nothing_else() -> None:
    assert law("due", "DE", "withdrawal", "2026-11-20") == "2026-12-04\n"
    assert law("due", "fr", "withdrawal-uninformed", "2026-11-20") == "2027-12-06\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("CH", "withdrawal", "2026-11-20"), "not regulated"),
        (("MX", "refund", "2026-11-20"), "not known"),
        (("PY", "refund", "2026-11-20"), "we hold no law for PY"),
        (("DE", "refund", "2009-01-01"), "no edition of this law"),
    ],
)
def test_a_question_without_an_answer_ends_with_two(words: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why) as error:
        law("due", *words)
    assert error.value.returncode == 2


@pytest.mark.parametrize("words", [("DE", "never", "2026-11-20"), ("DE", "refund", "20.11.2026")])
def test_an_unknown_question_and_a_wrong_day_are_told(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"invalid choice|write it as 2026-11-20"):
        law("due", *words)


def test_the_list_names_every_place_with_its_trust() -> None:
    told = json.loads(law("list", "--json"))
    assert len(told) == 79
    germany = next(line for line in told if line["code"] == "DE")
    assert (germany["version"], germany["trust"], germany["origin"]) == ("2026.11", "high", "shipped")
    assert len(law("list").splitlines()) == 80


def test_a_law_is_shown_in_words_of_each_language() -> None:
    assert "Droit de rétractation : impératif" in law("show", "DE", "--language", "fr").replace("tion: ", "tion : ")
    japanese = law("show", "br", "--language", "ja")
    assert "ブラジル消費者保護法典第49条" in japanese
    assert "ブラジル" in japanese.splitlines()[0]
    assert "mandatory" not in japanese


def test_a_law_is_shown_as_json_with_marks_and_clauses() -> None:
    told = json.loads(law("show", "AT", "--json", "--on", "2026-11-24"))
    assert (told["code"], told["inherits"], told["withdrawal"]["days"]) == ("AT", "EU", 14)
    assert told["marks"]["withdrawal_days"] == "verified high"
    assert told["clauses"]["AT-WDR"]["instrument"]["ja"] == "オーストリア通信・訪問取引法(FAGG)"


def test_two_places_are_compared_field_by_field() -> None:
    told = json.loads(law("diff", "DE", "GB", "--json"))
    assert told["burden_of_proof_months"] == [12, 6]
    assert "withdrawal_days" not in told
    assert "withdrawal_days" in json.loads(law("diff", "DE", "GB", "--json", "--all"))
    assert "  GB 2026.11             30" in law("diff", "DE", "GB")


def test_editions_are_compared_by_version_and_by_day(beside: Path) -> None:
    data = yaml.safe_load((packs.FOLDER / "br.yaml").read_text(encoding="utf-8"))
    data["withdrawal"]["days"], data["version"] = 10, "2027.01"
    (beside / "br.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    told = json.loads(law("diff", "BR@2026.11", "BR@2026-11-24", "--json"))
    assert told == {"withdrawal_days": [7, 10]}
    assert "say the same" in law("diff", "BR@2027.01", "BR")
    with pytest.raises(CommandError, match=r"no edition 1999\.01 of BR; we hold 2027\.01, 2026\.11"):
        law("diff", "BR@1999.01", "BR")
    with pytest.raises(CommandError, match="we hold no law for PY"):
        law("diff", "PY", "BR")


def test_the_check_counts_facts_and_works_out_the_examples() -> None:
    told = law("check")
    assert "80 editions of 80 places" in told
    assert "facts seen at a source" in told
    assert "0 wrong" in told


def test_the_check_fails_on_a_wrong_file_beside(beside: Path) -> None:
    (beside / "br.yaml").write_text("code: BR\nversion: '2027.01'\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"br\.yaml: .*; the shipped law stays in force") as error:
        law("check")
    assert error.value.returncode == 1


def test_the_check_fails_on_an_example_that_comes_out_otherwise(beside: Path) -> None:
    data = yaml.safe_load((packs.FOLDER / "br.yaml").read_text(encoding="utf-8"))
    data["withdrawal"]["days"], data["version"] = 10, "2027.01"
    (beside / "br.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CommandError, match="BR withdrawal 2026-11-20: expected 2026-11-27, got 2026-11-30"):
        law("check")
