"""`python -m bench.model_client`: what a model call costs us, and whether a thousand at once work.

A server in a process of its own answers each call after twenty seconds; calls begin at an even
pace, so that nearly all of them are in flight at the same time. `--plain` takes the HTTP library's
one pool in the place of our many small ones.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx2
import uvloop

from gatehouse.llm.bounds import Bounds
from gatehouse.llm.client import Connections
from gatehouse.llm.naming import Address
from gatehouse.llm.types import ChatMessage, ChatModel, ChatRequest, ModelError
from gatehouse.resilience.deadline import Deadline

REQUEST = ChatRequest(
    "turn",
    (ChatMessage("system", "You are an assistant. " * 80), ChatMessage("user", "a flat in Girne")),
    schema={"type": "object", "properties": {"speak": {"type": "string"}}, "required": ["speak"]},
)
THINK_SECONDS = 20.0
PACE_SECONDS = 0.018  # between two beginnings


def event(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    told = b"data: " + json.dumps({**head, "choices": [choice]}).encode() + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(told), told)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pieces: int) -> None:
    """Answers until the caller has gone."""
    while head := (await reader.readuntil(b"\r\n\r\n")).decode().lower():
        await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
        await asyncio.sleep(THINK_SECONDS)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        writer.write(b"Transfer-Encoding: chunked\r\n\r\n" + event('{"speak": "'))
        for _ in range(pieces):
            writer.write(event("word "))
            await asyncio.sleep(2.0 / pieces)
        writer.write(event('"}') + event("", "stop") + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
        await writer.drain()


async def run_server(pieces: int) -> None:
    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer, pieces)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, backlog=2048)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


@dataclass
class Tally:
    """What came of the calls."""

    live: int = 0
    most: int = 0
    failed: Counter[str] = field(default_factory=Counter)

    async def call(self, model: ChatModel, after: float) -> None:
        await asyncio.sleep(after)
        self.live += 1
        self.most = max(self.most, self.live)
        try:
            async for _ in model.answer(REQUEST, Deadline.after(100)):
                pass
        except ModelError as trouble:
            self.failed[trouble.kind] += 1
        self.live -= 1


async def measure(port: int, calls: int, *, is_plain: bool) -> None:
    connections = Connections()
    if is_plain:
        limits = httpx2.Limits(max_connections=4500, max_keepalive_connections=256)
        connections.http._transport = httpx2.AsyncHTTPTransport(limits=limits)
    there = Address("openai", "m", f"http://127.0.0.1:{port}/v1", "key")
    model = connections.model(there, provider="primary", bounds=Bounds(60, 60, 100))
    tally, began = Tally(), time.process_time()
    calling = (tally.call(model, n * PACE_SECONDS) for n in range(calls))
    await asyncio.gather(*calling)
    each = (time.process_time() - began) / calls * 1000
    print(
        f"{'one pool' if is_plain else 'small pools'}: {calls} calls, {tally.most} at once, "
        f"{tally.failed.total()} failed{_kinds(tally)}, {each:.1f} ms of processor each"
    )
    await connections.close()


def _kinds(tally: Tally) -> str:
    told = ", ".join(f"{kind} {count}" for kind, count in tally.failed.items())
    return f" ({told})" if told else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1200)
    parser.add_argument("--pieces", type=int, default=20, help="of each answer")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.serve:
        uvloop.run(run_server(told.pieces))
        return
    command = [sys.executable, "-m", "bench.model_client", "--serve", f"--pieces={told.pieces}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline()) if server.stdout else 0
            uvloop.run(measure(port, told.calls, is_plain=told.plain))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
