"""`python -m bench.long`: what a turn costs late in a long conversation, against an early one."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from dataclasses import dataclass

from bench import load, machine
from bench.product import Product, Server, scratch

SERVER_CORE, OTHER_CORE = 0, 1
MOST_RATIO = 1.2
# Ten messages that leave the conversation as it was, so that the round can be said again.
ROUND = (
    "I need an apartment",
    "Kyrenia 500 pounds",
    "long term",
    "does the first one have a pool?",
    "actually make it Famagusta",
    "something cheaper",
    "two bedrooms",
    "compare the first two",
    "any number of bedrooms",
    "thanks",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one turn, on average, in milliseconds."""

    cpu_ms: float
    database_cpu_ms: float
    latency_ms: float


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m bench.long", description=__doc__)
    reader.add_argument("--turns", type=int, default=1000, help="before the late reading")
    reader.add_argument("--repeats", type=int, default=3)
    asked = reader.parse_args()
    with scratch() as product:
        pairs = asyncio.run(_run(product, turns=asked.turns, repeats=asked.repeats))
    for early, late in pairs:
        sys.stdout.write(f"early {_told(early)}   after {asked.turns} turns {_told(late)}\n")
    ratio = max(late.cpu_ms / early.cpu_ms for early, late in pairs)
    whole = max(_whole(late) / _whole(early) for early, late in pairs)
    sys.stdout.write(
        f"late / early, worst of {asked.repeats}: server CPU {ratio:.2f}, with the database's "
        f"{whole:.2f} (goal ≤ {MOST_RATIO})\n"
    )
    return 0 if max(ratio, whole) <= MOST_RATIO else 1


async def _run(product: Product, *, turns: int, repeats: int) -> list[tuple[Cost, Cost]]:
    """Ten long conversations; per repeat a hundred fresh ones give the early reading."""
    server = product.serve(machine.free_port())
    server.await_ready()
    machine.pin(server.pids, SERVER_CORE)
    machine.pin([*machine.family(product.postgres_pid), os.getpid()], OTHER_CORE)
    long = await load.open_sessions(server.port, 10)
    await _talk(server, long, rounds=turns // len(ROUND))
    pairs = []
    for _ in range(repeats):
        fresh = await load.open_sessions(server.port, 100)
        await _talk(server, fresh, rounds=1)
        early = await _cost(product, server, fresh, rounds=1)
        pairs.append((early, await _cost(product, server, long, rounds=10)))
    return pairs


async def _cost(
    product: Product, server: Server, sessions: list[load.Session], *, rounds: int
) -> Cost:
    database = machine.family(product.postgres_pid)
    before = machine.cpu_seconds(server.pids), machine.cpu_seconds(database)
    took = await _talk(server, sessions, rounds=rounds)
    turns = len(sessions) * rounds * len(ROUND)
    spent = (
        machine.cpu_seconds(server.pids) - before[0],
        machine.cpu_seconds(database) - before[1],
    )
    return Cost(spent[0] * 1000 / turns, spent[1] * 1000 / turns, sum(took) * 1000 / turns)


async def _talk(server: Server, sessions: list[load.Session], *, rounds: int) -> list[float]:
    """Ten visitors at a time say the round so often; the seconds that each turn took."""
    waiting, took = list(sessions), list[float]()

    async def visitor() -> None:
        async with load.wire(server.port) as line:
            while waiting:
                session = waiting.pop()
                for text in ROUND * rounds:
                    began = time.perf_counter()
                    await load.say(line, session, text)
                    took.append(time.perf_counter() - began)

    await asyncio.gather(*(visitor() for _ in range(10)))
    return took


def _whole(cost: Cost) -> float:
    return cost.cpu_ms + cost.database_cpu_ms


def _told(cost: Cost) -> str:
    return (
        f"{cost.cpu_ms:.3f} ms CPU + {cost.database_cpu_ms:.3f} ms in the database, "
        f"answered in {cost.latency_ms:.1f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
