"""P11 in the product: the listings' table is locked; how many searches still reach the database?"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import httpx
import psycopg

from tests.faults.lab.stage import Outcome, Stage
from tests.faults.lab.supervisor import supervised

SEARCH = "/api/v1/real_estate/search"
PATIENCE = 90.0  # seconds until it must have healed by itself
MOST_REACHED = 5
LEAST_OPEN_SECONDS = 4.0  # on a slow machine a probe may fall into the time of asking


async def resting(stage: Stage, searches: int, *, open_after: int = 5) -> Outcome:
    """Breaks only the search, counts answers by kind, heals it, and waits; nothing is restarted."""
    extra = {
        "RE_SEARCH_TIMEOUT_MS": "150",
        "RE_SEARCH_CIRCUIT_BREAKER_OPEN_AFTER": str(open_after),
        "SEARCH_CACHE_TTL": "0",
    }
    stage.clear()
    supervisor = stage.supervisor(**extra)
    prices = count(1_000)  # no two searches are the same
    base = f"http://127.0.0.1:{supervisor.port}"
    async with supervised(supervisor), httpx.AsyncClient(base_url=base, timeout=30) as client:
        await _ask(client, next(prices))
        with locked(stage.product.database_url):
            began = time.monotonic()
            told = [await _ask(client, next(prices)) for _ in range(searches)]
            probes = int((time.monotonic() - began) / LEAST_OPEN_SECONDS)
        healed_after = await _healed(client, prices)
    most = MOST_REACHED + probes
    return _judged(told, healed_after, most=most, restarts=supervisor.starts - 1)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Nobody can read the homes on offer meanwhile."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE real_estate_listing IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


async def _ask(client: httpx.AsyncClient, price: int) -> tuple[str, float]:
    """The problem's code, or "ok", and the milliseconds until it came."""
    began = time.perf_counter()
    answer = await client.get(SEARCH, params={"price_max": price})
    spent_ms = (time.perf_counter() - began) * 1000
    if answer.status_code == 200:
        return "ok", spent_ms
    told = answer.json()
    if answer.status_code == 503 and "retry-after" not in answer.headers:
        return "no-retry-after", spent_ms
    return str(told["error"]), spent_ms


async def _healed(client: httpx.AsyncClient, prices: Iterator[int]) -> float | None:
    """Seconds until searches are answered again; None: not in time."""
    began, in_a_row = time.monotonic(), 0
    while time.monotonic() - began < PATIENCE:
        kind, _ = await _ask(client, next(prices))
        in_a_row = in_a_row + 1 if kind == "ok" else 0
        if in_a_row == 5:
            return time.monotonic() - began
        await asyncio.sleep(0.2)
    return None


def _judged(
    told: list[tuple[str, float]], healed_after: float | None, *, most: int, restarts: int
) -> Outcome:
    kinds = Counter(kind for kind, _ in told)
    refused = sorted(ms for kind, ms in told if kind == "circuit-open")
    reached = len(told) - len(refused)
    figures: dict[str, int | float | str] = {
        "searches": len(told),
        "reached_the_database": reached,
        "refused_median_ms": round(refused[len(refused) // 2], 1) if refused else "-",
        "refused_p99_ms": round(refused[len(refused) * 99 // 100], 1) if refused else "-",
        "kinds": ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())),
        "healed_after_s": round(healed_after, 1) if healed_after else "never",
        "restarts": restarts,
    }
    broken = [f"{reached} searches reached the database"] * (reached > most)
    broken += ["it did not heal by itself"] * (healed_after is None)
    broken += [f"{restarts} restarts"] * bool(restarts)
    broken += ["a refusal without Retry-After"] * bool(kinds["no-retry-after"])
    return Outcome("resting search", figures, tuple(broken))
