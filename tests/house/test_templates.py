"""House rules on pages: nothing inline that the content security policy blocks, and texts that can be translated."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.house.reading import PACKAGE, PROJECT, Source, house, snippet

DATA = {"application/json", "application/ld+json"}  # no browser runs these
MAIL_FOLDERS = {"mail", "mails", "notices"}  # mail programs know no style sheets: there, and only there, style inside
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
COMMENTS = re.compile(r"\{% comment .*?endcomment %\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
TRANSLATED = re.compile(r"\{%-?\s*(?:trans|translate)\s+(?!['\"])([^\s%]+)")
WRITTEN_INLINE = re.compile(
    r"<(?:style|script)\b(?![^>]*\bsrc=)|\s(?:style|on[a-z]+)=['\"{]|javascript:", re.IGNORECASE
)


class _Page(HTMLParser):
    """Collects what a strict content security policy would block."""

    def __init__(self, *, mail: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.mail, self.found = mail, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.lower(): value or "" for name, value in attrs}
        line = self.getpos()[0]
        if tag == "style" and not self.mail:
            self.found.append((line, "inline style element"))
        if tag == "script" and "src" not in given and given.get("type") not in DATA:
            self.found.append((line, "inline script"))
        for name, value in given.items():
            if name == "style" and not self.mail:
                self.found.append((line, f"style attribute of <{tag}>"))
            if re.match(r"(hx-|data-hx-)?on[:a-z-]", name) and name not in {"once", "only"}:
                self.found.append((line, f"{name} attribute of <{tag}>"))
            if value.strip().lower().startswith("javascript:"):
                self.found.append((line, f"javascript: in {name} of <{tag}>"))


def offences(path: Path, text: str) -> list[str]:
    """Return what is wrong with a template: inline style or script, or a variable handed to `translate`."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group())  # noqa: E731 - keeps the line numbers
    page = _Page(mail=bool(MAIL_FOLDERS & set(path.parts)))
    page.feed(TAGS.sub(blank, COMMENTS.sub(blank, text)))
    page.close()
    found = list(page.found)
    for match in TRANSLATED.finditer(text):
        found.append((text[: match.start()].count("\n") + 1, f"translate takes a literal, not {match.group(1)}"))
    return [f"{path}:{line}: {complaint}" for line, complaint in sorted(found)]


def inline_in_python(source: Source) -> list[str]:
    """Return where Python writes markup that the policy would block."""
    if MAIL_FOLDERS & set(source.path.parts):
        return []
    return [
        source.at(line, f"inline style or script: {match.group().strip()}")
        for line, text in source.strings()
        if "<" in text and (match := WRITTEN_INLINE.search(text))
    ]


def test_no_page_carries_style_or_script_inside() -> None:
    found = []
    for file in sorted((PROJECT / PACKAGE).rglob("templates/**/*.html")):
        found += offences(file.relative_to(PROJECT), file.read_text(encoding="utf-8"))
    assert not found, "\n".join(found)


def test_no_python_writes_style_or_script_into_pages() -> None:
    found = [offence for source in house() for offence in inline_in_python(source)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "<style>p { color: red }</style>",
        "<p style='color: red'>",
        "{% if a %}<p class='x' style=\"width: {{ width }}%\">{% endif %}",
        "<script>go()</script>",
        "<script type=module>go()</script>",
        "<button onclick='go()'>",
        "<body ONLOAD=go()>",
        "<a href='javascript:go()'>",
        "<button hx-on:click='go()'>",
        "<button hx-on--after-request='go()'>",
        "{% translate label %}",
        "{% trans heading|title %}",
    ],
)
def test_what_the_policy_blocks_is_noticed(text: str) -> None:
    assert len(offences(Path("portal.html"), "\n\n" + text)) == 1
    assert ":3:" in offences(Path("portal.html"), "\n\n" + text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "<script src='{% static \"portal.js\" %}' type=module></script>",
        "<script type='application/json' id=facts>{}</script>",
        "<script type='application/ld+json'>{}</script>",
        "<p class=style>on{# style='' #}</p>{% comment %}<style></style>{% endcomment %}",
        "{% translate 'Your return' %} {% blocktranslate %}Return {{ ref }}{% endblocktranslate %}",
        "<c-button once only tone='primary'>Go</c-button>",
    ],
)
def test_what_the_policy_allows_is_fine(text: str) -> None:
    assert not offences(Path("portal.html"), text)


def test_letters_may_carry_style_but_no_script() -> None:
    path = Path("conversations/templates/notices/letter.html")
    assert not offences(path, "<style>p { color: red }</style><p style='color: red'>")
    assert offences(path, "<script>go()</script>")


def test_markup_written_in_python_is_watched_too() -> None:
    assert inline_in_python(snippet("svg = f'<rect style=\"fill: {color}\" />'", "web/design/charts.py"))
    assert inline_in_python(snippet("page = '<script>go()</script>'", "web/design/charts.py"))
    assert not inline_in_python(snippet('svg = \'<rect class="bar" x="1" />\'', "web/design/charts.py"))
