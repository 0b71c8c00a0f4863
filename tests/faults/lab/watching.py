"""A served product whose tasks and model connections can be counted from outside."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import psutil

from bench import machine
from bench.product import Server

from . import conversation
from .leaks import POLL_SECONDS, SETTLE_SECONDS
from .stage import LAB, Stage

# What would stand between a test and the model: limits that are proven elsewhere.
OPEN_DOORS = {
    "RATE_LIMIT_PER_SESSION": "100000",
    "RATE_LIMIT_PER_USER": "100000",
    "RATE_LIMIT_PER_IP": "1000000",
    "RATE_LIMIT_SITE": "1000000",
    "MOST_IN_FLIGHT": "4096",
    "LLM_IN_FLIGHT": "4096",
}


@dataclass(frozen=True, slots=True)
class Watched:
    """One server of one worker."""

    server: Server
    model_port: int

    @property
    def port(self) -> int:
        return self.server.port

    async def tasks(self, http: httpx.AsyncClient) -> Counter[str]:
        """Tasks of the worker by the name of what they run."""
        answer = await http.get(f"{conversation.address(self.port)}/lab/tasks")
        return Counter(answer.raise_for_status().json())

    @property
    def model_sockets(self) -> int:
        """Connections of the worker to its model."""
        found = [c for pid in self.server.workers for c in psutil.Process(pid).net_connections()]
        return sum(1 for c in found if c.raddr and c.raddr.port == self.model_port)

    async def leaked(
        self, http: httpx.AsyncClient, before: Counter[str], *, seconds: float = SETTLE_SECONDS
    ) -> tuple[int, Counter[str]]:
        """Sockets and tasks that are there when everything has had time to go."""
        until = asyncio.get_running_loop().time() + seconds
        while True:
            sockets, tasks = self.model_sockets, await self.tasks(http) - before
            if (not sockets and not tasks) or asyncio.get_running_loop().time() > until:
                return sockets, tasks
            await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def watched(
    stage: Stage, *, model: str, model_port: int, **extra: str
) -> AsyncIterator[Watched]:
    """Serves with this LLM_BASE_URL; everything ends with it. Raises machine.NotUp."""
    product, port = stage.product, machine.free_port()
    environment = (
        product.environment(port)
        | LAB
        | OPEN_DOORS
        | {
            "WEB_WORKERS": "1",
            "LLM_BASE_URL": model,
            "LLM_MODEL": "hostile",
            "LLM_API_KEY": "none",
            **extra,
        }
    )
    log = product.folder / f"server-{port}.log"
    command = [sys.executable, "manage.py", "serve", "--app", "tests.faults.lab.watched:app"]
    _ = product.database_url  # this process keeps the database up between servers
    process = machine.spawn(command, env=environment, log=log)
    server = Server(process, port, log)
    product.servers.append(server)
    try:
        await asyncio.to_thread(server.await_ready)
        yield Watched(server, model_port)
    finally:
        for pid in server.pids if "LAB_FAULT" in extra else ():
            machine.kill(pid)  # what is broken on purpose would not end in time by itself
        await asyncio.to_thread(server.stop)
        product.servers.remove(server)
