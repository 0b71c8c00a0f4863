"""How much one visitor may ask: per conversation, visitor, network and site, by GCRA."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from typing import Any

from starlette.requests import HTTPConnection

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.config import Settings
from gatehouse.base.errors import QuotaExceeded
from gatehouse.observe import journal, meters
from gatehouse.observe.access import network_of
from gatehouse.resilience.hammering import Hammering, credential_of
from gatehouse.resilience.limits import Limiter, MemoryLimiter, Quota, Ruling
from gatehouse.talk.sessions import Door, Principal

HEADERS_KEY = "gatehouse.ratelimit"  # in the scope, for the edge
FREE_REPLAYS = 10  # of one key; more are charged like messages
KEYS_KEPT = 10_000
LOG_SECONDS = 1.0  # between two lines about the same kind of key
Scope = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Quotas:
    """Per minute, and per hour for new conversations."""

    session: Quota
    user: Quota
    ip: Quota
    site: Quota
    new_session: Quota

    @classmethod
    def of(cls, settings: Settings) -> Quotas:
        def a_minute(name: str, count: int, burst: int) -> Quota:
            return Quota(name, count, 60, max(1, burst))

        new = settings.rate_limit_new_sessions
        return cls(
            session=a_minute("session", n := settings.rate_limit_per_session, n * 5 // 12),
            user=a_minute("user", n := settings.rate_limit_per_user, n // 2),
            ip=a_minute("ip", n := settings.rate_limit_per_ip, n // 2),
            site=a_minute("site", n := settings.rate_limit_site, n // 6),
            new_session=Quota("new_session", new, 3600, max(1, new // 2)),
        )


@dataclass(slots=True)
class Replays:
    """Keys that were charged a moment ago in this process."""

    most: int = KEYS_KEPT
    _counts: OrderedDict[tuple[bytes, str], int] = field(default_factory=OrderedDict)

    def is_free(self, owner: bytes, key: str) -> bool:
        """Was this key charged, and seldom sent again?"""
        count = self._counts.get((owner, key))
        if count is None or count >= FREE_REPLAYS:
            return False
        self._counts[owner, key] = count + 1
        return True

    def note(self, owner: bytes, key: str) -> None:
        """It is charged now."""
        self._counts[owner, key] = 0
        if len(self._counts) > self.most:
            self._counts.popitem(last=False)


@dataclass(slots=True)
class Allowance:
    """Charges requests. Narrow keys first: whom one refuses uses up nothing of the wider ones.

    Somebody at this very machine is not counted, but in production everybody is. Where processes
    cannot count together each has its share of what many visitors use up, but a visitor, whose
    connection stays with one process, has the whole of their own there.
    """

    limiter: Limiter
    own: Limiter  # of what one visitor alone uses up
    quotas: Quotas
    door: Door
    clock: Clock = field(default_factory=SystemClock)
    hammering: Hammering = field(default_factory=Hammering)
    _replays: Replays = field(default_factory=Replays)
    _told_at: dict[str, float] = field(default_factory=dict)
    _untold: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, door: Door, limiter: Limiter | None = None) -> Allowance:
        """With the settings' quotas; without a limiter counted in this process."""
        if limiter is not None:
            return cls(limiter, limiter, Quotas.of(settings), door)
        wide = MemoryLimiter(workers=settings.web_workers)
        return cls(wide, MemoryLimiter(), Quotas.of(settings), door)

    def retune(self, settings: Settings) -> None:
        """Other quotas; what was used up stays used up."""
        self.quotas = Quotas.of(settings)

    async def charge(
        self, request: HTTPConnection, who: Principal, *, session: object = "", key: str = ""
    ) -> None:
        """One message. Raises QuotaExceeded; a replay of a known key is free."""
        if self.door.is_local(request) or (key and self._replays.is_free(who.owner_hash, key)):
            return
        owner, network = who.owner_hash.hex(), self._network(request)
        wanted = [(self.quotas.ip, network), (self.quotas.site, "")]
        if who.via == "minted":
            wanted.insert(0, (self.quotas.new_session, network))
        else:
            known = [(self.quotas.session, f"{owner}:{session}"), (self.quotas.user, owner)]
            wanted = known + wanted
        await self._take(request.scope, wanted)
        if key:
            self._replays.note(who.owner_hash, key)

    async def welcome(self, request: HTTPConnection) -> None:
        """A new visitor's first conversation. Raises QuotaExceeded."""
        if not self.door.is_local(request):
            await self._take(request.scope, [(self.quotas.new_session, self._network(request))])

    def _network(self, request: HTTPConnection) -> str:
        return network_of(request.scope, self.door.ops.trusted)

    async def _take(self, scope: Scope, wanted: list[tuple[Quota, str]]) -> None:
        rulings: list[tuple[Quota, Ruling]] = []
        for limiter, group in groupby(wanted, lambda each: self._limiter_of(each[0])):
            asked = list(group)
            ruled = await limiter.take_each([(key, quota) for quota, key in asked])
            rulings += [(quota, each) for (quota, _), each in zip(asked, ruled, strict=False)]
            scope[HEADERS_KEY] = headers_of(rulings)
            quota, last = rulings[-1]
            if not last.is_allowed:
                self._tell(quota.name)
                self._note(scope, quota, last)
                raise QuotaExceeded(retry_after=ceil(last.retry_after) or 1, policy=quota.name)

    def _note(self, scope: Scope, quota: Quota, ruling: Ruling) -> None:
        """What is the visitor's own the connection may refuse by itself, if they go on."""
        if quota in (self.quotas.session, self.quotas.user):
            key = credential_of(dict(scope["headers"]))
            self.hammering.note(key, quota.name, seconds=ruling.retry_after)

    def _limiter_of(self, quota: Quota) -> Limiter:
        return self.own if quota in (self.quotas.session, self.quotas.user) else self.limiter

    def _tell(self, name: str) -> None:
        """Counts each refusal, and writes one line a second for all of a kind."""
        meters.rate_limited_total.labels(key=name).inc()
        now, count = self.clock.monotonic(), self._untold.get(name, 0) + 1
        self._untold[name] = count
        if now - self._told_at.get(name, float("-inf")) >= LOG_SECONDS:
            self._told_at[name], self._untold[name] = now, 0
            journal.event("rate_limited", level="WARNING", key=name, refused=count)


def headers_of(rulings: list[tuple[Quota, Ruling]]) -> list[tuple[bytes, bytes]]:
    """RateLimit-Policy and RateLimit as draft-ietf-httpapi-ratelimit-headers-10 has them."""
    policies = ", ".join(f'"{q.name}";q={q.count};w={ceil(q.seconds)}' for q, _ in rulings)
    limits = ", ".join(f'"{q.name}";r={r.remaining};t={ceil(r.reset_seconds)}' for q, r in rulings)
    return [(b"ratelimit-policy", policies.encode()), (b"ratelimit", limits.encode())]
