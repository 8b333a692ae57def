"""The library of law: every place in a line, found by words and narrowed, and the world at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from homeward.kernel import formats
from homeward.policies import actions, packs, queries
from homeward.policies.packs import Pack
from homeward.policies.queries import Law
from homeward.web import doors
from homeward.web.office import law_words

PAGE = 40
_HITS = 3  # lines shown of a law in which the words were found
_NO_RIGHT, _UNCLEAR = "none", "unclear"
_FAR = 10_000  # sorts what has no figure to the end


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the list: its line, its law, its name, and where the words that were looked for stand in it."""

    line: Law
    pack: Pack
    name: str
    fields: Any
    hits: tuple[str, ...]

    @property
    def days(self) -> int | None:
        """In how many days one may change one's mind."""
        return law_words.figure(self.fields["withdrawal_days"])

    @property
    def bucket(self) -> str:
        """Where the place stands in the picture of the world: so many days, no right, or no number of days."""
        if self.days is not None:
            return f"{self.days}{'b' if self.fields['day_type'].value == 'business' else ''}"
        return _NO_RIGHT if self.pack.law.withdrawal.kind == "none" else _UNCLEAR

    @property
    def facts(self) -> int:
        """How many facts have a mark."""
        return self.line.verified + self.line.by_memory

    @property
    def tone(self) -> str:
        """The tone of its trust."""
        return law_words.LEVEL_TONES[self.line.level]

    @property
    def level(self) -> Any:
        """Its trust in words."""
        return law_words.LEVELS[self.line.level]


def _by_figure(word: str) -> Callable[[Entry], Any]:
    def key(entry: Entry) -> Any:
        figure = law_words.figure(entry.fields[word])
        return (_FAR if figure is None else figure, entry.name.casefold())

    return key


_SORTS: dict[str, Callable[[Entry], Any]] = {
    "name": lambda entry: entry.name.casefold(),
    "trust": lambda entry: (entry.line.verified / max(1, entry.facts), entry.name.casefold()),
    "days": _by_figure("withdrawal_days"),
    "refund": _by_figure("refund_deadline_days"),
    "guarantee": _by_figure("guarantee_months"),
    "payer": lambda entry: (entry.fields["buyer_pays_return"].says, entry.name.casefold()),
    "as_of": lambda entry: (entry.line.as_of, entry.line.version, entry.name.casefold()),
}


@doors.door(doors.LAW)
def laws(request: HttpRequest) -> HttpResponse:
    """List every place whose law we hold, with what can be looked for, narrowed and sorted by."""
    asked, language = request.GET, get_language() or "en"
    search = asked.get("q", "").strip()[:100]
    every = [_entry(line, hits, language) for line, hits in queries.search(request.actor, search, language=language)]
    found = _narrowed(every, asked)
    sort = asked.get("sort", "") if asked.get("sort", "").removeprefix("-") in _SORTS else "name"
    found.sort(key=_SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    context = {
        "page": Paginator(found, PAGE).get_page(asked.get("page")), "search": search, "sort": sort,
        "heads": _heads(asked, sort), "regions": law_words.REGIONS, "region": asked.get("region", ""),
        "trusts": _trusts(), "trust": asked.get("trust", ""), "bucket": asked.get("days", ""),
        "bucket_words": _bucket_words(asked.get("days", ""), language), "without_bucket": _with(asked, days=None),
        "troubles": queries.law_troubles(request.actor), "world": _world(every, asked, language),
        "sums": _sums(every), "may_mark": actions.may_mark(request.actor),
    }  # fmt: skip
    return render(request, "office/laws.html", context)


def _entry(line: Law, hits: tuple[str, ...], language: str) -> Entry:
    pack = packs.library().newest(line.code)
    return Entry(line, pack, law_words.place_name(pack, language), law_words.told(pack, language), hits[:_HITS])


def _trusts() -> dict[str, Any]:
    return {**law_words.LEVELS, "checked": _("checked by counsel"), "volatile": _("about to change")}


def _narrowed(every: Iterable[Entry], asked: QueryDict) -> list[Entry]:
    region, trust, bucket = (asked.get(name, "") for name in ("region", "trust", "days"))
    found = [entry for entry in every if region not in law_words.REGIONS or entry.line.region == region]
    if trust in law_words.LEVELS:
        found = [entry for entry in found if entry.line.level == trust]
    elif trust == "checked":
        found = [entry for entry in found if entry.line.checked]
    elif trust == "volatile":
        found = [entry for entry in found if entry.line.volatile]
    return [entry for entry in found if entry.bucket == bucket] if bucket else found


def _heads(asked: QueryDict, sort: str) -> list[dict[str, Any]]:
    """Return the heads of the table, each with the way to sort by it or to turn the order around."""
    heads = {
        "name": _("Place"), "trust": _("Trust"), "days": _("Withdrawal"),
        "refund": _("Refund"), "guarantee": _("Guarantee"), "payer": _("The way back"),
        "as_of": _("As of"),
    }  # fmt: skip
    order = "descending" if sort.startswith("-") else "ascending"
    return [
        {
            "label": words, "href": _with(asked, sort=f"-{key}" if sort == key else key),
            "sort": order if sort.removeprefix("-") == key else "",
        }
        for key, words in heads.items()
    ]  # fmt: skip


def _with(asked: QueryDict, **changed: str | None) -> str:
    """Return the query of this page with something else in it, from its first leaf on."""
    query = asked.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def _bucket_words(bucket: str, language: str) -> str:
    """Return a bar of the picture in words."""
    number = bucket.removesuffix("b")
    if number.isdecimal():
        days = int(number)
        figures = {"days": formats.number_in(days, language)}
        if bucket.endswith("b"):
            return ngettext("%(days)s working day", "%(days)s working days", days) % figures
        return ngettext("%(days)s day", "%(days)s days", days) % figures
    return {_NO_RIGHT: _("No right by law"), _UNCLEAR: _("No number of days")}.get(bucket, "")


def _world(every: Iterable[Entry], asked: QueryDict, language: str) -> list[dict[str, Any]]:
    """Return how many places give how many days, the longest first; each bar leads to its places."""
    counted = Counter(entry.bucket for entry in every)
    order = sorted(counted, key=lambda one: -int(one.removesuffix("b")) if one[0].isdecimal() else _FAR)
    return [
        {
            "label": _bucket_words(bucket, language), "href": f"{_with(asked, days=bucket)}#places",
            "value": counted[bucket], "words": formats.number_in(counted[bucket], language),
        }
        for bucket in order
    ]  # fmt: skip


def _sums(every: list[Entry]) -> dict[str, int]:
    return {
        "places": len(every),
        "verified": sum(entry.line.verified for entry in every),
        "facts": sum(entry.facts for entry in every),
        "most": sum(entry.facts for entry in every) or 1,  # the end of the bar, which may not be nothing
        "checked": sum(entry.line.checked for entry in every),
        "high": sum(entry.line.level == "high" for entry in every),
    }
