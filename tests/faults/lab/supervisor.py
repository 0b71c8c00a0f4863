"""Keeps servers running as an operator's init system would, and kills their processes by number."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench import machine
from bench.product import Product, Server


@dataclass(slots=True)
class Supervisor:
    """One server on one port, started again whenever it has ended."""

    product: Product
    port: int
    environment: dict[str, str]  # may be changed; it counts from the next start on
    starts: int = 0
    server: Server | None = None

    def start(self) -> None:
        if self.server is not None:
            self.server.stop()
            self.product.servers.remove(self.server)
        self.server = self.product.serve(self.port, extra=self.environment)
        self.starts += 1

    async def keep(self, *, every_seconds: float = 0.03) -> None:
        """Runs until cancelled."""
        while True:
            if self.server is None or not self.server.is_alive:
                self.start()
            await asyncio.sleep(every_seconds)

    async def until_ready(self, seconds: float = 60) -> None:
        """Raises machine.NotUp."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.server is not None and await asyncio.to_thread(_is_ready, self.server):
                return
            await asyncio.sleep(0.03)
        raise machine.NotUp(f"the server on port {self.port} is not ready again")

    def kill_server(self) -> None:
        """SIGKILL for every process of the server at once."""
        for pid in self.server.pids if self.server else []:
            machine.kill(pid)

    def kill_worker(self) -> None:
        """SIGKILL for a process that answers requests; the server starts another by itself."""
        for pid in self.workers[:1]:
            machine.kill(pid)

    @property
    def workers(self) -> list[int]:
        return self.server.workers if self.server else []


def _is_ready(server: Server) -> bool:
    return server.is_alive and server.is_ready


@asynccontextmanager
async def supervised(*supervisors: Supervisor) -> AsyncIterator[None]:
    """Servers up and kept up; ended afterwards."""
    keepers = [asyncio.create_task(each.keep()) for each in supervisors]
    try:
        await asyncio.gather(*(each.until_ready(120) for each in supervisors))
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        for each in supervisors:
            if each.server is not None:
                each.server.stop()
