"""Embeddings and moderation, against a small endpoint and beside their twins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gatehouse.llm.client import Connections
from gatehouse.llm.naming import Address
from gatehouse.llm.safety.types import Moderator
from gatehouse.llm.scripted import ScriptedEmbedder, ScriptedModerator
from gatehouse.llm.types import Embedder, ModelError
from gatehouse.resilience.deadline import Deadline


class Endpoint:
    """Answers each request with `status` and what `told` makes of it; None: never."""

    def __init__(self, told: Any, status: int = 200) -> None:
        self.told, self.status = told, status
        self.asked: list[tuple[str, Any]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(v for v in head.lower().splitlines() if v.startswith("content-length"))
        asked = json.loads(await reader.readexactly(int(length.split(":")[1])))
        self.asked.append((head, asked))
        if self.told is None:
            await reader.read()
        else:
            body = json.dumps(self.told(asked) if callable(self.told) else self.told).encode()
            wait = "Retry-After: 9\r\n" if self.status == 429 else ""
            writer.write(
                f"HTTP/1.1 {self.status} X\r\n{wait}Content-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n".encode()
                + body
            )
        writer.close()


@asynccontextmanager
async def at(endpoint: Endpoint, query: str = "") -> AsyncIterator[Address]:
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Address("openai", "m", f"http://127.0.0.1:{port}/v1{query}", "the-key")
    finally:
        server.close()


def vectors(asked: dict[str, Any]) -> dict[str, Any]:
    """In the other order, as an endpoint may."""
    rows = [{"index": n, "embedding": [float(n), 1.0]} for n, _ in enumerate(asked["input"])]
    return {"data": rows[::-1]}


async def embedded(embedder: Embedder, count: int) -> tuple[tuple[float, ...], ...]:
    return await embedder.embed(tuple(f"t{n}" for n in range(count)), Deadline.after(30))


async def test_vectors_come_in_the_order_of_the_texts_and_in_batches(
    connections: Connections,
) -> None:
    endpoint = Endpoint(vectors)
    async with at(endpoint) as there:
        found = await embedded(connections.embedder(there), 40)
    assert [vector[0] for vector in found] == [*map(float, range(32)), *map(float, range(8))]
    assert [len(asked["input"]) for _, asked in endpoint.asked] == [32, 8]
    assert "authorization: bearer the-key" in endpoint.asked[0][0].lower()


async def test_the_twin_gives_vectors_of_one_length() -> None:
    found = await embedded(ScriptedEmbedder(), 3)
    assert len({len(vector) for vector in found}) == 1
    assert len(set(found)) == 3


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"data": []},
        {"data": [{"index": 0, "embedding": []}]},
        {"data": [{"index": 0, "embedding": "abc"}]},
        {"data": [{"index": 0, "embedding": [1e999]}]},
        {"data": [{"index": "x", "embedding": [1]}]},
    ],
)
async def test_vectors_that_are_none_are_refused(connections: Connections, told: Any) -> None:
    async with at(Endpoint(told)) as there:
        with pytest.raises(ModelError) as wrong:
            await embedded(connections.embedder(there), 1)
    assert wrong.value.kind == "protocol"


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "unauthorised"), (429, "throttled"), (500, "http_5xx")]
)
async def test_a_refusal_has_its_kind(connections: Connections, status: int, kind: str) -> None:
    endpoint = Endpoint({}, status)
    async with at(endpoint) as there:
        with pytest.raises(ModelError) as refused:
            await embedded(connections.embedder(there), 1)
    assert refused.value.kind == kind
    assert refused.value.retry_after == (9 if status == 429 else None)
    assert len(endpoint.asked) == 1


async def test_silence_is_cut(connections: Connections) -> None:
    async with at(Endpoint(None)) as there:
        with pytest.raises(ModelError) as cut:
            await connections.embedder(there).embed(("a",), Deadline.after(0.2))
    assert cut.value.kind == "timeout"


async def test_an_old_azure_endpoint_gets_its_version_and_its_own_header(
    connections: Connections,
) -> None:
    endpoint = Endpoint(vectors)
    async with at(endpoint, "?api-version=2025-04-01-preview") as there:
        await embedded(connections.embedder(there), 1)
    head = endpoint.asked[0][0]
    assert "/v1/embeddings?api-version=2025-04-01-preview" in head
    assert "api-key: the-key" in head.lower()


FLAGGED = {"results": [{"categories": {"sexual": True, "violence": False, "self-harm": None}}]}


async def test_moderation_names_what_was_hit(connections: Connections) -> None:
    async with at(Endpoint(FLAGGED)) as there:
        assert await named(connections.moderator(there)) == {"sexual"}
    assert await named(ScriptedModerator({"beach": "sexual"})) == {"sexual"}


async def named(moderator: Moderator) -> frozenset[str]:
    return await moderator.moderate("a beach", Deadline.after(30))


@pytest.mark.parametrize("told", [{}, {"results": []}, {"results": [{"categories": 7}]}, [1]])
async def test_a_moderation_of_another_shape_is_refused(
    connections: Connections, told: Any
) -> None:
    async with at(Endpoint(told)) as there:
        with pytest.raises(ModelError) as wrong:
            await named(connections.moderator(there))
    assert wrong.value.kind == "protocol"
