"""Fair shares in whole cents: an order's discount, tax and delivery over its lines, a line's money over its units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DoesNotAddUp(ValueError):
    """What an order says of itself contradicts its own sums; `field` names the sum, `told` and `found` the amounts."""

    def __init__(self, field: str, *, told: int, found: int) -> None:
        super().__init__(f"{field} is told as {told} but found to be {found}")
        self.field, self.told, self.found = field, told, found


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Return whole parts of `total` in proportion to `weights`, adding up exactly, by the largest remainder.

    Equal remainders go to the earlier part. Where all weights are zero the parts are as equal as can be.

    :raises ValueError: if there are no weights, or an amount is below zero.
    """
    if not weights or total < 0 or min(weights) < 0:
        raise ValueError("apportion needs weights, and nothing below zero")
    whole = sum(weights)
    if whole == total:
        return list(weights)
    if not whole:
        weights, whole = [1] * len(weights), len(weights)
    if not total:
        return [0] * len(weights)
    parts, rests = zip(*(divmod(total * weight, whole) for weight in weights), strict=True)
    shares = list(parts)
    left = total - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: (-rests[i], i))[:left]:
        shares[index] += 1
    return shares


def portion(total: int, quantity: int, start: int, count: int) -> int:
    """Return what `count` units are worth of a line of `quantity` units worth `total`, the `start` first ones gone.

    Closed form, so that parts add up to the whole however the units are taken: `start` is the number of units that
    have been settled before, whichever they were.

    :raises ValueError: if the units lie outside the line.
    """
    if not 0 <= start <= start + count <= quantity:
        raise ValueError(f"units {start} to {start + count} lie outside a line of {quantity}")
    if not quantity:
        return 0
    return total * (start + count) // quantity - total * start // quantity


@dataclass(frozen=True, slots=True)
class Priced:
    """A line as the shop prices it, before the order's own discount, tax and delivery are shared out."""

    quantity: int
    unit_minor: int
    discount_minor: int = 0  # given on this line alone
    tax_minor: int | None = None  # None: the shop tells only the tax of the order
    is_taxable: bool = True
    is_discountable: bool = True
    is_physical: bool = True


@dataclass(frozen=True, slots=True)
class Sums:
    """What the order says about itself as a whole."""

    discount_minor: int = 0  # beyond the discounts of single lines
    tax_minor: int = 0
    tax_included: bool = True
    shipping_minor: int = 0
    shipping_extra_minor: int = 0
    shipping_tax_minor: int = 0  # the part of `tax_minor` that lies on delivery
    other_minor: int = 0
    total_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What falls on one line, all its units together."""

    paid_minor: int
    tax_minor: int
    discount_minor: int
    shipping_minor: int


def allocate(lines: Sequence[Priced], sums: Sums) -> list[Share]:
    """Return each line's share of the order's discount, tax and delivery, so that all shares add up to what was paid.

    A free line gets no discount and no tax. Cents that a shop loses by rounding its lines one by one go by the largest
    remainder; more than one cent a line is a contradiction.

    :raises DoesNotAddUp: if discount, tax or total contradict the lines.
    """
    lists = [line.unit_minor * line.quantity for line in lines]
    nets, discounts = _discounted(lines, lists, sums.discount_minor)
    taxes = _taxes(lines, nets, sums.tax_minor - sums.shipping_tax_minor)
    paids = nets if sums.tax_included else [net + tax for net, tax in zip(nets, taxes, strict=True)]
    paids = _paid(paids, sums)
    weights = [paid if line.is_physical else 0 for line, paid in zip(lines, paids, strict=True)]
    if not any(weights):
        weights = [line.quantity if line.is_physical else 0 for line in lines]
    shippings = apportion(sums.shipping_minor, weights)
    return [
        Share(paid, min(tax, paid), discount, shipping)
        for paid, tax, discount, shipping in zip(paids, taxes, discounts, shippings, strict=True)
    ]


def _discounted(lines: Sequence[Priced], lists: list[int], discount: int) -> tuple[list[int], list[int]]:
    """Return the lines' net prices and discounts after the order's own `discount`."""
    own = [line.discount_minor for line in lines]
    nets = [price - less for price, less in zip(lists, own, strict=True)]
    for net, price, less in zip(nets, lists, own, strict=True):
        if net < 0:
            raise DoesNotAddUp("discount", told=less, found=price)
    if not discount:
        return nets, own
    weights = [net if line.is_discountable else 0 for line, net in zip(lines, nets, strict=True)]
    if discount > sum(weights):
        raise DoesNotAddUp("discount", told=discount, found=sum(weights))
    shares = apportion(discount, weights)
    nets = [net - share for net, share in zip(nets, shares, strict=True)]
    return nets, [less + share for less, share in zip(own, shares, strict=True)]


def _taxes(lines: Sequence[Priced], nets: list[int], tax: int) -> list[int]:
    """Return the lines' parts of the goods' `tax`: as the shop tells them, else by net price."""
    if tax < 0:
        raise DoesNotAddUp("tax", told=tax, found=0)
    told = [line.tax_minor for line in lines if line.tax_minor is not None]
    if len(told) == len(lines):
        if abs(sum(told) - tax) > len(lines):
            raise DoesNotAddUp("tax", told=tax, found=sum(told))
        return _spread("tax", tax, told if any(told) else nets)
    weights = [net if line.is_taxable else 0 for line, net in zip(lines, nets, strict=True)]
    return _spread("tax", tax, weights if any(weights) else nets)


def _paid(paids: list[int], sums: Sums) -> list[int]:
    """Return the lines' paid amounts such that with delivery and the rest they make the total."""
    if sums.total_minor is None:
        return paids
    beside = sums.shipping_minor + sums.shipping_extra_minor + sums.other_minor
    goods = sums.total_minor - beside
    if goods < 0 or abs(goods - sum(paids)) > len(paids):
        raise DoesNotAddUp("total", told=sums.total_minor, found=sum(paids) + beside)
    return _spread("total", goods, paids)


def _spread(field: str, amount: int, weights: Sequence[int]) -> list[int]:
    """Return parts of `amount` by `weights`; nothing can be spread over lines that are all free."""
    if amount and not any(weights):
        raise DoesNotAddUp(field, told=amount, found=0)
    return apportion(amount, weights)
