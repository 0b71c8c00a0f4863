"""Homes whose owners' words give orders or link elsewhere: noticed when read, told to staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from uuid import UUID

from gatehouse.listings.types import Answer, Catalogue, Listing, Wish
from gatehouse.llm.safety.replies import guard_shown
from gatehouse.llm.safety.screening import screen
from gatehouse.observe import journal

MOST_TEXTS = 4096  # of the latest read; a text is looked at once


@dataclass(frozen=True, slots=True)
class Watched:
    """A Catalogue that notes the suspect ones among the homes it hands out."""

    stock: Catalogue
    suspects: set[UUID] = field(default_factory=set)

    async def find(self, wish: Wish) -> Answer:
        answer = await self.stock.find(wish)
        self._look_at(answer.found.listings)
        if answer.relaxed:
            self._look_at(answer.relaxed.found.listings)
        return answer

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        homes = await self.stock.get(ids)
        self._look_at(homes)
        return homes

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        return await self.stock.is_free(listing_id, check_in, check_out)

    def rates(self) -> Mapping[str, float]:
        return self.stock.rates()

    def _look_at(self, homes: Iterable[Listing]) -> None:
        self.suspects.update(home.id for home in homes if is_suspect(home))


def is_suspect(home: Listing) -> bool:
    """Do its owner's words give orders to an assistant, or link or mark up?"""
    texts = (home.title, home.description, *home.titles.values(), *home.descriptions.values())
    return any(_is_suspect(text) for text in texts if text)


def tell_suspects(watched: Watched, thread: str) -> list[str]:
    """One line for each suspect home of the turn; returns their ids for the ledger."""
    ids = sorted(str(home) for home in watched.suspects)
    for home in ids:
        journal.event(
            "listing_flagged",
            message=f"listing_flagged listing={home}",
            level="WARNING",
            listing=home,
            reason="suspect_text",
            thread=thread,
        )
    return ids


@lru_cache(MOST_TEXTS)
def _is_suspect(text: str) -> bool:
    return screen(text).is_marked or not guard_shown(text).is_whole
