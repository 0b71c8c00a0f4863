"""From a claim to a committed turn, again and again until no message waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from gatehouse.base.config import Settings
from gatehouse.base.errors import GatehouseError, LostLease, StoreDown
from gatehouse.observe import journal
from gatehouse.resilience import seats
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk import noting
from gatehouse.talk.claims import Claimed
from gatehouse.talk.committing import Written, write_down
from gatehouse.talk.drafts import Drafts
from gatehouse.talk.failpoints import THINK_SECONDS, WORK_SECONDS, compute, reach
from gatehouse.talk.holding import apologise, language_of
from gatehouse.talk.lease import KeptLease
from gatehouse.talk.rethinking import BrokenOff, Thoughts
from gatehouse.talk.store import Store
from gatehouse.talk.types import Chosen, Handler, HandlerFor, Outcome, Say, Thread, Tools
from gatehouse.talk.waiting import Board

COMMIT_RESERVE_SECONDS = 1.0  # of the deadline, so that a late handler still gets a reply
FOLLOW_UP_AGAIN_SECONDS = 5.0  # pause after promised matches could not be fetched after all
LEAST_AGAIN_SECONDS = 2.0  # for a turn that is thought a second time


def why_not(thread: Thread, outcome: Outcome) -> Literal["settled", "not_yet"] | None:
    """Why promised matches are not sent: they were shown meanwhile, or the listings are away."""
    if not thread.state.is_owed:
        return "settled"
    is_away = outcome.results is None or "search" in outcome.reply.degraded
    return "not_yet" if is_away else None


@dataclass(frozen=True, slots=True)
class Thinker:
    """Thinks about claimed conversations. Holds no connection while a handler does."""

    store: Store
    board: Board
    handler_for: HandlerFor
    tools: Tools
    settings: Settings
    drafts: Drafts = field(default_factory=Drafts)
    thoughts: Thoughts = field(default_factory=Thoughts)

    async def work(self, claimed: Claimed, *, may_continue: Callable[[], bool]) -> None:
        """Answers all that waits in the conversation, turn by turn."""
        now: Claimed | None = claimed
        while now is not None:
            try:
                has_more = await self._take_turn(now)
            finally:
                self.drafts.end(message.id for message in now.thread.messages)
                self.store.drop(now)  # also after a bug: the sweep may take over at once
            now = None
            if has_more and may_continue():
                now = await self.store.claim(claimed.thread.id)

    async def _take_turn(self, claimed: Claimed) -> bool:
        """True: more messages wait."""
        try:
            handler, claimed, outcome = await self._think_under_a_pin(claimed)
            reach("after_llm")
            if claimed.thread.is_follow_up and (nothing := why_not(claimed.thread, outcome)):
                return await self._dismiss(claimed, owes=nothing == "not_yet")
            written, has_more = await self._commit(handler, claimed, outcome)
        except (LostLease, StoreDown) as trouble:
            noting.note_lost(claimed, trouble)
            return False
        except asyncio.CancelledError:
            await self._let_go(claimed)
            raise
        reach("after_turn_commit")
        self.board.tell((m.id for m in claimed.thread.messages), written.reply)
        noting.note_turn(claimed, outcome, written, handler=handler.name)
        return has_more

    async def _dismiss(self, claimed: Claimed, *, owes: bool) -> bool:
        return await self.store.dismiss(claimed, owes=owes, seconds=FOLLOW_UP_AGAIN_SECONDS)

    async def _think_under_a_pin(self, claimed: Claimed) -> tuple[Handler, Claimed, Outcome]:
        """Who thought, under which pin, and what of it came; chosen anew if broken off."""
        seconds = max(self.settings.turn_deadline_ms / 1000 - COMMIT_RESERVE_SECONDS, 0.1)
        deadline = Deadline.after(seconds)
        while True:
            chosen = self.handler_for(claimed.thread)
            under = claimed.under(chosen)
            try:
                return chosen.handler, under, await self._think(chosen, under, deadline)
            except BrokenOff:
                left = max(deadline.remaining, min(LEAST_AGAIN_SECONDS, seconds))
                deadline = Deadline.after(left)

    async def _think(self, chosen: Chosen, claimed: Claimed, deadline: Deadline) -> Outcome:
        try:
            async with KeptLease(self.store, claimed, self.settings.lease_seconds):
                async with asyncio.timeout(deadline.remaining):
                    with self.thoughts.of(chosen.acting):
                        return await self._let_think(chosen.handler, claimed, deadline)
        except (LostLease, BrokenOff):
            raise
        except Exception as bug:  # noqa: BLE001 - a visitor is never left without a reply
            return self._apologise(claimed, bug)

    async def _let_think(self, handler: Handler, claimed: Claimed, deadline: Deadline) -> Outcome:
        if THINK_SECONDS:
            async with seats.away():
                await asyncio.sleep(THINK_SECONDS)
        if WORK_SECONDS:
            await compute()
        say = self._draft(claimed)
        return await handler.think(claimed.thread, self.tools, deadline=deadline, say=say)

    def _draft(self, claimed: Claimed) -> Say:
        thread = claimed.thread
        ids = (message.id for message in thread.messages)
        return self.drafts.begin(ids, turn=thread.turn_no, arm=thread.arm)

    async def _commit(
        self, handler: Handler, claimed: Claimed, outcome: Outcome
    ) -> tuple[Written, bool]:
        try:
            written = write_down(claimed, outcome, handler=handler.name)
            return written, await self._store_turn(claimed, written)
        except (GatehouseError, asyncio.CancelledError):
            raise
        except Exception as bug:  # noqa: BLE001 - an outcome that cannot be stored
            outcome = self._apologise(claimed, bug)
        written = write_down(claimed, outcome, handler=handler.name)
        return written, await self._store_turn(claimed, written)

    async def _store_turn(self, claimed: Claimed, written: Written) -> bool:
        """Commits, and while the database is away tries again until the lease ends."""
        reach("before_turn_commit")
        wait, until = 0.1, time.monotonic() + self.settings.lease_seconds
        is_repeated = False
        while True:
            try:
                return await self.store.commit(
                    claimed,
                    written.values,
                    has_effects=written.has_effects,
                    debt=written.debt,
                )
            except StoreDown:
                if time.monotonic() + wait > until:
                    raise
                is_repeated = True
                await asyncio.sleep(wait)
                wait = min(wait * 2, 1.0)
            except LostLease:
                if is_repeated and await self._was_stored(claimed, written.turn_id):
                    return True
                raise

    async def _was_stored(self, claimed: Claimed, turn_id: UUID) -> bool:
        """The commit's answer was lost on the way, not the commit."""
        standing = await self.store.standing(claimed.thread.messages[0].id)
        return standing.reply is not None and str(turn_id) in standing.reply

    def _apologise(self, claimed: Claimed, bug: Exception) -> Outcome:
        journal.failure("turn_failed", bug, thread=journal.thread_hash(claimed.thread.id))
        language = language_of(
            claimed.thread.messages[-1].language or claimed.language,
            self.tools.market.default_language,
        )
        return apologise(claimed.thread, language)

    async def _let_go(self, claimed: Claimed) -> None:
        """At shutdown: the conversation is free at once for another process."""
        try:
            await self.store.release(claimed)
        except GatehouseError as trouble:
            noting.note_lost(claimed, trouble)
