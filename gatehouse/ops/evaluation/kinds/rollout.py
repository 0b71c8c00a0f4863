"""Verdicts on rollouts: false alarms, sizes, clusters, swings and draws, simulated and checked."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gatehouse.ops.evaluation.rollout import clusters, late, phase, ramp, sizes, swings, whole
from gatehouse.ops.evaluation.rollout.table import Table, Tables
from gatehouse.ops.evaluation.sources import EvaluationError

ROOM = "rollout"
RUNS = 2_000
FEWEST = 100  # below it no tolerance means anything


def _null(*, runs: int) -> Iterator[Table]:
    title = "false verdicts, looked at after each conversation"
    yield sizes.measured(title, sizes.NULLS, runs=runs)
    yield from whole.measured(runs=runs)


def _detection(*, runs: int) -> Iterator[Table]:
    for title, cases in sizes.TABLES.items():
        yield sizes.measured(title, cases, runs=runs)
    yield from late.measured(runs=runs)


PARTS: Mapping[str, Callable[..., Iterator[Table]]] = {
    "null": _null,
    "detection": _detection,
    "clustering": clusters.measured,
    "phase": phase.measured,
    "swings": swings.measured,
    "srm": ramp.measured,
}


def add_arguments(parser: ArgumentParser) -> None:
    """Options of `gatehouse evaluate rollout`."""
    parser.add_argument("part", choices=(*PARTS, "all"), help="what to simulate")
    parser.add_argument("--runs", type=int, default=RUNS, help="simulated paths of each case")


def run(options: Mapping[str, Any]) -> Tables:
    """Simulates one part or all, with fixed seeds. `Tables.broken` says what was not as promised.

    Raises EvaluationError for fewer runs than mean anything.
    """
    if options["runs"] < FEWEST:
        raise EvaluationError(f"--runs must be {FEWEST} or more: fewer paths show nothing")
    names = list(PARTS) if options["part"] == "all" else [options["part"]]
    return Tables(tuple(table for name in names for table in _followed(name, options["runs"])))


def _followed(name: str, runs: int) -> Iterator[Table]:
    begun = time.monotonic()
    for table in PARTS[name](runs=runs):
        seconds = time.monotonic() - begun
        sys.stderr.write(f"{name}: {table.title} ({seconds:.0f} s)\n")
        yield table
