"""Two whole processes on one database: a rollout's pin holds in both until it goes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gatehouse.base.config import load
from gatehouse.rollout import versions
from gatehouse.rollout.bundles import Bundle
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.types import Control
from gatehouse.web import wiring
from gatehouse.web.wiring import House

from ..talk.stage import message

PATIENCE_SECONDS = 60.0
# The rules without cards: another version that needs no model.
PLAIN = Bundle("rules", features={"cards": False})
BEGIN = """
INSERT INTO rollout (id, phase, step, share, stable_version, canary_version, plan, created_by)
VALUES ('ro_pin', 'ramping', 0, 100000, 'rules', %(canary)s, '{"steps": []}', 'test')"""
GO_BACK = """
UPDATE rollout SET phase = 'rolled_back', share = 0, policy = 'migrate_next_turn',
                   revision = revision + 1, ended_at = now() WHERE id = 'ro_pin'"""


@pytest.fixture
def url(clean: str) -> str:
    with psycopg.connect(clean, autocommit=True) as connection:
        connection.execute("UPDATE rollout_control SET stable_version = NULL, denied = '[]'")
    return clean


@asynccontextmanager
async def process(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """One process of the house; nobody leads rollouts here, the test does."""
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", url)
    house = wiring.build(load({}, gatehouse_data=folder, log_file="-"))
    house.watching.clear()
    async with house.open():
        yield house


async def until(house: House, is_it: Callable[[Control], bool]) -> None:
    """Returns when this process acts on such a snapshot, and has its versions ready."""
    news = asyncio.Event()
    house.steering.follower.on_change(lambda _: news.set())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_it(house.steering.follower.control):
            await news.wait()
            news.clear()
    await house.handlers._look(house.versions)


async def test_the_first_turn_of_a_process_has_the_canary_that_it_is_drawn_for(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions.keep(connecting(url), versions.Version(PLAIN))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(BEGIN, {"canary": PLAIN.id})
    async with process(url, tmp_path, monkeypatch) as house:
        meta = await say(house, "hello")
    assert (meta["arm"], meta["version"]) == ("canary", PLAIN.id)


async def say(house: House, text: str, name: str = "home") -> dict[str, Any]:
    accepted = await house.turns.accept(message(text, name=name))
    meta: dict[str, Any] = json.loads(await house.turns.reply(accepted))["meta"]
    return meta


async def test_a_rollouts_pin_holds_in_every_process_until_it_goes_back(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions.keep(connecting(url), versions.Version(PLAIN))
    async with (
        process(url, tmp_path / "a", monkeypatch) as one,
        process(url, tmp_path / "b", monkeypatch) as other,
    ):
        assert (await say(one, "hello", "before"))["version"] == "rules"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(BEGIN, {"canary": PLAIN.id})
            for house in (one, other):
                await until(house, lambda control: control.live is not None)
            first, second = await say(one, "hello"), await say(other, "a flat in Kyrenia")
            assert {(m["arm"], m["version"]) for m in (first, second)} == {("canary", PLAIN.id)}
            assert (await say(other, "and now?", "before"))["version"] == "rules"
            connection.execute(GO_BACK)
            for house in (one, other):
                await until(house, lambda control: "ro_pin" in control.retreats)
            third = await say(one, "up to 500 pounds a month")
            assert (third["arm"], third["version"], third["turn"]) == ("stable", "rules", 3)
            assert "location" in third["slots"]
            assert (await say(other, "hello", "after"))["version"] == "rules"
            told = connection.execute(
                "SELECT c.rollout_id, c.assign_reason FROM talk_conversation c ORDER BY c.name"
            ).fetchall()
    assert told == [(None, "STATIC"), (None, "STATIC"), ("ro_pin", "SPLIT")]
