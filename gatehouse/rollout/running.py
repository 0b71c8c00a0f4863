"""The controller and the notices as background work: woken by news, out of the loop's way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from threading import Thread
from typing import Final

from gatehouse.base.errors import StoreDown
from gatehouse.observe import journal, meters
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.controller import Controller, Tick
from gatehouse.rollout.delivery import deliver
from gatehouse.rollout.outlets import Send
from gatehouse.rollout.own_thread import in_thread
from gatehouse.rollout.types import Control

SOON_SECONDS: Final = 0.2  # between two looks while processes have yet to follow
LEAST_SECONDS: Final = 0.1  # news by the hundred do not make it look more often
NOTICE_SECONDS: Final = 2.0
LAG_SECONDS: Final = 1.0  # between two looks at the clock while a look takes long


class Running:
    """Looks every `tick_seconds`, at once when anything changed, and soon while it waits."""

    def __init__(self, controller: Controller, *, tick_seconds: float) -> None:
        self._controller = controller
        self._tick_seconds = tick_seconds
        self._news = asyncio.Event()
        self._looked_at = time.monotonic()
        self._is_lost = False

    def hear(self, _: Control) -> None:
        """Something changed: look now. Called on the event loop."""
        self._news.set()

    async def run(self) -> None:
        """Until cancelled; then another process may lead."""
        try:
            while True:
                self._news.clear()
                tick = await self._look()
                await asyncio.sleep(LEAST_SECONDS)
                pause = SOON_SECONDS if tick and tick.is_waiting else self._tick_seconds
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):  # wait_for may forget a cancellation
                        await self._news.wait()
        finally:
            Thread(target=self._controller.close, daemon=True).start()

    async def _look(self) -> Tick | None:
        """One tick, in a thread; a database that is away costs a pause."""
        looking = in_thread(self._controller.tick)
        while not (await asyncio.wait({looking}, timeout=LAG_SECONDS))[0]:
            meters.rollout_engine_lag_seconds.set(time.monotonic() - self._looked_at)
        meters.rollout_engine_lag_seconds.set(time.monotonic() - self._looked_at)
        try:
            tick = looking.result()
        except StoreDown as trouble:
            self._note_lost(trouble)
            return None
        self._looked_at, self._is_lost = time.monotonic(), False
        meters.rollout_engine_lag_seconds.set(0.0)
        return tick

    def _note_lost(self, trouble: StoreDown) -> None:
        if not self._is_lost:
            journal.event("controller_lost", level="WARNING", error=str(trouble)[:200])
        self._is_lost = True


async def deliver_notices(connect: Connect, senders: Mapping[str, Send]) -> None:
    """Until cancelled."""
    while True:
        with suppress(StoreDown):
            await in_thread(lambda: deliver(connect, senders))
        await asyncio.sleep(NOTICE_SECONDS)
