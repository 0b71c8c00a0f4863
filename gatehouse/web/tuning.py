"""Live settings reach what was built with them: each change is put in while the house is open."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from gatehouse.base.config import Settings
from gatehouse.base.database import Database, PoolLimits
from gatehouse.base.errors import GatehouseError
from gatehouse.listings.cached import CachedCatalogue
from gatehouse.listings.guarded import PLACES, SERVICE, GuardedCatalogue
from gatehouse.listings.store import SqlCatalogue
from gatehouse.llm.assembly import Voice
from gatehouse.observe import journal
from gatehouse.resilience.breaker import Rules
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.seats import Admission
from gatehouse.talk.turn import TurnService


def pool_limits(settings: Settings) -> tuple[PoolLimits, PoolLimits]:
    """Of the lane's two pools: chat, search."""
    size = settings.checkpointer_pool_max_size
    wait = settings.checkpointer_pool_timeout_seconds
    chat = PoolLimits(size, settings.checkpointer_statement_timeout_ms, acquire_seconds=wait)
    search = PoolLimits(
        size, settings.re_search_timeout_ms, is_read_only=True, acquire_seconds=wait
    )
    return chat, search


def search_places(settings: Settings) -> int:
    """Searches at once. No more than connections: waiting for one is no failure of theirs."""
    return min(PLACES, settings.checkpointer_pool_max_size)


def search_rules(settings: Settings) -> Rules:
    """When the breaker of the search opens."""
    return Rules(in_a_row=settings.re_search_circuit_breaker_open_after)


@dataclass(frozen=True, slots=True)
class Tuning:
    """Everything in a process that a live setting or a feature flag changes."""

    database: Database
    stock: SqlCatalogue
    guarded: GuardedCatalogue
    cached: CachedCatalogue
    breakers: Breakers
    admission: Admission
    turns: TurnService
    voice: Voice | None
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def __call__(self, settings: Settings) -> None:
        """Puts the settings into force; waits for nothing."""
        self._search(settings)
        self.admission.retune(settings.most_in_flight)
        self.turns.retune(settings)
        if self.voice is not None:
            self.voice.retune(settings)
        self._pools(settings)

    def _search(self, settings: Settings) -> None:
        timeout_ms = settings.re_search_timeout_ms
        self.stock.retune(timeout_ms=timeout_ms)
        self.guarded.retune(timeout_ms=timeout_ms, places=search_places(settings))
        self.cached.retune(timeout_ms=timeout_ms, fresh_seconds=settings.search_cache_ttl)
        self.breakers.retune(SERVICE, search_rules(settings))

    def _pools(self, settings: Settings) -> None:
        """Connections are replaced behind the back of whoever asks for one."""
        chat, search = pool_limits(settings)
        task = asyncio.get_running_loop().create_task(self._retune(chat, search))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _retune(self, chat: PoolLimits, search: PoolLimits) -> None:
        try:
            await self.database.retune(chat=chat, search=search)
        except (GatehouseError, OSError) as trouble:
            journal.failure("pools_not_retuned", trouble)
