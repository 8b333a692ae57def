"""Packs: the right one for place and day, any file dropped in, and helpful words where one is wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from homeward.policies import packs
from homeward.policies.bars import BARS
from homeward.policies.packs import PackError, library, pack_for
from homeward.policies.rulebook import EMPTY
from homeward.policies.statutes import LANGUAGES
from homeward.policies.verdict import decide
from tests.support.build_policies import facts

TODAY = date(2026, 11, 24)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A copy of the packs, to add to and to spoil."""
    return shutil.copytree(packs.FOLDER, tmp_path / "packs")


def rewrite(file: Path, change: Callable[[dict], object]) -> None:  # type: ignore[type-arg]
    data = yaml.safe_load(file.read_text())
    change(data)
    file.write_text(yaml.safe_dump(data, allow_unicode=True))


@pytest.mark.parametrize(
    ("country", "subdivision", "code", "is_floor"),
    [
        ("DE", "", "DE", False),
        ("DE", "DE-BY", "DE", False),
        ("US", "US-CA", "US-CA", False),
        ("us", "ca", "US-CA", False),
        ("US", "TX", "US", False),
        ("AT", "", "AT", False),
        ("CA", "CA-ON", "CA-ON", False),
        ("CA", "NS", "CA", False),
        ("CN", "CBEC-IMPORT", "CN-CBEC-IMPORT", False),
        ("EU", "", "EU", False),
        ("NO", "", "NO", False),
        ("PY", "", "ZZ", False),
        ("", "", "ZZ", False),
        ("QQ", "QQ-1", "ZZ", False),
    ],
)
def test_the_nearest_law_is_found(country: str, subdivision: str, code: str, is_floor: bool) -> None:
    pack = pack_for(country, subdivision, on=TODAY)
    assert (pack.code, pack.is_floor) == (code, is_floor)


def test_a_floor_may_refuse_only_by_what_states_cannot_change(shelf: Path) -> None:
    (shelf / "se.yaml").unlink()
    library = packs.load(shelf)
    floor, union = library.best("SE", "", TODAY), library.best("EU", "", TODAY)
    assert (floor.code, floor.is_floor) == ("EU", True)
    assert "guarantee_months" in union.verified
    assert "guarantee_months" not in floor.verified  # Sweden has 36
    assert floor.is_solid("withdrawal_days")
    assert floor.law.zone == "Europe/Stockholm"


def test_a_contract_older_than_every_edition_is_met_with_caution() -> None:
    assert pack_for("DE", on=date(2010, 12, 1)).code == "ZZ"


def test_the_edition_of_the_day_of_the_contract_holds(shelf: Path) -> None:
    newer = shelf / "de-2028.yaml"
    shutil.copy(shelf / "de.yaml", newer)
    rewrite(newer, lambda law: law.update(version="2028.01", valid_from=date(2028, 1, 1)))
    found = packs.load(shelf)
    assert [pack.version for pack in found.packs["DE"]] == ["2028.01", "2026.11"]
    assert found.best("DE", "", date(2027, 12, 31)).version == "2026.11"
    assert found.best("DE", "", date(2028, 1, 1)).version == "2028.01"


def test_a_file_dropped_in_is_law_at_once(shelf: Path) -> None:
    shutil.copy(shelf / "uy.yaml", shelf / "py.yaml")
    rewrite(shelf / "py.yaml", lambda law: law.update(code="PY", name="Paraguay", zone="America/Asuncion"))
    pack = packs.load(shelf).best("PY", "", TODAY)
    case = facts("PY")
    assert pack.code == "PY"
    assert decide(case, EMPTY, at=case.ordered_at, pack=pack).pack == "PY"


def spoil_days(law: dict) -> None:  # type: ignore[type-arg]
    law["withdrawal"]["days"] = None


def spoil_kind(law: dict) -> None:  # type: ignore[type-arg]
    law["withdrawal"]["kind"] = "always"


def spoil_spelling(law: dict) -> None:  # type: ignore[type-arg]
    law["withdrawal"]["dayz"] = 14


def spoil_words(law: dict) -> None:  # type: ignore[type-arg]
    law["withdrawal"]["clause"]["says"] = "withdrawl"


def spoil_instrument(law: dict) -> None:  # type: ignore[type-arg]
    law["withdrawal"]["clause"]["instrument"] = "bbg"


def spoil_language(law: dict) -> None:  # type: ignore[type-arg]
    del law["instruments"]["bgb"]["ja"]


