"""When a breaker opens and for how long, as values."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """The defaults are those of every dependency; shares run from 0 to 1."""

    in_a_row: int = 5  # failures in a row that open
    least_calls: int = 10  # calls in the window before their share counts
    bad_share: float = 0.5  # of them failed or slow: opens
    window_seconds: float = 30.0
    window_calls: int = 4096  # at most the last so many of them
    slow_share: float = 0.8  # of its own time-out; a call above it is slow
    open_seconds: float = 5.0  # doubled with every opening …
    longest_open_seconds: float = 60.0  # … up to here
    jitter_share: float = 0.2  # both ways, on top
    healthy_seconds: float = 60.0  # closed for so long: the doubling starts anew
    misconfigured_seconds: float = 300.0  # 401, 403
    throttled_seconds: float = 5.0  # 429 without Retry-After
    longest_retry_after: float = 3600.0  # no server shuts us out for longer
    spread_seconds: int = 4  # those refused are told to come back over so many seconds
    successes_to_close: int = 2
    lease_seconds: float = 30.0  # of a probe whose call names no time-out
    lease_margin_seconds: float = 1.0

    def open_time(self, times_before: int, chance: float) -> float:
        """Seconds of the next opening; `chance` from 0 to 1 places it within the jitter."""
        doublings = min(times_before, 32)
        base: float = min(self.longest_open_seconds, self.open_seconds * 2.0**doublings)
        return base * (1 - self.jitter_share + 2 * self.jitter_share * chance)


# Answers that break the contract: a tenth of the last fifty, however long they took to gather.
CONTRACT = Rules(
    in_a_row=1_000_000, least_calls=50, window_calls=50, bad_share=0.1, window_seconds=math.inf
)


class Window:
    """The last calls, oldest first, and how many of them were bad."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._calls: deque[tuple[float, bool]] = deque()
        self._bad = 0

    def add(self, now: float, *, is_bad: bool) -> None:
        """Notes a call that ended now; drops those that are too old or too many."""
        self._calls.append((now, is_bad))
        self._bad += is_bad
        oldest = now - self._rules.window_seconds
        while len(self._calls) > self._rules.window_calls or self._calls[0][0] <= oldest:
            self._bad -= self._calls.popleft()[1]

    @property
    def is_sick(self) -> bool:
        """Enough calls, and too many of them bad."""
        enough = len(self._calls) >= self._rules.least_calls
        return enough and self._bad >= self._rules.bad_share * len(self._calls)

    def clear(self) -> None:
        """Forgets everything."""
        self._calls.clear()
        self._bad = 0
