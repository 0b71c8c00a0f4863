"""Visitors who go on writing whatever happens to the cables, and what became of their messages."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from ..lab import checker, conversation
from ..lab.checker import Verdict
from ..lab.history import History
from ..lab.stage import Stage
from ..lab.visitors import Visitor, answers_again

PAUSE_SECONDS = 0.1
SETTLE_SECONDS = 30.0


@asynccontextmanager
async def writers(
    stage: Stage, http: httpx.AsyncClient, port: int, *, count: int
) -> AsyncIterator[list[Visitor]]:
    """They write while the block lasts; afterwards each conversation has to answer once more."""
    history = History(stage.product.folder / f"history-{time.monotonic_ns()}.jsonl")
    stop = asyncio.Event()
    here = [
        Visitor(
            http,
            await conversation.begin(http, port),
            port,
            history,
            random.Random(number),
            PAUSE_SECONDS,
        )
        for number in range(count)
    ]
    writing = [asyncio.create_task(each.write_until(stop)) for each in here]
    try:
        yield here
    finally:
        stop.set()
        await asyncio.gather(*writing)
    for each in here:
        each.is_well = await answers_again(each, seconds=SETTLE_SECONDS)


async def until_acked(visitors: list[Visitor], more: int) -> None:
    """Returns once so many more messages were promised to them, or the time for that is over."""
    history, until = visitors[0].history, time.monotonic() + SETTLE_SECONDS
    wanted = len(history.keys("acked")) + more
    while len(history.keys("acked")) < wanted and time.monotonic() < until:
        await asyncio.sleep(0.05)


async def verdict(stage: Stage, visitors: list[Visitor]) -> Verdict:
    """By the database, once nothing waits there any more or the time for that is over."""
    acked = set[str]().union(*(each.history.keys("acked") for each in visitors))
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        found = checker.judge(stage.product.database_url, acked)
        if not found.waiting or time.monotonic() > until:
            return found
        await asyncio.sleep(0.2)
