"""`python -m bench.overload`: P20 to P23 against real server processes, each with its control."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
from collections.abc import Mapping

from bench import machine
from bench.overload import greedy, shedding, slow
from bench.overload.openloop import percentile
from bench.overload.shedding import say
from bench.product import Product, Server, scratch

SERVER_CORE, OTHER_CORE = 0, 1
QUIET = {"LOG_LEVEL": "ERROR"}
# A full pool refuses, too: in the control everybody may wait for a connection as well.
UNSHED = {"MUTANT": "no_shedding", "CHECKPOINTER_POOL_TIMEOUT_SECONDS": "30"}


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m bench.overload", description=__doc__)
    reader.add_argument("--seconds", type=float, default=15, help="of each step")
    reader.add_argument("--work-ms", type=int, default=8, help="computing added to each turn")
    reader.add_argument("--only", choices=("shedding", "greedy", "slow"))
    asked = reader.parse_args()
    _allow_open_files(8000)
    with scratch() as product:
        broken = asyncio.run(_run(product, asked))
    for each in broken:
        say(f"    BROKEN {each}")
    return 1 if broken else 0


async def _run(product: Product, asked: argparse.Namespace) -> list[str]:
    broken: list[str] = []
    if asked.only in (None, "shedding"):
        broken += await _shedding(product, asked)
    if asked.only in (None, "greedy"):
        broken += await _greedy(product, asked)
    if asked.only in (None, "slow"):
        broken += await _slow(product, asked)
    return broken


async def _shedding(product: Product, asked: argparse.Namespace) -> list[str]:
    work = {"LAB": "1", "LAB_WORK_MS": str(asked.work_ms)}
    server = _serve(product, work)
    say(f"shedding, {asked.work_ms} ms added to each turn, {asked.seconds:g} s a step")
    steps = await shedding.steps(server, seconds=asked.seconds, factors=shedding.FACTORS)
    mixed = await shedding.classes(server, steps[0].capacity, seconds=asked.seconds)
    server.stop()
    say("control: the same server without shedding (LAB=1 MUTANT=no_shedding)")
    control = _serve(product, work | UNSHED)
    worse = await shedding.steps(control, seconds=asked.seconds, factors=(5.0,))
    control.stop()
    top = steps[-1]
    return _violations(
        {
            "goodput at 10 x below 90 %": top.kept < 0.9,
            "refusals slower than 50 ms": any(percentile(s.seen.refused, 0.99) > 50 for s in steps),
            "refusals without Retry-After": any(s.seen.polite < 1 for s in steps if s.seen.refused),
            "staff shed at 5 x": mixed.of("staff").success < 0.999,
            "new visitors before known ones": mixed.of("existing").success
            < mixed.of("new").success,
            "the control was not noticed": worse[-1].kept >= 0.9,
        }
    )


async def _greedy(product: Product, asked: argparse.Namespace) -> list[str]:
    say(f"one client at {greedy.TIMES} x the pace of {greedy.NORMAL} others")
    server = _serve(product, greedy.ENVIRONMENT)
    fair = await greedy.fairness(server, seconds=4 * asked.seconds)
    server.stop()
    say("control: the same without limits a client")
    control = _serve(product, greedy.ENVIRONMENT | greedy.UNLIMITED)
    unfair = await greedy.fairness(control, seconds=asked.seconds)
    control.stop()
    return _violations(
        {
            "normal clients refused beside the greedy one": fair.beside.success < 0.995,
            "normal clients more than 10 % slower": fair.slower > 1.1,
            "the greedy one was served": fair.greed_served > 0.3,
            "the control was not noticed": unfair.greed_served <= 0.3,
        }
    )


async def _slow(product: Product, asked: argparse.Namespace) -> list[str]:
    say("1000 slow heads, 200 slow bodies, 200 readers who do not read")
    seconds = max(20.0, asked.seconds)
    server = _serve(product, {})
    found = await slow.siege(server, loris=1000, bodies=200, readers=200, seconds=seconds)
    server.stop()
    say("control: uvicorn's own protocol (LAB=1 MUTANT=no_guard)")
    control = _serve(product, {"LAB": "1", "MUTANT": "no_guard"})
    open_ones = await slow.siege(control, loris=200, bodies=0, readers=50, seconds=seconds)
    control.stop()
    return _violations(
        {
            "slow senders left": found.slow.survivors > 0,
            "slow senders cut after 15 s": found.slow.longest > 15,
            "slow readers left": found.readers_left > 0,
            "memory grew by more than 100 MB": found.rss_mb > 100,
            "normal visitors refused": found.during.success < 0.995,
            "the control was not noticed": open_ones.slow.survivors == 0,
        }
    )


def _violations(claims: Mapping[str, bool]) -> list[str]:
    return [claim for claim, is_so in claims.items() if is_so]


def _serve(product: Product, extra: Mapping[str, str]) -> Server:
    server = product.serve(machine.free_port(), extra=QUIET | dict(extra))
    server.await_ready()
    machine.pin(server.pids, SERVER_CORE)
    others = [*machine.family(product.postgres_pid), os.getpid()]
    machine.pin(others, OTHER_CORE)
    machine.favour([*server.pids, *others])
    return server


def _allow_open_files(wanted: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, most), most))


if __name__ == "__main__":
    sys.exit(main())
