"""Runs the rows: dialogues in each language, a break midway, words compared, healed, finished."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bench import machine
from gatehouse.understanding.types import LANGUAGES, Language
from tests.redis_server import RedisServer

from ..lab import conversation
from ..lab.stage import Outcome, Stage
from ..lab.supervisor import supervised
from . import rows
from .breakage import Model, locked_listings
from .crowd import NARROW, Crowd
from .visits import Visit, visits

Break = Callable[[int], AbstractAsyncContextManager[None]]  # of the server on that port
# So that breakers open at the first failure, and a test need not wait long for a slow model.
UNLIMITED = {
    "RATE_LIMIT_PER_IP": "100000",
    "RATE_LIMIT_SITE": "100000",
    "RATE_LIMIT_PER_USER": "100000",
    "RATE_LIMIT_PER_SESSION": "100000",
}
QUICK = UNLIMITED | {
    "RE_SEARCH_TIMEOUT_MS": "300",
    "RE_SEARCH_CIRCUIT_BREAKER_OPEN_AFTER": "1",
}

# A search is cut before PostgreSQL gives up on the lock, and too seldom for a breaker to open.
SLOW = {"RE_SEARCH_TIMEOUT_MS": "100", "RE_SEARCH_CIRCUIT_BREAKER_OPEN_AFTER": "100"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: how it breaks, what is met while broken, and how it ends."""

    name: str
    breaks: Break
    meet: rows.Part
    finish: rows.Part
    environment: Mapping[str, str]
    together: int = 8  # visitors of one server


async def matrix(
    stage: Stage,
    *,
    mutant: str = "",
    languages: tuple[Language, ...] = LANGUAGES,
    only: tuple[str, ...] = (),
) -> Outcome:
    """All rows, or those named in `only`; a mutant breaks the promise on purpose."""
    faults: list[str] = []
    passed = restarts = finished = 0
    async with _rows(stage, only) as chosen:
        for row in chosen:
            found: list[str] = []
            for few in _groups(languages, row.together):
                told, again, ended = await _play(stage, row, mutant=mutant, languages=few)
                found += told
                restarts += again
                finished += ended
            passed += not found
            faults += [f"{row.name}: {fault}" for fault in found]
    figures: dict[str, int | float | str] = {
        "rows passed": f"{passed}/{len(chosen)}",
        "dialogues finished": f"{finished}/{len(chosen) * len(languages)}",
        "languages": len(languages),
        "restarts": restarts,
    }
    if restarts:
        faults.append(f"restarts: {restarts}")
    return Outcome(f"section 6{f' with {mutant}' if mutant else ''}", figures, tuple(faults))


def _groups(languages: tuple[Language, ...], size: int) -> list[tuple[Language, ...]]:
    return [languages[at : at + size] for at in range(0, len(languages), size)]


async def _play(
    stage: Stage, row: Row, *, mutant: str, languages: tuple[Language, ...]
) -> tuple[list[str], int, int]:
    """The faults of a row, restarts of its server, dialogues that were finished."""
    stage.clear()
    front = stage.supervisor(mutant, **{**QUICK, **row.environment})
    async with supervised(front), conversation.client(seconds=60) as http:
        running = await visits(http, front.port, languages)
        await _together(running, Visit.begin)
        async with row.breaks(front.port):
            await _together(running, row.meet)
        await _together(running, row.finish)
        restarts = front.starts - 1
    faults = [fault for each in running for fault in each.faults]
    return faults, restarts, sum(each.is_finished for each in running)


async def _together(running: list[Visit], part: rows.Part) -> None:
    """All visitors at once; what one of them could not do is a fault of theirs."""

    async def play(visit: Visit) -> None:
        try:
            await part(visit)
        except Exception as trouble:  # noqa: BLE001 - told as a fault with its visitor
            visit.faults.append(f"{visit.language}: {type(trouble).__name__}: {trouble}")

    await asyncio.gather(*(play(each) for each in running))


@asynccontextmanager
async def _rows(stage: Stage, only: tuple[str, ...]) -> AsyncIterator[list[Row]]:
    """The rows asked for, and what they need beside the server."""
    model = Model(stage.product, machine.free_port())
    patient = model.environment | {"LLM_FIRST_TOKEN_MS": "1500", "INTERIM_AFTER_MS": "300"}
    redis = RedisServer(machine.free_port(), stage.product.folder)
    crowd = Crowd()
    table = [
        Row("search down", lambda _: _locked(stage), rows.search_down, rows.promised, {}),
        Row("search slow", lambda _: _locked(stage), rows.search_slow, rows.asked_again,
            SLOW, together=4),
        Row("redis down", lambda _: _stopped(redis), rows.unnoticed, rows.searched,
            {"REDIS_URL": redis.url}),
        Row("model down", lambda _: _killed(model), rows.short_form, rows.searched, patient),
        Row("model slow", lambda _: _behaving(model, "hang"), rows.held, rows.searched, patient),
        Row("model malformed", lambda _: _behaving(model, "malformed"), rows.unnoticed,
            rows.searched, patient),
        Row("overload", crowd.around, crowd.meet, rows.searched, NARROW),
    ]  # fmt: skip
    chosen = [row for row in table if not only or row.name in only]
    async with AsyncExitStack() as stack:
        if any(row.name.startswith("model") for row in chosen):
            await stack.enter_async_context(model.running())
        if any(row.name.startswith("redis") for row in chosen):
            stack.callback(redis.kill)
            await asyncio.to_thread(redis.start)
        yield chosen


@asynccontextmanager
async def _locked(stage: Stage) -> AsyncIterator[None]:
    async with locked_listings(stage.product.database_url):
        yield


@asynccontextmanager
async def _stopped(redis: RedisServer) -> AsyncIterator[None]:
    redis.kill()
    try:
        yield
    finally:
        await asyncio.to_thread(redis.start)


@asynccontextmanager
async def _killed(model: Model) -> AsyncIterator[None]:
    await model.stop()
    try:
        yield
    finally:
        await model.start()


@asynccontextmanager
async def _behaving(model: Model, behaviour: str) -> AsyncIterator[None]:
    await model.behave(behaviour)
    try:
        yield
    finally:
        await model.behave("good")
