"""P20 and P21: what is served at several times the capacity, how fast the rest hears it."""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench import load, machine
from bench.overload.openloop import Request, Seen, message, open_loop, percentile, request
from bench.product import Server

FACTORS = (0.5, 1.0, 2.0, 5.0, 10.0)
CLIENTS = 16
MIX = (("staff", 0.05), ("existing", 0.45), ("new", 0.5))


@dataclass(frozen=True, slots=True)
class Step:
    """One rate and what was seen at it."""

    factor: float
    capacity: float
    seen: Seen
    busy: float  # share of a processor that the server had and used

    @property
    def kept(self) -> float:
        """Goodput as a share of what could be had."""
        return self.seen.goodput / (self.capacity * min(1.0, self.factor))

    def told(self) -> str:
        seen = self.seen
        refusals = f"{len(seen.refused):6} refused in p99 {percentile(seen.refused, 0.99):5.1f} ms"
        return (
            f"{self.factor:4g} x {self.capacity:4.0f}/s  goodput {seen.goodput:6.1f}/s "
            f"{self.kept:5.0%}  accepted p50 {percentile(seen.good, 0.5):5.0f} "
            f"p99 {percentile(seen.good, 0.99):5.0f} ms  {refusals} "
            f"with Retry-After {seen.polite:4.0%}  neither {len(seen.odd)}  CPU {self.busy:.0%}"
        )


async def capacity(server: Server, *, seconds: float) -> float:
    """Turns a second of visitors who wait for their answers; the best of three windows."""
    sessions = await load.open_sessions(server.port, 400)
    await _window(server, sessions, seconds=seconds / 2)
    return max([await _window(server, sessions, seconds=seconds) for _ in range(3)])


async def _window(server: Server, sessions: list[load.Session], *, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds

    async def visitor(own: list[load.Session]) -> int:
        count = 0
        async with load.wire(server.port) as line:
            for session in itertools.cycle(own):
                if loop.time() > until:
                    return count
                await load.say(line, session, "I need an apartment")
                count += 1
        return count

    share = len(sessions) // CLIENTS
    parts = [sessions[n * share : (n + 1) * share] for n in range(CLIENTS)]
    turns = sum(await asyncio.gather(*(visitor(part) for part in parts)))
    return turns / seconds


def existing(sessions: list[load.Session]) -> Callable[[], Request]:
    """Messages of conversations in turn, so that none has two at once."""
    turn = itertools.cycle(sessions)

    def make() -> Request:
        session = next(turn)
        return message("existing", session.token, session.id)

    return make


def mixed(sessions: list[load.Session], dice: random.Random) -> Callable[[], Request]:
    """Staff, visitors in mid-conversation, and visitors who come for the first time."""
    known = existing(sessions)
    kinds, weights = [kind for kind, _ in MIX], [weight for _, weight in MIX]

    def make() -> Request:
        (kind,) = dice.choices(kinds, weights)
        if kind == "existing":
            return known()
        if kind == "staff":
            return request("staff", "GET", "/office/")
        return request("new", "POST", "/api/chat/ask", body={"question": "I need an apartment"})

    return make


async def steps(server: Server, *, seconds: float, factors: tuple[float, ...]) -> list[Step]:
    """Capacity first, then each multiple of it."""
    could = await capacity(server, seconds=seconds)
    sessions = await load.open_sessions(server.port, 1500)
    seen = []
    for factor in factors:
        before, began = machine.cpu_seconds(server.workers), time.monotonic()
        told = await open_loop(server.port, factor * could, existing(sessions), seconds=seconds)
        spent = machine.cpu_seconds(server.workers) - before
        seen.append(Step(factor, could, told, spent / (time.monotonic() - began)))
        say(seen[-1].told())
        await asyncio.sleep(2)
    return seen


async def classes(server: Server, could: float, *, seconds: float) -> Seen:
    """P21 at five times the capacity."""
    sessions = await load.open_sessions(server.port, 1500)
    make = mixed(sessions, random.Random(11))
    seen = await open_loop(server.port, 5 * could, make, seconds=seconds)
    shares = "  ".join(f"{kind} {seen.of(kind).success:.1%}" for kind, _ in MIX)
    say(f"   5 x mixed  served of each class: {shares}  neither {len(seen.odd)}")
    return seen


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
