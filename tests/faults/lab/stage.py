"""The stage of every experiment: a scratch product, empty of talks, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
from psycopg import sql

from bench import machine
from bench.product import Product
from gatehouse.ops import cluster

from .supervisor import Supervisor

SECONDS_TO_START = 60.0
# Short leases, so that a test need not wait long for those of killed processes.
LAB = {"LAB": "1", "LEASE_SECONDS": "2", "LOG_LEVEL": "WARNING"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an experiment found: its figures, and each promise that was broken, in words."""

    name: str
    figures: Mapping[str, int | float | str]
    broken: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        return not self.broken

    def lines(self) -> list[str]:
        figures = "  ".join(f"{name} {value}" for name, value in self.figures.items())
        return [f"{self.name}: {figures}", *(f"    BROKEN {each}" for each in self.broken)]


@dataclass(slots=True)
class Stage:
    """Hands out servers of one scratch product, each on a free port."""

    product: Product

    def supervisor(self, mutant: str = "", **extra: str) -> Supervisor:
        """A server to be supervised; `mutant` breaks it on purpose."""
        port = machine.free_port()
        environment = LAB | ({"MUTANT": mutant} if mutant else {}) | extra
        return Supervisor(self.product, port, environment)

    async def kill_database(self) -> None:
        """SIGKILL for the database server; for the next one, if it is being started just now."""
        async with asyncio.timeout(SECONDS_TO_START):
            while True:
                with suppress(LookupError):
                    return machine.kill(self.product.postgres_pid)
                await asyncio.sleep(0.02)

    @contextmanager
    def slow_commits(self, milliseconds: int) -> Iterator[None]:
        """As on a slow disk: every commit takes so much longer."""
        self._delay_commits(milliseconds)
        try:
            yield
        finally:
            self._delay_commits(0)

    def _delay_commits(self, milliseconds: int) -> None:
        url = cluster.locate(self.product.data).superuser_url()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET commit_siblings = 0")
            delay = sql.SQL("ALTER SYSTEM SET commit_delay = {}").format(milliseconds * 1000)
            connection.execute(delay)
            connection.execute("SELECT pg_reload_conf()")

    def clear(self) -> None:
        """Forgets all talks; no server may be running."""
        with psycopg.connect(self.product.database_url, autocommit=True) as connection:
            connection.execute("TRUNCATE talk_conversation CASCADE")


def violations(**counts: int) -> tuple[str, ...]:
    """The counts that should be 0 and are not, in words."""
    return tuple(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items() if count)
