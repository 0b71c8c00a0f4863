"""Prices in the visitor's own currency, roughly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.listings.types import Listing

# Below the amount on the left, an approximate price is a multiple of the number on the right.
_STEPS = ((100, 1), (1_000, 5), (10_000, 10), (100_000, 100), (10_000_000, 1_000))
_WIDEST = 100_000


@dataclass(frozen=True, slots=True)
class Purse:
    """The currency in which the visitor thinks; `rates` are units of each for one pound."""

    currency: str
    rates: Mapping[str, float]

    def price_about(self, home: Listing) -> float | None:
        """The price of a home in this currency, rounded; None where it already is, or no rate."""
        amount = self.amount(home) if home.currency != self.currency else None
        return rounded(amount) if amount else None

    def amount(self, home: Listing) -> float | None:
        """The price of a home in this currency; None where no rate is known."""
        if home.currency == self.currency:
            return home.price
        source, target = self.rates.get(home.currency), self.rates.get(self.currency)
        return home.price / source * target if source and target else None


def rounded(amount: float) -> float:
    """To about three figures, so that nobody takes it for an exact price."""
    step = next((step for below, step in _STEPS if amount < below), _WIDEST)
    return float(max(1, round(amount / step)) * step)
