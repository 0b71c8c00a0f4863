"""P11–P15, each followed by its negative controls. None of them needs a server."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator

from gatehouse.resilience.breaker import Breaker
from tests.faults.lab.stage import Outcome
from tests.properties.resilience.broken import BROKEN, Maker
from tests.properties.resilience.sequences import divergences

from .amplification import amplification
from .arrivals import NoLock, arrivals
from .dead import DEATHS, NoFuse, dead_backend
from .herd import herd
from .innocence import innocence

MUTANT_SEQUENCES = 400
CALLS = 500
CANCELLATIONS, READS = 1_000, 10_000


async def fuses(asked: Namespace) -> AsyncIterator[Outcome]:
    """Those whose size is given."""
    if asked.breaker:
        yield await asyncio.to_thread(agreement, asked.breaker, seed=asked.seed)
        yield await asyncio.to_thread(mutants, seed=asked.seed)
        async for outcome in _live(rounds=max(3, asked.breaker // 100)):
            yield outcome
    if asked.retries:
        for outcome in await asyncio.to_thread(_retries, asked.retries, seed=asked.seed):
            yield outcome


def agreement(count: int, *, seed: int, make: Maker = Breaker) -> Outcome:
    """Breaker and reference model, side by side."""
    found = divergences(count, seed=seed, make=make)
    return Outcome("model", {"sequences": count, "divergences": len(found)}, tuple(found))


def mutants(*, seed: int) -> Outcome:
    """Each broken breaker must part from the model."""
    missed = [
        name
        for name, make in BROKEN.items()
        if not divergences(MUTANT_SEQUENCES, seed=seed, make=make, most=1)
    ]
    caught = f"{len(BROKEN) - len(missed)} of {len(BROKEN)}"
    broken = tuple(f"{name} was not noticed" for name in missed)
    return Outcome("control: model", {"caught": caught, "mutants": ", ".join(BROKEN)}, broken)


def caught(name: str, found: Outcome) -> Outcome:
    """A control is well when it broke the promise."""
    broken = () if found.broken else ("the deliberate fault was not noticed",)
    told = "; ".join(found.broken[:2])
    return Outcome(f"control: {found.name}", {"fault": name, "caught": told}, broken)


async def _live(*, rounds: int) -> AsyncIterator[Outcome]:
    for death in DEATHS:
        yield await dead_backend(death, calls=CALLS)
        yield caught("no_fuse", await dead_backend(death, calls=100, make=NoFuse))
    yield await arrivals(rounds)
    for name in ("unlimited_half_open", "lease_for_ever"):
        yield caught(name, await arrivals(6, BROKEN[name]))
    yield caught("no_lock", await arrivals(3, NoLock))
    yield await innocence(CANCELLATIONS, READS)
    for name in ("counts_cancellations", "wall_clock", "reading_takes_the_permit"):
        yield caught(name, await innocence(100, 100, BROKEN[name]))


def _retries(seconds: float, *, seed: int) -> list[Outcome]:
    return [
        amplification(seconds, seed=seed),
        caught("no_budget", amplification(seconds, seed=seed, fault="no_budget")),
        caught("two_layers", amplification(seconds, seed=seed, fault="two_layers")),
        herd(seed=seed),
        herd(seed=seed, manners="impatient"),
        caught("same_moment", herd(seed=seed, fault="same_moment")),
        caught("no_places", herd(seed=seed, fault="no_places")),
    ]
