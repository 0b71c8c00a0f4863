"""Searches that are kept: asked once, never of homes that were taken back, labelled when old."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from gatehouse.base.errors import BadInput, SearchDown, SearchTimeout
from gatehouse.listings.asked import canonical, key
from gatehouse.listings.cached import CachedCatalogue, cache_of_searches, codec, weight
from gatehouse.listings.news import News
from gatehouse.listings.store import SqlCatalogue
from gatehouse.listings.types import Answer, Found, Listing, Near, Wish
from gatehouse.observe.meter import REGISTRY

Connection = psycopg.Connection[dict[str, Any]]
GIRNE = Wish(cities=("girne",), deal="rent", rent_type="long_term", price_period="month")
CAUGHT_UP_SECONDS = 20.0  # generous: the news come within milliseconds


class Counted(SqlCatalogue):
    """The stock room, with a count of the searches that reached it; it can be taken away."""

    asked = 0
    is_away = False

    async def find(self, wish: Wish) -> Answer:
        self.asked += 1
        if self.is_away:
            raise SearchDown
        return await super().find(wish)


@pytest.fixture
def stock_room(catalogue: SqlCatalogue) -> Counted:
    catalogue.__class__ = Counted
    assert isinstance(catalogue, Counted)
    return catalogue


@asynccontextmanager
async def opened(stock_room: Counted, url: str) -> AsyncIterator[tuple[CachedCatalogue, News]]:
    """The cache of one process, its ear on the database."""
    news = News(url, on_change=stock_room.forget_rates)
    cache = cache_of_searches(fresh_seconds=3600, timeout_ms=5000)
    listening = asyncio.create_task(news.run())
    try:
        await until(lambda: news.is_current)
        yield CachedCatalogue(stock_room, news, cache=cache, release="r", timeout_ms=5000), news
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await cache.close()


async def until(claim: Callable[[], bool]) -> None:
    async with asyncio.timeout(CAUGHT_UP_SECONDS):
        while not claim():
            await asyncio.sleep(0.005)


def counter(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def refs(answer: Answer) -> list[str]:
    return [home.ref for home in answer.found.listings]


async def test_of_ten_equal_searches_nine_are_hits(stock_room: Counted, stock_url: str) -> None:
    names = ("re_search_cache_lookups_total", "re_search_cache_hits_total")
    before = [counter(name, arm="stable") for name in names]
    async with opened(stock_room, stock_url) as (catalogue, _):
        answers = [await catalogue.find(GIRNE) for _ in range(10)]
    after = [counter(name, arm="stable") for name in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [10, 9]
    assert stock_room.asked == 1
    assert [answer.is_cached for answer in answers] == [False] + [True] * 9
    assert all(refs(answer) == refs(answers[0]) for answer in answers)


async def test_equal_searches_at_once_ask_once(stock_room: Counted, stock_url: str) -> None:
    async with opened(stock_room, stock_url) as (catalogue, _):
        await catalogue.find(replace(GIRNE, limit=1))  # the rates are known
        stock_room.asked = 0
        await asyncio.gather(*(catalogue.find(GIRNE) for _ in range(200)))
    assert stock_room.asked == 1


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("UPDATE real_estate_listing SET status = 'withdrawn' WHERE ref = %(ref)s",
         "UPDATE real_estate_listing SET status = 'active' WHERE ref = %(ref)s"),
        ("UPDATE real_estate_listing SET price_month = price_month + 1 WHERE ref = %(ref)s",
         "UPDATE real_estate_listing SET price_month = price_month - 1 WHERE ref = %(ref)s"),
    ],
)  # fmt: skip
async def test_a_withdrawn_home_and_an_old_price_are_not_shown_again(
    stock_room: Counted, stock_url: str, sql: Connection, change: str, back: str
) -> None:
    """R1-53: whatever the time to live, what was taken back is gone at once."""
    async with opened(stock_room, stock_url) as (catalogue, news):
        old = (await catalogue.find(GIRNE)).found.listings[0]
        epoch = news.epoch
        sql.execute(change, {"ref": old.ref})
        try:
            await until(lambda: news.epoch != epoch)
            new = await catalogue.find(GIRNE)
            assert old not in new.found.listings and not new.is_cached
        finally:
            sql.execute(back, {"ref": old.ref})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE real_estate_agency SET phone = phone",
        "INSERT INTO exchange_rate (day, currency, per_gbp) VALUES ('2001-01-01', 'GBP', 1)",
        "DELETE FROM exchange_rate WHERE day = '2001-01-01'",
        "DELETE FROM real_estate_blocked_dates WHERE false",
    ],
)
async def test_every_table_of_a_search_moves_the_epoch(sql: Connection, change: str) -> None:
    before = epoch_of(sql)
    sql.execute(change)
    assert epoch_of(sql) != before


def epoch_of(sql: Connection) -> int:
    row = sql.execute("SELECT coalesce(sum(id), 0) AS epoch FROM real_estate_change").fetchone()
    assert row is not None
    return int(row["epoch"])


def test_the_epoch_moves_with_the_commit_and_once(sql: Connection, stock_url: str) -> None:
    """Before the commit nobody else sees it, after a rollback nobody ever does."""
    change, count = "UPDATE real_estate_agency SET phone = phone", "SELECT count(*) AS n FROM "
    before, rows = epoch_of(sql), sql.execute(count + "real_estate_change").fetchone()
    with psycopg.connect(stock_url) as writer:
        for _ in range(3):
            writer.execute(change)
        assert epoch_of(sql) == before
        writer.rollback()
        assert epoch_of(sql) == before
        with suppress(ZeroDivisionError), writer.transaction():
            writer.execute(change)
            raise ZeroDivisionError
        writer.execute(change)
        writer.execute(change)
    after = sql.execute(count + "real_estate_change").fetchone()
    assert epoch_of(sql) != before
    assert rows and after and after["n"] == rows["n"] + 1


def test_writers_of_two_homes_do_not_wait_for_each_other(stock_url: str) -> None:
    touch = """UPDATE real_estate_listing SET updated_at = updated_at
               WHERE id = (SELECT id FROM real_estate_listing ORDER BY id LIMIT 1 OFFSET %s)"""
    with psycopg.connect(stock_url) as one, psycopg.connect(stock_url) as two:
        two.execute("SET lock_timeout = '5s'")
        one.execute(touch, (0,))
        two.execute(touch, (1,))
        one.execute(touch, (2,))
        two.rollback()
        one.rollback()


def test_a_writer_without_a_search_path_notes_its_change_too(sql: Connection) -> None:
    before = epoch_of(sql)
    with sql.transaction():
        sql.execute("SET LOCAL search_path = ''")
        sql.execute("UPDATE public.real_estate_agency SET phone = phone")
    assert epoch_of(sql) != before


def test_old_changes_are_swept_out(sql: Connection) -> None:
    sql.execute("INSERT INTO real_estate_change (id, at) VALUES (1, now() - interval '2 days')")
    sql.execute("UPDATE real_estate_agency SET phone = phone")
    left = sql.execute("SELECT count(*) AS n FROM real_estate_change WHERE id = 1").fetchone()
    assert left and left["n"] == 0


async def test_while_news_are_lost_every_search_asks_and_old_homes_carry_their_hour(
    stock_room: Counted, stock_url: str
) -> None:
    async with opened(stock_room, stock_url) as (catalogue, news):
        first = await catalogue.find(GIRNE)
    assert (await catalogue.find(GIRNE)).is_cached
    news._seen_at = float("-inf")
    again = await catalogue.find(GIRNE)
    assert not again.is_cached and stock_room.asked == 2
    stock_room.is_away = True
    stale = await catalogue.find(GIRNE)
    assert stale.is_cached and refs(stale) == refs(first)
    assert stale.as_of is not None and abs((datetime.now(UTC) - stale.as_of).total_seconds()) < 60


async def test_without_anything_kept_the_trouble_is_told(
    stock_room: Counted, stock_url: str
) -> None:
    async with opened(stock_room, stock_url) as (catalogue, _):
        stock_room.is_away = True
        with pytest.raises(SearchDown):
            await catalogue.find(GIRNE)
        with pytest.raises(BadInput):
            stock_room.is_away = False
            await catalogue.find(replace(GIRNE, limit=0))


async def test_a_search_that_hangs_is_a_search_that_is_late(stock_url: str) -> None:
    class Hung(Counted):
        async def find(self, wish: Wish) -> Answer:
            await asyncio.Event().wait()
            raise AssertionError

    cache = cache_of_searches(fresh_seconds=30, timeout_ms=10)
    hung = Hung.__new__(Hung)
    hung._rates = None
    catalogue = CachedCatalogue(hung, News(stock_url), cache=cache, release="r", timeout_ms=10)
    with pytest.raises(SearchTimeout):
        await catalogue.find(GIRNE)
    await cache.close()


async def test_a_cache_of_zero_seconds_is_no_cache(stock_room: Counted, stock_url: str) -> None:
    cache = cache_of_searches(fresh_seconds=0, timeout_ms=5000)
    catalogue = CachedCatalogue(stock_room, News(stock_url), cache=cache, release="r")
    for _ in range(3):
        assert not (await catalogue.find(GIRNE)).is_cached
    assert stock_room.asked == 3


async def test_homes_asked_about_are_read_as_they_are(
    stock_room: Counted, stock_url: str, sql: Connection
) -> None:
    async with opened(stock_room, stock_url) as (catalogue, _):
        home: Listing = (await catalogue.find(GIRNE)).found.listings[0]
        sql.execute(
            "UPDATE real_estate_listing SET status = 'withdrawn' WHERE ref = %s", (home.ref,)
        )
        try:
            assert await catalogue.get((home.id,)) == ()
            assert not await catalogue.is_free(home.id, date(2030, 1, 1), date(2030, 1, 2))
        finally:
            sql.execute(
                "UPDATE real_estate_listing SET status = 'active' WHERE ref = %s", (home.ref,)
            )


async def test_pages_go_on_behind_the_cache(stock_room: Counted, stock_url: str) -> None:
    async with opened(stock_room, stock_url) as (catalogue, _):
        first = await catalogue.find(replace(GIRNE, amenities=("wifi", "gym"), limit=5))
        other_way = replace(GIRNE, amenities=("gym", "wifi"), limit=5, after=first.found.next)
        second = await catalogue.find(other_way)
    assert second.found.listings and not set(refs(first)) & set(refs(second))


async def test_an_answer_survives_the_way_through_json(stock_room: Counted) -> None:
    nothing = replace(GIRNE, price_max=1.0, bedrooms_min=9)
    for wish in (
        GIRNE,
        nothing,
        replace(GIRNE, near=Near(35.3, 33.3, 5), check_in=date(2030, 1, 1)),
    ):
        answer = await stock_room.find(wish)
        again = codec().read(codec().write(answer))
        assert again == answer
        assert [h.titles for h in again.found.listings] == [h.titles for h in answer.found.listings]
        assert weight(answer) >= len(codec().write(answer))


SAME = Wish(cities=("girne", "lefke"), amenities=("gym", "wifi"), price_max=500, text="sea  view ")


@pytest.mark.parametrize(
    "other",
    [
        replace(SAME, cities=("lefke", "girne")),
        replace(SAME, amenities=("wifi", "gym", "gym")),
        replace(SAME, price_max=500.0),
        replace(SAME, text="sea view"),
        replace(SAME, currency="gbp"),
    ],
)
def test_one_search_said_in_two_ways_is_one_search(other: Wish) -> None:
    assert canonical(other) == canonical(SAME)
    assert name(other) == name(SAME)


@pytest.mark.parametrize(
    "change",
    [
        {"price_max": 501},
        {"currency": "EUR"},
        {"price_period": "night"},
        {"cities": ("girne",)},
        {"limit": 7},
        {"deal": "rent"},
        {"text": "sea"},
        {"sort": "newest"},
        {"after": "x"},
    ],
)
def test_another_search_is_another_search(change: dict[str, Any]) -> None:
    assert name(replace(SAME, **change)) != name(SAME)


def test_distance_from_the_first_place_keeps_the_order_of_places() -> None:
    one = replace(SAME, sort="distance")
    assert name(one) != name(replace(one, cities=("lefke", "girne")))


def test_another_epoch_or_release_is_another_key() -> None:
    wish = canonical(SAME)
    keys = {key(wish, epoch=e, release=r) for e in ("1", "2") for r in ("a", "b")}
    assert len(keys) == 4 and all(k.startswith("re:search:girne,lefke:any:") for k in keys)


def name(wish: Wish) -> str:
    return key(canonical(wish), epoch="1", release="r")


async def test_every_process_answers_what_the_command_asks(stock_url: str) -> None:
    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        return {"removed": len(question["pattern"])}

    news = News(stock_url, answerer=answer)
    listening = asyncio.create_task(news.run())
    await until(lambda: news.is_current)
    async with await psycopg.AsyncConnection.connect(stock_url, autocommit=True) as asking:
        await asking.execute("LISTEN gatehouse_cache_answer")
        for payload in ("nonsense", "[]", json.dumps({"id": "7", "pattern": "re:*"})):
            await asking.execute("SELECT pg_notify('gatehouse_cache', %s)", (payload,))
        async for notice in asking.notifies(timeout=CAUGHT_UP_SECONDS, stop_after=1):
            told = json.loads(notice.payload)
            assert (told["id"], told["removed"]) == ("7", 4)
            break
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


def empty() -> Answer:
    return Answer(Found((), 0, None, 0.0))


def test_an_empty_answer_weighs_something() -> None:
    assert weight(empty()) > 0
