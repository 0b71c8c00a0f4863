"""faultd: a TCP proxy that spoils connections in toxiproxy's words, told so over HTTP.

`python -m tests.faults.lab.control` serves toxiproxy's endpoints on port 8474, so that its
clients work here, and the original may be put in place of this one.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from .toxics import Refusal, Toxic, reset

Direction = Literal["upstream", "downstream"]  # towards the server; back to the client
CHUNK = 65536
SOCKET = "unix:"  # before the path of a server that listens on no port


@dataclass(eq=False, slots=True)
class Link:
    """One direction of one connection."""

    proxy: Proxy
    direction: Direction
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    partner: asyncio.StreamWriter  # the other end of what is read here
    dice: random.Random
    passed: int = 0  # bytes so far
    is_ended: bool = False  # by a toxic

    async def run(self) -> None:
        with suppress(ConnectionError):
            while not self.is_ended and (data := await self.reader.read(CHUNK)):
                for toxic in self.toxics:
                    data = await toxic.spoil(data, self)
                await self.write(data)
        await self._close()

    @property
    def toxics(self) -> list[Toxic]:
        """Those that apply to this direction, and were drawn for this connection."""
        return [t for t in self.proxy.toxics.values() if t.applies_to(self)]

    async def write(self, data: bytes) -> None:
        if data and not self.writer.is_closing():
            self.writer.write(data)
            self.passed += len(data)
            await self.writer.drain()

    async def _close(self) -> None:
        for toxic in self.toxics:
            await toxic.before_close()
        if not self.writer.is_closing():
            with suppress(OSError):
                self.writer.write_eof()

    def break_off(self, *, is_reset: bool = False) -> None:
        """Ends both ends of the connection."""
        self.is_ended = True
        for writer in (self.writer, self.partner):
            reset(writer) if is_reset else writer.close()


@dataclass(eq=False, slots=True)
class Proxy:
    """One listening port, passed on to one address."""

    name: str
    upstream: str
    listen: str = "127.0.0.1:0"
    is_enabled: bool = True
    seed: int = 0
    toxics: dict[str, Toxic] = field(default_factory=dict)
    connections: int = 0
    _server: asyncio.Server | None = None
    _links: set[Link] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        host, port = address(self.listen)
        self._server = await asyncio.start_server(self._serve, host, port, backlog=512)
        self.listen = "{}:{}".format(*self._server.sockets[0].getsockname()[:2])
        self.is_enabled = True

    async def stop(self) -> None:
        """As if the server behind had died: refuses, and drops what is open."""
        self.is_enabled = False
        if self._server is not None:
            self._server.close()
            self._server = None
        for link in set(self._links):
            link.break_off(is_reset=True)
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def add(self, toxic: Toxic) -> None:
        """Spoils new connections, and those that are open. Raises Refusal."""
        if toxic.name in self.toxics:
            raise Refusal(409, f"toxic {toxic.name} exists")
        self.toxics[toxic.name] = toxic
        for link in set(self._links):
            toxic.begin(link)
        if toxic.type == "down":
            await self.stop()

    async def remove(self, name: str) -> None:
        """Raises Refusal."""
        if name not in self.toxics:
            raise Refusal(404, "toxic not found")
        toxic = self.toxics.pop(name)
        toxic.is_gone.set()
        if toxic.type == "down":
            await self.start()

    async def clear(self) -> None:
        for name in list(self.toxics):
            await self.remove(name)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served by a task")
        self._tasks.add(task)
        try:
            await self._pass_on(reader, writer)
        except OSError:
            reset(writer)  # nobody listens behind us
        except asyncio.CancelledError:
            reset(writer)  # by stop(); asyncio would report a stream's cancelled task as a bug
        finally:
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, onward = await opened(self.upstream)
        await self.carry(reader, writer, behind=behind, onward=onward)

    async def carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        behind: asyncio.StreamReader,
        onward: asyncio.StreamWriter,
    ) -> None:
        """Both directions of a connection, until both have ended."""
        self.connections += 1
        dice = random.Random(self.seed + self.connections)
        links = (
            Link(self, "upstream", reader, onward, writer, dice),
            Link(self, "downstream", behind, writer, onward, dice),
        )
        self._links |= set(links)
        for link in links:
            for toxic in link.toxics:
                toxic.begin(link)
        try:
            await asyncio.gather(*(link.run() for link in links))
        finally:
            self._links -= set(links)
            for end in (writer, onward):
                end.close()

    def view(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "listen": self.listen,
            "upstream": self.upstream,
            "enabled": self.is_enabled,
            "toxics": [toxic.view() for toxic in self.toxics.values()],
        }


@asynccontextmanager
async def proxied(upstream: str, *, seed: int = 0) -> AsyncIterator[Proxy]:
    """A proxy before "127.0.0.1:5432" or "unix:/folder/socket", on a free port; gone afterwards."""
    proxy = Proxy("proxy", upstream, seed=seed)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()


async def opened(upstream: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Raises OSError while nobody listens there; Refusal."""
    if upstream.startswith(SOCKET):
        return await asyncio.open_unix_connection(upstream.removeprefix(SOCKET))
    return await asyncio.open_connection(*address(upstream))


def address(text: str) -> tuple[str, int]:
    """Raises Refusal."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise Refusal(400, f"{text!r} is no address: allowed is host:port")
    return host, int(port)
