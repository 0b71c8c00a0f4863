"""Connections by names of our own, closed when their TLS handshake is cancelled.

The library closes them after an error or its own time-out, but a handshake that is cancelled by a
deadline would leave its socket open for as long as the other side likes.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Iterable
from ssl import SSLContext
from typing import Any

from httpcore2 import AnyIOBackend, AsyncNetworkStream, ConnectError, ConnectTimeout

from gatehouse.llm.client.names import Addresses, LookUpFailed, Names
from gatehouse.llm.client.reaching import reached


class TidyBackend(AnyIOBackend):
    """The library's own, with tidy streams, and without the event loop's threads."""

    def __init__(self, names: Names | None = None) -> None:
        self.names = names or Names()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        async def connect(address: str) -> AsyncNetworkStream:
            return await super(TidyBackend, self).connect_tcp(
                address, port, local_address=local_address, socket_options=socket_options
            )

        try:
            async with asyncio.timeout(timeout):
                return TidyStream(await reached(connect, await self._addresses(host)))
        except TimeoutError as late:
            raise ConnectTimeout(f"{host} gave no connection within {timeout} s") from late

    async def _addresses(self, host: str) -> Addresses:
        try:
            return await self.names.addresses(host)
        except LookUpFailed as failed:
            raise ConnectError(str(failed)) from failed


class TidyStream(AsyncNetworkStream):
    """A connection; it ends with a handshake that does not succeed, for whatever reason."""

    def __init__(self, stream: AsyncNetworkStream) -> None:
        self._stream = stream
        self._socket = stream.get_extra_info("socket")

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> AsyncNetworkStream:
        try:
            made = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self._stream.aclose()
            raise
        return TidyStream(made)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # asked of every idle connection at every call
            return _is_readable(self._socket)
        return self._stream.get_extra_info(info)


def _is_readable(socket: Any) -> bool:
    """Something waits to be read, or the other side has gone; both make an idle one useless."""
    number = -1 if socket is None else socket.fileno()
    if number < 0:
        return True
    poller = select.poll()
    poller.register(number, select.POLLIN)
    return bool(poller.poll(0))
