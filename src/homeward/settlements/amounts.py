"""What a settlement comes to, item by item: pure sums, the same for the preview as for the money that is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from homeward.kernel import Money
from homeward.orders import portions

WHOLE = 10_000  # hundredths of a percent
LAST = ("gift_card", "store_credit")  # tenders that are given back last; what they paid never comes back as cash


class TooMuch(ValueError):
    """More was to be granted than may still go back; `most` says how much that is."""

    def __init__(self, asked: Money, most: Money) -> None:
        self.asked, self.most = asked, most
        super().__init__(f"{asked} asked where at most {most} may go back")


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of the price of units that is taken off, in hundredths of a percent.

    `kind` is "deduction" for value lost, "fee" for the handling of a return that only goodwill allows; `ground` is the
    clause that allows it and `because` what was found.
    """

    kind: str
    ground: str
    hundredths: int
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What law, rulebook and agreement say about the money of one settlement.

    `part` is an agreed part of the price in hundredths of a percent, `agreed_minor` an agreed sum in place of all
    others. With `is_in_kind` goods are given for goods, and no money. A bonus is a gift on top.
    """

    part: int = WHOLE
    agreed_minor: int | None = None
    is_in_kind: bool = False
    bonus_minor: int = 0
    last: tuple[str, ...] = LAST

    @property
    def is_discretionary(self) -> bool:
        """Whether somebody granted more or other than the rules give by themselves."""
        return self.agreed_minor is not None or self.part != WHOLE or self.bonus_minor > 0

    @property
    def is_by_price(self) -> bool:
        """Whether the sum follows from the prices paid."""
        return self.agreed_minor is None and not self.is_in_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Units of one order line that were found alike, and what is left of that line before they are settled.

    The line holds `ordered` units for `price_minor`. `left` of them have not been settled, and to those belong
    `left_minor` (tax inside), `left_tax_minor` and `left_shipping_minor`. Whoever takes parts of what is left ends up
    with the whole, in any order and after any cancellation.

    With `brings_shipping` these units' share of the standard delivery is due once nothing of the order is out any more
    (Directive 2011/83/EU art. 13); a surcharge for a faster delivery never is.
    """

    line: int
    title: str
    count: int
    ordered: int
    price_minor: int
    left: int
    left_minor: int
    left_tax_minor: int = 0
    left_shipping_minor: int = 0
    brings_shipping: bool = False
    cuts: tuple[Cut, ...] = ()
    is_doubtful: bool = False  # whether a person should say what they are worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """A payment of the order and what may still go back along it."""

    id: int
    provider: str
    left_minor: int
    method: str = ""


@dataclass(frozen=True, slots=True)
class Freight:
    """A return label that we bought and the shopper pays."""

    parcel: str
    minor: int


