"""P16: with a dead model visitors still reach listings, are told of it, and nothing is made up."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from bench import machine
from gatehouse.ops.smoke import Lines, talks
from gatehouse.understanding.types import LANGUAGES, Language

from .lab import conversation
from .lab.conversation import RETRY, RETRY_SECONDS
from .lab.stage import Outcome, Stage, violations
from .lab.watching import watched

AT_ONCE = 10
SHARE_THAT_REACHES = 0.8
MOST_TRIES = 100
SHOWN_FAULTS = 8
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_NUMBER = re.compile(r"\d+(?:[\s.,'’\u00a0\u202f٬]\d{3})*(?!\d)")
_QUOTED = re.compile(r"[“«„]\s*(.+?)\s*[”»“]")
_STOCK = """
SELECT id::text AS id, title, translations, currency, bedrooms, area_m2::int AS area,
       coalesce(price_month, price_night, price_sale)::float AS price
FROM real_estate_listing WHERE status = 'active'"""
Reply = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stock:
    """The listings as the database has them."""

    homes: dict[str, dict[str, Any]]

    @property
    def titles(self) -> frozenset[str]:
        """In every language."""
        return frozenset(title for home in self.homes.values() for title in _titles(home))


@dataclass(slots=True)
class Talk:
    """One talk of three turns, and what came of it."""

    language: Language
    lines: Lines
    replies: list[Reply] = field(default_factory=list)
    trouble: str = ""

    @property
    def has_listings(self) -> bool:
        return bool(self.replies) and bool(self.replies[-1]["cards"])

    @property
    def unlabelled(self) -> int:
        return sum("llm" not in reply["meta"]["degraded"] for reply in self.replies)


async def dead_model(
    stage: Stage, *, talks: int, fault: str = "", languages: Sequence[Language] = LANGUAGES
) -> Outcome:
    """Nothing listens where the model should be."""
    stage.clear()
    port = machine.free_port()
    extra = {"LAB_FAULT": fault} if fault else {}
    address = f"http://127.0.0.1:{port}/v1"
    async with (
        watched(stage, model=address, model_port=port, **extra) as served,
        conversation.client(seconds=60) as http,
    ):
        running = [_talk(number, languages) for number in range(talks)]
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_hold(http, talk, served.port, gate) for talk in running))
    return judged(running, stock(stage.product.database_url))


def _talk(number: int, languages: Sequence[Language]) -> Talk:
    language = languages[number % len(languages)]
    ways = talks(language)
    return Talk(language, ways[(number // len(languages)) % len(ways)])


async def _hold(http: httpx.AsyncClient, talk: Talk, port: int, gate: asyncio.Semaphore) -> None:
    async with gate:
        try:
            opened = await conversation.begin(http, port)
            for line in talk.lines:
                talk.replies.append(await _say(http, opened, line, port=port))
        except (httpx.HTTPError, KeyError) as trouble:
            talk.trouble = f"{talk.language}: {type(trouble).__name__}: {trouble}"


async def _say(
    http: httpx.AsyncClient, opened: conversation.Conversation, line: str, *, port: int
) -> Reply:
    key = str(uuid.uuid4())
    for _ in range(MOST_TRIES):
        answer = await conversation.ask(http, opened, line, key=key, port=port)
        if answer.status_code not in RETRY:
            break
        await asyncio.sleep(RETRY_SECONDS)
    answer.raise_for_status()
    reply: Reply = answer.json()
    return reply


def stock(url: str) -> Stock:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        homes = {row["id"]: row for row in connection.execute(_STOCK)}
    return Stock(homes)


def judged(running: Sequence[Talk], stock: Stock) -> Outcome:
    """Compares every card and every number of every text with the database."""
    reached = sum(talk.has_listings for talk in running)
    faults = [fault for talk in running for fault in invented(talk, stock)]
    cards = sum(len(reply["cards"]) for talk in running for reply in talk.replies)
    broken = violations(
        talks_without_listings=max(0, round(len(running) * SHARE_THAT_REACHES) - reached),
        unlabelled_replies=sum(talk.unlabelled for talk in running),
        invented=len(faults),
        talks_broken_off=sum(bool(talk.trouble) for talk in running),
    )
    told = (*faults, *(talk.trouble for talk in running if talk.trouble))
    return Outcome(
        "P16 dead model",
        {
            "talks": len(running),
            "languages": len({talk.language for talk in running}),
            "reached_listings": reached,
            "replies": sum(len(talk.replies) for talk in running),
            "unlabelled": sum(talk.unlabelled for talk in running),
            "cards_compared": cards,
            "invented": len(faults),
        },
        (*broken, *told[:SHOWN_FAULTS]),
    )


def invented(talk: Talk, stock: Stock) -> Iterator[str]:
    """What no listing has: homes, prices, titles, numbers."""
    for turn, reply in enumerate(talk.replies, start=1):
        where = f"{talk.language} turn {turn}"
        for card in reply["cards"]:
            yield from (f"{where}: {fault}" for fault in _of_card(card, stock))
        text = reply["summary"].translate(_DIGITS)
        known = _numbers_known(talk, reply, stock)
        for number in _numbers(text):
            if number not in known:
                yield f"{where}: {number:g} stands nowhere: {text}"
        for title in _QUOTED.findall(reply["summary"]):
            if _bare(title) not in {_bare(known) for known in stock.titles}:
                yield f"{where}: no home is called {title!r}"


def _of_card(card: dict[str, Any], stock: Stock) -> Iterator[str]:
    home = stock.homes.get(str(card["id"]))
    if home is None:
        yield f"card {card['id']} is no home of the database"
        return
    if float(card["price"]) != home["price"] or card["currency"] != home["currency"]:
        yield f"card {card['id']} costs {card['price']}, not {home['price']}"
    if card["title"] not in _titles(home):
        yield f"card {card['id']} is called {card['title']!r}"
    if card["metadata"]["bedrooms"] != home["bedrooms"]:
        yield f"card {card['id']} has {card['metadata']['bedrooms']} bedrooms"


def _numbers_known(talk: Talk, reply: Reply, stock: Stock) -> set[float]:
    """Numbers of the visitor, of the homes shown, and counts of homes."""
    said = " ".join(talk.lines).translate(_DIGITS)
    known = set(_numbers(said)) | set(map(float, range(len(stock.homes) + 1)))
    shown = [stock.homes.get(str(card["id"])) for card in reply["cards"]]
    for home in filter(None, shown):
        known |= {home["price"], float(home["bedrooms"]), float(home["area"])}
        known |= {n for title in _titles(home) for n in _numbers(title.translate(_DIGITS))}
    return known


def _numbers(text: str) -> list[float]:
    return [float(re.sub(r"\D", "", found)) for found in _NUMBER.findall(text)]


def _titles(home: dict[str, Any]) -> list[str]:
    others = (texts.get("title") for texts in (home["translations"] or {}).values())
    return [home["title"], *filter(None, others)]


def _bare(text: str) -> str:
    """Without the marks that turn the direction of writing."""
    return re.sub(r"[\u2066-\u2069\u200e\u200f]", "", text).strip()
