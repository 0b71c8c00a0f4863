"""What a process keeps beside the database: searches, the news that make them old, Redis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatehouse import __version__
from gatehouse.base.config import Settings
from gatehouse.listings.cached import CachedCatalogue, cache_of_searches
from gatehouse.listings.news import News
from gatehouse.listings.store import SqlCatalogue
from gatehouse.listings.types import Catalogue
from gatehouse.observe.parts import Working
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.limits import Limiter, Quota, Ruling
from gatehouse.resilience.redis_link import RedisLink, open_link
from gatehouse.resilience.shared_limits import RedisLimiter, limiter_of
from gatehouse.talk.failpoints import is_mutant
from gatehouse.web.tending import Work


@dataclass(frozen=True, slots=True)
class Keeping:
    """Nothing of it lives only here: lose it, and only speed is lost."""

    link: RedisLink | None
    limiter: Limiter | None  # None: every process counts for itself
    news: News
    catalogue: CachedCatalogue

    @property
    def redis(self) -> Working:
        """As health tells it."""
        if self.link is None:
            return "disabled"
        return "connected" if self.link.is_up else "disconnected"

    @property
    def background(self) -> dict[str, Work]:
        """Hears what is new, and looks whether Redis is there: neither ends with the other."""
        always: dict[str, Work] = {"news": self.news.run}
        return always | ({"redis": self.link.watch} if self.link is not None else {})

    async def close(self) -> None:
        await self.catalogue.cache.close()
        if self.link is not None:
            await self.link.close()


@dataclass(frozen=True, slots=True)
class Deaf:
    """A deliberate fault of the lab: hears no news and trusts what is kept."""

    epoch: str = ""
    is_current: bool = True


class Open:
    """A deliberate fault of the lab: what cannot be counted is let in."""

    async def take(self, key: str, quota: Quota, *, cost: int = 1) -> Ruling:
        return Ruling(True, quota.burst, 0.0, 0.0)

    async def take_each(self, wanted: Sequence[tuple[str, Quota]]) -> list[Ruling]:
        return [await self.take(key, quota) for key, quota in wanted]


def keep(
    stock: SqlCatalogue, around: Catalogue, *, url: str, settings: Settings, breakers: Breakers
) -> Keeping:
    """`around` is the stock behind its fuse: outermost of all stands the cache."""
    link = open_link(settings.redis_url, breakers)
    timeout_ms = settings.re_search_timeout_ms
    news = News(url, on_change=stock.forget_rates)
    catalogue = CachedCatalogue(
        around,
        Deaf() if is_mutant("deaf") else news,
        cache=cache_of_searches(
            fresh_seconds=settings.search_cache_ttl, timeout_ms=timeout_ms, link=link
        ),
        release=settings.git_commit[:12] or __version__,
        timeout_ms=timeout_ms,
    )
    news.answerer = catalogue.answer
    limiter = limiter_of(link, workers=settings.web_workers) if link else None
    if link and is_mutant("open_limits"):
        limiter = RedisLimiter(link, Open())
    return Keeping(link, limiter, news, catalogue)
