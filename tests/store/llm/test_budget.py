"""Budgets, in memory and in the database: one specification."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.database import Database
from gatehouse.llm.budget import Amount, Budget, Limits, MemoryBudget, SqlBudget
from gatehouse.llm.types import ModelError

Make = Callable[[Limits], Budget]


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture(params=["memory", "sql"])
def make(
    request: pytest.FixtureRequest, clock: TurnableClock, database: Database, clean: str
) -> Make:
    if request.param == "memory":
        return lambda limits: MemoryBudget(limits, clock)
    return lambda limits: SqlBudget(database, limits, clock)


async def is_refused(budget: Budget, thread: str, most: Amount) -> bool:
    try:
        await budget.reserve(thread, most)
    except ModelError as refused:
        assert refused.kind == "budget"
        return True
    return False


async def test_tokens_of_a_conversation_end(make: Make) -> None:
    budget = make(Limits(tokens=100))
    assert not await is_refused(budget, "a", Amount(60))
    assert await is_refused(budget, "a", Amount(60))
    assert not await is_refused(budget, "b", Amount(60))
    assert not await is_refused(budget, "a", Amount(40))


async def test_what_was_not_used_comes_back(make: Make) -> None:
    budget = make(Limits(tokens=100))
    await budget.reserve("a", Amount(100))
    await budget.give_back("a", Amount(70))
    assert not await is_refused(budget, "a", Amount(70))
    assert await is_refused(budget, "a", Amount(1))


async def test_after_24_hours_a_conversation_may_speak_again(
    make: Make, clock: TurnableClock
) -> None:
    budget = make(Limits(tokens=100))
    await budget.reserve("a", Amount(100))
    clock.turn(24 * 3600 - 1)
    assert await is_refused(budget, "a", Amount(1))
    clock.turn(2)
    assert not await is_refused(budget, "a", Amount(100))


async def test_money_of_a_day_ends_and_the_next_day_begins_anew(
    make: Make, clock: TurnableClock
) -> None:
    budget = make(Limits(tokens=10**9, usd=0.001))
    assert not await is_refused(budget, "a", Amount(10, 600))
    assert await is_refused(budget, "b", Amount(10, 600))
    clock.turn(24 * 3600)
    assert not await is_refused(budget, "b", Amount(10, 600))


async def test_a_refusal_takes_nothing(make: Make) -> None:
    budget = make(Limits(tokens=100, usd=0.001))
    assert await is_refused(budget, "a", Amount(100, 2000))
    assert not await is_refused(budget, "a", Amount(100, 1000))


async def test_without_a_limit_of_money_none_is_checked(make: Make) -> None:
    budget = make(Limits(tokens=100))
    assert not await is_refused(budget, "", Amount(10**6, 10**12))


async def test_a_limit_of_money_set_while_running_stops_models_without_a_price(make: Make) -> None:
    """A start refuses them; what is set later must hold as well, until it is taken back."""
    unpriced, limits = Amount(10, is_priced=False), Limits(tokens=100)
    budget = make(limits)
    assert not await is_refused(budget, "a", unpriced)
    budget.retune(Limits(tokens=100, usd=5.0))
    assert await is_refused(budget, "a", unpriced)
    assert not await is_refused(budget, "a", Amount(80, 10))  # the refusal took nothing
    budget.retune(limits)
    assert not await is_refused(budget, "a", unpriced)


async def test_many_at_once_never_pass_the_limit_and_come_close_to_it(make: Make) -> None:
    budget = make(Limits(tokens=10**9, usd=0.1))
    refused = await asyncio.gather(
        *(is_refused(budget, f"t{n}", Amount(10, 300)) for n in range(400))
    )
    spent = refused.count(False) * 300
    assert 99_000 <= spent <= 100_000


async def test_two_processes_share_the_day(database: Database, clean: str) -> None:
    budgets = [SqlBudget(database, Limits(10**9, 0.1)) for _ in range(2)]
    refused = await asyncio.gather(
        *(is_refused(budgets[n % 2], f"t{n}", Amount(10, 300)) for n in range(400))
    )
    assert 99_000 <= refused.count(False) * 300 <= 100_000


async def test_a_budget_that_reads_before_it_writes_is_caught(
    database: Database, clean: str
) -> None:
    """The negative control: two steps let several callers take the same last cent."""

    async def naive(_: int) -> bool:
        async with database.visit() as cursor:
            query = "SELECT coalesce(sum(micro_usd), 0) AS spent FROM llm_spending"
            row = await (await cursor.execute(query)).fetchone()
        if not row or row["spent"] + 300 > 100_000:
            return False
        async with database.visit() as cursor:
            await cursor.execute(
                "INSERT INTO llm_spending VALUES ('day:x', now(), 0, 300) ON CONFLICT (account) "
                "DO UPDATE SET micro_usd = llm_spending.micro_usd + 300"
            )
        return True

    taken = await asyncio.gather(*(naive(n) for n in range(600)))
    assert taken.count(True) * 300 > 101_000


@pytest.mark.parametrize(("usd", "kept"), [(1.0, {"new", "day:2026-01-15"}), (0.0, {"new"})])
async def test_old_accounts_are_forgotten_when_a_new_one_begins(
    database: Database, clean: str, clock: TurnableClock, *, usd: float, kept: set[str]
) -> None:
    budget = SqlBudget(database, Limits(1000, usd), clock)
    await budget.reserve("old", Amount(1, 1))
    clock.turn(10 * 24 * 3600)
    await budget.reserve("new", Amount(1, 1))
    with psycopg.connect(clean) as connection:
        rows = connection.execute("SELECT account FROM llm_spending").fetchall()
    assert {account for (account,) in rows} == kept
