"""Rate limits by GCRA: one timestamp a key, in memory of the process or in Redis."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Protocol

from gatehouse.base.clock import Clock, SystemClock

MICROS = 1_000_000
MOST_KEYS = 100_000


@dataclass(frozen=True, slots=True)
class Quota:
    """`count` per `seconds` in the long run, `burst` of them at once; each at least 1."""

    name: str
    count: int
    seconds: float
    burst: int

    def __post_init__(self) -> None:
        if self.count < 1 or self.burst < 1 or self.seconds <= 0:
            raise ValueError(f"quota {self.name}: count, burst and seconds are at least 1")

    @property
    def interval_us(self) -> int:
        """Microseconds that one unit of cost takes to be forgiven."""
        return max(1, round(self.seconds * MICROS / self.count))

    def share_of(self, workers: int) -> Quota:
        """One worker's part where workers cannot count together; never less than 1 at once."""
        if workers <= 1:
            return self
        return replace(self, seconds=self.seconds * workers, burst=-(-self.burst // workers))


@dataclass(frozen=True, slots=True)
class Ruling:
    """Times in seconds: `reset_seconds` until the whole burst is free again."""

    is_allowed: bool
    remaining: int
    reset_seconds: float
    retry_after: float  # 0 if allowed

    @classmethod
    def of(cls, quota: Quota, *, ahead_us: int, wait_us: int) -> Ruling:
        """From how far the key is ahead of its time, and how long this request is too early."""
        free_us = quota.burst * quota.interval_us - ahead_us
        remaining = max(0, free_us // quota.interval_us)
        return cls(wait_us <= 0, remaining, ahead_us / MICROS, max(0, wait_us) / MICROS)


class Limiter(Protocol):
    """Counts requests per key. A cost above the burst is never allowed."""

    async def take(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling: ...


def gcra(tat_us: int | None, now_us: int, *, quota: Quota, cost: int) -> tuple[int, Ruling]:
    """The key's new theoretical arrival time, and the ruling. Pure; RedisLimiter's script agrees.

    A stored time further ahead than any request could have brought it (a clock stepped back, a
    quota was loosened) counts as an empty burst, so that no key stays shut.
    """
    interval, window = quota.interval_us, quota.burst * quota.interval_us
    tat = min(max(tat_us if tat_us is not None else now_us, now_us), now_us + window)
    later = tat + cost * interval
    wait = later - window - now_us
    if wait > 0:
        return tat, Ruling.of(quota, ahead_us=tat - now_us, wait_us=wait)
    return later, Ruling.of(quota, ahead_us=later - now_us, wait_us=0)


class MemoryLimiter:
    """Limits of this process alone: each quota divided by the workers, so that all keep it.

    Past `most_keys` the key that was used least recently is forgotten.
    """

    def __init__(
        self, *, workers: int = 1, clock: Clock | None = None, most_keys: int = MOST_KEYS
    ) -> None:
        self._workers = workers
        self._clock = clock or SystemClock()
        self._most = most_keys
        self._times: OrderedDict[str, int] = OrderedDict()

    async def take(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling:
        return self.judge(key, quota, cost=cost)

    def judge(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling:
        """`take` for callers without an event loop."""
        now = int(self._clock.monotonic() * MICROS)
        name = f"{quota.name}:{key}"
        own = quota.share_of(self._workers)
        tat, ruling = gcra(self._times.get(name), now, quota=own, cost=cost)
        self._times[name] = tat
        self._times.move_to_end(name)
        self._forget(now)
        return ruling

    def __len__(self) -> int:
        return len(self._times)

    def _forget(self, now_us: int) -> None:
        """The oldest two, where they are free again or too many; nobody pays for all."""
        for _ in range(2):
            name = next(iter(self._times))
            if self._times[name] > now_us and len(self._times) <= self._most:
                return
            if len(self._times) == 1:
                return
            del self._times[name]