@dataclass(frozen=True, slots=True)
class Fee:
    """A fixed sum for the handling of a return that only goodwill allows, and the clause that sets it."""

    ground: str
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """All that a settlement is computed from, in one currency.

    `is_last` says that nothing of the order is out any more after these units; then `waiting_shipping_minor` is what
    units settled before would have brought back of the delivery. `shipping_tax` is (tax, price) of the order's
    delivery, `order_tax` is (tax, price) of the whole order.
    """

    currency: str
    units: tuple[Units, ...]
    tenders: tuple[Tender, ...]
    terms: Terms = field(default_factory=Terms)
    freight: tuple[Freight, ...] = ()
    fees: tuple[Fee, ...] = ()
    is_last: bool = False
    waiting_shipping_minor: int = 0
    shipping_tax: tuple[int, int] = (0, 0)
    order_tax: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the receipt: what for, how much (what is deducted stands below zero), and on what ground."""

    kind: str
    minor: int
    ground: str = ""
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """What one order line contributes: units, goods and tax as they were paid, and their share of the delivery."""

    line: int
    count: int
    goods_minor: int
    tax_minor: int
    shipping_minor: int
    brings_shipping: bool


@dataclass(frozen=True, slots=True)
class Share:
    """What goes back along one payment."""

    tender: Tender
    minor: int


@dataclass(frozen=True, slots=True)
class Amount:
    """An itemized sum: the items add up to the total, the shares too; the tax lies inside the total."""

    currency: str
    items: tuple[Item, ...]
    total_minor: int
    tax_minor: int
    parts: tuple[Part, ...]
    shares: tuple[Share, ...]

    @property
    def total(self) -> Money:
        """What the shopper gets back."""
        return Money(self.total_minor, self.currency)

    def sum_of(self, *kinds: str) -> int:
        """Return what the items of these kinds add up to, in minor units."""
        return sum(item.minor for item in self.items if item.kind in kinds)


def amount_for(basis: Basis) -> Amount:
    """Return what goes back for `basis`: prices paid and delivery, less freight and deductions, within what is left.

    It is never below zero, since nobody charges a shopper without a decision, and never above what the payments have
    left; both adjustments are items of their own.

    :raises TooMuch: if an agreed sum is more than the payments have left.
    """
    left = sum(tender.left_minor for tender in basis.tenders)
    agreed = basis.terms.agreed_minor
    if agreed is not None and agreed > left:
        raise TooMuch(Money(agreed, basis.currency), Money(left, basis.currency))
    worths = list(_worths(basis.units))
    items = list(_items(basis, worths))
    raw = sum(item.minor for item in items)
    total = min(max(raw, 0), left)
    tax = min(_tax(basis, worths, items), max(raw, 0))
    if raw < 0:
        items.append(Item("waived", -raw))
    elif raw > left:
        items.append(Item("beyond_payments", left - raw))
        tax = tax * left // raw
    return Amount(
        currency=basis.currency,
        items=tuple(items),
        total_minor=total,
        tax_minor=tax,
        parts=tuple(_parts(basis, worths)),
        shares=tuple(allocate(total, basis.tenders, last=basis.terms.last)),
    )


def allocate(minor: int, tenders: Iterable[Tender], *, last: Sequence[str] = LAST) -> list[Share]:
    """Return how `minor` goes back over payments: in their order, but those whose provider is in `last` at the end.

    Each payment takes at most what it has left.
    """
    shares = []
    for tender in sorted(tenders, key=lambda tender: last.index(tender.provider) + 1 if tender.provider in last else 0):
        taken = min(minor, tender.left_minor)
        if taken > 0:
            shares.append(Share(tender, taken))
            minor -= taken
    return shares


@dataclass(frozen=True, slots=True)
class _Worth:
    """What units are worth: goods as paid, tax inside, share of the delivery."""

    goods: int
    tax: int
    shipping: int


def _worths(groups: Iterable[Units]) -> Iterable[_Worth]:
    """Yield the worth of each group; groups of one line take from what those before them left."""
    taken: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for units in groups:
        gone = taken[units.line]
        lefts = (units.left_minor - gone[1], units.left_tax_minor - gone[2], units.left_shipping_minor - gone[3])
        goods, tax, shipping = (portions.portion(max(left, 0), units.left - gone[0], 0, units.count) for left in lefts)
        for index, step in enumerate((units.count, goods, tax, shipping)):
            gone[index] += step
        yield _Worth(goods, tax, shipping)


def _items(basis: Basis, worths: Sequence[_Worth]) -> Iterable[Item]:
    terms = basis.terms
    if terms.is_in_kind:
        yield from (Item("in_kind", 0, facts=_about(units)) for units in basis.units)
        return
    if terms.agreed_minor is not None:
        yield Item("agreed", terms.agreed_minor)
        return
    for units, worth in zip(basis.units, worths, strict=True):
        yield from _goods(units, worth, terms)
    if shipping := _shipping(basis, worths):
        yield Item("shipping", shipping)
    if terms.bonus_minor:
        yield Item("bonus", terms.bonus_minor)
    yield from (Item("freight", -label.minor, facts={"parcel": label.parcel}) for label in basis.freight if label.minor)
    yield from (Item("fixed_fee", -fee.minor, fee.ground) for fee in basis.fees if fee.minor)


def _about(units: Units) -> dict[str, str | int]:
    return {"title": units.title, "count": units.count}


def _goods(units: Units, worth: _Worth, terms: Terms) -> Iterable[Item]:
    """Yield the price of units and what is taken off it, never more than the price."""
    yield Item("goods", worth.goods, facts=_about(units))
    rest = worth.goods
    if terms.part < WHOLE:
        kept = min(_fraction(units, WHOLE - terms.part), rest)
        rest -= kept
        yield Item("kept", -kept, facts=_about(units) | {"hundredths": WHOLE - terms.part})
    for cut in units.cuts:
        loss = min(_fraction(units, cut.hundredths), rest)
        rest -= loss
        if loss:
            facts = _about(units) | {"hundredths": cut.hundredths, "because": cut.because}
            yield Item(cut.kind, -loss, cut.ground, facts)


def _fraction(units: Units, hundredths: int) -> int:
    """Return a fraction of the line's price for these units, rounded down, whichever units were settled before."""
    return units.price_minor * units.count * hundredths // (units.ordered * WHOLE)


def _shipping(basis: Basis, worths: Sequence[_Worth]) -> int:
    """Return the delivery that is due now: nothing before the last unit, then the shares of all that bring theirs."""
    if not basis.is_last:
        return 0
    pairs = zip(basis.units, worths, strict=True)
    return basis.waiting_shipping_minor + sum(worth.shipping for units, worth in pairs if units.brings_shipping)


def _tax(basis: Basis, worths: Sequence[_Worth], items: Sequence[Item]) -> int:
    """Return the tax inside the items: that of the prices paid, less that on what the merchant keeps of them."""
    goods, tax = sum(worth.goods for worth in worths), sum(worth.tax for worth in worths)
    if basis.terms.is_in_kind:
        return 0
    if (agreed := basis.terms.agreed_minor) is not None:
        return _in_ratio(agreed, (tax, goods) if goods else basis.order_tax)
    kept = -sum(item.minor for item in items if item.kind in {"kept", "deduction"})
    shipping = sum(item.minor for item in items if item.kind == "shipping")
    return tax - _in_ratio(kept, (tax, goods)) + _in_ratio(shipping, basis.shipping_tax)


def _in_ratio(minor: int, ratio: tuple[int, int]) -> int:
    tax, price = ratio
    return minor * tax // price if price else 0


def _parts(basis: Basis, worths: Iterable[_Worth]) -> Iterable[Part]:
    """Yield one part per order line, its groups added up."""
    sums: dict[int, list[int]] = {}
    brings: dict[int, bool] = {}
    for units, worth in zip(basis.units, worths, strict=True):
        brings[units.line] = units.brings_shipping and basis.terms.is_by_price
        row = sums.setdefault(units.line, [0, 0, 0, 0])
        for index, step in enumerate((units.count, worth.goods, worth.tax, worth.shipping)):
            row[index] += step
    for line, (count, goods, tax, shipping) in sums.items():
        yield Part(line, count, goods, tax, shipping, brings[line])
