"""R1: the share of new conversations; each test is named by its row of the catalogue."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gatehouse.base.config import load
from gatehouse.rollout.assign import Ceiling, assign
from gatehouse.rollout.types import WHOLE, Assignment, Control, Live
from gatehouse.web.choosing import ceiling_of
from tests.properties.assignment import laws
from tests.properties.assignment.draws import population

UNITS = population(100_000)
STEPS = (5, 10, 50, 100)


def ceiling(percent: int) -> Ceiling:
    settings = load({}, re_prompt_canary_percent=percent)
    return ceiling_of(settings, newest="v-own")


def canaries(percent: int, control: Control | None = None) -> frozenset[str]:
    limits, control = ceiling(percent), control or Control()
    return frozenset(u for u in UNITS if assign(u, control, limits).arm == "canary")


@pytest.mark.parametrize("percent", [5, 10, 50])
def test_r1_09_a_hundred_thousand_conversations_are_drawn_within_the_band(percent: int) -> None:
    expected = len(UNITS) * percent / 100
    band = laws.Z_999 * (expected * (1 - percent / 100)) ** 0.5
    assert abs(len(canaries(percent)) - expected) <= band


def test_r1_09_who_is_in_a_small_share_is_in_every_larger_one() -> None:
    assert all(small <= large for small, large in pairwise(map(canaries, STEPS)))


def test_r1_09_a_running_conversation_keeps_its_arm_through_ramps_and_restarts() -> None:
    for unit in UNITS[:2000]:
        first = assign(unit, Control(), ceiling(5))._replace(is_pinned=True)
        for percent in (10, 50, 100, 10):
            assert assign(unit, Control(), ceiling(percent), pin=first) is first
    assert laws.restarted(2000).is_kept


def test_r1_31_phase_2_keeps_the_members_of_phase_1() -> None:
    ten, fifty = canaries(10), canaries(50)
    assert ten < fifty
    assert abs(len(fifty) - 50_000) <= laws.Z_999 * 25_000**0.5


def test_r1_31_phase_2_by_a_rollout_keeps_them_too() -> None:
    live = Live("ro_r1", "rules", "v-own", 10_000)
    ten = canaries(100, Control(live=live))
    fifty = canaries(100, Control(live=Live("ro_r1", "rules", "v-own", 50_000, 1)))
    assert ten < fifty


def test_r1_31_the_environment_limits_what_a_rollout_may_have() -> None:
    half = Control(live=Live("ro_r1", "rules", "v-own", 50_000, 1))
    assert canaries(10, half) == canaries(
        100, Control(live=Live("ro_r1", "rules", "v-own", 10_000))
    )


def test_r1_31_a_conversation_of_phase_1_that_was_stable_stays_stable() -> None:
    stable = Assignment("stable", "rules", "SPLIT", "ro_r1", 20_000, 10_000, is_pinned=True)
    half = Control(live=Live("ro_r1", "rules", "v-own", WHOLE, 2))
    assert all(assign(unit, half, ceiling(100), pin=stable) is stable for unit in UNITS[:100])
