"""What the edge does when there is too much work: whom it refuses, how, and what it spares."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus

import httpx
import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import load
from gatehouse.resilience.admission import Ticket
from gatehouse.resilience.hammering import PATIENCE, Hammering
from gatehouse.resilience.seats import Admission
from gatehouse.web import edge
from gatehouse.web.classes import class_of
from gatehouse.web.porter import Porter

from .conftest import AGENCY, build

COOKIE = {"cookie": "gatehouse_s=" + "a" * 43}


@pytest.fixture
def admission() -> Admission:
    return Admission.of(8)


@pytest.fixture
def rules(admission: Admission) -> edge.Rules:
    return edge.Rules.of(load({}, cors_origins=(AGENCY,)), admission=admission)


@pytest.fixture
async def http(rules: edge.Rules) -> AsyncIterator[httpx.AsyncClient]:
    app = build(load({}, cors_origins=(AGENCY,)), rules)

    @app.get("/health")
    async def health() -> str:
        return "ok"

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://chat.example") as client:
        yield client


def fill(admission: Admission, work: str = "existing") -> None:
    """Takes every place and the whole line."""
    while not admission.would_refuse(work):
        admission.room.ask(work)


@pytest.mark.parametrize(
    ("path", "headers", "work"),
    [
        ("/health", {}, "ack"),
        ("/metrics", {}, "ack"),
        ("/api/webhooks/telegram", {}, "ack"),
        ("/office/leads", {}, "existing"),
        ("/office/leads", {b"cookie": b"gatehouse_staff=worn"}, "staff"),
        ("/widget/tokens.css", {b"cookie": b"gatehouse_staff=worn"}, "staff"),
        ("/", {}, "existing"),
        ("/widget/desk.js", {}, "existing"),
        ("/api/chat/ask", {b"authorization": b"Bearer x"}, "existing"),
        ("/api/chat/ask", {b"cookie": b"a=b; __Host-s=x"}, "existing"),
        ("/api/chat/ask", {b"cookie": b"a=b"}, "new"),
        ("/api/chat/ask", {}, "new"),
        ("/homes/7", {}, "new"),
    ],
)
def test_a_request_has_a_class(path: str, headers: dict[bytes, bytes], work: str) -> None:
    def is_staff(told: Mapping[bytes, bytes]) -> bool:
        return b"worn" in told.get(b"cookie", b"")

    assert class_of(path, headers, is_staff=is_staff) == work


async def test_a_full_house_says_so_and_when_to_come_again(
    http: httpx.AsyncClient, admission: Admission
) -> None:
    fill(admission)
    answer = await http.get("/api/homes/7")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.headers["content-type"] == "application/problem+json"
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    told = answer.json()
    assert told["error"] == "temporary-reduced-capacity"
    assert told["type"].startswith("https://iana.org/assignments/http-problem-types#")


async def test_health_is_answered_in_a_full_house_and_known_visitors_wait(
    http: httpx.AsyncClient, admission: Admission
) -> None:
    fill(admission, "new")
    assert (await http.get("/health")).status_code == HTTPStatus.OK
    assert (await http.get("/api/homes/7")).status_code == HTTPStatus.SERVICE_UNAVAILABLE
    known = asyncio.create_task(http.get("/api/homes/7", headers=COOKIE))
    while not any(ticket.work == "existing" for ticket in waiting(admission)):
        await asyncio.sleep(0)
    known.cancel()
    await asyncio.gather(known, return_exceptions=True)
    assert not any(ticket.work == "existing" for ticket in waiting(admission))


def waiting(admission: Admission) -> list[Ticket]:
    return [each for line in admission.room._lines.values() for each in line]


async def test_every_place_is_free_again_after_whatever_happened(
    http: httpx.AsyncClient, admission: Admission
) -> None:
    for path in ("/api/homes/7", "/api/trouble/bug", "/api/trouble/busy", "/nowhere"):
        await http.get(path)
    await http.post("/api/echo", content=b"{", headers={"content-type": "application/json"})
    with pytest.raises(AssertionError):  # of httpx: the answer has no end
        await http.get("/api/broken-stream")
    assert admission.room.in_flight == 0


def test_the_porter_answers_like_the_edge(admission: Admission, rules: edge.Rules) -> None:
    porter = Porter(admission, rules.shields, rules.origins)
    was_watchful = porter.is_watchful
    assert porter.refusal("/api/chat/ask", {}) is None
    fill(admission)
    assert (was_watchful, porter.is_watchful) == (False, True)
    answer = porter.refusal("/api/chat/ask", {b"origin": AGENCY.encode()})
    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    told = json.loads(body)
    assert head.startswith(b"HTTP/1.1 503 ")
    assert int(lines[b"content-length"]) == len(body)
    assert lines[b"retry-after"] == str(told["retry_after"]).encode()
    assert lines[b"access-control-allow-origin"] == AGENCY.encode()
    assert b"retry-after" in lines[b"access-control-expose-headers"]
    assert lines[b"cache-control"] == b"no-store"
    assert porter.refusal("/health", {}) is None
    assert admission.room.is_shedding


def test_the_porter_repeats_a_quota_to_who_goes_on_asking(
    admission: Admission, rules: edge.Rules
) -> None:
    clock = TurnableClock()
    porter = Porter(admission, rules.shields, rules.origins, Hammering(clock))
    greedy = {b"authorization": b"Bearer greedy"}
    for _ in range(PATIENCE):
        assert porter.refusal("/api/chat/ask", greedy) is None
        porter.hammering.note(b"Bearer greedy", "session", seconds=4.2)
    answer = porter.refusal("/api/chat/ask", greedy)
    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    told = json.loads(body)
    assert head.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
    assert b'\r\nratelimit: "session";r=0;t=5\r\n' in head
    assert (told["error"], told["retry_after"]) == ("quota-exceeded", 5)
    assert told["violated-policies"] == ["session"]
    assert porter.is_watchful
    assert porter.refusal("/api/chat/history/1", greedy) is None
    assert porter.refusal("/api/chat/ask", {b"authorization": b"Bearer other"}) is None
    clock.turn(4.3)
    assert porter.refusal("/api/chat/ask", greedy) is None
    assert not porter.is_watchful


async def test_a_body_is_not_read_for_one_who_is_refused(
    http: httpx.AsyncClient, admission: Admission
) -> None:
    fill(admission)
    read = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"{}"

    headers = {"content-type": "application/json"}
    answer = await http.post("/api/echo", content=parts(), headers=headers)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert read == 0
