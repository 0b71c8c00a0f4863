"""P42 at the size of every day, with the exact figures of the reference; `python -m
tests.properties.assignment` prints them for a million units."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.rollout.hashing import bucket_of
from gatehouse.rollout.types import WHOLE

from . import laws
from .__main__ import CONTROL_UNITS, REMAINDERS
from .draws import (
    Draw,
    Shares,
    by_remainder,
    drawn,
    flips,
    population,
    with_the_step_in_the_salt,
)

MILLION = 1_000_000
UNITS = population(CONTROL_UNITS)


@cache
def buckets(salt: str) -> list[int]:
    return [bucket_of(salt, unit) for unit in population(MILLION)]


def test_a_million_units_stand_where_the_reference_says() -> None:
    counts = Counter(bucket // 1000 for bucket in buckets("ro_01"))
    chi2 = sum((count - 10_000) ** 2 / 10_000 for count in counts.values())
    assert chi2 == pytest.approx(106.68, abs=0.01)
    assert chi2 < laws.CHI2_99_999


def test_two_rollouts_draw_different_tenths_of_a_million_units() -> None:
    one, other = ([bucket < 10_000 for bucket in buckets(salt)] for salt in ("ro_01", "ro_02"))
    assert (sum(one), sum(other)) == (99_965, 99_581)
    assert sum(a and b for a, b in zip(one, other, strict=True)) == 9_875


@pytest.mark.parametrize("shares", [laws.RAMP, laws.CLASSIC])
def test_nobody_leaves_the_canary_while_its_share_grows(shares: Shares) -> None:
    assert laws.monotone(UNITS, shares).is_kept


@settings(max_examples=20)
@given(st.lists(st.integers(1, WHOLE), min_size=2, max_size=6).map(sorted))
def test_any_monotone_ramp_flips_nobody(shares: Shares) -> None:
    units = UNITS[:500]
    assert flips([drawn(units, shares, step) for step in range(len(shares))]) == 0


@pytest.mark.parametrize(
    ("draw", "shares", "expected"),
    [
        (with_the_step_in_the_salt, laws.CLASSIC, 0.27254),
        (by_remainder, REMAINDERS, 0.09752),
    ],
    ids=["step in the salt", "remainder over weights"],
)
def test_a_draw_that_is_known_to_be_wrong_is_noticed(
    draw: Draw, shares: Shares, expected: float
) -> None:
    found = laws.monotone(UNITS, shares, draw)
    assert not found.is_kept
    assert found.figure == f"flips {round(expected * CONTROL_UNITS)}"


@pytest.mark.parametrize("share", [100, 1_000, 5_000, 10_000, 50_000, 80_000])
def test_the_share_drawn_is_the_share_asked_for(share: int) -> None:
    assert laws.within_the_band(UNITS, share).is_kept


def test_a_share_that_is_off_by_a_tenth_is_noticed() -> None:
    found, expected = sum(drawn(UNITS, (11_000,), 0)), CONTROL_UNITS / 10
    assert abs(found - expected) > laws.Z_999 * (expected * 0.9) ** 0.5


def test_a_pinned_conversation_stays_while_the_share_goes_up_and_down() -> None:
    assert laws.pinned(UNITS[:5000]).is_kept


def test_the_baseline_slice_and_the_canary_grow_towards_each_other() -> None:
    assert laws.separate_slice(UNITS, laws.CLASSIC).is_kept


def test_every_process_draws_alike_whatever_its_hash_seed() -> None:
    assert laws.restarted(2000).is_kept


def test_a_draw_by_pythons_own_hash_is_noticed() -> None:
    assert not laws.restarted(200, draw="by_own_hash").is_kept
