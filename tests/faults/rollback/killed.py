"""`gatehouse kill` while PostgreSQL and Redis are down: everybody follows, and nobody forgets."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bench import machine
from tests.redis_server import PROGRAM, RedisServer

from ..lab.stage import Outcome, Stage
from ..lab.toxics import Toxic
from .crowd import Crowd, Process, Seen, is_canary
from .drill import everybody_on_the_canary, processes
from .levers import Levers

MOST_SECONDS = 5.0
CALM_SECONDS = 3.0  # of turns after the database is back
KINDS = ("pushed", "pushed", "polled", "polled")


async def killed(stage: Stage, *, kinds: tuple[str, ...] = KINDS) -> Outcome:
    """From the command's start until every process says so; then the database comes back, with a
    rollout in it that still wants the canary everywhere."""
    levers = Levers.of(stage)
    async with (
        redis(stage) as there,
        processes(stage, kinds, "", **there.environment) as running,
        everybody_on_the_canary(levers, running) as people,
    ):
        there.stop()
        for each in running:
            await each.wire.proxy.add(Toxic("away", "down"))
        began = time.monotonic()
        code = await asyncio.to_thread(gatehouse, stage, running[0].wire.url, "kill", "on")
        spent = [await _follows(people.http, each, began) for each in running]
        killed_at = time.monotonic()
        after = await _back_again(people, running)
        await asyncio.to_thread(gatehouse, stage, running[0].wire.url, "kill", "off")
    await levers.end()
    later = [seen.arm for seen in after if seen.sent > killed_at]
    under_way = sum(is_canary(seen) for seen in after) - later.count("canary")
    told = {"redis": "down" if there.environment else "not installed", "under way": under_way}
    return _outcome(code, spent, later, told)


async def _back_again(people: Crowd, running: list[Process]) -> list[Seen]:
    """What is answered when the database is there again."""
    back = time.monotonic()
    for each in running:
        await each.wire.proxy.clear()
    for each in running:
        await people.until(each.port, lambda _: True, since=back)
    await asyncio.sleep(CALM_SECONDS)
    return [seen for seen in people.seen if seen.at > back]


async def _follows(http: httpx.AsyncClient, process: Process, began: float) -> float:
    """Seconds until this process tells that only the rules answer."""
    while time.monotonic() - began < 3 * MOST_SECONDS:
        answer = await http.get(f"http://127.0.0.1:{process.port}/api/health")
        if _is_killed(answer.json()):
            break
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def _is_killed(told: dict[str, Any]) -> bool:
    source = told["config_source"]["re_prompt_driven"]
    return source["kill"] is False and told["config"]["re_prompt_driven"] is False


def gatehouse(stage: Stage, url: str, *words: str) -> int:
    """One command, as an operator gives it; its exit code."""
    environment = stage.product.environment(0) | {"DATABASE_URL": url}
    command = [sys.executable, "manage.py", *words]
    ended = subprocess.run(
        command, env=environment, cwd=machine.ROOT, check=False, capture_output=True
    )
    return ended.returncode


class Redis:
    """One of our own where it is installed; else none, as in a plain installation."""

    def __init__(self, server: RedisServer | None) -> None:
        self._server = server
        self.environment = {"REDIS_URL": server.url} if server else {}

    def stop(self) -> None:
        if self._server is not None:
            self._server.kill()


@asynccontextmanager
async def redis(stage: Stage) -> AsyncIterator[Redis]:
    if PROGRAM is None:
        yield Redis(None)
        return
    server = RedisServer(machine.free_port(), stage.product.folder)
    server.start()
    try:
        yield Redis(server)
    finally:
        server.kill()


def _outcome(code: int, spent: list[float], arms: list[str], told: dict[str, int | str]) -> Outcome:
    """`arms`: of messages sent after the kill. Those under way at the cut were thought before it,
    and are stored when there is a database again."""
    canary, worst = arms.count("canary"), max(spent)
    figures: dict[str, int | float | str] = {
        "processes": len(spent),
        "slowest s": round(worst, 2),
        "turns after": len(arms),
        "of the canary": canary,
        **told,
    }
    broken = [f"the command ended with {code}"] if code else []
    if worst > MOST_SECONDS:
        broken.append(f"followed only after {worst:.1f} s")
    if canary or not arms:
        broken.append(f"{canary} of {len(arms)} turns were the canary's after the kill")
    return Outcome("kill with PostgreSQL and Redis down", figures, tuple(broken))
