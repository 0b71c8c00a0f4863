"""R1's levers, pulled while the house is open; each test is named by its row of the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from gatehouse.base.errors import SearchTimeout
from gatehouse.listings.types import Wish
from gatehouse.resilience.breaker import Breaker, Judged, State, Vote
from gatehouse.rollout.kill_file import NOTHING, Kill

from .steered import Steered, new, steered


@pytest.fixture
async def room(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Steered]:
    async with steered(clean, tmp_path, monkeypatch) as opened:
        yield opened


async def test_r1_08_a_stored_false_sends_the_next_turn_to_the_rules(room: Steered) -> None:
    first = room.house.turns._handler_for(new(1))
    await room.set(use_re_prompt_driven=False)
    later = replace(new(1), turn_no=2, pin=first.pin)
    second = room.house.turns._handler_for(later)
    assert (first.handler.name, second.handler.name) == ("prompted", "rules")
    assert room.echo["re_prompt_driven"] is False


async def test_r1_10_a_search_is_cut_at_the_stored_time_by_us_and_by_the_server(
    room: Steered, clean: str
) -> None:
    await room.set(re_search_timeout_ms=150)
    with psycopg.connect(clean) as holding:
        holding.execute("LOCK TABLE real_estate_listing IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SearchTimeout):
            await room.house.stock.find(Wish())
    async with room.house.database.visit("search") as cursor:
        await cursor.execute("SHOW statement_timeout")
        row = await cursor.fetchone()
    assert row == {"statement_timeout": "150ms"}


async def test_r1_12_r1_30_cards_go_and_come_back_and_the_handler_stays(room: Steered) -> None:
    before = room.house.turns._handler_for(new(1))
    await room.set(enable_re_recommend_card=False)
    assert room.house.turns.tools.cards_on is False
    assert room.house.turns._thinker.tools.cards_on is False
    assert room.echo["enable_re_recommend_card"] is False
    assert room.house.turns._handler_for(new(1)).pin == before.pin
    await room.unset("enable_re_recommend_card", then=True)
    assert room.house.turns._thinker.tools.cards_on is True


async def test_r1_13_a_stored_flag_is_visible_without_any_restart(room: Steered) -> None:
    await room.set(re_prompt_canary_percent=10)
    assert room.echo["re_prompt_canary_percent"] == 10


async def test_r1_14_the_value_follows_environment_stored_flag_and_kill_file(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"RE_PROMPT_CANARY_PERCENT": "50"}
    name = "re_prompt_canary_percent"
    async with steered(clean, tmp_path, monkeypatch, **given) as room:
        assert room.source(name) | {"outside": None} == {
            "env": "50", "stored": None, "kill": None, "outside": None, "effective": 50,
        }  # fmt: skip
        await room.set(**{name: 10})
        assert (room.source(name)["stored"], room.source(name)["effective"]) == (10, 10)
        await room.kill(Kill({name: 5}), lambda now: now.re_prompt_canary_percent == 5)
        assert (room.source(name)["kill"], room.source(name)["effective"]) == (5, 5)
        await room.kill(NOTHING, lambda now: now.re_prompt_canary_percent == 10)
        await room.unset(name, then=50)
        assert room.echo[name] == 50


async def test_r1_28_the_kill_file_alone_sends_everybody_to_the_rules(room: Steered) -> None:
    assert set(room.arms()) == {"canary"}
    kill = Kill({"use_re_prompt_driven": False})
    await room.kill(kill, lambda now: not now.use_re_prompt_driven)
    assert set(room.arms()) == {"stable"}
    assert room.source("re_prompt_driven")["kill"] is False
    await room.kill(NOTHING, lambda now: now.use_re_prompt_driven)
    assert set(room.arms()) == {"canary"}


async def test_r1_29_at_zero_percent_pinned_talks_move_at_their_next_turn(room: Steered) -> None:
    first = room.house.turns._handler_for(new(1))
    await room.set(re_prompt_canary_percent=0)
    later = replace(new(1), turn_no=2, pin=first.pin)
    assert room.house.turns._handler_for(later).handler.name == "rules"
    assert set(room.arms()) == {"stable"}


async def test_r1_46_five_percent_and_back_without_a_restart(room: Steered) -> None:
    first = room.house.turns._handler_for(new(1))
    await room.set(re_prompt_canary_percent=5)
    assert room.echo["re_prompt_canary_percent"] == 5
    drawn = room.arms(2000).count("canary")
    assert 55 <= drawn <= 150  # 100 of 2,000, four standard deviations around it
    pinned = replace(new(1), turn_no=2, pin=first.pin)
    assert room.house.turns._handler_for(pinned).pin == first.pin
    await room.unset("re_prompt_canary_percent", then=100)
    assert set(room.arms()) == {"canary"}


async def test_r1_53_the_time_to_live_is_live(room: Steered) -> None:
    cache = room.house.keeping.catalogue.cache
    assert cache.times.fresh == 30
    await room.set(search_cache_ttl=60)
    assert cache.times.fresh == 60
    assert room.echo["search_cache_ttl"] == 60


async def test_r1_59_the_breaker_opens_on_the_tenth_failure(room: Steered) -> None:
    await room.set(re_search_circuit_breaker_open_after=10)
    fuse = room.house.breakers.of("backend_search")
    assert [fail(fuse) for _ in range(10)] == [State.CLOSED] * 9 + [State.OPEN]


def fail(fuse: Breaker) -> State:
    with fuse.watch(timeout_seconds=1.0) as permit:
        permit.settle(Judged(Vote.FAILURE))
    return fuse.standing.state
