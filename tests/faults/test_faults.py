"""The promises P01, P02, P03 and P05 in small; `python -m tests.faults` runs them at full size.

Of the runbooks they show R2-21 (no state is lost when a process is killed, and a server that
acknowledges too early is caught) and R3-40 (a restart between any two turns keeps the context).
"""

from __future__ import annotations

import pytest

from .bursts import bursts
from .dialogues import dialogues
from .duplicates import duplicates
from .kills import Plan, control, failpoint_kills, random_kills
from .lab.stage import Stage

pytestmark = pytest.mark.faults
SEED = 7


async def test_no_acknowledged_message_is_lost_when_anything_dies_at_any_instant(
    stage: Stage,
) -> None:
    outcome = await random_kills(stage, Plan(kills=8, seed=SEED))
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_a_server_that_acknowledges_before_it_stores(
    stage: Stage,
) -> None:
    outcome = await random_kills(stage, control(kills=3, seed=SEED))
    assert int(outcome.figures["lost"]) > 0, outcome.lines()


async def test_no_acknowledged_message_is_lost_at_any_named_place_of_a_turn(stage: Stage) -> None:
    outcome = await failpoint_kills(stage, each=1, seed=SEED)
    assert outcome.is_kept, outcome.lines()


async def test_a_key_sent_many_times_gets_one_turn_and_one_reply(stage: Stage) -> None:
    outcome = await duplicates(stage, keys=40, seed=SEED)
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_keys_that_are_not_unique(stage: Stage) -> None:
    outcome = await duplicates(stage, keys=20, seed=SEED, mutant="no_unique")
    assert outcome.broken, outcome.lines()


async def test_a_burst_over_two_processes_is_answered_in_order_and_nothing_is_lost(
    stage: Stage,
) -> None:
    outcome = await bursts(stage, conversations=40, seed=SEED)
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_conversations_without_an_owner(stage: Stage) -> None:
    outcome = await bursts(stage, conversations=20, seed=SEED, mutant="no_claim")
    assert outcome.broken, outcome.lines()


async def test_nothing_is_asked_again_or_forgotten_when_the_server_restarts_between_turns(
    stage: Stage,
) -> None:
    outcome = await dialogues(stage, count=24, seed=SEED, restart_every=3)
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_a_server_that_forgets_the_slots(stage: Stage) -> None:
    outcome = await dialogues(stage, count=6, seed=SEED, mutant="forget", restart_every=0)
    assert outcome.broken, outcome.lines()
