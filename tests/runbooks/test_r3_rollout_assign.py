"""R3: who may choose an arm; each test is named by its row of the catalogue."""

from __future__ import annotations

import time
from typing import Any

import httpx
import psycopg
import pytest
from django.core.management import call_command
from fastapi import FastAPI
from psycopg.rows import dict_row

from gatehouse.base.config import Settings, load
from gatehouse.base.database import Database
from gatehouse.base.errors import Misconfigured
from gatehouse.observe.access import OpsAccess
from gatehouse.rollout.passes import Passes
from gatehouse.talk.api import router
from gatehouse.web import edge
from gatehouse.web.entering import Entrance

from ..store.talk.room import ROLLOUT, Room

KEY = "k1-3Vd9s0qLm2xTzR7uYb8NcQw5Ee6Ff4Gg"
OTHER = "k2-9Zx8Cv7Bn6Mq5Ww4Ee3Rr2Tt1Yy0Uu9Ii"
HEADER = "X-Gatehouse-Canary"
STORED = (
    "SELECT arm, version, rollout_id, assign_reason, forced_arm, traffic FROM talk_conversation"
)


@pytest.fixture
def url(clean: str) -> str:
    return clean


def house(database: Database, *, key: str = KEY, is_open: bool = False) -> FastAPI:
    """The real endpoints over a rollout whose ramp has not begun: only who may choose gets it."""
    settings: Settings = load({}, canary_signing_key=key, canary_cookie_open=is_open)
    made = FastAPI()
    edge.install(made, settings)
    turns, entrance = Room(0).process(database), Entrance.of(settings)
    made.include_router(router(turns, OpsAccess.of(settings), entry_of=entrance))
    return made


async def ask(app: FastAPI, **headers: str) -> str:
    """The arm that answers a new visitor: curl with these headers."""
    door = httpx.ASGITransport(app=app, client=("203.0.113.7", 40000))
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    async with httpx.AsyncClient(transport=door, base_url="http://house.test") as curl:
        answer = await curl.post("/api/chat/ask", json={"question": "hello"}, headers=named)
    assert answer.status_code == 200
    return str(answer.json()["meta"]["arm"])


def stored(url: str) -> dict[str, Any]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        (row,) = connection.execute(STORED).fetchall()
        return dict(row)


async def test_r3_17_a_signed_header_chooses_and_is_excluded_from_verdicts(
    database: Database, url: str
) -> None:
    app = house(database)
    shown = Passes(KEY).make("canary", "staff", seconds=600)
    assert await ask(app, X_Gatehouse_Canary=shown) == "canary"
    assert stored(url) == {
        "arm": "canary", "version": "v-new", "rollout_id": ROLLOUT, "forced_arm": "canary",
        "assign_reason": "TARGETING_MATCH", "traffic": "staff",
    }  # fmt: skip


@pytest.mark.parametrize("value", ["always", "never", "true", "canary", "enabled"])
async def test_r3_17_what_an_ingress_would_take_is_not_enough(
    database: Database, url: str, value: str
) -> None:
    assert await ask(house(database), X_Gatehouse_Canary=value) == "stable"
    assert stored(url)["forced_arm"] is None


async def test_r3_19_the_open_cookie_counts_in_staging_alone(database: Database, url: str) -> None:
    assert await ask(house(database), Cookie="canary=enabled") == "stable"
    assert await ask(house(database, is_open=True), Cookie="canary=enabled") == "canary"
    with pytest.raises(Misconfigured):
        load({}, environment="production", secret_key=KEY, canary_cookie_open=True)


async def test_r3_19_a_signed_cookie_counts_everywhere(database: Database, url: str) -> None:
    shown = Passes(KEY).make("canary", "staff", seconds=600)
    assert await ask(house(database), Cookie=f"canary={shown}") == "canary"


async def test_r3_19_a_forged_cookie_does_not_count(database: Database, url: str) -> None:
    forged = Passes(OTHER).make("canary", "staff", seconds=600)
    assert await ask(house(database), Cookie=f"canary={forged}") == "stable"
    assert await ask(house(database, key=""), Cookie=f"canary={forged}") == "stable"


async def test_r3_19_an_expired_cookie_does_not_count(database: Database, url: str) -> None:
    an_hour_ago = Passes(KEY, now=lambda: time.time() - 3600)
    expired = an_hour_ago.make("canary", "staff", seconds=600)
    assert await ask(house(database), Cookie=f"canary={expired}") == "stable"


async def test_r3_19_a_pass_shown_in_the_middle_of_a_talk_does_not_move_it(
    database: Database, url: str
) -> None:
    app, shown = house(database), Passes(KEY).make("canary", "staff", seconds=600)
    door = httpx.ASGITransport(app=app, client=("203.0.113.7", 40000))
    async with httpx.AsyncClient(transport=door, base_url="http://house.test") as curl:
        for headers in ({}, {HEADER: shown}):
            question = {"question": "hello"}
            answer = await curl.post("/api/chat/ask", json=question, headers=headers)
            assert answer.json()["meta"]["arm"] == "stable"
    assert stored(url)["forced_arm"] is None


def test_r3_17_the_shell_signs_a_pass_that_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CANARY_SIGNING_KEY", KEY)
    call_command("canary", arm="any", traffic="soak", minutes=5)
    header, cookie = capsys.readouterr().out.splitlines()
    found = Passes(KEY).check(header.removeprefix(f"{HEADER}: "))
    assert found is not None
    assert (found.arm, found.traffic) == (None, "soak")
    assert cookie.partition("=")[2] == header.partition(": ")[2]


def test_r3_17_without_a_key_no_pass_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANARY_SIGNING_KEY", raising=False)
    with pytest.raises(Misconfigured, match="CANARY_SIGNING_KEY"):
        call_command("canary")
