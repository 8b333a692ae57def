"""Reading pages as a strict reader: what breaks our policy, what nobody can name, what leads nowhere.

assert faults(response.content.decode()) == []
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = set("area base br col embed hr img input link meta source track wbr".split())
SVG_LEAVES = {"path", "rect", "circle", "stop", "ellipse", "line", "use"}
UNNAMED_INPUTS = {"hidden", "submit", "button", "image", "reset"}
REFERENCES = (
    "for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "commandfor", "form", "list",
)  # fmt: skip
NEVER_NESTED = ("form", "label", "a", "button")


@dataclass
class Element:
    """One element of a page with what stands in it."""

    tag: str
    attrs: dict[str, str]
    parent: Element | None
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def above(self, tag: str) -> Element | None:
        """Return the nearest element above of this tag."""
        found = self.parent
        while found and found.tag != tag:
            found = found.parent
        return found

    def words(self) -> str:
        """Return all words in it, and the names of its pictures."""
        own = self.attrs.get("alt", "") + self.attrs.get("aria-label", "")
        return " ".join(filter(None, (own.strip(), self.text.strip(), *(child.words() for child in self.children))))


class Reader(HTMLParser):
    """Builds the elements of a page and notes tags that do not close as they should."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {}, None)
        self.here, self.all, self.faults = self.root, list[Element](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _value in attrs)
        self.faults += [f"<{tag}> has {name} twice" for name, count in names.items() if count > 1]
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        self.all.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.here.tag != tag:
            self.faults.append(f"</{tag}> closes <{self.here.tag} {self.here.attrs}> at line {self.getpos()[0]}")
            return
        self.here = self.here.parent or self.root

    def handle_data(self, data: str) -> None:
        self.here.text += data


def read(html: str) -> Reader:
    """Return the elements of a page."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def faults(html: str, *, is_whole: bool = True) -> list[str]:
    """Return everything that is wrong with a page, or with a part of one (`is_whole=False`)."""
    reader = read(html)
    found = list(reader.faults)
    for element in reader.all:
        found += _against_the_policy(element) + _nested(element)
    found += _unnamed(reader.all) + _nowhere(reader.all)
    return found + (_outline(reader.all) if is_whole else [])


def _against_the_policy(element: Element) -> list[str]:
    attrs, found = element.attrs, []
    if "style" in attrs or element.tag == "style":
        found.append(f"style in <{element.tag}>")
    is_data = attrs.get("type") in {"application/json", "application/ld+json"}
    if element.tag == "script" and "src" not in attrs and not is_data:
        found.append("script in the page")
    found += [f"{name} on <{element.tag}>" for name in attrs if name.startswith("on")]
    if attrs.get("href", "").strip().lower().startswith("javascript:"):
        found.append("a script as address")
    return found


def _nested(element: Element) -> list[str]:
    if element.tag in NEVER_NESTED and element.above(element.tag):
        return [f"<{element.tag}> within <{element.tag}>: {element.words()[:60]}"]
    if element.tag in {"a", "button", "input", "select", "textarea"} and (
        element.above("a") or element.above("button")
    ):
        return [f"<{element.tag}> within something that is pressed: {element.attrs}"]
    if element.tag in {"div", "p", "ul", "dl", "section"} and element.above("p"):
        return [f"<{element.tag}> within <p>"]
    return []


def _unnamed(elements: list[Element]) -> list[str]:
    labelled = {e.attrs["for"] for e in elements if e.tag == "label" and "for" in e.attrs and e.words()}
    found = []
    for element in elements:
        attrs = element.attrs
        has_name = attrs.get("aria-label") or attrs.get("aria-labelledby") or attrs.get("title")
        if element.tag in {"input", "select", "textarea"} and attrs.get("type") not in UNNAMED_INPUTS:
            around = element.above("label")
            if not (has_name or attrs.get("id") in labelled or (around and around.words())):
                found.append(f"<{element.tag}> without a label: {attrs}")
        if element.tag in {"a", "button", "summary"} and not (has_name or element.words()):
            found.append(f"<{element.tag}> without a name: {attrs}")
        if element.tag == "img" and "alt" not in attrs:
            found.append(f"<img> without alt: {attrs}")
        if attrs.get("role") == "img" and not has_name:
            found.append(f"a picture without a name: {attrs}")
    return found


def _nowhere(elements: list[Element]) -> list[str]:
    ids = Counter(e.attrs["id"] for e in elements if "id" in e.attrs)
    found = [f"id {name!r} {count} times" for name, count in ids.items() if count > 1 or not name]
    for element in elements:
        for name in REFERENCES:
            if name == "form" and element.tag == "form":
                continue
            found += [f"{name}={t!r} leads nowhere" for t in element.attrs.get(name, "").split() if t not in ids]
        href = element.attrs.get("href", "")
        if len(href) > 1 and href.startswith("#") and href[1:] not in ids:
            found.append(f"the link {href} leads nowhere")
    return found


def _outline(elements: list[Element]) -> list[str]:
    found, level = [], 0
    headings = [
        int(e.tag[1]) for e in elements if e.tag in {"h1", "h2", "h3", "h4", "h5", "h6"} and not e.above("dialog")
    ]
    if headings.count(1) != 1:
        found.append(f"{headings.count(1)} h1")
    for heading in headings:
        if heading > level + 1:
            found.append(f"h{heading} after h{level}")
        level = heading
    html = next((e for e in elements if e.tag == "html"), None)
    if html is None or not html.attrs.get("lang"):
        found.append("no language")
    if not any(e.tag == "main" for e in elements):
        found.append("no main")
    title = next((e for e in elements if e.tag == "title" and e.above("head")), None)
    if title is None or not title.text.strip():
        found.append("no title")
    return found
