"""P10 and P16 at the size that is asked for, each with its control."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator

from .dead_model import dead_model
from .hangs import hangs
from .hung_calls import hung_calls
from .lab.hostile import MODES
from .lab.stage import Outcome, Stage

CONTROL_TURNS, CONTROL_TALKS = 10, 8
CALLS_PER_TURNS = 5  # here caller and client share a processor, and only the client is measured


async def experiments(
    stage: Stage, asked: argparse.Namespace
) -> AsyncIterator[tuple[Outcome, bool]]:
    """Outcomes; with True those of controls, which are well when they broke the promise."""
    if asked.hangs:
        yield await hung_calls(calls=max(1, asked.hangs // CALLS_PER_TURNS)), False
        for mode in MODES:
            (outcome,) = await hangs(stage, turns=asked.hangs, modes=(mode,))
            yield outcome, False
        for fault in ("no_deadline", "leak"):
            found = await hangs(stage, turns=CONTROL_TURNS, modes=("silence",), fault=fault)
            yield found[0], True
    if asked.dead_model:
        yield await dead_model(stage, talks=asked.dead_model), False
        for fault in ("unlabelled", "dearer"):
            yield await dead_model(stage, talks=CONTROL_TALKS, fault=fault), True