def spoil_bar(law: dict) -> None:  # type: ignore[type-arg]
    law["bars"]["closed"]["costumised"] = {"ref": "DE-X"}


def spoil_ref(law: dict) -> None:  # type: ignore[type-arg]
    law["late"]["clause"]["ref"] = "DE-WDR-355"


def spoil_trust(law: dict) -> None:  # type: ignore[type-arg]
    law["trust"]["fields"]["widthdrawal_days"] = "verified high"


def spoil_mark(law: dict) -> None:  # type: ignore[type-arg]
    law["trust"]["fields"]["withdrawal_days"] = "sure"


def spoil_unmarked(law: dict) -> None:  # type: ignore[type-arg]
    law["short_term"] = {"days": 9, "clause": law["late"]["clause"] | {"ref": "DE-X"}}


def spoil_unmarked_bar(law: dict) -> None:  # type: ignore[type-arg]
    del law["trust"]["exceptions"]["customised"]


def spoil_zone(law: dict) -> None:  # type: ignore[type-arg]
    law["zone"] = "Europe/Bonn"


def spoil_figure(law: dict) -> None:  # type: ignore[type-arg]
    law["refund"]["days"] = None


def spoil_missing(law: dict) -> None:  # type: ignore[type-arg]
    del law["trust"]


def spoil_version(law: dict) -> None:  # type: ignore[type-arg]
    law["version"] = "autumn"


def spoil_parent(law: dict) -> None:  # type: ignore[type-arg]
    law["inherits"] = "FR"


def spoil_orphan(law: dict) -> None:  # type: ignore[type-arg]
    law["inherits"] = "QQ"


