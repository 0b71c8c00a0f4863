"""The one call to the listings that a decision needs."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from gatehouse.base.errors import (
    CircuitOpen,
    DeadlinePassed,
    GatehouseError,
    Overloaded,
    SearchDown,
    SearchTimeout,
)
from gatehouse.listings.types import Answer, Listing
from gatehouse.observe import arms, meters
from gatehouse.talk import memory
from gatehouse.talk.scene import Silence
from gatehouse.talk.settling import value
from gatehouse.talk.types import Act, Decision, Move, Tools
from gatehouse.talk.wish import wish
from gatehouse.understanding.types import DialogueState, Slot

PAGE = 6
MOST_FETCHED = 50
_BY_ID = (Move.ANSWER_HOME, Move.COMPARE)
Trouble = Literal["search_timeout", "search_unexpected", "circuit_open"]
TROUBLE: dict[type[GatehouseError], Trouble] = {
    SearchTimeout: "search_timeout",
    DeadlinePassed: "search_timeout",
    Overloaded: "search_timeout",  # too many searches of this process at once
    SearchDown: "search_unexpected",
    CircuitOpen: "circuit_open",
}


@dataclass(frozen=True, slots=True)
class Lookup:
    """What one call to the catalogue brought; `trouble` is an error type of `re_error_total`."""

    homes: tuple[Listing, ...] = ()
    answer: Answer | None = None
    is_free: bool | None = None
    trouble: Trouble | None = None

    def silence(self, decision: Decision) -> Silence | None:
        """That the listings did not answer. The first page of a whole wish can be sent later."""
        if self.trouble is None:
            return None
        is_slow = self.trouble == "search_timeout"
        is_whole = decision.act is Act.SEARCH_AND_RECOMMEND and decision.move is Move.RECOMMEND
        return Silence(is_slow, is_promised=is_whole and not is_slow)


async def look_up(
    decision: Decision, state: DialogueState, *, tools: Tools, arm: str = "stable"
) -> Lookup:
    """The one call that the decision needs, or none."""
    try:
        if decision.move in (Move.RECOMMEND, Move.MORE):
            return await _search(decision, state, tools=tools, arm=arm)
        if decision.move in _BY_ID:
            return await _fetch(decision, state, tools)
    except tuple(TROUBLE) as trouble:
        return Lookup(trouble=TROUBLE[type(trouble)])
    return Lookup()


async def _search(decision: Decision, state: DialogueState, *, tools: Tools, arm: str) -> Lookup:
    start = memory.page(state, decision)
    most = start + PAGE + len(state.rejected)
    wanted = wish(state, tools.market, limit=min(most, MOST_FETCHED))
    answer = without_rejected(await _timed(tools.catalogue.find(wanted), arm), state.rejected)
    found = answer.found.listings
    if not found and answer.relaxed and set(answer.relaxed.limits) <= set(state.accepted):
        found = answer.relaxed.found.listings
    return Lookup(found[start : start + PAGE], answer)


def without_rejected(answer: Answer, rejected: tuple[str, ...]) -> Answer:
    """The answer without the homes that the visitor turned down."""
    if not rejected:
        return answer
    kept = tuple(home for home in answer.found.listings if str(home.id) not in rejected)
    dropped = len(answer.found.listings) - len(kept)
    found = replace(answer.found, listings=kept, total=answer.found.total - dropped)
    return replace(answer, found=found)


async def _timed(search: Awaitable[Answer], arm: str) -> Answer:
    """Counts what was executed, cut searches too; not what never began."""
    arms.serving.set(arm)
    began = time.perf_counter()
    try:
        answer = await search
    except SearchTimeout:
        _observe(began, arm, status="timeout")
        raise
    status = "ok" if answer.found.listings else "empty"
    _observe(began, arm, status=status, is_cached=answer.is_cached)
    return answer


def _observe(began: float, arm: str, *, status: str, is_cached: bool = False) -> None:
    spent_ms = (time.perf_counter() - began) * 1000
    if not is_cached:
        meters.re_backend_search_ms.labels(arm=arm).observe(spent_ms)
    meters.tool_latency_ms.labels(tool="listing_search", status=status).observe(spent_ms)


async def _fetch(decision: Decision, state: DialogueState, tools: Tools) -> Lookup:
    first, last = value(state, Slot.CHECK_IN), value(state, Slot.CHECK_OUT)
    ids = tuple(UUID(home_id) for home_id in decision.home_ids)
    asks_for_days = decision.asked == ("availability",) and len(ids) == 1
    if asks_for_days and isinstance(first, date) and isinstance(last, date):
        return Lookup(is_free=await tools.catalogue.is_free(ids[0], first, last))
    return Lookup(await tools.catalogue.get(ids))
