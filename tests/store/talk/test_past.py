"""What was said before, as the prompt gets it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from uuid import uuid4

from gatehouse.base.database import Database
from gatehouse.base.errors import StoreDown
from gatehouse.talk.past import SqlPast

from .stage import message, service


async def test_the_last_messages_come_oldest_first(database: Database, clean: str) -> None:
    turns = service(database)
    conversation = None
    for text in ("one", "two", "three"):
        accepted = await turns.accept(message(text))
        await turns.reply(accepted)
        conversation = accepted.conversation
    assert conversation is not None
    past = SqlPast(database)
    lines = await past.recent(conversation, 4)
    assert [(line.role, line.text) for line in lines] == [
        ("user", "two"),
        ("assistant", "You said: two. That was it."),
        ("user", "three"),
        ("assistant", "You said: three. That was it."),
    ]
    assert len(await past.recent(conversation, 3)) == 3
    assert await past.recent(conversation, 0) == ()
    assert await past.recent(uuid4(), 20) == ()
    await turns.stop()


class Away:
    """A store that cannot be visited."""

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[None]:
        await self._fail()
        yield

    async def _fail(self) -> None:
        raise StoreDown("away")


async def test_a_store_that_is_away_costs_the_memory_alone() -> None:
    assert await SqlPast(cast(Database, Away())).recent(uuid4(), 20) == ()
