"""Malformed answers of a model: what becomes of each, held against the verdict that is fixed."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatehouse.observe import journal
from gatehouse.ops.evaluation.contract import golden
from gatehouse.ops.evaluation.contract.mutations import mutated
from gatehouse.ops.evaluation.contract.stage import Played, play, slots_said
from gatehouse.ops.evaluation.report import Figure, Report

ROOM = "contract"


@dataclass(slots=True)
class _Score:
    endings: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    exceptions: int = 0
    rows: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.endings.total() + self.exceptions


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--mutations", type=int, default=0, help="good answers with bytes changed")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations")
    parser.add_argument("--write", type=Path, help="file for the corpus as it is judged now")


def run(options: Mapping[str, Any]) -> Report:
    """Plays every item through a whole turn."""
    before = journal.use(journal.Journal(sinks=()))  # hundreds of broken answers are no news
    try:
        return asyncio.run(_run(options))
    finally:
        journal.use(before)


async def _run(options: Mapping[str, Any]) -> Report:
    if options["write"]:
        golden.write(await golden.judged(), options["write"])
    items, slots = golden.read(), await slots_said()
    score, mutants = _Score(), _Score()
    for item in items:
        played = await _played(score, item.output, never=item.never, slots=slots)
        if played is not None:
            wrongs = golden.mistakes(item, played)
            score.errors.update(f"{item.family}: {wrong}" for wrong in wrongs)
            row = {"id": item.id, "family": item.family, "ending": played.ending}
            score.rows.append({**row, "reason": played.verdict.reason, "wrongs": wrongs})
    for text in mutated(options["mutations"], seed=options["seed"]):
        played = await _played(mutants, text)
        if played is not None:
            mutants.errors.update(f"mutation: {wrong}" for wrong in played.wrongs)
    figures = [*_figures("corpus", score)]
    if mutants.count:
        figures += _figures("mutations", mutants)
    return Report(
        "contract of the model's answer",
        tuple(figures),
        errors=score.errors + mutants.errors,
        predictions=score.rows,
    )


async def _played(
    score: _Score, output: str, *, never: Iterable[str] = (), slots: object = None
) -> Played | None:
    try:
        played = await play(output, never=tuple(never), slots=slots)
    except Exception as bug:  # noqa: BLE001 - that there is none is what is measured
        score.exceptions += 1
        score.errors[f"exception: {type(bug).__name__}"] += 1
        return None
    score.endings[played.ending] += 1
    return played


def _figures(name: str, score: _Score) -> Iterator[Figure]:
    for ending in ("accepted", "repaired", "fallback"):
        yield Figure(f"{name}: {ending}", score.endings[ending] / score.count, score.count)
    wrong = score.errors.total() - score.exceptions
    yield Figure(f"{name}: exceptions", score.exceptions, score.count, target=0, is_limit=True)
    yield Figure(f"{name}: wrong verdicts", wrong, score.count, target=0, is_limit=True)
