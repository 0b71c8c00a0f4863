"""Many small pools of connections in the place of one large one.

A pool of the library looks at each of its connections whenever a call begins or ends, so a thousand
calls at once would cost a thousand looks each. Here a call goes to the first pool that has fewer
than SMALL calls, so that few calls share few connections and keep them alive.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2

from gatehouse.llm.client.tidy import TidyBackend

SMALL = 16  # calls of one pool, until all pools have as many
MOST_POOLS = 128
KEPT_SECONDS = 60.0
Pool = httpx2.AsyncBaseTransport


class ShardedTransport(httpx2.AsyncBaseTransport):
    """Makes its pools as they are needed; how many calls there are is the bulkhead's matter."""

    def __init__(
        self, make: Callable[[], Pool] | None = None, *, backend: TidyBackend | None = None
    ) -> None:
        self._make = make or _maker(backend or TidyBackend())
        self._pools: list[Pool] = []
        self._busy: list[int] = []

    @property
    def busy(self) -> tuple[int, ...]:
        """Calls of each pool."""
        return tuple(self._busy)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        number = self._choose()
        self._busy[number] += 1
        try:
            response = await self._pools[number].handle_async_request(request)
        except BaseException:
            self._busy[number] -= 1
            raise
        inner = response.stream
        if not isinstance(inner, httpx2.AsyncByteStream):
            raise TypeError("a transport gave a stream of another kind")
        response.stream = LentStream(inner, lambda: self._ended(number))
        return response

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()

    def _choose(self) -> int:
        for number, busy in enumerate(self._busy):
            if busy < SMALL:
                return number
        if len(self._pools) < MOST_POOLS:
            self._pools.append(self._make())
            self._busy.append(0)
            return len(self._pools) - 1
        return min(range(len(self._busy)), key=self._busy.__getitem__)

    def _ended(self, number: int) -> None:
        self._busy[number] -= 1


class LentStream(httpx2.AsyncByteStream):
    """Tells once that it has been closed."""

    def __init__(self, stream: httpx2.AsyncByteStream, ended: Callable[[], None]) -> None:
        self._stream = stream
        self._ended: Callable[[], None] | None = ended

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        ended, self._ended = self._ended, None
        try:
            await self._stream.aclose()
        finally:
            if ended:
                ended()


def tidy(pool: Pool, backend: TidyBackend) -> None:
    """Makes the pool connect as we do; there is no public way to hand it in."""
    inner: Any = getattr(pool, "_pool", None)
    if inner is None:
        raise TypeError("a transport of the library without a pool of connections")
    inner._network_backend = backend


def _maker(backend: TidyBackend) -> Callable[[], Pool]:
    """All pools share one TLS context: to read the certificates costs 40 ms."""
    context = httpx2.create_ssl_context()
    limits = httpx2.Limits(
        max_connections=None, max_keepalive_connections=SMALL, keepalive_expiry=KEPT_SECONDS
    )

    def make() -> Pool:
        made = httpx2.AsyncHTTPTransport(verify=context, limits=limits, retries=0)
        tidy(made, backend)
        return made

    return make
