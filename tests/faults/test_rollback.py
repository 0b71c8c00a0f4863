"""The rollback drill in small; `python -m tests.faults --rollback` runs it on four processes."""

from __future__ import annotations

import pytest

from .lab.stage import Stage
from .rollback.drill import drill
from .rollback.killed import killed

pytestmark = pytest.mark.faults


async def test_r1_28_nobody_is_answered_by_a_canary_soon_after_the_rollback(stage: Stage) -> None:
    outcome = await drill(stage, 1, kinds=("pushed", "polled"), seed=7)
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_a_process_that_never_follows(stage: Stage) -> None:
    outcome = await drill(stage, 1, kinds=("pushed",), seed=7, mutant="never_follows")
    assert any("after the decision" in each for each in outcome.broken), outcome.lines()


async def test_r1_28_the_kill_file_works_without_postgresql_and_redis(stage: Stage) -> None:
    outcome = await killed(stage, kinds=("pushed",))
    assert outcome.is_kept, outcome.lines()
