"""Cables in small; `python -m tests.faults --cables` pulls each of them in both ways."""

from __future__ import annotations

import pytest

from .cables.experiments import pull_out
from .cables.pulled import Pull
from .lab.stage import Stage

pytestmark = pytest.mark.faults


async def test_without_the_database_words_wait_and_are_taken_once_when_it_is_back(
    stage: Stage,
) -> None:
    outcome = await pull_out(stage, Pull("database", "hole", ("de", "ar"), seconds=1.0))
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_promises_that_were_not_stored(stage: Stage) -> None:
    control = Pull("database", "hole", ("en",), "ack_before_insert", seconds=1.0)
    outcome = await pull_out(stage, control)
    assert any("lost" in each for each in outcome.broken), outcome.lines()
