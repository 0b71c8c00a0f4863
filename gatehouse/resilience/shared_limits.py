"""Rate limits that all processes count together, in Redis; alone while it is away."""

from __future__ import annotations

from gatehouse.resilience.limits import Limiter, MemoryLimiter, Quota, Ruling
from gatehouse.resilience.redis_link import RedisDown, RedisLink

PREFIX = "gh:limit:"

# limits.gcra on Redis's own clock: one step, so that no two processes count past each other.
# KEYS: the key. ARGV: interval in µs, burst, cost. Returns wait and lead in µs.
GCRA = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, cost = tonumber(ARGV[1]), tonumber(ARGV[3])
local window = interval * tonumber(ARGV[2])
local kept = tonumber(redis.call('GET', KEYS[1]) or '') or now
local tat = math.min(math.max(kept, now), now + window)
local wait = tat + cost * interval - window - now
if wait <= 0 then tat = tat + cost * interval end
if tat > now and (wait <= 0 or kept > tat) then
  redis.call('SET', KEYS[1], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
end
return {math.max(wait, 0), tat - now}
"""


class RedisLimiter:
    """Redis lost: each process goes on alone, with its share of every limit."""

    def __init__(self, link: RedisLink, alone: Limiter) -> None:
        self._link = link
        self._alone = alone

    async def take(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling:
        name = f"{PREFIX}{quota.name}:{key}"
        try:
            args = (quota.interval_us, quota.burst, cost)
            wait_us, ahead_us = await self._link.script(GCRA, (name,), args)
        except RedisDown:
            return await self._alone.take(key, quota, cost=cost)
        return Ruling.of(quota, ahead_us=int(ahead_us), wait_us=int(wait_us))


def limiter_of(link: RedisLink | None, *, workers: int) -> Limiter:
    """Counted in Redis where there is one, else by each process for itself."""
    alone = MemoryLimiter(workers=workers)
    return RedisLimiter(link, alone) if link else alone
