"""Things that can be taken away from a running server, and given back."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from bench import machine
from bench.product import Product


@asynccontextmanager
async def locked_listings(url: str) -> AsyncIterator[None]:
    """No search gets an answer: another session holds the table."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=False) as connection:
        await connection.execute("LOCK TABLE real_estate_listing IN ACCESS EXCLUSIVE MODE")
        try:
            yield
        finally:
            await connection.rollback()


@dataclass(slots=True)
class Model:
    """The simulated model as a process of its own, which may be killed and started again."""

    product: Product
    port: int
    process: Any = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LLM_BASE_URL": f"http://127.0.0.1:{self.port}/v1",
            "LLM_API_KEY": "none",
            "LLM_MODEL": "simulated",
        }

    async def start(self) -> None:
        """Raises machine.NotUp."""
        told = ["--port", str(self.port), "--think-ms", "20", "--tokens-per-second", "0"]
        command = [sys.executable, "manage.py", "simulate_model", *told]
        log = self.product.folder / "model.log"
        env = self.product.environment(0)
        self.process = machine.spawn(command, env=env, log=log)
        url = f"http://127.0.0.1:{self.port}/v1/models"
        await asyncio.to_thread(machine.await_http, url, process=self.process, log=log, seconds=60)

    async def stop(self) -> None:
        if self.process is not None:
            await asyncio.to_thread(machine.finish, self.process)
            self.process = None

    async def behave(self, behaviour: str) -> None:
        """From now on; "good" ends it."""
        async with httpx.AsyncClient(trust_env=False) as http:
            url = f"http://127.0.0.1:{self.port}/behaviour"
            (await http.post(url, json=_told(behaviour))).raise_for_status()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.start()
        try:
            yield
        finally:
            await self.stop()


def _told(behaviour: str) -> dict[str, Any]:
    name, *pairs = behaviour.split(";")
    return {"name": name, "params": dict(pair.split("=", 1) for pair in pairs)}
