"""Reading rate cards from CSV: every row is checked, the reading goes on, and half a card is never taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from homeward.kernel import Money
from homeward.logistics.addresses import country_name
from homeward.logistics.rates import ANYWHERE, Card, Surcharge, Zone
from homeward.logistics.tables import Problem, rows_of

_COLUMNS = (
    "carrier", "service", "currency", "valid_from", "valid_to", "volume_divisor", "row", "name", "from", "to",
    "up_to_g", "price", "percent", "trait", "sample",
)  # fmt: skip
_REQUIRED = frozenset(_COLUMNS) - {"valid_to", "volume_divisor", "percent", "trait", "sample"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: cards of which every row is sound, and what is wrong with the others."""

    cards: tuple[Card, ...]
    problems: tuple[Problem, ...]


class _Bad(ValueError):
    def __init__(self, code: str, column: str) -> None:
        super().__init__(code)
        self.code, self.column = code, column


@dataclass(slots=True)
class _Draft:
    """A card while its rows are still coming."""

    head: dict[str, str]
    first_line: int
    zones: dict[str, dict[str, Any]] = field(default_factory=dict)
    surcharges: list[Surcharge] = field(default_factory=list)
    is_sound: bool = True


def read_cards(lines: Iterable[str]) -> Reading:
    """Return the cards in a CSV; a wrong row is reported, the reading goes on, and its card is left out as a whole.

    A card that lacks one of its rows would price wrongly without anyone noticing, hence all or nothing per card.
    """
    drafts: dict[tuple[str, str, str, str], _Draft] = {}
    problems: list[Problem] = []
    for line, row in rows_of(lines, columns=_COLUMNS, required=_REQUIRED, problems=problems):
        key = (row["carrier"], row["service"], row["currency"], row["valid_from"])
        draft = drafts.setdefault(key, _Draft(row, line))
        try:
            _take(draft, row)
        except _Bad as bad:
            draft.is_sound = False
            problems.append(Problem(line, bad.code, bad.column, row.get(bad.column, "")))
    cards = []
    for draft in drafts.values():
        found = list(_whole(draft))
        problems += found
        if draft.is_sound and not found:
            cards.append(_card(draft))
    return Reading(tuple(cards), tuple(sorted(problems, key=lambda problem: problem.line)))


def _take(draft: _Draft, row: dict[str, str]) -> None:
    for column in ("carrier", "service", "name"):
        if not row[column]:
            raise _Bad("empty", column)
    _currency(row)
    _validity(row)
    _whole_number(row, "volume_divisor", optional=True)
    for column in ("valid_to", "volume_divisor", "sample"):
        if row[column] != draft.head[column]:
            raise _Bad("differs_from_first_row", column)
    match row["row"]:
        case "rate" | "per_kg":
            _take_price(draft, row)
        case "surcharge":
            draft.surcharges.append(_surcharge(row))
        case _:
            raise _Bad("unknown_row", "row")


def _take_price(draft: _Draft, row: dict[str, str]) -> None:
    zone = draft.zones.setdefault(row["name"], {"breaks": {}, "per_kg": 0, "most_g": 0, "line": draft.first_line})
    for column in ("from", "to"):
        if row[column]:
            countries = _countries(row, column)
            if zone.setdefault(column, countries) != countries:
                raise _Bad("differs_from_first_row", column)
        elif column not in zone:
            raise _Bad("empty", column)
    grams, minor = _whole_number(row, "up_to_g"), _amount(row, "price")
    if row["row"] == "per_kg":
        zone |= {"per_kg": minor, "most_g": grams}
    elif grams in zone["breaks"]:
        raise _Bad("weight_twice", "up_to_g")
    else:
        heavier = [price for limit, price in zone["breaks"].items() if limit > grams]
        lighter = [price for limit, price in zone["breaks"].items() if limit < grams]
        if any(minor > price for price in heavier) or any(minor < price for price in lighter):
            raise _Bad("price_falls_with_weight", "price")
        zone["breaks"][grams] = minor


