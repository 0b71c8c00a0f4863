"""GET /api/prompts/examples and POST /api/telemetry/ui."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.database import Database
from gatehouse.observe.meter import REGISTRY
from gatehouse.talk.landing import deal
from gatehouse.understanding.types import LANGUAGES

from ...store.talk.conftest import Rows
from .conftest import app, visitor

EXAMPLES = "/api/prompts/examples"


@given(st.integers(1, 10), st.integers(0, 2**32), st.integers(0, 10**6))
def test_no_question_comes_twice_before_all_were_dealt(n: int, seed: int, first: int) -> None:
    pool = list(range(20))
    rounds = [deal(pool, n, seed=seed, round_no=first + k) for k in range(len(pool) // n)]
    dealt = [each for one in rounds for each in one]
    if 20 % n == 0:
        assert sorted(dealt) == pool
    assert all(len(set(one)) == n for one in rounds)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_examples_come_in_the_pages_language(
    charlie: httpx.AsyncClient, language: str
) -> None:
    answer = await charlie.get(EXAMPLES, params={"n": 3, "lang": language})
    told = answer.json()
    assert set(told) == {"examples", "expires_at", "seed", "topics", "total_pool_size"}
    assert len(told["examples"]) == 3
    assert told["total_pool_size"] > 10


async def test_one_visitor_sees_the_same_until_they_expire(bob: httpx.AsyncClient) -> None:
    first, second = [(await bob.get(EXAMPLES)).json()["examples"] for _ in range(2)]
    assert first == second


async def test_topics_restrict_the_pool(charlie: httpx.AsyncClient) -> None:
    told = (await charlie.get(EXAMPLES, params={"topics": "buy, rent"})).json()
    assert told["topics"] == ["buy", "rent"]
    assert {example["topic"] for example in told["examples"]} <= {"buy", "rent"}


@pytest.mark.parametrize("query", [{"n": 0}, {"n": 11}, {"lang": "xx"}, {"topics": "x" * 201}])
async def test_wrong_wishes_are_refused(charlie: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await charlie.get(EXAMPLES, params=query)).status_code == 422


async def test_switched_off_there_are_no_examples(database: Database) -> None:
    async with visitor(app(database, feature_dynamic_prompts=False)) as client:
        assert (await client.get(EXAMPLES)).status_code == 404


async def test_telemetry_reaches_the_metrics(charlie: httpx.AsyncClient) -> None:
    click = "re_card_clicked_total", {"variant": "sale", "arm": "stable"}
    before = REGISTRY.get_sample_value(*click) or 0
    event = {"event_type": "card_clicked", "metadata": {"variant": "sale"}}
    assert (await charlie.post("/api/telemetry/ui", json=event)).status_code == 204
    assert REGISTRY.get_sample_value(*click) == before + 1


async def test_a_click_is_kept_with_the_conversation_and_counted_in_its_arm(
    alice: httpx.AsyncClient, rows: Rows
) -> None:
    asked = await alice.post("/api/chat/ask", json={"question": "one"})
    session = asked.json()["meta"]["session_id"]
    rows("UPDATE talk_conversation SET arm = 'canary'")
    click = "re_card_clicked_total", {"variant": "sale", "arm": "canary"}
    before = REGISTRY.get_sample_value(*click) or 0
    about = {"variant": "sale", "arm": "stable", "session_id": session}
    for _ in range(2):
        event = {"event_type": "card_clicked", "metadata": about}
        assert (await alice.post("/api/telemetry/ui", json=event)).status_code == 204
    kept = rows("SELECT conversation_id::text AS id, clicks FROM talk_card_click")
    assert kept == [{"id": session, "clicks": 2}]
    assert REGISTRY.get_sample_value(*click) == before + 2


async def test_nobody_clicks_in_a_foreign_conversation(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, charlie: httpx.AsyncClient, rows: Rows
) -> None:
    asked = await alice.post("/api/chat/ask", json={"question": "one"})
    foreign = asked.json()["meta"]["session_id"]
    for client, session in ((bob, foreign), (charlie, foreign), (alice, str(uuid4()))):
        event = {"event_type": "card_clicked", "metadata": {"session_id": session}}
        assert (await client.post("/api/telemetry/ui", json=event)).status_code == 204
    assert rows("SELECT 1 FROM talk_card_click") == []


@pytest.mark.parametrize(
    "event",
    [
        {"event_type": "other"},
        {"event_type": "render", "duration_ms": -1},
        {"event_type": "render", "metadata": {str(n): n for n in range(21)}},
    ],
)
async def test_telemetry_is_bounded(charlie: httpx.AsyncClient, event: dict[str, object]) -> None:
    assert (await charlie.post("/api/telemetry/ui", json=event)).status_code == 422


async def test_every_route_is_described_with_its_errors(application: FastAPI) -> None:
    described = application.openapi()["paths"]
    assert len(described) == 8
    for path, methods in described.items():
        for about in methods.values():
            assert "422" in about["responses"], path
            assert "application/problem+json" in about["responses"]["422"]["content"]
