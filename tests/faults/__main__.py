"""`python -m tests.faults --kills 100 --seed 7`: the fault tests at any size, with figures."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from bench.product import scratch

from . import model_faults
from .bursts import bursts
from .cables import experiments as cables
from .cells import experiments as cells
from .dialogues import dialogues
from .duplicates import duplicates
from .fuses.experiments import fuses
from .fuses.resting import resting
from .kills import Plan, control, failpoint_kills, random_kills
from .lab.stage import Outcome, Stage
from .modes.matrix import matrix
from .rollback import experiments as rollback

CONTROL_KILLS = 15
CONTROL_ROWS = ("search slow", "model down")
WITHOUT_SERVER = ("stampede", "breaker", "retries", "seed", "json")


def arguments() -> argparse.Namespace:
    """Every experiment runs whose size is given."""
    reader = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    reader.add_argument("--kills", type=int, default=0, help="P01: kill -9 at random instants")
    reader.add_argument("--failpoints", type=int, default=0, help="P01: kills per named place")
    reader.add_argument("--duplicates", type=int, default=0, help="P02: keys sent 1–5 times")
    reader.add_argument("--bursts", type=int, default=0, help="P03: conversations × 5 at once")
    reader.add_argument("--dialogues", type=int, default=0, help="P05: scripted dialogues")
    reader.add_argument("--breaker", type=int, default=0, help="P11–P13: random sequences")
    reader.add_argument("--resting", type=int, default=0, help="P11: searches that cannot work")
    reader.add_argument("--retries", type=int, default=0, help="P14, P15: virtual seconds")
    reader.add_argument("--matrix", action="store_true", help="section 6, row by row")
    reader.add_argument("--rows", default="", help="only these rows of it, with commas")
    reader.add_argument("--cables", action="store_true", help="each network cable in turn")
    reader.add_argument("--stampede", type=int, default=0, help="P40: equal searches at once")
    reader.add_argument("--stale", type=int, default=0, help="P41: changes under a cache")
    reader.add_argument("--redis", type=int, default=0, help="P35: visitors per broken Redis")
    reader.add_argument("--hangs", type=int, default=0, help="P10: turns in each hang mode")
    reader.add_argument("--dead-model", type=int, default=0, help="P16: talks without a model")
    reader.add_argument("--rollback", type=int, nargs="?", const=25, default=0, help="decisions")
    reader.add_argument("--seed", type=int, default=7)
    reader.add_argument("--json", type=Path, help="writes the figures there as well")
    return reader.parse_args()


async def everything(asked: argparse.Namespace) -> AsyncIterator[Outcome]:
    """First what needs no server; one is set up only for the others."""
    async for outcome in fuses(asked):
        yield outcome
    async for outcome in cells.without_server(asked):
        yield outcome
    if any(size for name, size in vars(asked).items() if name not in WITHOUT_SERVER):
        with scratch("gatehouse-faults-") as product:
            async for outcome in experiments(Stage(product), asked):
                yield outcome


async def experiments(stage: Stage, asked: argparse.Namespace) -> AsyncIterator[Outcome]:
    """Each promise, then its negative control: the same test on a product broken on purpose."""
    seed = asked.seed
    if asked.kills:
        yield await random_kills(stage, Plan(asked.kills, seed))
        yield caught(await random_kills(stage, control(kills=CONTROL_KILLS, seed=seed)))
    if asked.failpoints:
        yield await failpoint_kills(stage, each=asked.failpoints, seed=seed)
    if asked.duplicates:
        yield await duplicates(stage, keys=asked.duplicates, seed=seed)
        yield caught(await duplicates(stage, keys=asked.duplicates, seed=seed, mutant="no_unique"))
    if asked.bursts:
        yield await bursts(stage, conversations=asked.bursts, seed=seed)
        yield caught(await bursts(stage, conversations=asked.bursts, seed=seed, mutant="no_claim"))
    if asked.dialogues:
        yield await dialogues(stage, count=asked.dialogues, seed=seed)
        few = min(40, asked.dialogues)
        yield caught(await dialogues(stage, count=few, seed=seed, mutant="forget", restart_every=0))
    if asked.resting:
        yield await resting(stage, asked.resting)
        yield caught(await resting(stage, asked.resting, open_after=100))
    if asked.matrix:
        yield await matrix(stage, only=_rows(asked))
        for mutant in ("no_label", "no_word"):
            yield caught(await matrix(stage, mutant=mutant, languages=("en",), only=CONTROL_ROWS))
    if asked.cables:
        async for outcome, is_control in cables.experiments(stage):
            yield caught(outcome) if is_control else outcome
    async for outcome in cells.with_server(stage, asked):
        yield outcome
    async for outcome, is_control in model_faults.experiments(stage, asked):
        yield caught(outcome) if is_control else outcome
    if asked.rollback:
        async for outcome, is_control in rollback.experiments(stage, asked.rollback, seed=seed):
            yield caught(outcome) if is_control else outcome


def _rows(asked: argparse.Namespace) -> tuple[str, ...]:
    return tuple(name.strip() for name in asked.rows.split(",") if name.strip())


def caught(found: Outcome) -> Outcome:
    """A control is well when it broke the promise; a test that cannot fail proves nothing."""
    broken = () if found.broken else ("the deliberate fault was not noticed",)
    told = "; ".join(each[:80] for each in found.broken[:2])
    return Outcome(f"control: {found.name}", {**found.figures, "caught": told}, broken)


async def run(asked: argparse.Namespace) -> int:
    """The number of broken promises."""
    outcomes = []
    async for outcome in everything(asked):
        sys.stdout.write("\n".join(outcome.lines()) + "\n")
        sys.stdout.flush()
        outcomes.append(outcome)
    if asked.json:
        told = [asdict(each) for each in outcomes]
        asked.json.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    return sum(not each.is_kept for each in outcomes)


def _leave(*_: object) -> NoReturn:
    raise SystemExit("ended by a signal")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)  # so that whatever was started is ended, too
    sys.exit(1 if asyncio.run(run(arguments())) else 0)