def _whole(draft: _Draft) -> Iterator[Problem]:
    """Yield what is wrong with a card as a whole, once all its rows are known."""
    zones = list(draft.zones.items())
    if not zones:
        yield Problem(draft.first_line, "card_without_rates", "service", draft.head["service"])
    for name, zone in zones:
        if not zone["breaks"]:
            yield Problem(draft.first_line, "zone_without_rates", "name", name)
        elif zone["per_kg"] and zone["most_g"] <= max(zone["breaks"]):
            yield Problem(draft.first_line, "per_kg_below_last_rate", "name", name)
    for index, (name, zone) in enumerate(zones):
        for other, rival in zones[:index]:
            shared = (
                zone.get("from", set()) & rival.get("from", set()),
                zone.get("to", set()) & rival.get("to", set()),
            )
            if all(shared):
                yield Problem(draft.first_line, "zones_overlap", "name", f"{other}, {name}")


def _card(draft: _Draft) -> Card:
    head = draft.head
    return Card(
        carrier=head["carrier"], service=head["service"], currency=head["currency"],
        valid_from=date.fromisoformat(head["valid_from"]),
        valid_to=date.fromisoformat(head["valid_to"]) if head["valid_to"] else None,
        volume_divisor=int(head["volume_divisor"] or 0),
        zones=tuple(
            Zone(name, zone["from"], zone["to"], tuple(sorted(zone["breaks"].items())), zone["per_kg"], zone["most_g"])
            for name, zone in draft.zones.items()
        ),
        surcharges=tuple(draft.surcharges),
        is_sample=head["sample"].lower() in {"yes", "true", "1"},
    )  # fmt: skip


def _surcharge(row: dict[str, str]) -> Surcharge:
    if bool(row["percent"]) == bool(row["price"]):
        raise _Bad("either_price_or_percent", "percent")
    if row["price"]:
        return Surcharge(row["name"], fixed_minor=_amount(row, "price"), trait=row["trait"])
    try:
        percent = Money.of(row["percent"], "EUR").minor
    except ValueError:
        raise _Bad("not_a_percentage", "percent") from None
    if not 0 < percent <= 10_000:
        raise _Bad("not_a_percentage", "percent")
    return Surcharge(row["name"], percent=percent, trait=row["trait"])


def _currency(row: dict[str, str]) -> None:
    try:
        Money(0, row["currency"])
    except ValueError:
        raise _Bad("not_a_currency", "currency") from None


def _validity(row: dict[str, str]) -> None:
    days = {}
    for column in ("valid_from", "valid_to"):
        if row[column] or column == "valid_from":
            try:
                days[column] = date.fromisoformat(row[column])
            except ValueError:
                raise _Bad("not_a_date", column) from None
    if "valid_to" in days and days["valid_to"] < days["valid_from"]:
        raise _Bad("ends_before_it_begins", "valid_to")


def _whole_number(row: dict[str, str], column: str, *, optional: bool = False) -> int:
    if optional and not row[column]:
        return 0
    if not (row[column].isascii() and row[column].isdecimal()) or not 0 < int(row[column]) < 10_000_000:
        raise _Bad("not_a_whole_number", column)
    return int(row[column])


def _amount(row: dict[str, str], column: str) -> int:
    try:
        amount = Money.of(row[column], row["currency"])
    except ValueError:
        raise _Bad("not_an_amount", column) from None
    if not 0 <= amount.minor < 10**9:
        raise _Bad("not_an_amount", column)
    return amount.minor


def _countries(row: dict[str, str], column: str) -> frozenset[str]:
    codes = frozenset(row[column].upper().split())
    if any(code != ANYWHERE and (len(code) != 2 or country_name(code, "en") == code) for code in codes):
        raise _Bad("unknown_country", column)
    return codes
