"""Keeps a lease alive while a handler thinks, and stops the thinking when it is lost."""

from __future__ import annotations

import asyncio
from types import TracebackType

from gatehouse.base.errors import LostLease, StoreDown
from gatehouse.talk.claims import Claimed
from gatehouse.talk.store import Store

RETRY_SECONDS = 0.2


class KeptLease:
    """`async with` around the thinking: renews after each third of the lease.

    A lease that cannot be renewed cancels the body and leaves as LostLease. A short turn costs one
    timer and no visit.
    """

    def __init__(self, store: Store, claimed: Claimed, seconds: float) -> None:
        self._store = store
        self._claimed = claimed
        self._seconds = seconds
        self._is_lost = False
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        self._body = asyncio.current_task()
        self._timer = loop.call_later(self._seconds / 3, self._begin)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if self._renewing is not None:
            self._renewing.cancel()
        if self._is_lost:
            if isinstance(error, asyncio.CancelledError) and self._body is not None:
                self._body.uncancel()
            raise LostLease from error

    def _begin(self) -> None:
        self._renewing = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._seconds * 2 / 3
        while loop.time() < until:
            try:
                await self._store.renew(self._claimed)
            except LostLease:
                break
            except StoreDown:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            until = loop.time() + self._seconds
            await asyncio.sleep(self._seconds / 3)
        self._is_lost = True
        if self._body is not None:
            self._body.cancel()
