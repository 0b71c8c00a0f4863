"""R1's and R3's levers seen by a visitor in the middle of a talk; rows are named after their ids.

The house's model is out, so the prompt-driven version answers in short form: who answers, what is
remembered and what is shown are the subject here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.core.management import call_command

from gatehouse.observe.meter import REGISTRY

from .steered import Steered, door, steered

WISH = "I need a flat in Kyrenia up to 500 pounds a month"
EMITTED = "re_card_emitted_total", {"variant": "long_term", "arm": "canary"}


@pytest.fixture
def stocked(clean: str) -> str:
    """A database with homes in it."""
    call_command("seed_listings", "--count=120", verbosity=0)
    return clean


@pytest.fixture
async def room(
    stocked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Steered]:
    async with steered(stocked, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
async def curl(room: Steered) -> AsyncIterator[httpx.AsyncClient]:
    async with door(room) as client:
        yield client


async def say(curl: httpx.AsyncClient, text: str) -> dict[str, Any]:
    answer = await curl.post("/api/chat/ask", json={"question": text})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def counted() -> float:
    return REGISTRY.get_sample_value(*EMITTED) or 0.0


async def test_r1_08_r1_29_a_talk_is_moved_at_its_next_turn_and_nothing_is_asked_again(
    room: Steered, curl: httpx.AsyncClient
) -> None:
    first = await say(curl, "I need an apartment in Kyrenia, 500 pounds")
    assert (first["meta"]["arm"], first["meta"]["next_needed"]) == ("canary", ["rental_type"])
    await room.set(re_prompt_canary_percent=0)
    second = await say(curl, "long term")
    assert (second["meta"]["arm"], second["meta"]["version"]) == ("stable", "rules")
    assert second["meta"]["act"] == "SEARCH_AND_RECOMMEND"
    assert first["meta"]["slots"].items() <= second["meta"]["slots"].items()
    assert len(second["cards"]) >= 6


async def test_r1_12_r1_30_without_cards_the_same_homes_are_a_table_and_none_is_counted(
    room: Steered, curl: httpx.AsyncClient
) -> None:
    before = counted()
    shown = await say(curl, f"{WISH} long term")
    assert counted() - before == len(shown["cards"]) >= 6
    await room.set(enable_re_recommend_card=False)
    curl.cookies.clear()
    listed = await say(curl, f"{WISH} long term")
    assert listed["cards"] == [] and counted() - before == len(shown["cards"])
    (table,) = [block for block in listed["blocks"] if block["type"] == "table"]
    assert len(table["rows"]) == len(shown["cards"])
    assert listed["meta"]["act"] == shown["meta"]["act"]
    assert listed["meta"]["arm"] == shown["meta"]["arm"] == "canary"


async def test_r1_67_a_known_talk_counts_exactly_and_in_its_own_arm(
    room: Steered, curl: httpx.AsyncClient
) -> None:
    def seen() -> dict[str, float]:
        acts = ("ASK_SLOT", "SEARCH_AND_RECOMMEND")
        names = {act: ("re_agent_act_total", {"act": act, "arm": "canary"}) for act in acts}
        own = {"arm": "canary", "handler": "prompted"}
        names |= {
            "turns": ("re_turn_total_ms_count", own),
            "other arm": ("re_turn_total_ms_count", {"arm": "stable", "handler": "rules"}),
            "cards": EMITTED,
            "searches": ("re_search_cache_lookups_total", {"arm": "canary"}),
            "asked again": ("re_slot_reask_total", {"arm": "canary"}),
            "begun": ("re_sessions_started_total", {"arm": "canary"}),
        }
        return {name: REGISTRY.get_sample_value(*each) or 0.0 for name, each in names.items()}

    before = seen()
    for text in ("I need an apartment", "Kyrenia 500 pounds", "long term"):
        last = await say(curl, text)
    grown = {name: count - before[name] for name, count in seen().items()}
    assert grown == {
        "ASK_SLOT": 2, "SEARCH_AND_RECOMMEND": 1, "turns": 3, "other arm": 0,
        "cards": len(last["cards"]), "searches": 1, "asked again": 0, "begun": 1,
    }  # fmt: skip


async def test_r3_32_the_plain_pipeline_answers_by_the_stable_version_and_suggests_nothing(
    room: Steered, curl: httpx.AsyncClient
) -> None:
    rich = await say(curl, f"{WISH} long term")
    assert rich["meta"]["arm"] == "canary" and rich["meta"]["suggested_actions"]
    await room.set(use_unified_pipeline=False)
    plain = await say(curl, "something cheaper")
    assert (plain["meta"]["arm"], plain["meta"]["version"]) == ("stable", "rules")
    assert plain["meta"]["suggested_actions"] == []
    assert (await curl.get("/api/prompts/examples")).status_code == 404


async def test_r1_10_a_search_that_is_cut_is_told_and_the_wish_is_kept(
    room: Steered, curl: httpx.AsyncClient, clean: str
) -> None:
    await room.set(re_search_timeout_ms=150)
    with psycopg.connect(clean) as holding:
        holding.execute("LOCK TABLE real_estate_listing IN ACCESS EXCLUSIVE MODE")
        told = await say(curl, f"{WISH} long term")
    assert "slow to answer" in told["summary"] and told["cards"] == []
    assert "search" in told["meta"]["degraded"]
    assert {"location", "budget", "rental_type"} <= set(told["meta"]["slots"])


async def test_r3_38_suggestions_and_landing_questions_go_and_come_back(
    room: Steered, curl: httpx.AsyncClient
) -> None:
    assert (await say(curl, f"{WISH} long term"))["meta"]["suggested_actions"]
    assert (await curl.get("/api/prompts/examples")).status_code == 200
    await room.set(feature_suggested_actions=False, feature_dynamic_prompts=False)
    curl.cookies.clear()
    assert (await say(curl, f"{WISH} long term"))["meta"]["suggested_actions"] == []
    assert (await curl.get("/api/prompts/examples")).status_code == 404
    await room.unset("feature_suggested_actions", then=True)
    await room.unset("feature_dynamic_prompts", then=True)
    curl.cookies.clear()
    assert (await say(curl, f"{WISH} long term"))["meta"]["suggested_actions"]
    assert (await curl.get("/api/prompts/examples")).status_code == 200


async def test_r3_37_the_version_page_says_which_features_are_in_force(
    room: Steered, curl: httpx.AsyncClient
) -> None:
    async def flags() -> dict[str, Any]:
        told: dict[str, Any] = (await curl.get("/version")).json()["feature_flags"]
        return told

    before = await flags()
    assert set(before.values()) == {True}
    await room.set(feature_dynamic_prompts=False, feature_suggested_actions=False)
    assert await flags() == before | {"dynamic_prompts": False, "suggested_actions": False}


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed here")
async def test_r1_14_the_literal_jq_prints_what_is_in_force(
    room: Steered, curl: httpx.AsyncClient
) -> None:
    async def jq(path: str) -> Any:
        body = (await curl.get("/api/health")).text
        done = subprocess.run(["jq", path], input=body, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    assert await jq(".config.re_prompt_driven") is True
    for percent in (10, 50, 100):
        await room.set(re_prompt_canary_percent=percent)
        assert await jq(".config.re_prompt_canary_percent") == percent
    await room.set(use_re_prompt_driven=False)
    assert await jq(".config.re_prompt_driven") is False
    assert await jq(".config_source.re_prompt_driven.stored") is False
