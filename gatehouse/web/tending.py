"""Background work of a process: what fails is told at once and begun again, never silently lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from gatehouse.observe import journal

AGAIN_SECONDS = 5.0
Work = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[object]]


async def tend(name: str, work: Work, *, sleep: Sleep = asyncio.sleep) -> None:
    """Runs `work` until it returns or this is cancelled; a bug in it costs a pause."""
    while True:
        try:
            return await work()
        except Exception as bug:  # noqa: BLE001 - logged; the house goes on without it meanwhile
            journal.failure("background_failed", bug, work=name)
        await sleep(AGAIN_SECONDS)


@asynccontextmanager
async def tended(works: Mapping[str, Work]) -> AsyncIterator[None]:
    """All of them while what is inside runs; then they are ended, and their ends waited for."""
    tasks = [asyncio.create_task(tend(name, work), name=name) for name, work in works.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
