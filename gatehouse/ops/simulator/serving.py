"""Runs the simulator on a socket: for the command, and inside a test."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gatehouse.base.errors import Misconfigured
from gatehouse.ops.simulator import mind
from gatehouse.ops.simulator.app import Simulator
from gatehouse.ops.simulator.exchange import ABORT

BACKLOG = 2048
_NO_LINGER = struct.pack("ii", 1, 0)


class AbortableProtocol(HttpToolsProtocol):
    """Lets the application reset its connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.reset}  # type: ignore[dict-item]

    def reset(self) -> None:
        """Ends by RST: to the client a broken connection, not the end of an answer."""
        if not self.transport.is_closing():
            bound = self.transport.get_extra_info("socket")
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()


class GuestServer(Server):
    """A server inside somebody else's process: it leaves the signals alone."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(host: str, port: int) -> socket.socket:
    """Port 0: any that is free. Raises Misconfigured."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as taken:
        bound.close()
        raise Misconfigured(f"port {port} of {host} cannot be bound: {taken.strerror}") from None
    return bound


def run(simulator: Simulator, bound: socket.socket) -> None:
    """Serves until Ctrl-C or SIGTERM."""
    mind.ear()  # takes a second, which no client shall wait for
    Server(_config(simulator)).run(sockets=[bound])


@asynccontextmanager
async def serving(simulator: Simulator) -> AsyncIterator[str]:
    """The simulator on a free port of loopback, in this event loop; gives its /v1 address."""
    bound = bind("127.0.0.1", 0)
    server = GuestServer(_config(simulator))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        await server.is_up.wait()
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"
    finally:
        server.should_exit = server.force_exit = True
        await task
        bound.close()


def _config(simulator: Simulator) -> Config:
    return Config(
        simulator,
        http=AbortableProtocol,
        lifespan="off",
        log_level="critical",
        access_log=False,
        backlog=BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        server_header=False,
    )
