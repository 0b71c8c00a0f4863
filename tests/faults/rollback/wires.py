"""Each process reaches the database by a proxy of its own, which tells its news from its turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from bench.product import Product
from gatehouse.rollout.follower import LISTENER

from ..lab.proxy import CHUNK, Proxy, opened
from ..lab.toxics import reset


@dataclass(eq=False, slots=True)
class NewsProxy(Proxy):
    """A proxy that can hold back the connections which follow the control room, and no others."""

    is_partitioned: bool = False
    _followers: set[asyncio.StreamWriter] = field(default_factory=set)

    def partition(self) -> None:
        """Connections of the follower break, and new ones are left without any answer."""
        self.is_partitioned = True
        for writer in set(self._followers):
            reset(writer)

    def heal(self) -> None:
        self.is_partitioned = False
        for writer in set(self._followers):
            reset(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The first bytes of PostgreSQL's protocol name the application in clear."""
        head = await reader.read(CHUNK)
        if LISTENER.encode() in head:
            self._followers.add(writer)
        try:
            if writer in self._followers and self.is_partitioned:
                await reader.read()  # a hole: nothing ever comes back
                return
            behind, onward = await opened(self.upstream)
            onward.write(head)
            await self.carry(reader, writer, behind=behind, onward=onward)
        finally:
            self._followers.discard(writer)


@dataclass(frozen=True, slots=True)
class Wire:
    """A process's way to the database, and the setting that leads it there."""

    proxy: NewsProxy
    url: str


@asynccontextmanager
async def wires(product: Product, count: int) -> AsyncIterator[list[Wire]]:
    """So many ways to the bundled PostgreSQL, over TCP though it listens on a socket only."""
    url = urlsplit(product.database_url)
    folder = parse_qs(url.query)["host"][0]
    login, made = f"{url.username}:{url.password}", []
    try:
        for number in range(count):
            proxy = NewsProxy(f"wire {number}", f"unix:{folder}/.s.PGSQL.5432", seed=number)
            await proxy.start()
            options = "sslmode=disable&gssencmode=disable"
            made.append(Wire(proxy, f"postgresql://{login}@{proxy.listen}{url.path}?{options}"))
        yield made
    finally:
        for wire in made:
            await wire.proxy.stop()
