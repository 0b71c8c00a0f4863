"""`python -m bench.streams`: a thousand open streams on one core, none dropped."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import resource
import sys
import time
import urllib.request
import uuid
from dataclasses import dataclass

from bench import load, machine
from bench.product import Product, Server, scratch

SERVER_CORE, OTHER_CORE = 0, 1
OPENED_PER_SECOND = 250
LAG = re.compile(r"^event_loop_lag_ms(?:\{[^}]*\})? ([0-9.e+-]+)$", re.MULTILINE)


@dataclass(slots=True)
class Watch:
    """What was seen while the streams were open."""

    opened: int = 0
    open_now: int = 0
    open_at_once: int = 0
    done: int = 0
    rss_before_mb: float = 0.0
    rss_mb: float = 0.0
    lateness_ms: float = 0.0

    def change(self, by: int) -> None:
        self.open_now += by
        self.open_at_once = max(self.open_at_once, self.open_now)


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m bench.streams", description=__doc__)
    reader.add_argument("--streams", type=int, default=1000)
    reader.add_argument("--think-ms", type=int, default=10_000, help="how long a turn takes")
    asked = reader.parse_args()
    _allow_open_files(4 * asked.streams)
    with scratch() as product:
        watch = asyncio.run(_run(product, asked.streams, think_ms=asked.think_ms))
    dropped = asked.streams - watch.done
    sys.stdout.write(
        f"streams {asked.streams}  open at once {watch.open_at_once}  dropped {dropped}\n"
        f"memory {watch.rss_before_mb:.0f} MB before, {watch.rss_mb:.0f} MB with all open  "
        f"event loop late by at most {watch.lateness_ms:.0f} ms\n"
    )
    return 1 if dropped or watch.open_at_once < asked.streams else 0


def _allow_open_files(wanted: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, most), most))


async def _run(product: Product, streams: int, *, think_ms: int) -> Watch:
    slow = {"LAB": "1", "LAB_THINK_MS": str(think_ms), "TURN_DEADLINE_MS": str(4 * think_ms)}
    server = product.serve(machine.free_port(), extra=slow)
    server.await_ready()
    machine.pin(server.pids, SERVER_CORE)
    machine.pin([*machine.family(product.postgres_pid), os.getpid()], OTHER_CORE)
    sessions = await load.open_sessions(server.port, streams)
    watch = Watch(rss_before_mb=machine.rss_mb(server.pids))
    watching = asyncio.create_task(_watch(server, watch))
    began = time.monotonic()
    held = [
        _hold(server.port, session, watch, at=began + number / OPENED_PER_SECOND)
        for number, session in enumerate(sessions)
    ]
    await asyncio.gather(*held, return_exceptions=True)
    watching.cancel()
    return watch


async def _hold(port: int, session: load.Session, watch: Watch, *, at: float) -> None:
    """Opens one stream at its time and reads it to its end."""
    await asyncio.sleep(max(0.0, at - time.monotonic()))
    async with load.wire(port) as line:
        line.send(
            "/api/chat/stream",
            {"question": load.TALK[0], "session_id": session.id},
            Authorization=f"Bearer {session.token}",
            Idempotency_Key=str(uuid.uuid4()),
        )
        status, _ = await line.head()
        if status != 200:
            raise load.Refused(status)
        await _read(line, watch)


async def _read(line: load.Wire, watch: Watch) -> None:
    watch.change(+1)
    try:
        while text := await line.line():
            if text.strip() == b"event: done":
                watch.done += 1
                return
    finally:
        watch.change(-1)


async def _watch(server: Server, watch: Watch) -> None:
    """Memory and the lateness that the server reports, twice a second."""
    while True:
        watch.rss_mb = max(watch.rss_mb, machine.rss_mb(server.pids))
        text = await asyncio.to_thread(_metrics, server.port)
        watch.lateness_ms = max([watch.lateness_ms, *map(float, LAG.findall(text))])
        await asyncio.sleep(0.5)


def _metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        return str(answer.read().decode())


if __name__ == "__main__":
    sys.exit(main())
