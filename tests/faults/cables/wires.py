"""The cables between a server and what it depends on: each leads through faultd and can be cut."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from bench import machine
from bench.product import Product
from tests.redis_server import PROGRAM, running

from ..lab.proxy import Proxy, proxied
from ..lab.toxics import Toxic
from ..modes.breakage import Model

How = Literal["hole", "refuse"]  # nothing comes through, or nobody listens
WAYS: tuple[How, ...] = ("hole", "refuse")
BOTH_WAYS = ("upstream", "downstream")


@dataclass(frozen=True, slots=True)
class Wires:
    """One proxy a dependency, by its name, and the settings that lead a server to them."""

    proxies: dict[str, Proxy]
    environment: dict[str, str]

    @asynccontextmanager
    async def cut(self, name: str, how: How) -> AsyncIterator[None]:
        """This cable is out while the block lasts."""
        proxy = self.proxies[name]
        for toxic in _toxics(how):
            await proxy.add(toxic)
        try:
            yield
        finally:
            await proxy.clear()


def _toxics(how: How) -> list[Toxic]:
    if how == "refuse":
        return [Toxic("refuse", "down")]
    return [Toxic(f"hole {way}", "timeout", direction=way) for way in BOTH_WAYS]


def has_redis() -> bool:
    return PROGRAM is not None


@asynccontextmanager
async def database_wire(product: Product) -> AsyncIterator[Wires]:
    """PostgreSQL over TCP, though the bundled server listens on a socket only."""
    url = urlsplit(product.database_url)
    folder = parse_qs(url.query)["host"][0]
    async with proxied(f"unix:{folder}/.s.PGSQL.5432") as proxy:
        login = f"{url.username}:{url.password}"
        there = f"postgresql://{login}@{proxy.listen}{url.path}?sslmode=disable"
        yield Wires({"database": proxy}, {"DATABASE_URL": there})


@asynccontextmanager
async def redis_wire(product: Product) -> AsyncIterator[Wires]:
    with running(product.folder) as redis:
        async with proxied(f"127.0.0.1:{redis.port}") as proxy:
            yield Wires({"redis": proxy}, {"REDIS_URL": f"redis://{proxy.listen}/0"})


@asynccontextmanager
async def model_wire(product: Product) -> AsyncIterator[Wires]:
    model = Model(product, machine.free_port())
    async with model.running(), proxied(f"127.0.0.1:{model.port}") as proxy:
        there = {"LLM_BASE_URL": f"http://{proxy.listen}/v1", "LLM_FIRST_TOKEN_MS": "1500"}
        yield Wires({"model": proxy}, model.environment | there)
