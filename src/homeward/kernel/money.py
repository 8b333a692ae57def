"""Money as whole minor units of one currency; the only division is a split that loses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# ISO 4217 minor units that differ from two.
_PLACES = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met where only one currency makes sense."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"cannot combine {left} with {right}")
        self.left, self.right = left, right


def places(currency: str) -> int:
    """Return how many decimal places ISO 4217 gives `currency`: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _PLACES.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents, yen, fils) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")
        if len(self.currency) != 3 or not (self.currency.isascii() and self.currency.isupper()):
            raise ValueError(f"not an ISO 4217 currency code: {self.currency!r}")

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Return the money for a decimal `amount` in major units.

        :raises ValueError: if the amount is no number or has more decimals than the currency.
        """
        try:
            exact = Decimal(amount).scaleb(places(currency))
            minor = int(exact)
        except (InvalidOperation, OverflowError, ValueError) as error:
            raise ValueError(f"not an amount: {amount!r}") from error
        if exact != minor:
            raise ValueError(f"{amount} has more decimals than {currency} knows")
        return cls(minor, currency)

    @classmethod
    def rounded(cls, amount: str | Decimal, currency: str) -> Money:
        """Return the money nearest to a decimal `amount` in major units, halves away from zero; for imported prices."""
        exact = Decimal(amount).scaleb(places(currency))
        return cls(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Return the sum of `amounts`, which may be empty, all of `currency`."""
        result = cls(0, currency)
        for amount in amounts:
            result += amount
        return result

    @property
    def decimal(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.minor).scaleb(-places(self.currency))

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, factor: int) -> Money:
        return Money(self.minor * factor, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Return parts in proportion to whole `weights` that add up exactly, by the largest remainder.

        Equal remainders go to the earlier part. Where all weights are zero the parts are as equal as can be.

        :raises ValueError: if there are no weights or one is negative.
        """
        if not weights or min(weights) < 0:
            raise ValueError("split needs at least one weight and none below zero")
        if not any(weights):
            weights = [1] * len(weights)
        whole, sign = sum(weights), -1 if self.minor < 0 else 1
        quotas = [divmod(abs(self.minor) * weight, whole) for weight in weights]
        rest = abs(self.minor) - sum(quota for quota, _ in quotas)
        by_remainder = sorted(range(len(weights)), key=lambda i: (-quotas[i][1], i))
        lucky = set(by_remainder[:rest])
        return [Money(sign * (quota + (i in lucky)), self.currency) for i, (quota, _) in enumerate(quotas)]

    def percent(self, hundredths: int) -> Money:
        """Return `hundredths` of a percent of this amount (1500 is 15 %), rounded half away from zero."""
        sign = -1 if self.minor * hundredths < 0 else 1
        return Money(sign * ((abs(self.minor * hundredths) * 2 + 10_000) // 20_000), self.currency)
