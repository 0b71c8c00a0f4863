"""A serving process learns of versions by itself: its own is registered, new ones are ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any, cast

import pytest

from gatehouse.base.config import Settings
from gatehouse.resilience.breakers import Breakers
from gatehouse.rollout import versions
from gatehouse.rollout.bundles import changed
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.types import RULES, Control, Live
from gatehouse.rollout.versions import Version
from gatehouse.talk.past import NoPast
from gatehouse.web import agents
from gatehouse.web.agents import Handlers
from gatehouse.web.own_version import own_version
from gatehouse.web.workshop import Workshop

PATIENCE_SECONDS = 30.0
SETTINGS = Settings(
    llm_model="sim-good", llm_base_url="http://127.0.0.1:9/v1", llm_api_key=cast(Any, "none")
)
OWN = cast(Version, own_version(SETTINGS))


class Voice:
    chat: Any = None

    def chat_for(self, settings: Settings, version: str) -> Any:
        return None


@pytest.fixture
def connect(clean: str) -> Connect:
    return connecting(clean)


@pytest.fixture
async def handlers(connect: Connect) -> AsyncIterator[Handlers]:
    """Those of a running process."""
    workshop = Workshop(SETTINGS, cast(Any, Voice()), Breakers(), NoPast())
    made = Handlers(workshop.make, own=OWN)
    running = asyncio.create_task(made.run(connect))
    yield made
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_true():
            await asyncio.sleep(0.01)


def stored(connect: Connect) -> set[str]:
    return {version.id for version in versions.newest(connect)}


async def test_the_house_s_own_version_is_registered_at_the_start(
    handlers: Handlers, connect: Connect
) -> None:
    await until(lambda: OWN.id in stored(connect))
    assert versions.read(connect, OWN.id).created_by == "the release"


async def test_a_new_version_is_ready_once_the_control_room_names_it(
    handlers: Handlers, connect: Connect
) -> None:
    await until(lambda: OWN.id in stored(connect))
    new, _ = versions.keep(connect, Version(changed(OWN.bundle, model="sim-worse")))
    assert new.id not in handlers.ready
    handlers.follow(Control(live=Live("ro_1", RULES, new.id, share=1000)))
    await until(lambda: new.id in handlers.ready)


async def test_who_asks_for_an_unknown_one_is_refused_now_and_served_later(
    handlers: Handlers, connect: Connect
) -> None:
    await until(lambda: OWN.id in stored(connect))
    old, _ = versions.keep(connect, Version(changed(OWN.bundle, model="sim-old")))
    assert handlers.of(old.id) is None
    await until(lambda: handlers.of(old.id) is not None)


async def test_after_the_first_look_a_process_answers_with_whom_the_control_room_names(
    connect: Connect,
) -> None:
    workshop = Workshop(SETTINGS, cast(Any, Voice()), Breakers(), NoPast())
    made = Handlers(workshop.make, own=OWN)
    canary, _ = versions.keep(connect, Version(changed(OWN.bundle, model="sim-worse")))
    made.follow(Control(live=Live("ro_1", RULES, canary.id, share=1000)))
    await made.start(connect)
    assert canary.id in made.ready
    assert made.of(canary.id) is not None


async def test_a_first_look_at_no_database_stops_no_start() -> None:
    workshop = Workshop(SETTINGS, cast(Any, Voice()), Breakers(), NoPast())
    made = Handlers(workshop.make, own=OWN)
    await made.start(connecting("postgresql://127.0.0.1:1/nobody"))
    assert made.of(RULES) is not None


async def test_only_the_newest_versions_are_kept_in_memory(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look reads what is younger than the last, and does not walk back through the years."""
    monkeypatch.setattr(agents, "MOST_READ", 2)
    stored = [
        versions.keep(connect, Version(changed(OWN.bundle, model=f"sim-{n}")))[0] for n in range(5)
    ]
    workshop = Workshop(SETTINGS, cast(Any, Voice()), Breakers(), NoPast())
    made = Handlers(workshop.make)
    for _ in range(3):
        await made.start(connect)
    known = [version.id for version in stored if made.of(version.id) is not None]
    assert known == [version.id for version in stored[-2:]]
    assert made.wanted == tuple(sorted(version.id for version in stored[:3]))
    await made.start(connect)
    assert all(made.of(version.id) is not None for version in stored)


async def test_a_name_of_another_age_is_nobody_s_and_harms_nothing(
    handlers: Handlers, connect: Connect
) -> None:
    assert handlers.of("prompted-v1-0123456789ab") is None
    await until(lambda: not handlers.wanted)
    assert handlers.of("prompted-v1-0123456789ab") is None
    assert handlers.of(RULES) is not None


async def test_a_version_changed_in_the_database_is_not_served(
    handlers: Handlers, connect: Connect
) -> None:
    bad, _ = versions.keep(connect, Version(changed(OWN.bundle, model="sim-bad")))
    with connect() as visit:
        visit.execute("UPDATE rollout_version SET bundle = '[]' WHERE id = %s", (bad.id,))
    assert handlers.of(bad.id) is None
    await until(lambda: not handlers.wanted)
    assert handlers.of(bad.id) is None
