"""Decision after decision, and for each process how long afterwards the canary still answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from ..lab.stage import Outcome, Stage
from ..lab.supervisor import supervised
from ..lab.toxics import Toxic
from .crowd import Crowd, Process, crowd, is_canary, is_new
from .levers import Levers
from .wires import wires

Trouble = Literal["none", "slow", "away"]  # of the database, around the decision
TROUBLES: tuple[Trouble, ...] = ("none", "slow", "away")
MOST_SECONDS = {"pushed": 5.0, "polled": 15.0, "one node": 2.0}
QUIET_SECONDS = 4.0  # without a canary's turn: longer than two polls
GIVE_UP_SECONDS = 20.0
CONTROL_SECONDS = 7.0  # so long is enough to see that a process never stops
SLOW_MS = 120
AWAY_SECONDS = 2.0


@dataclass(slots=True)
class Delays:
    """Seconds from a decision to the last reply of the canary, by kind of process."""

    by_kind: dict[str, list[float]] = field(default_factory=dict)
    trouble: dict[str, list[float]] = field(default_factory=dict)  # the same, by trouble

    def note(self, kind: str, trouble: str, seconds: float) -> None:
        self.by_kind.setdefault(kind, []).append(seconds)
        self.trouble.setdefault(trouble, []).append(seconds)


async def drill(
    stage: Stage, rounds: int, *, kinds: tuple[str, ...], seed: int, mutant: str = ""
) -> Outcome:
    """So many decisions, each in one of the troubles; `kinds` names each process."""
    levers, dice, delays = Levers.of(stage), random.Random(seed), Delays()
    most = CONTROL_SECONDS if mutant else GIVE_UP_SECONDS
    async with processes(stage, kinds, mutant) as running, crowd(running) as people:
        for number in range(rounds):
            trouble = TROUBLES[number % len(TROUBLES)] if not mutant else "none"
            await decision(
                levers, people, running, trouble=trouble, dice=dice, delays=delays, most=most
            )
        turns, lost = len(people.seen), people.lost
    await levers.end()
    return _outcome(delays, turns, lost, mutant=mutant)


@asynccontextmanager
async def processes(
    stage: Stage, kinds: tuple[str, ...], mutant: str = "", **extra: str
) -> AsyncIterator[list[Process]]:
    """Servers of one process each, under supervision; all of them up."""
    stage.clear()
    async with AsyncExitStack() as closing:
        ways = await closing.enter_async_context(wires(stage.product, len(kinds)))
        made, supervisors = [], []
        for kind, wire in zip(kinds, ways, strict=True):
            fault = mutant or ("no_push" if kind == "polled" else "")
            supervisor = stage.supervisor(fault, DATABASE_URL=wire.url, **extra)
            supervisors.append(supervisor)
            made.append(Process(supervisor.port, kind, wire))
        await closing.enter_async_context(supervised(*supervisors))
        yield made


async def decision(
    levers: Levers,
    people: Crowd,
    running: list[Process],
    *,
    trouble: Trouble,
    dice: random.Random,
    delays: Delays,
    most: float,
) -> None:
    """A canary everywhere, a while of talking, the rollback, and what still came after it."""
    await _canary(levers, people, running)
    async with troubled(running, trouble):
        await asyncio.sleep(dice.uniform(0.2, 2.2))  # anywhere between two polls
        decided = time.monotonic()
        await levers.rollback()
    for each in running:
        await _settled(people, each.port, decided, most=most)
        last = people.last(each.port, is_canary)
        delays.note(each.kind, trouble, max(0.0, (last or decided) - decided))


@asynccontextmanager
async def everybody_on_the_canary(levers: Levers, running: list[Process]) -> AsyncIterator[Crowd]:
    """Visitors at each process, of whom the new ones get the canary."""
    async with crowd(running) as people:
        await _canary(levers, people, running)
        yield people


async def _canary(levers: Levers, people: Crowd, running: list[Process]) -> None:
    began = time.monotonic()
    await levers.canary()
    for each in running:
        await people.until(each.port, lambda s: is_canary(s) and is_new(s), since=began)


async def _settled(people: Crowd, port: int, decided: float, *, most: float) -> None:
    """Until the process answers, and no more by the canary; or it seems that it never stops."""
    while time.monotonic() - decided < most:
        last = max(people.last(port, is_canary) or decided, decided)
        alive = people.last(port, lambda seen: True) or decided
        if time.monotonic() - last > QUIET_SECONDS and alive > last:
            return
        await asyncio.sleep(0.05)


@asynccontextmanager
async def troubled(running: list[Process], trouble: Trouble) -> AsyncIterator[None]:
    """The database of every process is slow, or cannot be reached for some seconds."""
    proxies = [each.wire.proxy for each in running]
    if trouble == "slow":
        for proxy in proxies:
            await proxy.add(Toxic("slow", "latency", attributes={"latency": SLOW_MS}))
    if trouble == "away":
        for proxy in proxies:
            await proxy.add(Toxic("away", "down"))
    try:
        yield
        if trouble == "away":
            await asyncio.sleep(AWAY_SECONDS)
    finally:
        for proxy in proxies:
            await proxy.clear()


def _outcome(delays: Delays, turns: int, lost: int, *, mutant: str) -> Outcome:
    broken, figures = [], {"turns": turns, "unanswered": lost}
    told: dict[str, int | float | str] = dict(figures)
    for kind, found in sorted(delays.by_kind.items()):
        worst = percentile(found, 0.99)
        told[f"{kind} n"] = len(found)
        told[f"{kind} p50 s"] = round(percentile(found, 0.5), 2)
        told[f"{kind} p99 s"] = round(worst, 2)
        if worst > MOST_SECONDS[kind]:
            broken.append(f"{kind}: canary turns {worst:.1f} s after the decision")
    for trouble, found in delays.trouble.items():
        told[f"database {trouble}: worst s"] = round(max(found), 2)
    return Outcome(f"rollback drill{f' ({mutant})' if mutant else ''}", told, tuple(broken))


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, -(-round(share * 1000) * len(ranked) // 1000) - 1))]
