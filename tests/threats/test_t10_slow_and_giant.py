"""T10: slow, giant, deep and compressed bodies. Slow heads: tests/unit/ops/test_guarding.py."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from gatehouse.base.config import load
from gatehouse.web import edge
from gatehouse.web.body import BodyLimits

from ..api.edge.conftest import build

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
BOMB = gzip.compress(b'{"a":"' + b"x" * 10_000_000 + b'"}')
ATTACKS = {
    "ten gigabytes announced": (b"{}", JSON | {"content-length": str(10**10)}, 413),
    "a length that is none": (b"{}", JSON | {"content-length": "-1"}, 413),
    "three hundred kilobytes": (b'{"a":"' + b"x" * 300_000 + b'"}', JSON, 413),
    "a hundred thousand levels": (b'{"a":' + b"[" * 100_000, JSON, 400),
    "a hundred thousand closed levels": (
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        JSON,
        400,
    ),
    "a hundred thousand form fields": (b"&".join([b"a=b"] * 100_000), FORM, 415),
    "a compressed bomb": (BOMB, JSON | {"content-encoding": "gzip"}, 415),
    "a compressed bomb by two names": (BOMB, JSON | {"content-encoding": "identity, gzip"}, 415),
}


def visitor(limits: BodyLimits) -> httpx.AsyncClient:
    settings = load({})
    app = build(settings, replace(edge.Rules.of(settings), limits=limits))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://chat.example")


@pytest.mark.parametrize("attack", ATTACKS)
async def test_it_is_refused_in_plain_words_and_nothing_breaks(attack: str) -> None:
    content, headers, status = ATTACKS[attack]
    async with visitor(BodyLimits()) as client:
        answer = await client.post("/api/echo", content=content, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        again = await client.post("/api/echo", content=b"{}", headers=JSON)
        assert again.status_code == httpx.codes.OK


async def test_an_endless_body_is_left_unread() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 65536

    async with visitor(BodyLimits()) as client:
        answer = await client.post("/api/echo", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert sent <= 6


@pytest.mark.parametrize("attack", ["three hundred kilobytes", "a hundred thousand levels"])
async def test_the_same_test_notices_an_edge_without_limits(attack: str) -> None:
    content, headers, status = ATTACKS[attack]
    if attack == "a hundred thousand levels":
        content = b'{"a":' + b"[" * 60 + b"]" * 60 + b"}"
    async with visitor(BodyLimits(size=1 << 40, depth=1 << 40)) as client:
        answer = await client.post("/api/echo", content=content, headers=headers)
    assert answer.status_code != status
