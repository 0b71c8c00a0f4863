"""Rate limits by GCRA: one timestamp a key, in memory of the process or in Redis."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
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
    interval_us: int = field(init=False, compare=False)  # that one unit of cost is remembered

    def __post_init__(self) -> None:
        if self.count < 1 or self.burst < 1 or self.seconds <= 0:
            raise ValueError(f"quota {self.name}: count, burst and seconds are at least 1")
        interval = max(1, round(self.seconds * MICROS / self.count))
        object.__setattr__(self, "interval_us", interval)

    @lru_cache(maxsize=256)  # noqa: B019 - quotas are few and live as long as the process
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
        left = free_us // quota.interval_us if free_us > 0 else 0
        return cls(wait_us <= 0, left, ahead_us / MICROS, wait_us / MICROS if wait_us > 0 else 0.0)


class Limiter(Protocol):
    """Counts requests per key. A cost above the burst is never allowed."""

    async def take(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling: ...

    async def take_each(self, wanted: Sequence[tuple[str, Quota]]) -> list[Ruling]:
        """One of each, in order, until one refuses: that ruling is the last, what comes after it
        is not charged. However many they are, they are asked for in one step."""
        ...


def gcra(tat_us: int | None, now_us: int, *, quota: Quota, cost: int) -> tuple[int, Ruling]:
    """The key's new theoretical arrival time, and the ruling. Pure; RedisLimiter's script agrees.

    A stored time further ahead than any request could have brought it (a clock stepped back, a
    quota was loosened) counts as an empty burst, so that no key stays shut.
    """
    interval = quota.interval_us
    window = quota.burst * interval
    if tat_us is None or tat_us < now_us:
        tat_us = now_us
    elif tat_us > now_us + window:
        tat_us = now_us + window
    later = tat_us + cost * interval
    wait = later - window - now_us
    if wait > 0:
        return tat_us, Ruling.of(quota, ahead_us=tat_us - now_us, wait_us=wait)
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

    async def take_each(self, wanted: Sequence[tuple[str, Quota]]) -> list[Ruling]:
        rulings: list[Ruling] = []
        for key, quota in wanted:
            rulings.append(self.judge(key, quota))
            if not rulings[-1].is_allowed:
                break
        return rulings

    def judge(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling:
        """`take` for callers without an event loop."""
        now = int(self._clock.monotonic() * MICROS)
        name = f"{quota.name}:{key}"
        own = quota.share_of(self._workers) if self._workers > 1 else quota
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
            count, name = len(self._times), next(iter(self._times))
            if count == 1 or (count <= self._most and self._times[name] > now_us):
                return
            del self._times[name]
