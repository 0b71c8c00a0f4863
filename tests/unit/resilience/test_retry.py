"""When a second attempt is made, and when it is not."""

from __future__ import annotations

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import BadInput, CircuitOpen, SearchDown
from gatehouse.observe import exposition
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.retry import Backoff, RetryBudget, retrying


class Call:
    """Fails as lined up, then succeeds; sleeping turns the clock."""

    def __init__(self, *troubles: Exception, chance: float = 0.0) -> None:
        self.troubles = list(troubles)
        self.attempts = 0
        self.pauses: list[float] = []
        self.clock = TurnableClock()
        self.backoff = Backoff(chance=lambda: chance, sleep=self._sleep)
        self.budget = RetryBudget("backend_search")

    async def __call__(self) -> str:
        self.attempts += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return "done"

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.turn(seconds)

    async def run(self, *, seconds: float = 20.0, attempts: int = 2, shown: bool = False) -> str:
        return await retrying(
            self,
            budget=self.budget,
            deadline=Deadline.after(seconds, self.clock),
            attempts=attempts,
            reserve=1.0,
            backoff=self.backoff,
            is_shown=lambda: shown,
        )


def _refused() -> float:
    name = "retry_refused_total"
    return sum(s.value for s in exposition.samples(name) if s.name == name)


async def test_a_failure_is_tried_again() -> None:
    call = Call(SearchDown())
    assert await call.run() == "done"
    assert call.attempts == 2


@pytest.mark.parametrize("trouble", [BadInput(), CircuitOpen(retry_after=1)])
async def test_what_trying_again_cannot_help_is_not_tried_again(trouble: Exception) -> None:
    call = Call(trouble)
    with pytest.raises(type(trouble)):
        await call.run()
    assert call.attempts == 1
    assert call.budget.tokens == 10


async def test_nothing_is_tried_again_once_the_visitor_has_seen_something() -> None:
    call = Call(SearchDown())
    with pytest.raises(SearchDown):
        await call.run(shown=True)
    assert call.attempts == 1


async def test_the_pause_is_drawn_from_nought_to_a_doubling_cap() -> None:
    call = Call(*[SearchDown() for _ in range(4)], chance=1.0)
    assert await call.run(attempts=5, seconds=100) == "done"
    assert call.pauses == pytest.approx([0.2, 0.4, 0.8, 1.6])
    assert Backoff(chance=lambda: 1.0).seconds(9) == 2.0
    assert Backoff(chance=lambda: 0.0).seconds(9) == 0.0


async def test_a_retry_after_that_fits_is_waited_for_and_one_that_does_not_ends_it() -> None:
    call = Call(SearchDown(retry_after=5))
    assert await call.run() == "done"
    assert call.pauses == [5]
    late = Call(SearchDown(retry_after=30))
    with pytest.raises(SearchDown):
        await late.run()
    assert late.attempts == 1


async def test_no_second_attempt_without_time_for_a_typical_call_and_the_reserve() -> None:
    for seconds, attempts in ((1.09, 1), (1.11, 2)):  # reserve 1.0, typical call 0.1
        call = Call(SearchDown(), SearchDown())
        with pytest.raises(SearchDown):
            await call.run(seconds=seconds)
        assert call.attempts == attempts


async def test_the_budget_is_ten_tokens_and_half_of_them_stay() -> None:
    refused = _refused()
    call = Call(*[SearchDown() for _ in range(1000)])
    for _ in range(100):
        with pytest.raises(SearchDown):
            await call.run()
    assert call.attempts == 100 + 2  # 10 tokens, two a request; at 5 the third is not tried again
    assert _refused() == refused + 98


async def test_successes_fill_the_budget_by_tenths() -> None:
    budget = RetryBudget("backend_search")
    for _ in range(5):
        budget.failed()
    spent = budget.allows
    budget.succeeded(0.3)
    assert (spent, budget.allows) == (False, True)
    for _ in range(100):
        budget.succeeded(0.3)
    assert budget.tokens == 10
    assert budget.typical_seconds == 0.3


async def test_only_one_layer_retries() -> None:
    call = Call(*[SearchDown() for _ in range(100)])
    with pytest.raises(SearchDown):
        await retrying(
            call.run,
            budget=RetryBudget("redis"),
            deadline=Deadline.after(20, call.clock),
            backoff=call.backoff,
        )
    assert call.attempts == 2
