"""A connection to the first of several addresses that takes one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress

from httpcore2 import AsyncNetworkStream

NEXT_SECONDS = 0.25  # after which the next address is tried as well, as RFC 8305 says
MOST_ADDRESSES = 4
Connect = Callable[[str], Coroutine[object, object, AsyncNetworkStream]]
Trying = asyncio.Task[AsyncNetworkStream]


async def reached(connect: Connect, addresses: Sequence[str]) -> AsyncNetworkStream:
    """Tries all, each a moment after the one before; the others are closed. Raises as `connect`."""
    if len(addresses) == 1:
        return await connect(addresses[0])
    trying: list[Trying] = []
    winner: Trying | None = None
    try:
        winner = await _first(connect, addresses[:MOST_ADDRESSES], trying)
        return winner.result()
    finally:
        await _close([task for task in trying if task is not winner])


async def _first(connect: Connect, addresses: Sequence[str], trying: list[Trying]) -> Trying:
    """The first that succeeded, or the last that failed."""
    for number, address in enumerate(addresses, start=1):
        trying.append(asyncio.create_task(connect(address)))
        is_last = number == len(addresses)
        while left := [task for task in trying if not task.done()]:
            done, _ = await asyncio.wait(
                left, timeout=None if is_last else NEXT_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                if task.exception() is None:
                    return task
            if not done:
                break
    return trying[-1]


async def _close(tasks: Sequence[Trying]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        if not task.cancelled() and task.exception() is None:
            with suppress(OSError):
                await task.result().aclose()
