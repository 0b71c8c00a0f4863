"""P40, P41 and P35, each followed by its negative controls."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncIterator

from tests.faults.lab.stage import Outcome, Stage
from tests.redis_server import PROGRAM

from .redis_lost import MODES, redis_lost
from .stale import stale
from .stampede import first_owns, no_flight, stampede

CONTROL_CHANGES = 2


async def without_server(asked: Namespace) -> AsyncIterator[Outcome]:
    """P40."""
    if asked.stampede:
        yield await stampede(asked.stampede)
        for make in (no_flight, first_owns):
            yield caught(await stampede(asked.stampede, make))


async def with_server(stage: Stage, asked: Namespace) -> AsyncIterator[Outcome]:
    """P41 and P35."""
    if asked.stale:
        yield await stale(stage, changes=asked.stale)
        yield caught(await stale(stage, changes=CONTROL_CHANGES, mutant="deaf"))
    if asked.redis and PROGRAM is None:
        yield Outcome("redis", {"not run": "redis-server is not installed"}, ("not run",))
    elif asked.redis:
        for mode in MODES:
            yield await redis_lost(stage, mode=mode, visitors=asked.redis)
        yield caught(await redis_lost(stage, mode="killed", visitors=2, mutant="open_limits"))


def caught(found: Outcome) -> Outcome:
    """A control is well when it broke the promise."""
    broken = () if found.broken else ("the deliberate fault was not noticed",)
    told = "; ".join(found.broken[:3])
    return Outcome(f"control: {found.name}", {"caught": told}, broken)
