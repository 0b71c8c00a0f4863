"""A process that still reaches the conversations, but no news: after max_stale nobody new gets a
canary there, whatever it believes."""

from __future__ import annotations

import asyncio
import time

from ..lab.stage import Outcome, Stage
from .crowd import Crowd, is_canary, is_new
from .drill import everybody_on_the_canary, processes
from .levers import Levers

MAX_STALE_SECONDS = 5
POLLED_SECONDS = 2.0  # the last news may be so much older than the cut
WATCHED_SECONDS = 6.0
SLACK_SECONDS = 1.0  # a reply under way, and a busy machine


async def partitioned(stage: Stage, *, mutant: str = "") -> Outcome:
    """A rollback is decided while one of two processes is cut off from the news alone."""
    levers, kinds = Levers.of(stage), ("pushed", "pushed")
    stale = {"CONTROL_MAX_STALE_SECONDS": str(MAX_STALE_SECONDS)}
    async with processes(stage, kinds, mutant, **stale) as running:
        alone = running[0]
        async with everybody_on_the_canary(levers, running) as people:
            alone.wire.proxy.partition()
            cut = time.monotonic()
            await levers.rollback()
            await asyncio.sleep(MAX_STALE_SECONDS + SLACK_SECONDS + WATCHED_SECONDS)
            late = _new_canaries(people, alone.port, since=cut + MAX_STALE_SECONDS + SLACK_SECONDS)
            last = people.last(alone.port, lambda s: is_canary(s) and is_new(s)) or cut
            alone.wire.proxy.heal()
            healed = time.monotonic()
            await people.until(alone.port, lambda s: not is_canary(s), since=healed)
            await asyncio.sleep(POLLED_SECONDS * 2)
            after = people.last(alone.port, is_canary) or cut
    await levers.end()
    return _outcome(late, last - cut, after - healed, mutant=mutant)


def _new_canaries(people: Crowd, port: int, *, since: float) -> tuple[int, int]:
    """Of the conversations begun on this process: those of the canary, and all."""
    begun = [s for s in people.seen if s.port == port and is_new(s) and s.at > since]
    return sum(map(is_canary, begun)), len(begun)


def _outcome(late: tuple[int, int], last: float, back: float, *, mutant: str) -> Outcome:
    canaries, begun = late
    figures: dict[str, int | float | str] = {
        "max_stale s": MAX_STALE_SECONDS,
        "last new canary after the cut s": round(last, 2),
        "conversations begun later": begun,
        "of the canary": canaries,
        "last canary turn after healing s": round(max(0.0, back), 2),
    }
    broken = []
    if canaries or not begun:
        broken.append(f"{canaries} of {begun} new conversations got the canary after max_stale")
    if back > 2 * POLLED_SECONDS:
        broken.append(f"canary turns {back:.1f} s after the news were back")
    name = f"a process without news{f' ({mutant})' if mutant else ''}"
    return Outcome(name, figures, tuple(broken))
