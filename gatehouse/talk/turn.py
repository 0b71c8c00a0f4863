"""The use case: a message comes in, is stored, is thought about once, and its reply comes out."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import UUID

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.base.errors import StoreDown, Unavailable
from gatehouse.observe import journal
from gatehouse.resilience import seats
from gatehouse.talk import noting
from gatehouse.talk.claims import Accepted, Claimed, Incoming
from gatehouse.talk.drafts import Drafts
from gatehouse.talk.following import FollowUps
from gatehouse.talk.keys import Keys
from gatehouse.talk.owner import Owner
from gatehouse.talk.store import Store
from gatehouse.talk.thinking import Thinker
from gatehouse.talk.types import HandlerFor, Pin, Tools
from gatehouse.talk.waiting import Board

SHUTDOWN_SECONDS = 15.0
FINISH_SECONDS = 10.0  # of them, for turns to end by themselves
POLL_SECONDS = (0.05, 0.25)  # first and longest pause between two looks at a message elsewhere
LOOK_SECONDS = 1.0  # pause between two looks at a message that we think about ourselves
SWEEP_SECONDS = (1.0, 2.0)
SWEPT_AT_ONCE = 8


class ReplyLate(Unavailable):
    """The message is stored and will be answered; this request waited long enough."""

    code, title = "reply-late", "Your message is saved; the reply takes longer"


class TurnService:
    """All turns of one process. Turns belong to it, not to the requests that wait for them."""

    def __init__(
        self,
        database: Database,
        handler_for: HandlerFor,
        tools: Tools,
        *,
        settings: Settings,
        clock: Clock | None = None,
    ) -> None:
        self.database = database
        self.settings = settings
        self.tools = tools
        self.clock = clock or SystemClock()
        self._handler_for = handler_for
        self._owner = Owner()
        self._keys = Keys(database)
        self._board = Board()
        self.drafts = Drafts()
        self.store = Store(
            database,
            self._owner,
            lease_seconds=settings.lease_seconds,
            slow_seconds=settings.checkpointer_slow_log_seconds,
        )
        self._thinker = Thinker(
            self.store, self._board, handler_for, tools, settings, drafts=self.drafts
        )
        self._tasks: set[asyncio.Task[object]] = set()
        self._thinking: set[UUID] = set()
        self._follow_ups = FollowUps(database, tools, self._wake)
        self._tending: tuple[asyncio.Task[None], ...] = ()  # sweep and promises
        self._is_stopping = False
        self.on_retune: list[Callable[[Settings], None]] = []

    def retune(self, settings: Settings) -> None:
        """Other times, limits and features, from the next turn on; those under way keep theirs."""
        self.settings = settings
        self.tools = replace(
            self.tools,
            cards_on=settings.enable_re_recommend_card,
            suggested_actions_on=settings.feature_suggested_actions,
        )
        self._thinker = replace(self._thinker, settings=settings, tools=self.tools)
        self.store.retune(
            lease_seconds=settings.lease_seconds,
            slow_seconds=settings.checkpointer_slow_log_seconds,
        )
        for listener in self.on_retune:
            listener(settings)

    async def start(self) -> None:
        """Begins to look after messages that nobody waits for."""
        self._is_stopping = False
        self._tending = (
            asyncio.create_task(self._sweep_forever()),
            asyncio.create_task(self._follow_ups.run()),
        )

    async def stop(self) -> None:
        """Claims nothing more; lets turns end, then gives their leases back. At most 15 s."""
        self._is_stopping = True
        for tending in self._tending:
            tending.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FINISH_SECONDS)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SHUTDOWN_SECONDS - FINISH_SECONDS)

    async def accept(self, incoming: Incoming) -> Accepted:
        """Stores the message. After this returns it may be acknowledged; it will be answered.

        Raises NotFound, KeyReused, StoreDown.
        """
        accepted = await self.store.accept(incoming)
        if accepted.claim is not None:
            self._work(accepted.claim)
        noting.note_accepted(accepted, self._arm(accepted) if accepted.is_first else "stable")
        return accepted

    def _arm(self, accepted: Accepted) -> str:
        claim = accepted.claim
        return self._handler_for(claim.thread).pin.arm if claim else "stable"

    def rethink(self, is_affected: Callable[[Pin], bool]) -> int:
        """Breaks off the turns that are thought under such pins; how many.

        Each is thought again at once by whoever answers its conversation now.
        """
        return self._thinker.thoughts.break_off(is_affected)

    async def reply(self, accepted: Accepted) -> str:
        """The reply object as JSON; waits for it up to the turn's deadline. Raises ReplyLate."""
        if accepted.reply is not None:
            return accepted.reply
        seats.rest()
        until = monotonic() + self.settings.turn_deadline_ms / 1000
        pause = POLL_SECONDS[0]
        while (left := until - monotonic()) > 0:
            is_ours = accepted.conversation in self._thinking
            seconds = min(left, LOOK_SECONDS if is_ours else pause)
            reply = await self._board.await_reply(accepted.inbox_id, seconds)
            if reply is None:
                reply = await self._look(accepted)
            if reply is not None:
                return reply
            pause = min(pause * 1.5, POLL_SECONDS[1])
        raise ReplyLate(retry_after=2)

    async def _look(self, accepted: Accepted) -> str | None:
        """The reply if another process stored it; takes the conversation over if nobody has it."""
        try:
            standing = await self.store.standing(accepted.inbox_id)
            if standing.reply is None and not self._is_stopping:
                dead = standing.lease_owner if self._owner.is_dead(standing.lease_owner) else None
                if standing.is_free or dead:
                    await self._take_over(accepted.conversation, dead)
        except StoreDown:
            return None  # it comes back, or the deadline ends the wait
        return standing.reply

    async def _wake(self, conversation: UUID) -> None:
        """Has a conversation thought about that got a message of the house."""
        if not self._is_stopping:
            await self._take_over(conversation, None)

    async def keep_promises(self) -> int:
        """Sends what was promised and can be sent now; to how many conversations."""
        return await self._follow_ups.round()

    async def _take_over(self, conversation: UUID, dead: str | None) -> None:
        if conversation in self._thinking:
            return
        claimed = await self.store.claim(conversation, dead=dead)
        if claimed is not None:
            self._work(claimed)

    def _work(self, claimed: Claimed) -> None:
        conversation = claimed.thread.id
        self._thinking.add(conversation)
        seat = seats.carry()
        task = self._own(self._thinker.work(claimed, may_continue=self._may_claim))
        task.add_done_callback(lambda _: self._thinking.discard(conversation))
        if seat is not None:
            task.add_done_callback(lambda _: seat.release())

    def _may_claim(self) -> bool:
        return not self._is_stopping

    def later(self, work: Coroutine[Any, Any, object]) -> None:
        """Runs work that outlives its request; `stop` waits for it."""
        self._own(work)

    def _own(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            journal.failure("turn_failed", error)

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(random.uniform(*SWEEP_SECONDS))  # noqa: S311 - jitter
            try:
                await self.sweep()
                await self._keys.sweep()
            except StoreDown:
                continue  # readiness says so
            except Exception as bug:  # noqa: BLE001 - the sweep must outlive a bad row
                journal.failure("sweep_failed", bug)

    async def sweep(self) -> int:
        """Takes over conversations with unanswered messages and no living worker; how many."""
        taken = 0
        for conversation, dead in (await self.store.unattended())[:SWEPT_AT_ONCE]:
            if conversation not in self._thinking and not self._is_stopping:
                await self._take_over(conversation, dead)
                taken += 1
        return taken
