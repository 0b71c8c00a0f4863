"""What health tells of the parts is read off their breakers, and asks none of them."""

from __future__ import annotations

import pytest

from gatehouse.base.errors import SearchDown
from gatehouse.resilience.breaker import Rules, State
from gatehouse.resilience.breakers import Breakers
from gatehouse.web.standing import parts


def test_all_is_well_where_nothing_rests() -> None:
    breakers = Breakers()
    breakers.of("backend_search")
    assert parts(breakers, llm="connected").degraded == ()


def test_a_breaker_that_opened_is_told_by_the_name_that_replies_use() -> None:
    breakers = Breakers({"backend_search": Rules(in_a_row=1)})
    search = breakers.of("backend_search")
    with pytest.raises(SearchDown), search.watch():
        raise SearchDown
    assert search.standing.state is State.OPEN
    assert parts(breakers).degraded == ("search",)


def test_a_breaker_that_somebody_forced_open_is_told_too() -> None:
    breakers = Breakers()
    breakers.of("moderation").force(State.FORCED_OPEN, seconds=60, reason="a drill")
    assert parts(breakers).degraded == ("moderation",)
