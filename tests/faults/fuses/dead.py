"""P11, live: a TCP server dies; how many connections still reach it?"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from gatehouse.base.errors import CircuitOpen
from gatehouse.resilience.breaker import Breaker, Judged, Rules
from gatehouse.resilience.permit import Ticket
from tests.faults.lab.stage import Outcome
from tests.properties.resilience.broken import Maker

Death = Literal["resets", "hangs"]
DEATHS: tuple[Death, ...] = ("resets", "hangs")
TIMEOUT = 0.05
AT_ONCE = 20
LONG_OPEN = Rules(open_seconds=60)  # no probe comes in between, however slow the machine


class NoFuse(Breaker):
    """Lets everything through, always."""

    def settle(self, ticket: Ticket, judged: Judged) -> None:
        """Counts nothing."""


@dataclass
class Backend:
    """Answers one byte until it dies; counts every connection from then on."""

    death: Death
    is_dead: bool = False
    reached: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_dead:
            self.reached += 1
            if self.death == "hangs":
                await reader.read()  # until the caller gives up
        else:
            writer.write(b"1")
        writer.close()


async def dead_backend(death: Death, *, calls: int, make: Maker = Breaker) -> Outcome:
    """One caller after the other, then twenty at a time, each with a fresh breaker."""
    backend = Backend(death)
    server = await asyncio.start_server(backend.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        one_by_one = await _reached(backend, make, port=port, calls=calls, at_once=1)
        together = await _reached(backend, make, port=port, calls=calls, at_once=AT_ONCE)
    figures = {
        "calls": calls,
        "reached_one_by_one": one_by_one,
        f"reached_{AT_ONCE}_at_once": together,
    }
    broken = [f"{one_by_one} calls reached it"] * (one_by_one > 5)
    broken += [f"{together} calls reached it"] * (together > 5 + AT_ONCE)
    return Outcome(f"dead backend that {death}", figures, tuple(broken))


async def _reached(backend: Backend, make: Maker, *, port: int, calls: int, at_once: int) -> int:
    breaker = make("backend_search", rules=LONG_OPEN, on_change=lambda _: None)
    backend.is_dead = False
    for _ in range(20):
        await _call(breaker, port)
    backend.is_dead, backend.reached = True, 0
    left = iter(range(calls))

    async def caller() -> None:
        for _ in left:
            await _call(breaker, port)

    await asyncio.gather(*(caller() for _ in range(at_once)))
    return backend.reached


async def _call(breaker: Breaker, port: int) -> None:
    with suppress(CircuitOpen, OSError, EOFError, TimeoutError), breaker.watch():
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                await reader.readexactly(1)
            finally:
                writer.close()
