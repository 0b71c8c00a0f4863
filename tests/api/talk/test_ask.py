"""POST /api/chat/ask: one turn as one answer, for its owner alone, once per key."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from gatehouse.base.database import Database
from gatehouse.talk.types import Outcome, Thread, Tools

from ...store.talk.conftest import Rows
from ...store.talk.stage import outcome
from .conftest import app, visitor

ASK = "/api/chat/ask"


async def _session(client: httpx.AsyncClient) -> str:
    answer = await client.post("/api/chat/sessions", json={})
    return str(answer.json()["session_id"])


async def test_a_first_message_makes_a_visitor_with_a_cookie(alice: httpx.AsyncClient) -> None:
    answer = await alice.post(ASK, json={"question": "hello"})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert "gatehouse_s=" in cookie
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=2592000"))
    assert "token" not in answer.json()["meta"]
    assert answer.headers["cache-control"] == "no-store"


async def test_over_tls_the_cookie_is_bound_to_the_host(application: FastAPI) -> None:
    async with visitor(application, scheme="https") as client:
        answer = await client.post(ASK, json={"question": "hello"})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-s=")
        assert "Secure" in cookie
        assert (await client.post(ASK, json={"question": "again"})).json()["meta"]["turn"] == 2


async def test_a_second_message_goes_on_in_the_latest_conversation(
    alice: httpx.AsyncClient,
) -> None:
    first = (await alice.post(ASK, json={"question": "one"})).json()["meta"]
    second = (await alice.post(ASK, json={"question": "two"})).json()["meta"]
    assert second["session_id"] == first["session_id"]
    assert (first["turn"], second["turn"]) == (1, 2)


async def test_the_reply_has_the_contracts_shape(alice: httpx.AsyncClient) -> None:
    reply = (await alice.post(ASK, json={"question": "hello"})).json()
    assert set(reply) == {"title", "summary", "blocks", "cards", "meta"}
    assert set(reply["meta"]) == {
        "schema", "session_id", "message_id", "turn", "act", "slots", "next_needed",
        "suggested_actions", "tier", "arm", "version", "degraded", "tokens_used", "timings_ms",
    }  # fmt: skip


class Arrivals:
    """Says the home that each message comes with."""

    name: Literal["rules"] = "rules"

    async def think(self, thread: Thread, tools: Tools, **_: object) -> Outcome:
        said = outcome(thread)
        return replace(said, reply=replace(said.reply, summary=f"about {thread.about}"))


async def test_a_message_comes_with_the_home_that_it_is_about(
    database: Database, clean: str
) -> None:
    home = str(uuid4())
    async with visitor(app(database, Arrivals())) as client:
        body = {"question": "does it have a pool?", "about": home}
        first = await client.post(ASK, json=body, headers={"Idempotency-Key": "k"})
        assert first.json()["summary"] == f"about {home}"
        other = body | {"about": str(uuid4())}
        reused = await client.post(ASK, json=other, headers={"Idempotency-Key": "k"})
        assert reused.status_code == 422
        later = await client.post(ASK, json={"question": "and a garden?"})
        assert later.json()["summary"] == "about None"


async def test_a_repeated_key_gives_the_same_bytes(alice: httpx.AsyncClient) -> None:
    session = await _session(alice)
    body = {"question": "hello", "session_id": session}
    key = {"Idempotency-Key": "k-1"}
    first = await alice.post(ASK, json=body, headers=key)
    again = await alice.post(ASK, json=body, headers=key)
    in_body = await alice.post(ASK, json=body | {"client_msg_id": "k-1"})
    assert first.content == again.content == in_body.content
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"


async def test_a_repeated_key_with_another_body_is_refused(alice: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    await _session(alice)
    await alice.post(ASK, json={"question": "one"}, headers=key)
    answer = await alice.post(ASK, json={"question": "two"}, headers=key)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["error"] == "idempotency-key-reused"


@pytest.mark.parametrize("key", ["x" * 256, "", "tab\there"])
async def test_a_key_that_is_no_key_is_refused(alice: httpx.AsyncClient, key: str) -> None:
    answer = await alice.post(ASK, json={"question": "one"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "  "},
        {"question": "x" * 4001},
        {"question": 1},
        {"question": "a", "language": "xx"},
        {"question": "a", "extra": 1},
        {"question": "a", "about": "the-first-one"},
        {"question": "a", "session_id": "a b"},
        {"question": "a", "session_id": "x" * 65},
        {"question": "a", "client_msg_id": "ä"},
    ],
)
async def test_a_wrong_body_is_refused_and_stores_nothing(
    alice: httpx.AsyncClient, rows: Rows, body: dict[str, object]
) -> None:
    answer = await alice.post(ASK, json=body)
    assert answer.status_code == 422
    assert rows("SELECT 1 FROM talk_inbox") == []


async def test_nobody_writes_into_a_foreign_conversation(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, charlie: httpx.AsyncClient, rows: Rows
) -> None:
    hers = await _session(alice)
    answers = [
        (await client.post(ASK, json={"question": "x", "session_id": session}))
        for client in (bob, charlie)
        for session in (hers, str(uuid4()))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["detail"] for answer in answers}) == 1  # absent or foreign: alike
    assert rows("SELECT 1 FROM talk_inbox") == []


async def test_a_bearer_token_stands_for_the_cookie(
    alice: httpx.AsyncClient, charlie: httpx.AsyncClient
) -> None:
    session = (await alice.post("/api/chat/sessions", json={"bearer": True})).json()
    token = {"Authorization": f"Bearer {session['token']}"}
    body = {"question": "hello", "session_id": session["session_id"]}
    answer = await charlie.post(ASK, json=body, headers=token)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    latest = await charlie.post(ASK, json={"question": "more"}, headers=token)
    assert latest.json()["meta"]["session_id"] == session["session_id"]


async def test_an_unknown_bearer_token_opens_nothing(charlie: httpx.AsyncClient) -> None:
    token = {"Authorization": "Bearer made-up"}
    for body in ({"question": "x"}, {"question": "x", "session_id": "soak_test"}):
        assert (await charlie.post(ASK, json=body, headers=token)).status_code == 404


async def test_a_cookie_of_nobody_makes_a_new_visitor(charlie: httpx.AsyncClient) -> None:
    charlie.cookies.set("gatehouse_s", "x" * 43)
    answer = await charlie.post(ASK, json={"question": "x"})
    assert answer.status_code == 200
    assert "x" * 43 not in answer.headers["set-cookie"]


async def test_a_named_session_is_kept_for_the_local_operator(application: FastAPI) -> None:
    for turn in (1, 2):
        async with visitor(application, address="127.0.0.1") as curl:
            answer = await curl.post(ASK, json={"question": "x", "session_id": "soak_test"})
            assert answer.json()["meta"]["turn"] == turn
            assert answer.json()["meta"]["session_id"] == "soak_test"
            assert "set-cookie" not in answer.headers


async def test_a_forwarded_request_is_not_local(application: FastAPI) -> None:
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    body = {"question": "x", "session_id": "soak_test"}
    async with visitor(application, address="127.0.0.1") as curl:
        await curl.post(ASK, json=body)
    async with visitor(application, address="127.0.0.1") as curl:
        answer = await curl.post(ASK, json=body, headers=forwarded)
    assert answer.json()["meta"]["turn"] == 1
    assert "set-cookie" in answer.headers


async def test_strangers_with_the_same_session_name_do_not_meet(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, charlie: httpx.AsyncClient
) -> None:
    body = {"question": "x", "session_id": "home"}
    for client in (alice, bob, charlie):
        assert (await client.post(ASK, json=body)).json()["meta"]["turn"] == 1
        assert (await client.post(ASK, json=body)).json()["meta"]["turn"] == 2


async def test_a_reply_that_is_late_says_that_the_message_is_saved(
    database: Database, rows: Rows
) -> None:
    slow = app(database, turn_deadline_ms=1000)
    async with visitor(slow) as client:
        session = await _session(client)
        rows("UPDATE talk_conversation SET lease_owner = 'x', lease_until = now() + interval '9 s'")
        answer = await client.post(ASK, json={"question": "x", "session_id": session})
    assert answer.status_code == 503
    assert answer.json()["error"] == "reply-late"
    assert int(answer.headers["retry-after"]) >= 1
    assert len(rows("SELECT 1 FROM talk_inbox")) == 1
