"""Random rollouts, from bad conversation to bad conversation, against boundaries made once.

Evidence of harm grows at a bad conversation alone, and that of certification at a good one, so
that these paths are looked at after each conversation without computing anything at most of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random

from gatehouse.rollout import stats


def gap(dice: Random, log_good: float) -> int:
    """Conversations until the next bad one, itself included; `log_good` is log(1 - rate)."""
    return int(math.log(1 - dice.random()) / log_good) + 1


@dataclass(frozen=True, slots=True)
class Failing:
    """The boundary of (A): with s bad ones it fails as long as there are `most[s - 1]` or fewer."""

    most: tuple[int, ...]
    horizon: int

    @classmethod
    def of(cls, p0: float, *, horizon: int, alpha: float = 0.05) -> Failing:
        limit, most = stats.threshold(alpha), [-1]
        while most[-1] < horizon:
            most.append(stats.most_to_fail(len(most), p0, log_e=limit))
        return cls(tuple(most[1:]), horizon)

    def first(self, dice: Random, p: float) -> int | None:
        """The conversation at which a path of rate `p` fails, if it does."""
        position, log_good = 0, math.log1p(-p)
        for most in self.most:
            position += gap(dice, log_good)
            if position > self.horizon:
                return None
            if position <= most:
                return position
        return None

    def first_of(self, positions: Sequence[int]) -> int | None:
        """The same for a path whose bad conversations are known, in ascending order."""
        pairs = zip(positions, self.most, strict=False)
        return next((position for position, most in pairs if position <= most), None)


@dataclass(frozen=True, slots=True)
class Certifying:
    """The boundary of certification: with s bad ones it passes at `fewest[s]`."""

    fewest: tuple[int, ...]

    @classmethod
    def of(cls, p_max: float, *, horizon: int, alpha: float = 0.05) -> Certifying:
        limit, fewest = stats.threshold(alpha), [0]
        while fewest[-1] <= horizon:
            fewest.append(stats.fewest_to_certify(len(fewest) - 1, p_max, log_e=limit))
        return cls(tuple(fewest[1:-1]))

    def first(self, dice: Random, p: float) -> int | None:
        """The conversation at which a path of rate `p` passes, if it does within the horizon."""
        position, log_good = 0, math.log1p(-p)
        for fewest in self.fewest:
            position += gap(dice, log_good)
            if position > fewest:
                return fewest
        return None


@dataclass(frozen=True, slots=True)
class Comparing:
    """The boundary of (B): with x bad ones of the canary, at most `most[x]` of stable's fail."""

    share: float
    most: tuple[int, ...]
    horizon: int  # conversations of both arms

    @classmethod
    def of(
        cls,
        share: float,
        *,
        horizon: int,
        events: int,
        ratios: Sequence[float] = stats.RATIOS,
    ) -> Comparing:
        """`events`: more bad ones of the canary than any path will have."""
        limit = stats.threshold(0.05)
        most = tuple(_most_stable(share, x, ratios=ratios, limit=limit) for x in range(events))
        return cls(share, most, horizon)

    def first(self, dice: Random, *, stable: float, canary: float) -> int | None:
        """How many conversations the canary had when this failed, for two rates; None: never."""
        rate = (1 - self.share) * stable + self.share * canary
        is_canarys = self.share * canary / rate
        position, x, y, log_good = 0, 0, 0, math.log1p(-rate)
        while (position := position + gap(dice, log_good)) <= self.horizon:
            if dice.random() >= is_canarys:
                y += 1
                continue
            x += 1
            if y <= self.most[x]:
                good = self.share * (1 - canary) / (1 - rate)
                return x + round(good * (position - x - y))
        return None


@dataclass(frozen=True, slots=True)
class Counting:
    """The boundary of SRM: x of the canary alarm among at most `high[x]` or at least `low[x]`."""

    high: tuple[int, ...]
    low: tuple[int, ...]
    horizon: int

    @classmethod
    def of(cls, share: float, *, horizon: int, alpha: float = 0.001) -> Counting:
        limit, high, low = stats.threshold(alpha), [], []
        for x in count():
            too_many = partial(_are_too_many, share, x, limit=limit)
            high.append(stats.last_holding(too_many, x) if too_many(x) else -1)
            fits = partial(_fit, share, x, limit=limit)
            low.append(stats.last_holding(fits, round(x / share)) + 1)
            if high[-1] >= horizon:
                break
        return cls(tuple(high), tuple(low), horizon)

    def first(self, dice: Random, share: float) -> int | None:
        """The conversation at which a true share is found out, if it is."""
        position, log_other = 0, math.log1p(-share)
        for x, (high, low) in enumerate(zip(self.high, self.low, strict=True)):
            if x and position <= high:
                return position
            after = position + gap(dice, log_other)
            if low < after and low <= self.horizon:
                return max(position, low)
            position = after
            if position > self.horizon:
                return None
        return None


def _most_stable(share: float, x: int, *, ratios: Sequence[float], limit: float) -> int:
    """With x bad ones of the canary, how many of stable's still fail; -1: not even without any."""

    def fails(y: int) -> bool:
        return stats.log_e_worse([(share, x, y)], ratios=ratios) >= limit

    return stats.last_holding(fails, 0) if fails(0) else -1


def _are_too_many(share: float, x: int, n: int, *, limit: float) -> bool:
    return n * share <= x and not _fit(share, x, n, limit=limit)


def _fit(share: float, x: int, n: int, *, limit: float) -> bool:
    return stats.log_e_srm([(share, x, n - x)]) < limit
