"""Requests that wait for a turn which this process thinks about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


class Board:
    """Replies by inbox row. A waiter that sees nothing here asks the database."""

    def __init__(self) -> None:
        self._expected: dict[int, list[asyncio.Future[str]]] = {}

    async def await_reply(self, inbox_id: int, seconds: float) -> str | None:
        """The reply, if this process commits its turn within the time."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._expected.setdefault(inbox_id, []).append(future)
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return None
        finally:
            self._forget(inbox_id, future)

    def tell(self, inbox_ids: Iterable[int], reply: str) -> None:
        """The turn of these messages is committed."""
        for inbox_id in inbox_ids:
            for future in self._expected.pop(inbox_id, ()):
                if not future.done():
                    future.set_result(reply)

    def _forget(self, inbox_id: int, future: asyncio.Future[str]) -> None:
        waiters = self._expected.get(inbox_id)
        if waiters is not None and future in waiters:
            waiters.remove(future)
            if not waiters:
                del self._expected[inbox_id]
