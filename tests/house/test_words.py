"""House rules on words: texts that translators can find and turn around, docstrings, names that say what is inside."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.reading import EDGE, PACKAGE, PROJECT, Source, calls, house, is_text, snippet, suite

TRANSLATION = "django.utils.translation."
# How many of the first arguments are texts, and which of them is the context for the translator.
TEXTS = {
    "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2,
    "pgettext": 2, "pgettext_lazy": 2, "npgettext": 3, "npgettext_lazy": 3,
}  # fmt: skip
POSITIONAL = re.compile(r"%[-+ #0]*\d*(\.\d+)?[sdifrxc]|\{\d*\}")
BRACES = re.compile(r"\{[a-z_]+[^}]*\}")
NOTHING_SAYING = {
    "services.py",
    "utils.py",
    "helpers.py",
    "managers.py",
    "signals.py",
    "common.py",
    "misc.py",
    "base.py",
}


def untranslatable(source: Source) -> list[str]:
    """Return texts for people that are not whole, literal and turnable in any language."""
    found = []
    for call in calls(source):
        name = source.origin(call.func).removeprefix(TRANSLATION)
        if source.origin(call.func).startswith(TRANSLATION) and name in TEXTS:
            found += [(call.lineno, complaint) for text in call.args[: TEXTS[name]] if (complaint := _flaw(text))]
    return [source.at(line, complaint) for line, complaint in found]


def _flaw(text: ast.expr) -> str:
    """Return what is wrong with a text to be translated, or an empty string."""
    if not is_text(text):
        return "a text to translate must be one literal string"
    words = str(getattr(text, "value", ""))
    if POSITIONAL.search(words.replace("%%", "")):
        return "placeholders have names, %(days)s, so that languages can order them"
    if BRACES.search(words):
        return "placeholders are written %(days)s, not {days}"
    return "" if words.strip() else "an empty text is the header of the catalog"


def without_purpose(source: Source) -> list[str]:
    """Return whether the module does not open with a line that says what it is for."""
    told = ast.get_docstring(source.tree)
    if not source.text.strip() and source.path.name == "__init__.py":
        return []
    if not told:
        return [source.at(1, "the module has no docstring")]
    return [] if told.splitlines()[0].strip() else [source.at(1, "the docstring's first line says nothing")]


def undocumented(source: Source) -> list[str]:
    """Return public functions and classes of actions, queries and pure rules that say nothing about themselves."""
    if source.room in EDGE | {""} or source.plays("apps", "models"):
        return []
    return [
        source.at(node.lineno, f"{node.name} has no docstring")
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]


def unfinished(source: Source) -> list[str]:
    """Return what shows that a file is not done: marks, stubs, too much of it."""
    found = []
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"#.*\b(TODO|FIXME|XXX|HACK)\b", line):
            found.append((number, "unfinished business belongs into an issue"))
        if re.search(r"\braise NotImplementedError\b", line):
            found.append((number, "a stub"))
    length = source.text.count("\n")
    if length > 500:
        found.append((length, f"{length} lines are too many for one file"))
    return [source.at(number, complaint) for number, complaint in found]


@pytest.mark.parametrize("rule", [untranslatable, without_purpose, undocumented, unfinished])
def test_the_house_minds_its_words(rule) -> None:
    found = [offence for source in house() for offence in rule(source)]
    assert not found, "\n".join(found)


def test_tests_say_what_they_are_for() -> None:
    found = [offence for source in suite() for offence in without_purpose(source)]
    assert not found, "\n".join(found)


def test_files_have_names_that_say_what_is_inside() -> None:
    files = [path.relative_to(PROJECT / PACKAGE) for path in (PROJECT / PACKAGE).rglob("*.py")]
    assert not [str(path) for path in files if path.name in NOTHING_SAYING or "common" in path.parts]


@pytest.mark.parametrize(
    "call",
    [
        "_(f'Your return {ref}')",
        "_('Your return ' + ref)",
        "_('Your return %(ref)s' % values)",
        "_(label)",
        "_('Your return %s')",
        "_('%d days left')",
        "_('Your return {ref}')",
        "_('Your return {}')",
        "_('')",
        "ngettext('One day', '%d days', days)",
        "ngettext('One day', other, days)",
        "pgettext('noun', 'Return {ref}')",
    ],
)
def test_a_text_that_translators_cannot_turn_around_is_noticed(call: str) -> None:
    head = "from django.utils.translation import gettext as _, ngettext, pgettext\n"
    assert len(untranslatable(snippet(head + call))) == 1


@pytest.mark.parametrize(
    "call",
    [
        "_('Your return %(ref)s') % {'ref': ref}",
        "_('One sentence '\n  'in two lines.')",
        "ngettext('%(n)s day', '%(n)s days', days)",
        "_('100%% cotton')",
        "_('%(share)s %% of it')",
        "pgettext('money', 'Credit')",
        "gettext_of_ours(label)",
    ],
)
def test_whole_sentences_with_named_placeholders_are_fine(call: str) -> None:
    head = "from django.utils.translation import gettext as _, ngettext, pgettext\n"
    assert not untranslatable(snippet(head + call))


def test_modules_without_a_purpose_are_noticed() -> None:
    assert without_purpose(snippet("import os"))
    assert without_purpose(snippet('"""\nLater."""')) == []
    assert without_purpose(snippet("", "returns/actions.py"))
    assert not without_purpose(snippet("", "returns/__init__.py"))
    assert not without_purpose(snippet('"""What returns do."""'))


def test_functions_that_say_nothing_about_themselves_are_noticed() -> None:
    assert (
        len(undocumented(snippet('def authorize(return_): ...\ndef _step(): ...\ndef refuse():\n    """Say no."""')))
        == 1
    )


def test_unfinished_business_is_noticed() -> None:
    assert unfinished(snippet("x = 1  # TO" + "DO: later"))
    assert unfinished(snippet("raise NotImplemented" + "Error"))
    assert unfinished(snippet("x = 1\n" * 501))
    assert not unfinished(snippet("x = 1\n" * 500))
