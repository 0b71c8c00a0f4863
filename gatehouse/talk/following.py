"""Keeps promises: looks whether the listings answer again, and has the matches sent, once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gatehouse.base.database import Database
from gatehouse.base.errors import GatehouseError, StoreDown
from gatehouse.observe import journal, meters
from gatehouse.talk import debts
from gatehouse.talk.looking import PAGE
from gatehouse.talk.stored_state import decode
from gatehouse.talk.types import Tools
from gatehouse.talk.wish import wish

LOOK_SECONDS = (2.0, 3.0)
LEASE_SECONDS = 15.0  # of one attempt; longer than any search may take
PAUSES_SECONDS = (2.0, 60.0)  # between two attempts: the first, doubling up to the last
AT_ONCE = 20  # promises kept in one round
Wake = Callable[[UUID], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FollowUps:
    """The promises of all conversations; any number of processes may look after them.

    `wake` has a conversation with a new message thought about.
    """

    database: Database
    tools: Tools
    wake: Wake

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await asyncio.sleep(random.uniform(*LOOK_SECONDS))  # noqa: S311 - jitter
            try:
                await self.round()
            except StoreDown:
                continue  # readiness says so
            except Exception as bug:  # noqa: BLE001 - one bad row must not end all promises
                journal.failure("follow_ups_failed", bug)

    async def round(self) -> int:
        """Keeps what can be kept now; how many. The first search that fails ends the round."""
        if not await self._count():
            return 0
        kept = 0
        while kept < AT_ONCE and (owed := await self._one(debts.TAKE, lease=LEASE_SECONDS)):
            if not await self._keep(owed):
                break
            kept += 1
        if kept:
            await self._count()
        return kept

    async def _keep(self, owed: dict[str, Any]) -> bool:
        """Searches; where that brings an answer, the promise becomes a message of the house."""
        key = {"conversation": owed["conversation_id"], "turn": owed["turn_id"]}
        wanted = wish(decode(owed["state"]), self.tools.market, limit=PAGE)
        try:
            answer = await self.tools.catalogue.find(wanted)
        except GatehouseError:
            await self._run(debts.POSTPONE, **key, seconds=pause(owed["attempts"]))
            return False
        if answer.as_of is not None:
            await self._run(debts.POSTPONE, **key, seconds=pause(owed["attempts"]))
            return False
        if await self._one(debts.ENQUEUE, **key) is not None:
            await self.wake(owed["conversation_id"])
        return True

    async def _count(self) -> int:
        row = await self._one(debts.COUNT)
        owed = int(row["owed"]) if row else 0
        meters.follow_ups_owed.set(owed)
        return owed

    async def _one(self, statement: str, **values: object) -> dict[str, Any] | None:
        async with self.database.visit() as cur:
            await cur.execute(statement, values)
            return await cur.fetchone()

    async def _run(self, statement: str, **values: object) -> None:
        async with self.database.visit() as cur:
            await cur.execute(statement, values)


def pause(attempts: int) -> float:
    """Seconds until the next attempt after so many; the last third is left to chance."""
    first, last = PAUSES_SECONDS
    seconds = min(last, first * 2.0 ** min(attempts - 1, 10))
    return seconds * random.uniform(2 / 3, 1)  # noqa: S311 - jitter