def spoil_days_twice(law: dict) -> None:  # type: ignore[type-arg]
    law["withdrawal"]["not_informed"] = {"how": "replace", "days": 3, "months": 3}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_days, "withdrawal.kind mandatory needs days"),
        (spoil_kind, "Invalid enum value 'always' - at `$.withdrawal.kind`; it is one of: conditional"),
        (spoil_spelling, "unknown field `dayz` - at `$.withdrawal`"),
        (spoil_words, "clause DE-WDR-355 says 'withdrawl', which wording/rights.yaml does not hold"),
        (spoil_instrument, "clause DE-WDR-355 names the instrument 'bbg', which is not listed"),
        (spoil_language, "instrument bgb lacks the languages ja"),
        (spoil_bar, "bars.closed.costumised is no bar that we know"),
        (spoil_ref, "two clauses have the ref DE-WDR-355"),
        (
            spoil_trust,
            "trust.fields names 'widthdrawal_days', which this pack does not have; it has burden_of_proof_months",
        ),
        (spoil_mark, "Invalid enum value 'sure' - at `$.trust.fields[...]`; it is one of: memory high"),
        (spoil_unmarked, "trust.fields has no mark for 'short_term_reject_days'; a mark is one of: verified high"),
        (spoil_unmarked_bar, "trust.exceptions has no mark for 'customised'"),
        (spoil_version, "at `$.version`"),
        (spoil_parent, "inherits from FR, which inherits itself"),
        (spoil_orphan, "inherits from 'QQ', which is no pack"),
        (spoil_days_twice, "withdrawal.not_informed, replace, needs either months or days"),
        (spoil_zone, "'Europe/Bonn' is no time zone"),
        (spoil_figure, "the words of DE-REF-357 ask for %(days)s"),
        (spoil_missing, "missing required field `trust`"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_wrong_pack_is_refused_with_its_place_named(shelf: Path, spoil: Callable, words: str) -> None:  # type: ignore[type-arg]
    rewrite(shelf / "de.yaml", spoil)
    with pytest.raises(PackError, match=re.escape(words)) as error:
        packs.load(shelf)
    assert str(error.value).startswith("de.yaml: ")


def test_a_file_that_is_no_yaml_is_named(shelf: Path) -> None:
    (shelf / "de.yaml").write_text("code: [")
    with pytest.raises(PackError, match=r"de\.yaml: is no YAML"):
        packs.load(shelf)


def test_norway_must_be_quoted_in_yaml_and_the_loader_says_where(shelf: Path) -> None:
    shutil.copy(shelf / "de.yaml", shelf / "no.yaml")
    text = (shelf / "no.yaml").read_text().replace("code: DE", "code: NO")
    (shelf / "no.yaml").write_text(text)
    with pytest.raises(PackError, match=r"no\.yaml: Expected `str`, got `bool` - at `\$\.code`"):
        packs.load(shelf)


def test_without_the_cautious_pack_nothing_is_loaded(shelf: Path) -> None:
    (shelf / "zz.yaml").unlink()
    with pytest.raises(PackError, match="cautious pack ZZ"):
        packs.load(shelf)


def test_words_with_a_lost_placeholder_are_refused(shelf: Path) -> None:
    wording = shelf / "wording" / "rights.yaml"
    rewrite(wording, lambda words: words["withdrawal_eu"].update(ja="日以内に撤回できます。"))
    with pytest.raises(PackError, match="withdrawal_eu has different placeholders"):
        packs.load(shelf)


def all_texts() -> list[tuple[str, packs.LegalText]]:
    return [(pack.code, text) for shelf in library().packs.values() for pack in shelf for text in pack.texts.values()]


def test_every_clause_speaks_eight_languages_without_a_placeholder_left() -> None:
    for code, text in all_texts():
        assert text.sentence.keys() == set(LANGUAGES), (code, text.ref)
        for language in LANGUAGES:
            assert "%" not in text.sentence[language], (code, text.ref, language)
            assert text.sentence[language].rstrip()[-1] in ".。", (code, text.ref, language)


def test_no_sentence_of_another_script_slipped_in() -> None:
    kana, han = re.compile("[\u3040-\u30ff]"), re.compile("[\u4e00-\u9fff]")
    for code, text in all_texts():
        assert kana.search(text.sentence["ja"]), (code, text.ref)
        assert han.search(text.sentence["zh-hans"]), (code, text.ref)
        assert not kana.search(text.sentence["zh-hans"]), (code, text.ref)
        for language in ("en", "de", "fr", "es", "it", "pt"):
            assert not han.search(text.sentence[language]), (code, text.ref, language)


@pytest.mark.parametrize(
    ("country", "ref", "language", "law"),
    [
        ("FR", "FR-EXC-L221-28-3", "fr", "Code de la consommation, L221-28 3°"),
        ("DE", "DE-WDR-355", "de", "Bürgerliches Gesetzbuch (BGB), §§ 312g, 355, 356"),
        ("CN", "CN-7D-25", "zh-hans", "中华人民共和国消费者权益保护法第二十五条"),
        ("CN", "CN-7D-25", "en", "Consumer Protection Law of China, art. 25"),
        ("JP", "JP-RET-15-3", "ja", "特定商取引に関する法律第15条の3"),
        ("GB", "GB-CAN-29", "en-GB", "Consumer Contracts Regulations 2013, reg 29, 30"),
        ("AT", "EU-EXC-16C", "de-AT", "Richtlinie 2011/83/EU über die Rechte der Verbraucher, art. 16(c)"),
        ("AT", "EU-EXC-16C", "zh-CN", "欧盟第2011/83/EU号消费者权利指令第16条(c)项"),
        ("BR", "BR-WDR", "ja", "ブラジル消費者保護法典第49条"),
        ("FI", "FI-GUA", "de", "kuluttajansuojalaki (Finnland), ch. 5"),
        ("PY", "ZZ-NONE", "pt", ""),
    ],
)
def test_a_clause_is_cited_as_a_reader_of_the_language_writes_it(
    country: str, ref: str, language: str, law: str
) -> None:
    assert pack_for(country, on=TODAY).texts[ref].law(language) == law


def test_every_bar_in_use_has_words() -> None:
    used = {
        key for shelf in library().packs.values() for pack in shelf if pack.law.bars for key in pack.law.bars.closed
    }
    assert used <= BARS.keys()
    assert len(used) == 33


def test_the_numbers_are_those_of_the_law_data() -> None:
    def law(code: str) -> tuple[int | None, str, int | None, int | None, int]:
        found = library().packs[code][0].law
        assert found.guarantee is not None
        return (
            found.withdrawal.days, found.withdrawal.kind, found.refund.days, found.guarantee.months,
            found.guarantee.burden_months,
        )  # fmt: skip

    assert law("EU") == (14, "mandatory", 14, 24, 12)
    assert law("DE") == (14, "mandatory", 14, 24, 12)
    assert law("FR") == (14, "mandatory", 14, 24, 24)
    assert law("GB") == (14, "mandatory", 14, 72, 6)
    assert law("US") == (None, "none", None, 48, 0)
    assert law("US-CA") == (30, "posted_policy_default", None, 48, 0)
    assert law("CN") == (7, "mandatory", 7, 12, 6)
    assert law("JP") == (8, "default_unless_disclosed", None, 12, 0)
