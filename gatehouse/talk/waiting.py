"""Requests that wait for a turn which this process thinks about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


class Board:
    """Replies by inbox row. A waiter that sees nothing here asks the database."""

    def __init__(self) -> None:
        self._expected: dict[int, list[asyncio.Future[str]]] = {}

    def expect(self, inbox_id: int) -> asyncio.Future[str]:
        """A future of the reply; give it back with `forget`."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._expected.setdefault(inbox_id, []).append(future)
        return future

    def forget(self, inbox_id: int, future: asyncio.Future[str]) -> None:
        """Nobody waits on this future any more."""
        future.cancel()
        waiters = self._expected.get(inbox_id, [])
        if future in waiters:
            waiters.remove(future)
        if not waiters:
            self._expected.pop(inbox_id, None)

    def tell(self, inbox_ids: Iterable[int], reply: str) -> None:
        """The turn of these messages is committed."""
        for inbox_id in inbox_ids:
            for future in self._expected.pop(inbox_id, ()):
                if not future.done():
                    future.set_result(reply)
