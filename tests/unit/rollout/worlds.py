"""Small worlds: two arms of conversations that go well or badly, hour after hour, by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from gatehouse.rollout.types import WHOLE, Count, Reading

Rate = Callable[[float], float]  # of the hour since the beginning


@dataclass
class World:
    """Draws conversations of both arms and counts the bad ones per step of the ramp."""

    canary: Rate
    stable: Rate
    seed: int
    metric: str = "turn_error"
    counts: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    def live(self, hour: float, conversations: int, *, share: int, step: int = 0) -> Reading:
        """So many more conversations; gives all that was seen so far."""
        tally = self.counts.setdefault((step, share), [0, 0, 0, 0])
        for _ in range(conversations):
            is_canary = self._draw.random() < share / WHOLE
            rate = self.canary(hour) if is_canary else self.stable(hour)
            place = 0 if is_canary else 2
            tally[place] += 1
            tally[place + 1] += self._draw.random() < rate
        return self.reading()

    def reading(self) -> Reading:
        rows = sorted(self.counts.items())
        return Reading(self.metric, counts=tuple(Count(*at, *tally) for at, tally in rows))
