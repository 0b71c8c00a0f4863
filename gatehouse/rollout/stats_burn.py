"""Burn-rate alerts: when they can fire at all, and how long that takes (2.8)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_MOST_OF_ALL = 0.5


@dataclass(frozen=True, slots=True)
class BurnTier:
    """An alert fires while both windows burn the budget `factor` times too fast."""

    name: str
    factor: float
    long_minutes: int
    short_minutes: int


TIERS: Final = (
    BurnTier("page_fast", 14.4, 60, 5),
    BurnTier("page_slow", 6.0, 360, 30),
    BurnTier("ticket_fast", 3.0, 1440, 120),
    BurnTier("ticket_slow", 1.0, 4320, 360),
)


def is_reachable(factor: float, budget: float) -> bool:
    """Can so much burn at all? Never if even every conversation being bad is less."""
    return factor * budget < 1


def effective_factor(factor: float, budget: float) -> float:
    """The factor, lowered so that half of all conversations being bad always fires."""
    return min(factor, _MOST_OF_ALL / budget)


def minutes_to_fire(tier: BurnTier, *, budget: float, ratio: float) -> float:
    """From the jump of the share of bad ones to `ratio`; infinite if that burns too slowly."""
    needed = tier.factor * budget
    return tier.long_minutes * needed / ratio if needed < ratio else math.inf


def mixed_share(requests: int, share: float) -> float:
    """Conversations that meet both versions if the draw is per request, as nginx draws it."""
    return float(1 - (1 - share) ** requests - share**requests)
