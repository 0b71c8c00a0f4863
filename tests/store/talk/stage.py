"""Handlers without wits and services of several processes, for the turn's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, cast
from uuid import UUID, uuid4

from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.talk.claims import Incoming
from gatehouse.talk.turn import TurnService
from gatehouse.talk.types import (
    ANYBODY,
    Act,
    Chosen,
    Decision,
    Effect,
    Entry,
    Handler,
    HandlerFor,
    Market,
    Move,
    Outcome,
    Pin,
    Reply,
    Thread,
    Tools,
)
from gatehouse.understanding.types import Filled, Heard, Slot

ALICE = b"a" * 32
BOB = b"b" * 32
CHARLIE = b"c" * 32
TOOLS = Tools(cast(Any, None), cast(Any, None), Market())


def outcome(thread: Thread, *, effects: tuple[Effect, ...] = ()) -> Outcome:
    """Says the messages again and remembers all that was said, in the amenities."""
    told = thread.state.slots.get(Slot.AMENITIES, Filled(())).value
    assert isinstance(told, tuple)
    said = tuple(str(part) for part in told) + tuple(m.text for m in thread.messages)
    return Outcome(
        decision=Decision(Act.CLARIFY, Move.SMALL_TALK),
        reply=Reply("Echo", f"You said: {thread.text}. That was it."),
        state=replace(thread.state, slots={Slot.AMENITIES: Filled(said)}, turn=thread.turn_no),
        heard=Heard(thread.text, "en", 1.0),
        filled_before=(),
        effects=effects,
        timings_ms={"understand": 0.1, "decide": 0.1},
    )


class Echo:
    """Answers at once."""

    name: Literal["rules"] = "rules"

    def __init__(self, effects: tuple[Effect, ...] = ()) -> None:
        self._effects = effects

    async def think(self, thread: Thread, tools: Tools, **_: object) -> Outcome:
        return outcome(thread, effects=self._effects)


class Slow:
    """Thinks until it is let go; tells when it began."""

    name: Literal["rules"] = "rules"

    def __init__(self) -> None:
        self.began = asyncio.Semaphore(0)
        self.let_go = asyncio.Event()

    async def think(self, thread: Thread, tools: Tools, **_: object) -> Outcome:
        self.began.release()
        await self.let_go.wait()
        return outcome(thread)


class Broken:
    """Has a bug."""

    name: Literal["rules"] = "rules"

    async def think(self, thread: Thread, tools: Tools, **_: object) -> Outcome:
        raise ZeroDivisionError


def always(handler: Handler) -> HandlerFor:
    """Everybody is answered by this one."""
    chosen = Chosen(handler, Pin("stable", "rules"))
    return lambda _: chosen


def service(database: Database, handler: Handler | None = None, **settings: Any) -> TurnService:
    """One process's turns; not started, so it sweeps only when told."""
    return TurnService(database, always(handler or Echo()), TOOLS, settings=Settings(**settings))


Say = Callable[..., Incoming]


def message(
    text: str = "hello",
    *,
    owner: bytes = ALICE,
    key: str | None = None,
    name: str | None = None,
    conversation: UUID | None = None,
    about: UUID | None = None,
    entry: Entry = ANYBODY,
) -> Incoming:
    """A message of a visitor, by default into her conversation "home"."""
    if conversation is None and name is None:
        name = "home"
    return Incoming(
        owner_hash=owner,
        key=key or str(uuid4()),
        fingerprint=text.encode().ljust(32)[:32],
        text=text,
        conversation=conversation,
        name=name,
        about=about,
        is_known_owner=True,
        entry=entry,
    )
