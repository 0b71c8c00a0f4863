"""`python -m bench.cells`: our cache beside cashews, our rate limit beside throttled-py and limits.

Speeds are of one core, the best of five rounds; what is counted is counted.
"""

from __future__ import annotations

import asyncio
import importlib.util
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from unittest.mock import patch

from bench.turn import BENCH_PYTHON, make_peer_environment
from gatehouse.base.clock import TurnableClock
from gatehouse.resilience.cache import Cache
from gatehouse.resilience.cells import MemoryCell
from gatehouse.resilience.limits import MemoryLimiter, Quota

CALLERS, HITS, ROUNDS = 1_000, 2_000, 5
TAKES, KEYS, STEPS = 20_000, 1_000, 100_000
CALL_SECONDS = 0.05
QUOTA = Quota("session", count=12, seconds=60, burst=5)
Fetch = Callable[[Callable[[], Awaitable[str]]], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Stampede:
    """What became of equal calls at one instant."""

    calls: int
    harmed: int
    harmed_by_cancel: int
    hit_us: float


async def stampede(make: Callable[[], Fetch]) -> Stampede:
    """A thousand callers; again, with the first of them cancelled; then hits one by one."""
    calls = 0

    async def load() -> str:
        nonlocal calls
        calls += 1
        await asyncio.sleep(CALL_SECONDS)
        return "homes"

    fetch = make()
    harmed = await _harmed(fetch, load)
    cold = calls
    harmed_by_cancel = await _harmed(make(), load, cancel_first=True)
    return Stampede(cold, harmed, harmed_by_cancel, await _hit_us(fetch, load))


async def _harmed(
    fetch: Fetch, load: Callable[[], Awaitable[str]], *, cancel_first: bool = False
) -> int:
    async def call() -> str:
        return await fetch(load)

    callers = [asyncio.create_task(call()) for _ in range(CALLERS)]
    await asyncio.sleep(CALL_SECONDS / 2)
    if cancel_first:
        callers[0].cancel()
    results = await asyncio.gather(*callers, return_exceptions=True)
    return sum(each != "homes" for each in (results[1:] if cancel_first else results))


async def _hit_us(fetch: Fetch, load: Callable[[], Awaitable[str]]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(HITS):
            await fetch(load)
        best = min(best, (time.perf_counter() - began) / HITS * 1e6)
    return best


def ours() -> Fetch:
    cache: Cache[str] = Cache(MemoryCell(len))

    async def fetch(load: Callable[[], Awaitable[str]]) -> str:
        return (await cache.fetch("k", load, seconds=30)).value

    return fetch


def cashews(*, protected: bool) -> Fetch:
    from cashews import Cache as Peer

    peer = Peer()
    peer.setup("mem://")
    decorate = peer(ttl="30s", key="k", protected=protected)
    made: dict[Callable[[], Awaitable[str]], Callable[[], Awaitable[str]]] = {}

    async def fetch(load: Callable[[], Awaitable[str]]) -> str:
        if load not in made:
            made[load] = decorate(load)
        return await made[load]()

    return fetch


def limit_us() -> dict[str, float]:
    """One decision in memory, over a thousand keys."""
    import limits
    from throttled import RateLimiterType, Throttled, rate_limiter, store

    own = MemoryLimiter()
    gcra = Throttled(
        using=RateLimiterType.GCRA.value,
        quota=rate_limiter.per_min(12, burst=5),
        store=store.MemoryStore(options={"MAX_SIZE": 2 * KEYS}),
    )
    moving = limits.strategies.MovingWindowRateLimiter(limits.storage.MemoryStorage())
    twelve = limits.parse("12/minute")
    return {
        "ours (GCRA)": _each_us(lambda key: own.judge(key, QUOTA)),
        "throttled-py (GCRA)": _each_us(lambda key: gcra.limit(key)),
        "limits (moving window; it has no GCRA)": _each_us(lambda key: moving.hit(twelve, key)),
    }


def _each_us(take: Callable[[str], object]) -> float:
    keys = [f"key-{number % KEYS}" for number in range(TAKES)]
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for key in keys:
            take(key)
        best = min(best, (time.perf_counter() - began) / TAKES * 1e6)
    return best


def divergences(seed: int) -> int:
    """The same requests at the same instants: in how many do we and throttled-py differ?"""
    from throttled import RateLimiterType, Throttled, rate_limiter, store

    dice, clock, differing = random.Random(seed), TurnableClock(), 0
    own = MemoryLimiter(clock=clock)
    peer = Throttled(
        using=RateLimiterType.GCRA.value,
        quota=rate_limiter.per_min(12, burst=5),
        store=store.MemoryStore(),
    )
    with patch("throttled.utils.now_mono_f", clock.monotonic):
        clock.turn(1)
        for _ in range(STEPS):
            clock.turn(dice.choice((0, 0, 0.25, 1, 5, 10)))
            cost = dice.choice((1, 1, 1, 2, 3))
            key = f"key-{dice.randrange(5)}"
            allowed = own.judge(key, QUOTA, cost=cost).is_allowed
            differing += allowed is peer.limit(key, cost=cost).limited
    return differing


def report() -> None:
    say = sys.stdout.write
    say(f"{CALLERS} equal calls at once      calls  harmed  harmed by a cancelled first  hit µs\n")
    for name, make in {
        "ours": ours,
        "cashews": lambda: cashews(protected=False),
        "cashews, protected": lambda: cashews(protected=True),
    }.items():
        told = asyncio.run(stampede(make))
        say(
            f"{name:30}{told.calls:>6}{told.harmed:>8}{told.harmed_by_cancel:>29}"
            f"{told.hit_us:>8.1f}\n"
        )
    say("\none decision in memory, µs\n")
    for name, us in limit_us().items():
        say(f"{name:42}{us:>6.2f}\n")
    say(f"\ndecisions that differ from throttled-py: {divergences(7)} of {STEPS}\n")


def main() -> int:
    """Where the peers are not installed, again in the environment that has them."""
    if importlib.util.find_spec("cashews") is None:
        make_peer_environment()
        return subprocess.run([BENCH_PYTHON, "-m", "bench.cells"], check=False).returncode
    report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
