"""Rate limits at the chat endpoints: who is refused, what the answer says, and what it costs."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from gatehouse.base.database import Database
from gatehouse.observe import journal
from gatehouse.observe.journal import Journal
from tests.lines import Lines

from .conftest import app, visitor

ASK = "/api/chat/ask"
ITEM = r'"[a-z_]+"(;[a-z]+=\d+)+'
LIST = re.compile(rf"{ITEM}(, {ITEM})*")


@pytest.fixture
def house(database: Database, clean: str) -> FastAPI:
    return app(database, trusted_proxies=("10.0.0.0/8",), web_workers=1)


@pytest.fixture
async def alice(house: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with visitor(house) as client:
        yield client


async def say(client: httpx.AsyncClient, *, key: str | None = None) -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    return await client.post(ASK, json={"question": "hello"}, headers=headers)


async def test_the_sixth_message_at_once_is_refused_and_told_when_to_come_again(
    alice: httpx.AsyncClient,
) -> None:
    assert (await alice.post("/api/chat/sessions", json={})).status_code == 201
    answers = [await say(alice) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    told = refused.json()
    assert told["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert told["violated-policies"] == ["session"]
    assert 1 <= int(refused.headers["retry-after"]) <= 5  # one message every five seconds
    assert told["retry_after"] == int(refused.headers["retry-after"])


async def test_every_answer_tells_the_limits_as_lists_of_items(alice: httpx.AsyncClient) -> None:
    await alice.post("/api/chat/sessions", json={})
    answer = await say(alice)
    assert LIST.fullmatch(answer.headers["ratelimit-policy"])
    assert LIST.fullmatch(answer.headers["ratelimit"])
    assert answer.headers["ratelimit-policy"].startswith('"session";q=12;w=60, "user";q=30;w=60')
    assert answer.headers["ratelimit"].startswith('"session";r=4;t=5')


async def test_a_stream_is_limited_like_an_answer(alice: httpx.AsyncClient) -> None:
    await alice.post("/api/chat/sessions", json={})
    for _ in range(5):
        answer = await alice.post("/api/chat/stream", json={"question": "hello"})
        assert answer.status_code == 200
        assert "ratelimit" in answer.headers
    assert (await alice.post("/api/chat/stream", json={"question": "hello"})).status_code == 429


async def test_the_same_message_sent_again_is_charged_once(alice: httpx.AsyncClient) -> None:
    await alice.post("/api/chat/sessions", json={})
    key = str(uuid.uuid4())
    for _ in range(8):
        assert (await say(alice, key=key)).status_code == 200
    assert [(await say(alice)).status_code for _ in range(5)] == [200] * 4 + [429]


async def test_one_key_is_no_licence_to_hammer(alice: httpx.AsyncClient) -> None:
    await alice.post("/api/chat/sessions", json={})
    key = str(uuid.uuid4())
    codes = [(await say(alice, key=key)).status_code for _ in range(60)]
    assert codes[0] == 200
    assert codes[-1] == 429


async def test_new_visitors_of_one_network_are_bounded_and_cookies_dropped_are_new_visitors(
    house: FastAPI,
) -> None:
    codes = []
    for number in range(7):
        async with visitor(house, address=f"198.51.100.{number}") as newcomer:
            codes.append((await say(newcomer)).status_code)
    assert codes == [200] * 5 + [429] * 2
    async with visitor(house, address="198.51.101.1") as neighbour:
        assert (await say(neighbour)).status_code == 200


async def test_rotating_within_one_ipv6_network_wins_nothing(house: FastAPI) -> None:
    codes = []
    for number in range(7):
        async with visitor(house, address=f"2001:db8:1:2:{number:x}::1") as newcomer:
            codes.append((await newcomer.post("/api/chat/sessions", json={})).status_code)
    assert codes == [201] * 5 + [429] * 2


async def test_a_forwarded_address_counts_from_a_trusted_proxy_alone(house: FastAPI) -> None:
    spoofed, forwarded = [], []
    for number in range(7):
        headers = {"x-forwarded-for": f"192.0.{number}.1"}
        async with visitor(house, address="203.0.113.50") as liar:
            answer = await liar.post("/api/chat/sessions", json={}, headers=headers)
            spoofed.append(answer.status_code)
        async with visitor(house, address="10.0.0.1") as proxy:
            answer = await proxy.post("/api/chat/sessions", json={}, headers=headers)
            forwarded.append(answer.status_code)
    assert spoofed == [201] * 5 + [429] * 2
    assert forwarded == [201] * 7


async def test_a_made_up_cookie_makes_nobody_a_known_visitor(house: FastAPI) -> None:
    codes = []
    for number in range(7):
        cookies = {"cookie": f"gatehouse_s={str(number) * 43}"}
        async with visitor(house) as liar:
            answer = await liar.post("/api/chat/sessions", json={}, headers=cookies)
            codes.append(answer.status_code)
    assert codes == [201] * 5 + [429] * 2


async def test_one_who_is_refused_uses_up_nothing_of_the_others_share(house: FastAPI) -> None:
    async with visitor(house) as greedy, visitor(house) as neighbour:
        for client in (greedy, neighbour):
            await client.post("/api/chat/sessions", json={})
        codes = [(await say(greedy)).status_code for _ in range(120)]
        assert codes.count(429) > 100
        assert [(await say(neighbour)).status_code for _ in range(5)] == [200] * 5


async def test_the_site_as_a_whole_is_bounded(database: Database, clean: str) -> None:
    house = app(database, rate_limit_site=12, web_workers=1)
    codes = []
    for number in range(4):
        async with visitor(house, address=f"198.51.{number}.1") as newcomer:
            codes.append((await say(newcomer)).status_code)
    assert codes == [200] * 2 + [429] * 2


async def test_this_very_machine_is_not_counted_but_in_production_it_is(
    database: Database, clean: str
) -> None:
    async def codes(environment: str) -> list[int]:
        settings = {"environment": environment, "secret_key": "Wq9zT3vR8mK1xL6pB4nH7cJ2dF5gS0aY"}
        house = app(database, None, **settings, rate_limit_new_sessions=2, web_workers=1)
        told = []
        for _ in range(4):
            async with visitor(house, address="127.0.0.1") as local:
                told.append((await local.post("/api/chat/sessions", json={})).status_code)
        return told

    assert await codes("development") == [201] * 4
    assert await codes("production") == [201, 429, 429, 429]


async def test_refusals_are_logged_once_a_second(alice: httpx.AsyncClient) -> None:
    sink = Lines()
    before = journal.use(Journal(sinks=(sink,)))
    await alice.post("/api/chat/sessions", json={})
    for _ in range(20):
        await say(alice)
    journal.use(before)
    told = sink.events("rate_limited")
    assert 1 <= len(told) <= 3
    assert told[0]["key"] == "session"
