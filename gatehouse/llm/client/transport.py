"""One HTTP client for all providers: many connections, no retries, no answer without an end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from gatehouse.llm.client.shards import ShardedTransport

CONNECT_SECONDS = 2.0
READ_SECONDS = 130.0  # above every setting: the bounds of the call cut first
MOST_BYTES = 2_000_000  # of one response; a long answer with all its wrapping is a tenth of it


class ResponseTooLong(httpx2.DecodingError):
    """A response that goes on for longer than any answer."""


class CountedStream(httpx2.AsyncByteStream):
    """The bytes of a response, up to MOST_BYTES."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream
        self._count = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._count += len(chunk)
            if self._count > MOST_BYTES:
                raise ResponseTooLong(f"the response is longer than {MOST_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _connect_soon(request: httpx2.Request) -> None:
    """Whatever a library asks for, a connection is there within CONNECT_SECONDS."""
    asked = request.extensions.get("timeout", {})
    caps = {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}
    request.extensions = {**request.extensions, "timeout": {**asked, **caps}}


async def _count(response: httpx2.Response) -> None:
    """Compression was not asked for, and a small bomb of it could be a large answer."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise httpx2.DecodingError(f"the response is encoded as {encoding}, which was not asked")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = CountedStream(response.stream)


def open_client() -> httpx2.AsyncClient:
    """Keeps connections alive; whoever opens it closes it."""
    client = httpx2.AsyncClient(
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        headers={"Accept-Encoding": "identity"},
        event_hooks={"request": [_connect_soon], "response": [_count]},
        follow_redirects=False,
    )
    client._transport = ShardedTransport()  # as an argument it would switch off HTTPS_PROXY
    return client
