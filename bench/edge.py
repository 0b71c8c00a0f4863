"""What the edge costs: `python -m bench.edge` prints µs a request with and without it."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="bench-edge-"))

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gatehouse.base.config import load
from gatehouse.observe import journal
from gatehouse.observe.sinks import FileSink
from gatehouse.web import edge

ROUNDS, REQUESTS = 7, 4000
BODY = b'{"question":"flat in Girne for 600 euros a month, 2 bedrooms","language":"en"}'
HEADERS = [
    (b"host", b"127.0.0.1:8000"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
    (b"accept", b"*/*"),
    (b"accept-language", b"en-GB,en;q=0.9"),
    (b"content-type", b"application/json"),
    (b"content-length", str(len(BODY)).encode()),
    (b"cookie", b"s=0123456789abcdef0123456789abcdef"),
    (b"origin", b"http://127.0.0.1:8000"),
    (b"sec-fetch-site", b"same-origin"),
]


def build(*, has_edge: bool) -> FastAPI:
    """The cheapest endpoint, so that the difference is the edge alone."""
    app = FastAPI()

    async def ask(request: Request) -> Response:
        await request.body()
        return Response(b"{}", media_type="application/json")

    app.add_api_route("/api/chat/ask", ask, methods=["GET", "POST"])
    if has_edge:
        edge.install(app, load({}, cors_origins=("https://agency.example",)))
    return app


def scope(method: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": "/api/chat/ask",
        "raw_path": b"/api/chat/ask",
        "query_string": b"",
        "scheme": "http",
        "headers": HEADERS,
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8000),
        "root_path": "",
    }


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": BODY, "more_body": False}


async def send(message: Any) -> None:
    """The answer goes nowhere."""


async def cost_us(app: FastAPI, method: str, clock: Callable[[], float]) -> float:
    """Microseconds of one request, the least of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = clock()
        for _ in range(REQUESTS):
            await app(scope(method), receive, send)
        rounds.append((clock() - began) / REQUESTS * 1e6)
    return min(rounds)


async def main() -> None:
    """GET and POST; processor time and wall time."""
    with tempfile.TemporaryDirectory() as folder:
        sink = FileSink(Path(folder) / "app.log")
        journal.use(journal.Journal(sinks=(sink,)))
        bare, fenced = build(has_edge=False), build(has_edge=True)
        for method in ("GET", "POST"):
            for name, clock in (("cpu", process_time), ("wall", perf_counter)):
                without = await cost_us(bare, method, clock)
                with_edge = await cost_us(fenced, method, clock)
                print(
                    f"{method:4} {name:4} without {without:6.1f} µs  with {with_edge:6.1f} µs  "
                    f"edge {with_edge - without:5.1f} µs"
                )


if __name__ == "__main__":
    asyncio.run(main())
