"""P41: what was taken back is not shown again, and what cannot be checked carries its hour."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from bench import machine
from tests.faults.lab import conversation
from tests.faults.lab.stage import Outcome, Stage
from tests.faults.lab.supervisor import supervised

KEPT = {"SEARCH_CACHE_TTL": "3600", "CHECKPOINTER_POOL_TIMEOUT_SECONDS": "5"}
SEARCH = "/api/v1/real_estate/search?city=girne&deal=rent&limit=50"
ALLOWED_S = 60.0  # the promise; what is measured is far below
CONTROL_S = 4.0  # a control need not be watched for a minute
KNOWS_UNTIL_S = 6.0  # so long after the last look at the epoch a search counts as current
FROZEN_S = 12.0
LONGEST_FROZEN_S = 60.0
LEAST_JUDGED = 3
CHANGES = (
    ("UPDATE real_estate_listing SET status = 'withdrawn' WHERE ref = %s",
     "UPDATE real_estate_listing SET status = 'active' WHERE ref = %s"),
    ("UPDATE real_estate_listing SET price_month = price_month + 1, price_night = price_night + 1"
     " WHERE ref = %s",
     "UPDATE real_estate_listing SET price_month = price_month - 1, price_night = price_night - 1"
     " WHERE ref = %s"),
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """What the searches showed."""

    shown_ms: list[float] = field(default_factory=list)  # after each commit, for so long
    hits: int = 0
    still: int = 0  # shown at the end of the look, after it had been gone
    labelled: int = 0
    unlabelled: int = 0


async def stale(
    stage: Stage, *, changes: int, mutant: str = "", frozen_seconds: float = FROZEN_S
) -> Outcome:
    """So many changes under a cache of an hour, then a database that answers nothing.

    A run that is not to freeze it (0) tells nothing of labels.
    """
    door, seen = stage.supervisor(mutant, **KEPT), Seen()
    looks_for = CONTROL_S if mutant else ALLOWED_S
    async with supervised(door), conversation.client() as http:
        url = f"{conversation.address(door.port)}{SEARCH}"
        with psycopg.connect(stage.product.database_url, autocommit=True) as sql:
            for number in range(changes):
                change = CHANGES[number % len(CHANGES)]
                await _change(http, url, sql, change, seen=seen, looks_for=looks_for)
        if frozen_seconds:
            await _freeze(stage, http, url, seen=seen, seconds=frozen_seconds)
        is_well = await _is_well(http, url)
    is_labelled = seen.labelled > 0 or not frozen_seconds
    return _judged(seen, changes=changes, mutant=mutant, is_well=is_well and is_labelled)


async def _change(
    http: httpx.AsyncClient,
    url: str,
    sql: psycopg.Connection[Any],
    change: tuple[str, str],
    *,
    seen: Seen,
    looks_for: float,
) -> None:
    """The first home of the search changes; how long is the old one still shown?"""
    await _until_kept(http, url, seen)
    old = (await _search(http, url))["results"][0]
    sql.execute(change[0], (old["ref"],))
    committed = time.perf_counter()
    last_shown = committed
    while time.perf_counter() < committed + looks_for:
        began = time.perf_counter()
        if _shows(await _search(http, url), old):
            last_shown = began
        elif began - last_shown > 0.2:
            break
    seen.shown_ms.append((last_shown - committed) * 1000)
    seen.still += _shows(await _search(http, url), old)
    sql.execute(change[1], (old["ref"],))


def _shows(found: dict[str, Any], old: dict[str, Any]) -> bool:
    same = [home for home in found["results"] if home["ref"] == old["ref"]]
    return any(home["price"] == old["price"] for home in same)


async def _until_kept(http: httpx.AsyncClient, url: str, seen: Seen) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if (await _search(http, url))["cached"]:
            seen.hits += 1
            return
        await asyncio.sleep(0.02)
    raise TimeoutError("the search is never kept")


async def _freeze(
    stage: Stage, http: httpx.AsyncClient, url: str, *, seen: Seen, seconds: float
) -> None:
    """Nobody can know what a frozen database holds: from then on answers must say so.

    On a slow machine it stays frozen until there were enough answers to judge by.
    """
    await _until_kept(http, url, seen)
    with frozen(stage.product.postgres_pid):
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds or (
            seen.labelled + seen.unlabelled < LEAST_JUDGED and passed < LONGEST_FROZEN_S
        ):
            answer = await http.get(url)
            if answer.status_code == 200 and passed > KNOWS_UNTIL_S:
                is_labelled = answer.json()["as_of"] is not None
                seen.labelled += is_labelled
                seen.unlabelled += not is_labelled
            await asyncio.sleep(0.1)


@contextmanager
def frozen(server: int) -> Iterator[None]:
    """The database server with all that belongs to it."""
    pids = machine.family(server)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


async def _is_well(http: httpx.AsyncClient, url: str) -> bool:
    """Fresh answers again, without a restart."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        answer = await http.get(url)
        if answer.status_code == 200 and answer.json()["as_of"] is None:
            return True
        await asyncio.sleep(0.2)
    return False


async def _search(http: httpx.AsyncClient, url: str) -> dict[str, Any]:
    answer = await http.get(url)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _judged(seen: Seen, *, changes: int, mutant: str, is_well: bool) -> Outcome:
    figures: dict[str, int | float | str] = {
        "changes": changes,
        "hits before them": seen.hits,
        "longest shown ms": round(max(seen.shown_ms, default=0.0), 1),
        "still shown": seen.still,
        "stale labelled": seen.labelled,
        "stale unlabelled": seen.unlabelled,
    }
    broken = [f"{seen.still} still shown"] * (seen.still > 0)
    broken += [f"{seen.unlabelled} stale answers without their hour"] * (seen.unlabelled > 0)
    broken += ["nothing stood in for the frozen database, or not well again"] * (not is_well)
    return Outcome(f"stale{f' ({mutant})' if mutant else ''}", figures, tuple(broken))
