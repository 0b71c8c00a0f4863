"""A visitor's bounds in every currency, so that prices are compared as they are stored. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.base.errors import BadInput
from gatehouse.listings.types import Variant, Wish

NIGHTS_PER_MONTH = 30
VARIANTS: tuple[Variant, ...] = ("long_term", "short_term", "sale")
# Which variants a period speaks of when the wish does not say.
_SPEAKS_OF: Mapping[str | None, tuple[Variant, ...]] = {
    "month": ("long_term",),
    "night": ("short_term",),
    "total": ("sale",),
    None: VARIANTS,
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Units of each currency for one pound sterling."""

    per_gbp: Mapping[str, float]

    def convert(self, amount: float, *, source: str, target: str) -> float:
        """Raises BadInput for a currency without a rate."""
        if source == target:
            return amount
        if source not in self.per_gbp:
            raise BadInput(f"currency: {source} has no exchange rate")
        return amount / self.per_gbp[source] * self.per_gbp[target]


@dataclass(frozen=True, slots=True)
class Bound:
    """Prices that fit, for homes of one variant priced in one currency. None: no limit."""

    variant: Variant
    currency: str
    low: float | None
    high: float | None


def variants(wish: Wish) -> tuple[Variant, ...]:
    """The variants that can match: by deal and term, and by what the price's period speaks of."""
    if wish.deal == "buy":
        offered: tuple[Variant, ...] = ("sale",)
    elif wish.rent_type:
        offered = (wish.rent_type,)
    else:
        offered = ("long_term", "short_term") if wish.deal == "rent" else VARIANTS
    if len(offered) == 1 or (wish.price_min is None and wish.price_max is None):
        return offered
    spoken = _SPEAKS_OF[wish.price_period]
    return tuple(v for v in offered if v in spoken) or offered


def bounds(wish: Wish, rates: Rates) -> tuple[Bound, ...]:
    """One bound per variant and currency that can match."""
    if wish.currency not in rates.per_gbp:
        raise BadInput(f"currency: {wish.currency} has no exchange rate")
    return tuple(
        Bound(
            variant,
            currency,
            _in(wish.price_min, wish, variant=variant, currency=currency, rates=rates),
            _in(wish.price_max, wish, variant=variant, currency=currency, rates=rates),
        )
        for variant in variants(wish)
        for currency in rates.per_gbp
    )


def _in(
    amount: float | None, wish: Wish, *, variant: Variant, currency: str, rates: Rates
) -> float | None:
    if amount is None:
        return None
    own = amount * _nights(variant) / _nights(_PERIOD_VARIANT.get(wish.price_period, variant))
    return rates.convert(own, source=wish.currency, target=currency)


# A month's rent against a nightly price, and the other way round; a total stays a total.
_PERIOD_VARIANT: Mapping[str | None, Variant] = {"month": "long_term", "night": "short_term"}


def _nights(variant: Variant) -> int:
    return NIGHTS_PER_MONTH if variant == "long_term" else 1
