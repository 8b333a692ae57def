"""A visitor of the pages without a browser: reads forms, fills them in, posts them, follows."""

from __future__ import annotations

from html.parser import HTMLParser
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import httpx


class Form:
    """One form of a page: where it goes, and what its fields hold."""

    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.fields: dict[str, str] = {}


class _Forms(HTMLParser):
    """Collects the forms of a page; fields outside of a form that name it by `form` are not needed here."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.words: list[str] = []
        self._open: Form | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._open = Form(told.get("action", ""), told.get("method", "get").lower())
            self.found.append(self._open)
        elif tag in {"script", "style"}:
            self._silent += 1
        elif self._open is not None and tag == "input" and told.get("name"):
            kind = told.get("type", "text")
            is_picked = kind not in {"radio", "checkbox"} or any(key == "checked" for key, _ in attrs)
            if is_picked and kind not in {"submit", "file", "button"}:
                self._open.fields[told["name"]] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag in {"script", "style"}:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(" ".join(data.split()))


class LostWay(Exception):
    """A page was not what the visitor expected."""


class Visitor:
    """Somebody who goes from page to page, with cookies, in one language."""

    def __init__(self, address: str, *, language: str = "en") -> None:
        self.http = httpx.Client(
            base_url=address, follow_redirects=True, timeout=60, headers={"Accept-Language": language}
        )
        self.page: httpx.Response | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()

    def go(self, path: str) -> str:
        """Open a page and return its words.

        :raises LostWay: if it is not there.
        """
        return self._arrive(self.http.get(path))

    def fill(self, action: str = "", **answers: Any) -> str:
        """Fill in the form whose address ends with `action` (the first one that posts if not given) and send it.

        Lists fill a field several times. Returns the words of the page that follows.

        :raises LostWay: if there is no such form, or the page that follows says no.
        """
        if self.page is None:
            raise LostWay("open a page first")
        forms = [form for form in self._read().found if form.method == "post"]
        fits = [form for form in forms if form.action.endswith(action)] if action else forms
        if not fits:
            raise LostWay(f"no form {action!r} at {self.page.url}")
        data: dict[str, Any] = {**fits[0].fields, **answers}
        return self._arrive(self.http.post(urljoin(str(self.page.url), fits[0].action), data=data))

    @property
    def path(self) -> str:
        """The path of the page that is open."""
        if self.page is None:
            raise LostWay("no page is open")
        return self.page.url.path

    def values(self, name: str) -> list[str]:
        """Return the values of all checkboxes and radio buttons of this name on the page, picked or not."""
        found: list[str] = []

        class Values(HTMLParser):
            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                told = dict(attrs)
                if tag == "input" and told.get("name") == name and told.get("value"):
                    found.append(told["value"] or "")

        Values().feed(self.page.text if self.page else "")
        return found

    def _arrive(self, page: httpx.Response) -> str:
        self.page = page
        if page.status_code >= 400:
            raise LostWay(f"{page.request.method} {page.url}: {page.status_code} {' '.join(self._read().words)[:300]}")
        return " ".join(self._read().words)

    def _read(self) -> _Forms:
        forms = _Forms()
        forms.feed(self.page.text if self.page else "")
        return forms
