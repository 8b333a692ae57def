"""House rules on translations: complete, whole, in the words of the glossary, and set as each language is set."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from homeward.config import words
from tests.house.catalogs import (
    LANGUAGES,
    LOCALE,
    PLACEHOLDER,
    Text,
    Translated,
    catalog,
    placeholders,
    templates,
    texts_in,
    texts_of_the_house,
    translated,
)
from tests.support.cast import Cast

MISSING = "run `homeward makemessages`, then translate; gettext sees no text inside of an f-string"

# Texts that stay as they are: names, signs, and words that a language has in common with English.
SAME_EVERYWHERE = {"Homeward", "API"}
SAME_IN_LATIN = {"Code (PDF)", "Journal", "Version"}
SAME_HERE = {
    "zh_Hans": set(),
    "ja": set(),
    "de": SAME_IN_LATIN | {"(optional)", "Import", "Name", "Portal", "System", "Video"},
    "fr": SAME_IN_LATIN | {
        "%(n)s clause", "%(points)s pt", "Canada", "Clauses", "Conversation", "Document", "E-mail", "Grade",
        "Invitation", "Menu", "Message", "Messages", "Note", "Pages", "Photo", "Photos", "Solution", "Source", "Total",
        "grade", "services",
        "version %(version)s",
    },
}  # fmt: skip
ENGLISH = re.compile(r"\b(the|your|you|and|with|which|this|that|of|from|have|has|been|cannot|please)\b", re.IGNORECASE)
HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")

# Sentences whose words are the law's, and the names of places: exactly these.
EXACTLY = {
    "Withdraw from contract here": (
        "在此撤回合同", "Vertrag widerrufen", "Renoncer au contrat ici", "ここで契約を撤回する",
    ),
    "Confirm withdrawal": ("确认撤回", "Widerruf bestätigen", "Confirmer la rétractation", "撤回を確定する"),
    "Dock": ("收货台", "Wareneingang", "Quai", "荷受場"),
    "Desk": ("客服台", "Kundendienst", "Service client", "窓口"),
    "Office": ("办公室", "Büro", "Bureau", "オフィス"),
}  # fmt: skip

# A word of the glossary, where it may stand, and what its translation always holds (in lower case, any of them).
TERMS = {
    r"\brefund(s|ed)?\b": ("退", "erstatt", "rembours", "返金"),
    r"\btracking number": ("单号", "sendungsnummer", "numéro de suivi|saisissez-le|donnez-nous", "追跡番号|番号"),
    r"\bpacking slip": ("随箱单", "beilegezettel", "bordereau", "同封票"),
    r"\bdrop-off code": ("寄件码", "abgabecode", "code de dépôt", "持ち込みコード"),
    r"\brulebooks?\b": ("规则手册", "regelwerk", "règlement", "ルールブック"),
    r"\bcarriers?\b": ("快递", "versanddienst", "transporteur", "配送会社"),
    r"\bserial numbers?\b": ("序列号", "seriennummer", "numéro de série", "シリアル番号"),
    r"\bwithdrawal\b": ("撤回", "widerruf", "rétractation", "撤回"),
    r"\bauthorized?\b": ("同意", "genehmig", "autoris", "承認"),
    r"\bshoppers?\b": ("消费者", "käufer", "acheteur", "購入者"),
    r"\bquarantine\b": ("隔离", "sperrlager", "quarantaine", "隔離"),
    r"\bdead letters?\b": ("死信", "unzustellbar", "événement.? en échec", "配信不能"),
    r"\bclauses?\b": ("条款", "klausel", "clause", "条項"),
}  # fmt: skip

# How the letters of a language must not look, and words that the house does not say.
NEVER = {
    "zh_Hans": {
        r"[\u4e00-\u9fff] ?[,;:!?()]|[,;:?!()] ?[\u4e00-\u9fff]": "half-width punctuation beside Han",
        r"你(?!们)": "你 instead of 您",
        r"[！!]": "an exclamation mark",
        r"也许|大概|尽快|请注意": "hedging",
    },
    "ja": {
        r"[\u3040-\u30ff\u4e00-\u9fff] ?[,.;:!?()]|[,;!?()] ?[\u3040-\u30ff\u4e00-\u9fff]": "half-width punctuation",
        r"[！!]": "an exclamation mark",
        r"かもしれ|おそらく|なるべく早く": "hedging",
        r"“|”": "quotation marks of another language",
    },
    "de": {
        r"\s[:;?!]": "a blank before punctuation",
        r"\"|”|»|«|(?:^|“)[^„“]*“": "quotation marks of another language",
        r"!": "an exclamation mark",
        r"\b([Dd]u|[Dd]ein\w*|[Dd]ir|[Dd]ich)\b": "du instead of Sie",
        r"\b(vielleicht|wahrscheinlich|eventuell|möglicherweise|schnellstmöglich|[Bb]itte)\b": "hedging",
        r"\d %| %%|'": "a sign that German sets otherwise",
    },
    "fr": {
        r"[^\u202f\d\s][:;?!»](?!\S)|[ \u00a0][:;?!»]|«(?!\u202f)": "no narrow no-break space",
        r"\"|“|”|„|'": "quotation marks or apostrophes of another language",
        r"!": "an exclamation mark",
        r"\b(tu|ton|ta|tes|toi)\b": "tu instead of vous",
        r"\b(peut-être|probablement|éventuellement|dès que possible|veuillez)\b": "hedging",
        r"[ \u00a0]%%": "no narrow no-break space",
    },
}  # fmt: skip


def lines(found: list[Translated]) -> str:
    """Return what was found, one a line."""
    return "\n".join(map(str, found))


def test_the_house_has_texts_in_python_and_in_templates() -> None:
    texts = texts_of_the_house()

    assert Text("Withdraw from contract here") in texts
    assert Text("%(count)d day left", "%(count)d days left") in texts
    assert Text("Bar", context="layer of rules") in texts
    assert len(texts) > 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_stands_in_the_catalog_and_no_other(language: str) -> None:
    held = {one.text for one in translated(language)}

    assert sorted(texts_of_the_house() - held) == [], MISSING
    assert sorted(held - texts_of_the_house()) == [], "no code says this any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_sure(language: str) -> None:
    assert not lines(
        [one for one in translated(language) if one.is_fuzzy or not all(form.strip() for form in one.forms)]
    )
    assert not catalog(language).fuzzy


@pytest.mark.parametrize(("language", "count"), LANGUAGES.items())
def test_plurals_have_the_forms_of_the_language(language: str, count: int) -> None:
    assert catalog(language).num_plurals == count
    plurals = [one for one in translated(language) if one.text.plural]
    assert len(plurals) > 20
    assert not lines([one for one in plurals if len(one.forms) != count])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_is_filled_in_keeps_its_name(language: str) -> None:
    assert not lines([one for one in translated(language) if not _keeps_values(one)])


def test_plurals_fill_in_all_that_their_singular_does() -> None:
    texts = [text for text in texts_of_the_house() if text.plural]
    assert [text for text in texts if not placeholders(text.says) <= placeholders(text.plural)] == []


def _keeps_values(one: Translated) -> bool:
    """Whether no form names a value that is not there, and the last form leaves out none that English always names."""
    always = placeholders(one.text.says) & placeholders(one.text.plural or one.text.says)
    held = [placeholders(form) for form in one.forms]
    return always <= held[-1] and all(values <= one.text.placeholders for values in held)


@pytest.mark.parametrize("language", LANGUAGES)
def test_percent_signs_are_doubled_where_english_doubles_them(language: str) -> None:
    bare = re.compile(r"%(?![(%])")
    rest = [one for one in translated(language) for form in one.forms if bare.search(form.replace("%%", ""))]
    assert not lines(rest)
    assert not lines([o for o in translated(language) for form in o.forms if ("%%" in form) != ("%%" in o.text.says)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_in_english_by_accident(language: str) -> None:
    same = {one.text.says for one in translated(language) if one.text.says in one.forms and _has_words(one.text)}
    assert same - SAME_EVERYWHERE - SAME_HERE[language] == set()
    assert not lines([one for one in translated(language) if any(map(_speaks_english, one.forms))])


def _has_words(text: Text) -> bool:
    """Whether a text is more than values and signs."""
    return bool(re.search("[A-Za-z]{2}", PLACEHOLDER.sub("", text.says)))


def _speaks_english(form: str) -> bool:
    return bool(ENGLISH.search(PLACEHOLDER.sub("", form)))


@pytest.mark.parametrize("language", ["zh_Hans", "ja"])
def test_chinese_and_japanese_are_written_in_their_scripts(language: str) -> None:
    spoken = [one for one in translated(language) if _has_words(one.text)]
    assert not lines([one for one in spoken if one.text.says not in SAME_EVERYWHERE if not _in_script(one)])


def _in_script(one: Translated) -> bool:
    """Whether a form holds Han or kana, or is made of values and signs alone."""
    return all(HAN_OR_KANA.search(form) or not re.search("[A-Za-z]", PLACEHOLDER.sub("", form)) for form in one.forms)


@pytest.mark.parametrize("place", range(4), ids=list(LANGUAGES))
def test_the_words_of_the_glossary_are_used(place: int) -> None:
    language = list(LANGUAGES)[place]
    known = {one.text.says: one for one in translated(language)}
    wrong = [known[text] for text, wanted in EXACTLY.items() if known[text].forms != (wanted[place],)]
    for term, wanted in TERMS.items():
        said = [one for one in translated(language) if re.search(term, _said(one), re.IGNORECASE)]
        assert said, f"no text speaks of {term} any more"
        wrong += [one for one in said if not all(re.search(wanted[place], form.lower()) for form in one.forms)]
    assert not lines(wrong)


def _said(one: Translated) -> str:
    return PLACEHOLDER.sub("", one.text.says)


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_are_set_as_the_language_sets_them(language: str) -> None:
    rules = [(re.compile(pattern), complaint) for pattern, complaint in NEVER[language].items()]
    found = [
        f"{complaint}: {one}"
        for one in translated(language)
        for form in map(_without_values, one.forms)
        for pattern, complaint in rules
        if pattern.search(form)
    ]
    assert not found, "\n".join(found)


def _without_values(form: str) -> str:
    """Return a form with a digit for each value, and without codes and addresses, which are set as they are."""
    return re.sub(r"\S+@\S+|\S*\d\d:\d\d\S*|--\S+|HW-\S*|\(EU\)|\d+/EU", "0", PLACEHOLDER.sub("0", form))


@pytest.fixture
def fresh_words(tmp_path: Path, settings: Settings) -> None:
    """Speak from the catalogs as they stand in the source, compiled or not."""
    for language in LANGUAGES:
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        shutil.copy(LOCALE / language / "LC_MESSAGES" / "django.po", folder)
    assert len(list(words.compile_all(tmp_path))) == len(LANGUAGES)
    settings.LOCALE_PATHS = [tmp_path]


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_words")
@pytest.mark.parametrize("page", ["", "withdraw/", "link/"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_shoppers_speak_the_language_alone(client: Client, cast: Cast, language: str, page: str) -> None:
    asked = language.lower().replace("_", "-")
    answer = client.get(f"/r/lanting/{page}", {"lang": asked})
    shown = answer.content.decode()

    assert answer.status_code == 200
    assert f'lang="{asked}"' in shown
    assert _english_in(shown, language) == []


def _english_in(shown: str, language: str) -> list[str]:
    """Return English texts of the house that stand on a page in another language; single words only of the portal's."""
    own = {form for one in translated(language) for form in one.forms}
    shoppers = {text for file in templates() if "portal" in file.parts for text in texts_in(file.read_text("utf-8"))}
    texts = {text.says for text in texts_of_the_house() if " " in text.says} | {text.says for text in shoppers}
    said = re.sub(r"<[^>]+>", "\n", shown)
    return sorted(text for text in texts - own if re.search(rf"\b{re.escape(text)}\b", said))
