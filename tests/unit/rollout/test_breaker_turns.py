"""A database that hangs keeps no process from ending."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import NoReturn

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import StoreDown
from gatehouse.rollout.breaker_turns import BreakerTurns

PATIENCE_SECONDS = 30.0


async def test_a_visit_that_hangs_is_in_a_thread_that_nobody_waits_for() -> None:
    hangs, seen = threading.Event(), asyncio.Queue[threading.Thread]()
    loop = asyncio.get_running_loop()

    def frozen() -> NoReturn:
        loop.call_soon_threadsafe(seen.put_nowait, threading.current_thread())
        hangs.wait(PATIENCE_SECONDS)
        raise StoreDown("frozen")

    task = asyncio.create_task(BreakerTurns(frozen, "a", TurnableClock()).run())
    thread = await asyncio.wait_for(seen.get(), PATIENCE_SECONDS)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert (thread.is_alive(), thread.daemon) == (True, True)
    hangs.set()
