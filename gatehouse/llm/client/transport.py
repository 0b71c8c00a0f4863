"""One HTTP client for all providers: many connections, no retries, no answer without an end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from gatehouse.llm.client.shards import ShardedTransport, tidy
from gatehouse.llm.client.tidy import TidyBackend

CONNECT_SECONDS = 2.0
READ_SECONDS = 130.0  # above every setting: the bounds of the call cut first
MOST_BYTES = 512 * 1024  # of one response; the longest answer with all its wrapping is a half
MOST_VECTOR_BYTES = 2 * 1024 * 1024  # of one response with embeddings, which are long
MOST_LINE_BYTES = 64 * 1024  # of one line of a stream; a piece of an answer is below one of it
STREAM = "text/event-stream"


class ResponseTooLong(httpx2.DecodingError):
    """A response that goes on for longer than any answer."""


class CountedStream(httpx2.AsyncByteStream):
    """The bytes of a response, up to so many altogether and in one line (0: any)."""

    def __init__(self, stream: httpx2.AsyncByteStream, *, most: int, most_line: int = 0) -> None:
        self._stream = stream
        self._most = most
        self._most_line = most_line
        self._count = self._line = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._measure(chunk)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()

    def _measure(self, chunk: bytes) -> None:
        """Raises ResponseTooLong."""
        self._count += len(chunk)
        if self._count > self._most:
            raise ResponseTooLong(f"the response is longer than {self._most} bytes")
        if not self._most_line:
            return
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._line = self._line + len(chunk) if end < 0 else len(chunk) - end - 1
        if self._line > self._most_line:
            raise ResponseTooLong(f"a line of it is longer than {self._most_line} bytes")


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
        is_stream = response.headers.get("content-type", "").startswith(STREAM)
        is_vectors = response.request.url.path.endswith("/embeddings")
        response.stream = CountedStream(
            response.stream,
            most=MOST_VECTOR_BYTES if is_vectors else MOST_BYTES,
            most_line=MOST_LINE_BYTES if is_stream else 0,
        )


def open_client() -> httpx2.AsyncClient:
    """Keeps connections alive; whoever opens it closes it."""
    client = httpx2.AsyncClient(
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        headers={"Accept-Encoding": "identity"},
        event_hooks={"request": [_connect_soon], "response": [_count]},
        follow_redirects=False,
    )
    backend = TidyBackend()
    for proxy in client._mounts.values():
        if proxy is not None:
            tidy(proxy, backend)
    # As an argument it would switch off HTTPS_PROXY.
    client._transport = ShardedTransport(backend=backend)
    return client
