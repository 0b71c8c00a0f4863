"""R2's and R3's live settings; each test is named by its row of the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gatehouse.llm.budget import Limits
from gatehouse.llm.types import ChatMessage
from gatehouse.rollout import flag_book
from gatehouse.rollout.types import RULES
from gatehouse.talk.past import Line
from gatehouse.talk.prompting import request
from tests.unit.talk.test_prompting import asked

from .steered import ME, WHY, Steered, new, steered


@pytest.fixture
async def room(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Steered]:
    async with steered(clean, tmp_path, monkeypatch) as opened:
        yield opened


def messages(past: tuple[Line, ...], handler: Any) -> tuple[ChatMessage, ...]:
    """What the model gets with so much said before."""
    return request(asked(past=past, most_messages=handler._most_messages())).messages


async def test_r2_40_the_history_of_every_version_is_live_down_to_none(room: Steered) -> None:
    chosen = room.house.turns._handler_for(new(1)).handler
    handler = chosen.inner.inner  # type: ignore[attr-defined] # within the house's screening
    past = tuple(Line("user", f"message {n}") for n in range(40))
    for most in (20, 5, 0):
        await room.set(llm_max_history_messages=most)
        system, *sent, said = messages(past, handler)
        assert [each.text for each in sent] == [f"message {n}" for n in range(40 - most, 40)]
        assert said.text == "and a pool, please"
        assert system.role == "system" and '"location": ["girne"]' in system.text, "slots stay"


async def test_r2_40_all_other_limits_of_a_turn_are_live_too(room: Steered) -> None:
    house, voice = room.house, room.house.voice
    assert voice is not None
    await room.set(
        turn_deadline_ms=9000,
        interim_after_ms=1500,
        lease_seconds=12,
        llm_timeout_ms=7000,
        llm_in_flight=3,
        llm_tokens_per_session=500,
        rate_limit_per_session=24,
        most_in_flight=16,
        checkpointer_pool_max_size=3,
        checkpointer_statement_timeout_ms=900,
    )
    assert house.turns._thinker.settings.turn_deadline_ms == 9000
    assert house.turns.settings.interim_after_ms == 1500
    assert house.turns.store._lease == 12
    workshop = voice.retune.__self__  # type: ignore[attr-defined]
    assert workshop.bounds.total == 7.0
    assert workshop.talk.places == 3
    assert workshop.budget._limits == Limits(500)
    assert house.admission.room.rules.most == 16
    async with house.database.visit() as cursor:
        await cursor.execute("SHOW statement_timeout")
        assert await cursor.fetchone() == {"statement_timeout": "900ms"}
    assert house.database._pools["chat"].max_size == 3


async def test_r3_32_without_the_unified_pipeline_only_the_stable_version_answers(
    room: Steered,
) -> None:
    await room.set(use_unified_pipeline=False)
    chosen = room.house.turns._handler_for(new(1))
    assert (chosen.pin.arm, chosen.pin.version) == ("stable", RULES)
    assert room.house.turns._thinker.tools.suggested_actions_on is False
    assert room.house.turns.settings.feature_dynamic_prompts is False
    assert room.echo["unified_pipeline"] is False
    assert room.echo["feature_suggested_actions"] is False
    await room.unset("use_unified_pipeline", then=True)
    assert room.house.turns._handler_for(new(1)).pin.arm == "canary"


async def test_r3_32_the_environment_wins_as_the_ceiling(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with steered(clean, tmp_path, monkeypatch, USE_UNIFIED_PIPELINE="0") as room:
        await room.set(search_cache_ttl=60)
        flag_book.put(room.connect, "USE_UNIFIED_PIPELINE", True, actor=ME, reason=WHY)
        await room.set(search_cache_ttl=61)  # so the one before has been taken in, too
        assert room.source("unified_pipeline")["stored"] is True
        assert room.echo["unified_pipeline"] is False
