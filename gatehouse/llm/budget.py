"""What may be spent on models: tokens of one conversation, money of one day, across processes.

The most that a call can cost is taken before it, the rest is given back after it. Whoever dies in
between leaves it taken: the limit errs on the side of the operator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.config import Settings
from gatehouse.base.database import Cursor, Database
from gatehouse.base.errors import StoreDown
from gatehouse.llm.types import ModelError

WINDOW = timedelta(hours=24)
KEPT = timedelta(days=8)
MICRO = 1_000_000
UNLIMITED = 2**62
DAY = "day:"


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens in and out together, and millionths of a US dollar, if their price is known."""

    tokens: int = 0
    micro_usd: int = 0
    is_priced: bool = True

    def without(self, other: Amount) -> Amount:
        return Amount(self.tokens - other.tokens, self.micro_usd - other.micro_usd)


@dataclass(frozen=True, slots=True)
class Limits:
    """LLM_TOKENS_PER_SESSION and LLM_DAILY_BUDGET_USD; no limit of money where that is 0."""

    tokens: int
    usd: float = 0.0

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        return cls(settings.llm_tokens_per_session, settings.llm_daily_budget_usd)

    @property
    def micro_usd(self) -> int | None:
        return round(self.usd * MICRO) or None


class Budget(Protocol):
    """Takes before a call and gives back after it. `thread` "" belongs to no conversation."""

    async def reserve(self, thread: str, most: Amount) -> None:
        """Raises ModelError of kind "budget", and then has taken nothing."""

    async def give_back(self, thread: str, rest: Amount) -> None:
        """What a call did not use; below zero: what it used beyond the reserve."""

    def retune(self, limits: Limits) -> None:
        """Other limits, from the next call on."""


class SqlBudget:
    """The table llm_spending: every process takes from the same accounts, one row at a time."""

    def __init__(self, database: Database, limits: Limits, clock: Clock | None = None) -> None:
        self._database = database
        self._limits = limits
        self._clock = clock or SystemClock()

    def retune(self, limits: Limits) -> None:
        self._limits = limits

    async def reserve(self, thread: str, most: Amount) -> None:
        try:
            async with self._database.visit() as cursor:
                has_tokens = await self._take_tokens(cursor, thread, most)
                has_money = has_tokens and await self._take_money(cursor, most)
                if has_tokens and not has_money:
                    await self._give(cursor, thread, Amount(most.tokens))
        except StoreDown as trouble:
            raise ModelError("other", "the store of spending is down") from trouble
        _refuse(most, has_tokens=has_tokens, has_money=has_money)

    async def give_back(self, thread: str, rest: Amount) -> None:
        async with self._database.visit() as cursor:
            await self._give(cursor, thread, rest)
            if self._limits.micro_usd is not None:
                await self._give(cursor, _day(self._clock.now()), rest)

    async def _take_tokens(self, cursor: Cursor, thread: str, most: Amount) -> bool:
        if not thread:
            return True
        limit = Amount(self._limits.tokens)
        return await self._take(cursor, thread, Amount(most.tokens), most=limit)

    async def _take_money(self, cursor: Cursor, most: Amount) -> bool:
        limit = self._limits.micro_usd
        if limit is None:
            return True
        if not most.is_priced:
            return False
        day = _day(self._clock.now())
        return await self._take(cursor, day, most, most=Amount(UNLIMITED, limit))

    async def _take(self, cursor: Cursor, account: str, part: Amount, *, most: Amount) -> bool:
        now = self._clock.now()
        told = {
            "account": account, "now": now, "expired": now - WINDOW,
            "tokens": part.tokens, "micro_usd": part.micro_usd,
            "most_tokens": most.tokens, "most_micro_usd": most.micro_usd,
        }  # fmt: skip
        row = await (await cursor.execute(TAKE, told)).fetchone()
        if row and row["is_new"]:  # once a conversation and once a day
            await cursor.execute(FORGET, {"forgotten": now - KEPT})
        return row is not None

    async def _give(self, cursor: Cursor, account: str, rest: Amount) -> None:
        told = {"account": account, "tokens": rest.tokens, "micro_usd": rest.micro_usd}
        await cursor.execute(GIVE_BACK, told)


@dataclass
class MemoryBudget:
    """The twin: accounts of this process alone."""

    limits: Limits
    clock: Clock = field(default_factory=SystemClock)
    _threads: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    _days: dict[str, int] = field(default_factory=dict)

    def retune(self, limits: Limits) -> None:
        self.limits = limits

    async def reserve(self, thread: str, most: Amount) -> None:
        now, money = self.clock.now(), self.limits.micro_usd
        since, used = self._threads.get(thread, (now, 0))
        if since < now - WINDOW:
            since, used = now, 0
        spent = self._days.get(_day(now), 0) + most.micro_usd
        has_tokens = not thread or used + most.tokens <= self.limits.tokens
        has_money = money is None or (most.is_priced and spent <= money)
        _refuse(most, has_tokens=has_tokens, has_money=has_money)
        self._days[_day(now)] = spent
        if thread:
            self._threads[thread] = since, used + most.tokens

    async def give_back(self, thread: str, rest: Amount) -> None:
        day = _day(self.clock.now())
        self._days[day] = max(0, self._days.get(day, 0) - rest.micro_usd)
        if thread in self._threads:
            since, used = self._threads[thread]
            self._threads[thread] = since, max(0, used - rest.tokens)


def _day(now: datetime) -> str:
    return f"{DAY}{now:%Y-%m-%d}"


def _refuse(most: Amount, *, has_tokens: bool, has_money: bool) -> None:
    if not has_tokens:
        raise ModelError("budget", "LLM_TOKENS_PER_SESSION is used up for this conversation")
    if not has_money and not most.is_priced:
        raise ModelError("budget", "LLM_DAILY_BUDGET_USD is set, and this model has no price")
    if not has_money:
        raise ModelError("budget", "LLM_DAILY_BUDGET_USD is used up for today")


# One row, one statement: a second process waits for the row and then checks the limit against what
# the first one has left, so no two can take the same last cent, and none can wait in a ring.
TAKE = """
INSERT INTO llm_spending AS t (account, since, tokens, micro_usd)
SELECT %(account)s, %(now)s, %(tokens)s::bigint, %(micro_usd)s::bigint
WHERE %(tokens)s::bigint <= %(most_tokens)s AND %(micro_usd)s::bigint <= %(most_micro_usd)s
ON CONFLICT (account) DO UPDATE SET
    since = CASE WHEN t.since < %(expired)s THEN excluded.since ELSE t.since END,
    tokens = CASE WHEN t.since < %(expired)s THEN 0 ELSE t.tokens END + excluded.tokens,
    micro_usd = CASE WHEN t.since < %(expired)s THEN 0 ELSE t.micro_usd END + excluded.micro_usd
WHERE CASE WHEN t.since < %(expired)s THEN 0 ELSE t.tokens END + excluded.tokens
        <= %(most_tokens)s
    AND CASE WHEN t.since < %(expired)s THEN 0 ELSE t.micro_usd END + excluded.micro_usd
        <= %(most_micro_usd)s
RETURNING (xmax = 0) AS is_new
"""
GIVE_BACK = """
UPDATE llm_spending SET
    tokens = greatest(0, tokens - %(tokens)s::bigint),
    micro_usd = greatest(0, micro_usd - %(micro_usd)s::bigint)
WHERE account = %(account)s
"""
FORGET = "DELETE FROM llm_spending WHERE since < %(forgotten)s"
