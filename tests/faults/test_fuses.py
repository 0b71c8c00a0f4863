"""P11–P15 in small; `python -m tests.faults --breaker 100000 --retries 300` runs them in full."""

from __future__ import annotations

import pytest

from tests.properties.resilience.broken import BROKEN

from .fuses.amplification import Fault, amplification
from .fuses.arrivals import NoLock, arrivals
from .fuses.dead import DEATHS, Death, NoFuse, dead_backend
from .fuses.herd import herd
from .fuses.innocence import innocence
from .fuses.resting import resting
from .lab.stage import Stage

SEED = 7


@pytest.mark.parametrize("death", DEATHS)
async def test_at_most_five_calls_reach_a_dead_backend(death: Death) -> None:
    outcome = await dead_backend(death, calls=200)
    assert outcome.is_kept, outcome.lines()
    assert not (await dead_backend("resets", calls=60, make=NoFuse)).is_kept


async def test_half_open_lets_one_probe_through_and_never_wedges() -> None:
    outcome = await arrivals(30)
    assert outcome.is_kept, outcome.lines()


@pytest.mark.parametrize("fault", ["unlimited_half_open", "lease_for_ever"])
async def test_the_same_rush_notices_a_breaker_without_a_lease(fault: str) -> None:
    assert not (await arrivals(3, BROKEN[fault])).is_kept


async def test_the_same_rush_notices_a_breaker_that_threads_get_between() -> None:
    assert not (await arrivals(2, NoLock)).is_kept


async def test_cancelled_callers_the_date_and_readers_do_not_move_a_breaker() -> None:
    outcome = await innocence(1000, 10_000)
    assert outcome.is_kept, outcome.lines()


@pytest.mark.parametrize(
    "fault", ["counts_cancellations", "wall_clock", "reading_takes_the_permit"]
)
async def test_the_same_test_notices_a_breaker_that_they_move(fault: str) -> None:
    assert not (await innocence(100, 100, BROKEN[fault])).is_kept


def test_retries_do_not_amplify_a_failure() -> None:
    outcome = amplification(60, seed=SEED)
    assert outcome.is_kept, outcome.lines()


@pytest.mark.parametrize("fault", ["no_budget", "two_layers"])
def test_the_same_traffic_notices_retries_without_bounds(fault: Fault) -> None:
    assert not amplification(60, seed=SEED, fault=fault).is_kept


def test_a_dependency_that_comes_back_meets_no_herd() -> None:
    outcome = herd(seed=SEED)
    assert outcome.is_kept, outcome.lines()
    assert not herd(seed=SEED, fault="same_moment").is_kept


@pytest.mark.faults
async def test_a_search_that_cannot_work_is_refused_without_asking_and_heals_by_itself(
    stage: Stage,
) -> None:
    outcome = await resting(stage, 30)
    assert outcome.is_kept, outcome.lines()
