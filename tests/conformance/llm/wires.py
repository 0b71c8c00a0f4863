"""A small provider on the loopback, which speaks three protocols and plays the acts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client import Connections
from gatehouse.llm.naming import Address, Family
from gatehouse.llm.types import ChatModel
from tests.conformance.llm.stages import PATIENT, Act

PIECE = 12
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
Event = dict[str, Any]
Frames = Callable[[Act], Iterator[bytes]]


def _pieces(text: str) -> list[str]:
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


def _sse(event: Event, name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(event)}\n\n".encode()


def _openai_chunk(delta: Event, finish: str | None = None, usage: Event | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    told = {
        "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "test-model",
        "choices": [] if usage else [choice], "usage": usage,
    }  # fmt: skip
    return _sse(told)


def openai_text(act: Act) -> Iterator[bytes]:
    yield _openai_chunk({"role": "assistant", "content": ""})
    for piece in _pieces(act.text):
        yield _openai_chunk({"content": piece})
    yield b""
    finish = "content_filter" if act.end == "filter" else act.end
    yield _openai_chunk({}, finish)
    yield _openai_chunk({}, usage={"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29})
    yield b"data: [DONE]\n\n"


def openai_tool(act: Act) -> Iterator[bytes]:
    call = {"index": 0, "id": "t1", "type": "function"}
    if act.text:
        yield _openai_chunk({"role": "assistant", "content": "Let me see."})
        yield _openai_chunk(
            {"tool_calls": [{**call, "function": {"name": "answer", "arguments": ""}}]}
        )
    for piece in _pieces(act.text):
        yield _openai_chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    yield b""
    finishes = {"stop": "tool_calls", "filter": "content_filter"}
    yield _openai_chunk({}, finishes.get(act.end, act.end))
    yield _openai_chunk({}, usage={"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29})
    yield b"data: [DONE]\n\n"


def anthropic_text(act: Act) -> Iterator[bytes]:
    yield from _anthropic(act, {"type": "text", "text": ""}, "text_delta", key="text")


def anthropic_tool(act: Act) -> Iterator[bytes]:
    block = {"type": "tool_use", "id": "t1", "name": "answer", "input": {}}
    yield from _anthropic(act, block, "input_json_delta", key="partial_json")


def _anthropic(act: Act, block: Event, kind: str, *, key: str) -> Iterator[bytes]:
    usage = {"input_tokens": 20, "output_tokens": 1}
    message: Event = {
        "id": "m1", "type": "message", "role": "assistant", "content": [], "model": "test-model",
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    yield _sse({"type": "message_start", "message": message}, "message_start")
    if act.text:
        start = {"type": "content_block_start", "index": 0, "content_block": block}
        yield _sse(start, "content_block_start")
    for piece in _pieces(act.text):
        delta = {"type": "content_block_delta", "index": 0, "delta": {"type": kind, key: piece}}
        yield _sse(delta, "content_block_delta")
    yield b""
    stops = {
        "stop": "tool_use" if key == "partial_json" else "end_turn",
        "length": "max_tokens",
        "filter": "refusal",
    }
    yield _sse({"type": "content_block_stop", "index": 0}, "content_block_stop")
    end = {"stop_reason": stops.get(act.end), "stop_sequence": None}
    yield _sse(
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 9}}, "message_delta"
    )
    yield _sse({"type": "message_stop"}, "message_stop")


def google_text(act: Act) -> Iterator[bytes]:
    for piece in _pieces(act.text):
        yield _sse(
            {"candidates": [{"content": {"role": "model", "parts": [{"text": piece}]}, "index": 0}]}
        )
    yield b""
    stops = {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"}
    counts = {"promptTokenCount": 20, "candidatesTokenCount": 9, "totalTokenCount": 29}
    last = {
        "content": {"role": "model", "parts": []},
        "finishReason": stops.get(act.end),
        "index": 0,
    }
    yield _sse({"candidates": [last], "usageMetadata": counts, "modelVersion": "test-model"})


def _refusal(family: Family, status: int) -> bytes:
    if family == "anthropic":
        kinds = {401: "authentication_error", 429: "rate_limit_error", 529: "overloaded_error"}
        told: Event = {
            "type": "error",
            "error": {"type": kinds.get(status, "api_error"), "message": "no"},
        }
    elif family == "google":
        told = {"error": {"code": status, "message": "no", "status": "FAILED"}}
    else:
        told = {"error": {"message": "no", "type": "error", "code": None}}
    return json.dumps(told).encode()


def _refused(act: Act, family: Family) -> bytes:
    told = _refusal(family, act.status)
    lines = [f"HTTP/1.1 {act.status} No", "Content-Type: application/json"]
    if act.retry_after is not None:
        lines.append(f"Retry-After: {act.retry_after}")
    lines += [f"Content-Length: {len(told)}", "", ""]
    return "\r\n".join(lines).encode() + told


@dataclass
class WireStage:
    """One protocol. `asked` keeps each request's head and its JSON."""

    family: Family
    frames: Frames
    form: str
    connections: Connections
    port: int = 0
    acts: list[Act] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    open_sockets: int = 0
    accepted: int = 0
    handlers: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def calls(self) -> int:
        return len(self.asked)

    def model(self, *acts: Act, bounds: Bounds = PATIENT) -> ChatModel:
        self.acts, self.asked = list(acts), []
        there = Address(self.family, "test-model", f"http://127.0.0.1:{self.port}", "key-of-tests")
        return self.connections.model(there, provider="primary", bounds=bounds, form=self.form)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.handlers.add(task)
        self.open_sockets += 1
        self.accepted += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            self.open_sockets -= 1
            self.handlers.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        sizes = [line for line in head.splitlines() if line.lower().startswith("content-length")]
        body = await reader.readexactly(int(sizes[0].split(":")[1])) if sizes else b"null"
        self.asked.append((head, json.loads(body)))
        act = self.acts[min(len(self.asked), len(self.acts)) - 1]
        if act.status != 200:
            writer.write(_refused(act, self.family))
            await writer.drain()
            return True
        writer.write(STREAM)
        return await self._play(act, reader, writer)

    async def _play(
        self, act: Act, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        while act.end == "endless":
            for frame in self.frames(Act("x" * 500)):
                if not frame:
                    break
                await _chunk(writer, frame)
        for frame in self.frames(act):
            if frame:
                await _chunk(writer, frame)
            elif act.end == "silence":
                await reader.read()  # until the client hangs up
                return False
            elif act.end == "cut":
                return False
        await _chunk(writer, b"")
        return True


async def _chunk(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
    await writer.drain()


WIRES: dict[str, tuple[Family, Frames, str]] = {
    "openai": ("openai", openai_text, "auto"),
    "openai-tool": ("openai", openai_tool, "tool"),
    "openai-json": ("openai", openai_text, "json"),
    "ollama": ("ollama", openai_text, "auto"),
    "anthropic": ("anthropic", anthropic_text, "json"),
    "anthropic-tool": ("anthropic", anthropic_tool, "auto"),
    "google": ("google", google_text, "auto"),
}


@asynccontextmanager
async def wire(name: str, connections: Connections) -> AsyncIterator[WireStage]:
    """A stage with its server; all is closed at the end."""
    family, frames, form = WIRES[name]
    stage = WireStage(family, frames, form, connections)
    server = await asyncio.start_server(stage.serve, "127.0.0.1", 0)
    stage.port = server.sockets[0].getsockname()[1]
    try:
        yield stage
    finally:
        server.close()
        for task in list(stage.handlers):
            task.cancel()
        await asyncio.gather(*stage.handlers, return_exceptions=True)
