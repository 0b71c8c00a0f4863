"""What homes cost and measure: levels of late 2026 in pounds, by kind and bedrooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.listings.types import Variant


@dataclass(frozen=True, slots=True)
class Level:
    """m² from and to; pounds a month, a night, and to buy; None: not offered that way."""

    area: tuple[int, int]
    month: int | None
    night: int | None
    sale: int | None
    bathrooms: int

    def price(self, variant: Variant) -> int | None:
        return {"long_term": self.month, "short_term": self.night, "sale": self.sale}[variant]


LEVELS: Mapping[tuple[str, int], Level] = {
    ("room", 1): Level((13, 22), 190, 32, None, 1),
    ("studio", 0): Level((31, 48), 340, 40, 74_000, 1),
    ("apartment", 1): Level((48, 66), 425, 52, 96_000, 1),
    ("apartment", 2): Level((70, 96), 545, 72, 132_000, 1),
    ("apartment", 3): Level((105, 142), 720, 98, 178_000, 2),
    ("penthouse", 2): Level((95, 132), 820, 125, 212_000, 2),
    ("penthouse", 3): Level((130, 185), 1080, 165, 275_000, 2),
    ("townhouse", 2): Level((92, 120), 740, 98, 186_000, 2),
    ("townhouse", 3): Level((118, 155), 930, 124, 232_000, 2),
    ("bungalow", 2): Level((88, 120), 800, 100, 205_000, 1),
    ("bungalow", 3): Level((118, 155), 1000, 128, 258_000, 2),
    ("house", 2): Level((80, 115), 590, 78, 138_000, 1),
    ("house", 3): Level((112, 158), 760, 99, 172_000, 2),
    ("villa", 3): Level((150, 212), 1320, 178, 328_000, 2),
    ("villa", 4): Level((205, 285), 1850, 245, 455_000, 3),
    ("villa", 5): Level((285, 390), 2600, 340, 660_000, 4),
    ("commercial", 0): Level((45, 180), 820, None, 165_000, 1),
    ("land", 0): Level((480, 2400), None, None, 98_000, 0),
}

# How often which kind is offered, by the character of a place.
KINDS: Mapping[str, Mapping[tuple[str, int], int]] = {
    "coast": {
        ("apartment", 1): 4, ("apartment", 2): 8, ("apartment", 3): 4, ("studio", 0): 1,
        ("penthouse", 2): 3, ("penthouse", 3): 1, ("villa", 3): 6, ("villa", 4): 4, ("villa", 5): 1,
        ("bungalow", 2): 2, ("bungalow", 3): 2, ("townhouse", 3): 2, ("townhouse", 2): 1,
        ("land", 0): 1,
    },
    "town": {
        ("apartment", 1): 5, ("apartment", 2): 10, ("apartment", 3): 7, ("studio", 0): 3,
        ("penthouse", 2): 2, ("penthouse", 3): 1, ("townhouse", 3): 2, ("house", 3): 1,
        ("commercial", 0): 2, ("villa", 4): 1, ("room", 1): 1,
    },
    "oldtown": {
        ("house", 2): 6, ("house", 3): 4, ("apartment", 1): 3, ("apartment", 2): 4,
        ("commercial", 0): 2, ("studio", 0): 2,
    },
    "university": {
        ("studio", 0): 8, ("apartment", 1): 8, ("apartment", 2): 9, ("apartment", 3): 3,
        ("room", 1): 3, ("penthouse", 2): 1, ("commercial", 0): 1,
    },
    "mountain": {
        ("villa", 3): 6, ("villa", 4): 4, ("villa", 5): 2, ("house", 2): 4, ("house", 3): 4,
        ("apartment", 2): 3, ("bungalow", 2): 2, ("land", 0): 1,
    },
    "village": {
        ("house", 2): 4, ("house", 3): 5, ("bungalow", 2): 4, ("bungalow", 3): 3, ("villa", 3): 3,
        ("apartment", 2): 3, ("townhouse", 2): 2, ("land", 0): 2,
    },
    "resort": {
        ("studio", 0): 8, ("apartment", 1): 9, ("apartment", 2): 9, ("apartment", 3): 2,
        ("penthouse", 2): 3, ("penthouse", 3): 1, ("villa", 3): 1, ("bungalow", 2): 1,
    },
}  # fmt: skip

PER_GBP: Mapping[str, float] = {"GBP": 1.0, "EUR": 1.146, "USD": 1.328, "TRY": 58.4}
CURRENCY_SHARES: Mapping[Variant, Mapping[str, int]] = {
    "long_term": {"GBP": 78, "EUR": 8, "USD": 3, "TRY": 11},
    "short_term": {"GBP": 76, "EUR": 15, "USD": 7, "TRY": 2},
    "sale": {"GBP": 86, "EUR": 10, "USD": 4},
}
_STEPS: Mapping[Variant, Mapping[str, int]] = {
    "long_term": {"GBP": 10, "EUR": 10, "USD": 25, "TRY": 500},
    "short_term": {"GBP": 1, "EUR": 1, "USD": 5, "TRY": 100},
    "sale": {"GBP": 500, "EUR": 1000, "USD": 1000, "TRY": 50_000},
}


def in_currency(pounds: float, *, currency: str, variant: Variant) -> float:
    """The asking price: converted, and rounded as people round."""
    step = _STEPS[variant][currency]
    return float(max(step, round(pounds * PER_GBP[currency] / step) * step))
