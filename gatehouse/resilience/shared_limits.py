"""Rate limits that all processes count together, in Redis; alone while it is away."""

from __future__ import annotations

from collections.abc import Sequence

from gatehouse.resilience.limits import Limiter, MemoryLimiter, Quota, Ruling
from gatehouse.resilience.redis_link import RedisDown, RedisLink

PREFIX = "gh:limit:"

# limits.gcra on Redis's own clock: one step, so that no two processes count past each other, and
# one round trip for all keys of a request. The first key that refuses ends it.
# KEYS: the keys. ARGV: for each its interval in µs, burst, cost. Returns for each wait, lead in µs.
GCRA = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local told = {}
for i, key in ipairs(KEYS) do
  local interval, cost = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i])
  local window = interval * tonumber(ARGV[3 * i - 1])
  local kept = tonumber(redis.call('GET', key) or '') or now
  local tat = math.min(math.max(kept, now), now + window)
  local wait = tat + cost * interval - window - now
  if wait <= 0 then tat = tat + cost * interval end
  if tat > now and (wait <= 0 or kept > tat) then
    redis.call('SET', key, string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
  end
  told[2 * i - 1], told[2 * i] = math.max(wait, 0), tat - now
  if wait > 0 then break end
end
return told
"""


class RedisLimiter:
    """Redis lost: each process goes on alone, with its share of every limit."""

    def __init__(self, link: RedisLink, alone: Limiter) -> None:
        self._link = link
        self._alone = alone

    async def take(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling:
        try:
            return (await self._ask([(key, quota)], cost))[0]
        except RedisDown:
            return await self._alone.take(key, quota, cost=cost)

    async def take_each(self, wanted: Sequence[tuple[str, Quota]]) -> list[Ruling]:
        try:
            return await self._ask(wanted, 1)
        except RedisDown:
            return await self._alone.take_each(wanted)

    async def _ask(self, wanted: Sequence[tuple[str, Quota]], cost: int) -> list[Ruling]:
        names = [f"{PREFIX}{quota.name}:{key}" for key, quota in wanted]
        args = [n for _, quota in wanted for n in (quota.interval_us, quota.burst, cost)]
        told = [int(us) for us in await self._link.script(GCRA, names, args)]
        pairs = zip(told[::2], told[1::2], strict=True)
        return [
            Ruling.of(quota, ahead_us=ahead, wait_us=wait)
            for (_, quota), (wait, ahead) in zip(wanted, pairs, strict=False)
        ]


def limiter_of(link: RedisLink | None, *, workers: int) -> Limiter:
    """Counted in Redis where there is one, else by each process for itself."""
    alone = MemoryLimiter(workers=workers)
    return RedisLimiter(link, alone) if link else alone
