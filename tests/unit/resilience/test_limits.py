"""GCRA against a bucket of tokens, which is the same promise told in another way."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.clock import TurnableClock
from gatehouse.resilience.limits import MICROS, MemoryLimiter, Quota, Ruling, gcra

MESSAGES = Quota("session", count=12, seconds=60, burst=5)  # one every 5 seconds


@dataclass
class Bucket:
    """The oracle: full at first, refilled evenly, in exact numbers."""

    quota: Quota
    tokens: Fraction
    at_us: int = 0

    def take(self, now_us: int, cost: int) -> bool:
        gained = Fraction(now_us - self.at_us, self.quota.interval_us)
        self.tokens = min(Fraction(self.quota.burst), self.tokens + gained)
        self.at_us = now_us
        is_enough = self.tokens >= cost
        self.tokens -= cost if is_enough else 0
        return is_enough


class Window:
    """The negative control: a counter per window, which lets twice the limit in at its edge."""

    def __init__(self, quota: Quota) -> None:
        self.quota, self.number, self.used = quota, -1, 0

    def take(self, now_us: int, cost: int) -> bool:
        number = now_us // (self.quota.burst * self.quota.interval_us)
        if number != self.number:
            self.number, self.used = number, 0
        is_enough = self.used + cost <= self.quota.burst
        self.used += cost if is_enough else 0
        return is_enough


quotas = st.builds(
    Quota,
    name=st.just("q"),
    count=st.integers(1, 100),
    seconds=st.sampled_from([1.0, 7.0, 60.0, 3600.0]),
    burst=st.integers(1, 20),
)
steps = st.lists(st.tuples(st.integers(0, 90 * MICROS), st.integers(1, 3)), max_size=60)


@given(quotas, steps)
def test_gcra_rules_as_a_bucket_of_tokens_does(quota: Quota, steps: list[tuple[int, int]]) -> None:
    bucket, tat, now = Bucket(quota, Fraction(quota.burst)), None, 0
    for pause_us, cost in steps:
        now += pause_us
        tat, ruling = gcra(tat, now, quota=quota, cost=cost)
        assert ruling.is_allowed == bucket.take(now, cost)
        assert ruling.remaining == int(bucket.tokens)


def test_the_bucket_catches_a_limiter_that_counts_by_windows() -> None:
    bucket, window = Bucket(MESSAGES, Fraction(5)), Window(MESSAGES)
    moments = [24 * MICROS] * 5 + [25 * MICROS] * 5
    assert [bucket.take(now, 1) for now in moments] != [window.take(now, 1) for now in moments]


@given(quotas, st.integers(1, 30))
def test_who_comes_again_when_told_is_let_in_and_not_before(quota: Quota, before: int) -> None:
    now, tat = 10 * MICROS, None
    for _ in range(before + quota.burst):
        tat, ruling = gcra(tat, now, quota=quota, cost=1)
    wait_us = round(ruling.retry_after * MICROS)
    assert not ruling.is_allowed and wait_us > 0
    assert not gcra(tat, now + wait_us - 1, quota=quota, cost=1)[1].is_allowed
    assert gcra(tat, now + wait_us, quota=quota, cost=1)[1].is_allowed


def take(limiter: MemoryLimiter, times: int, *, key: str = "a") -> list[Ruling]:
    return [limiter.judge(key, MESSAGES) for _ in range(times)]


def test_the_burst_is_free_then_one_every_interval() -> None:
    clock = TurnableClock()
    limiter = MemoryLimiter(clock=clock)
    rulings = take(limiter, 6)
    assert [r.remaining for r in rulings] == [4, 3, 2, 1, 0, 0]
    assert [r.is_allowed for r in rulings] == [True] * 5 + [False]
    assert rulings[-1].retry_after == 5 and rulings[-1].reset_seconds == 25
    clock.turn(5)
    assert [r.is_allowed for r in take(limiter, 2)] == [True, False]


def test_keys_and_quotas_do_not_touch_each_other() -> None:
    limiter = MemoryLimiter(clock=TurnableClock())
    take(limiter, 6)
    assert limiter.judge("b", MESSAGES).is_allowed
    assert limiter.judge("a", Quota("ip", 1, 60, 1)).is_allowed


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_workers_that_cannot_count_together_keep_the_limit_together(workers: int) -> None:
    clock = TurnableClock()
    limiters = [MemoryLimiter(workers=workers, clock=clock) for _ in range(workers)]
    allowed = 0
    for _ in range(600):
        allowed += sum(each.judge("a", MESSAGES).is_allowed for each in limiters)
        clock.turn(1)
    rounding = workers * -(-MESSAGES.burst // workers)  # each lets in at least one at once
    assert MESSAGES.count * 10 - workers <= allowed <= MESSAGES.count * 10 + rounding


def test_a_time_that_no_request_could_have_brought_shuts_no_key() -> None:
    far = 10 * 365 * 86400 * MICROS
    _, ruling = gcra(far, 0, quota=MESSAGES, cost=1)
    assert not ruling.is_allowed and ruling.retry_after == 5


def test_the_table_forgets_what_is_free_again_and_never_grows_past_its_size() -> None:
    clock = TurnableClock()
    limiter = MemoryLimiter(clock=clock, most_keys=50)
    for number in range(500):
        limiter.judge(str(number), MESSAGES)
        assert len(limiter) <= 50
    clock.turn(60)
    for _ in range(60):
        limiter.judge("new", MESSAGES)
    assert len(limiter) == 1


def test_a_busy_key_stays_shut_while_others_come_and_go() -> None:
    limiter = MemoryLimiter(clock=TurnableClock(), most_keys=50)
    take(limiter, 5)
    for number in range(500):
        limiter.judge(str(number), MESSAGES)
        assert not limiter.judge("a", MESSAGES).is_allowed


def test_a_cost_above_the_burst_is_never_allowed_and_charges_nothing() -> None:
    limiter = MemoryLimiter(clock=TurnableClock())
    assert not limiter.judge("a", MESSAGES, cost=6).is_allowed
    assert limiter.judge("a", MESSAGES, cost=5).is_allowed


@pytest.mark.parametrize("wrong", [(0, 60, 1), (1, 0, 1), (1, 60, 0)])
def test_a_quota_of_nothing_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Quota("q", *wrong)
