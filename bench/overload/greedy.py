"""P22: one client at a hundred times the pace of a hundred others."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from bench import load
from bench.overload.openloop import Request, Seen, message, open_loop, percentile
from bench.overload.shedding import say
from bench.product import Server

NORMAL = 100
EVERY_SECONDS = 6.0  # a message of each normal client
ROUNDS = 4  # alone and beside by turns, so that what else the machine does falls on both
TIMES = 100
# Limits as in production, each client behind the proxy with a network of its own.
ENVIRONMENT = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "Wq9zT3vR8mK1xL6pB4nH7cJ2dF5gS0aY",
    "TRUSTED_PROXIES": "127.0.0.1/32",
    "RATE_LIMIT_SITE": "6000",
}
UNLIMITED = dict.fromkeys(
    ("RATE_LIMIT_PER_SESSION", "RATE_LIMIT_PER_USER", "RATE_LIMIT_PER_IP"), "100000"
)


@dataclass(frozen=True, slots=True)
class Fairness:
    """The hundred alone, and beside the greedy one; all rounds together."""

    alone: Seen
    beside: Seen
    greedy: Seen
    rounds_ms: tuple[float, ...]  # p95 alone in each round: what chance does by itself

    @property
    def alone_ms(self) -> float:
        """p95 without the greedy one."""
        return percentile(self.alone.good, 0.95)

    @property
    def slower(self) -> float:
        """p95 beside the greedy one as a multiple of p95 alone."""
        return percentile(self.beside.good, 0.95) / self.alone_ms

    @property
    def greed_served(self) -> float:
        """Share of the greedy one's messages."""
        return len(self.greedy.good) / len(self.greedy.answers)

    def told(self) -> str:
        return (
            f"  {NORMAL} normal clients: served {self.beside.success:.2%}, p95 "
            f"{self.alone_ms:.1f} ms alone (rounds {min(self.rounds_ms):.0f} to "
            f"{max(self.rounds_ms):.0f}), "
            f"{percentile(self.beside.good, 0.95):.1f} ms beside ({self.slower:.2f} x); greedy: "
            f"{len(self.greedy.good)} served, {len(self.greedy.refused)} refused in p99 "
            f"{percentile(self.greedy.refused, 0.99):.1f} ms, Retry-After {self.greedy.polite:.0%}"
        )


async def fairness(server: Server, *, seconds: float) -> Fairness:
    """Without and with the greedy client by turns, `seconds` of each in all."""
    clients = [
        (f"198.18.{number}.1", await one_session(server.port, f"198.18.{number}.1"))
        for number in range(NORMAL)
    ]
    greedy = (("198.19.1.1"), await one_session(server.port, "198.19.1.1"))
    pace = NORMAL / EVERY_SECONDS
    normal, hammer, part = writing(clients, "normal"), writing([greedy], "greedy"), seconds / ROUNDS
    alone, beside, hammered = [], [], []
    for number in range(ROUNDS):
        alone.append(await open_loop(server.port, pace, normal, seconds=part, seed=number))
        near, far = await asyncio.gather(
            open_loop(server.port, pace, normal, seconds=part, seed=number),
            open_loop(server.port, TIMES / EVERY_SECONDS, hammer, seconds=part, seed=number + 8),
        )
        beside.append(near)
        hammered.append(far)
    p95s = tuple(percentile(seen.good, 0.95) for seen in alone)
    found = Fairness(joined(alone), joined(beside), joined(hammered), p95s)
    say(found.told())
    return found


def joined(parts: list[Seen]) -> Seen:
    """The answers of several runs as of one."""
    answers = [answer for part in parts for answer in part.answers]
    return Seen(sum(part.seconds for part in parts), answers)


async def one_session(port: int, address: str) -> load.Session:
    async with load.wire(port) as line:
        told = await line.post("/api/chat/sessions", {"bearer": True}, X_Forwarded_For=address)
    return load.session_of(told)


def writing(clients: list[tuple[str, load.Session]], kind: str) -> Callable[[], Request]:
    """The clients in turn."""
    turn = itertools.cycle(clients)

    def make() -> Request:
        address, session = next(turn)
        return message(kind, session.token, session.id, X_Forwarded_For=address)

    return make
