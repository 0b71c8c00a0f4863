"""The ops endpoints over HTTP: forms of /metrics, health states, and who may look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as read_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import load
from gatehouse.observe import api, meters
from gatehouse.observe.access import OpsAccess
from gatehouse.observe.pulse import Beat
from gatehouse.observe.report import Report
from gatehouse.observe.traffic import TrafficRing
from gatehouse.web import edge

LOCAL, STRANGER = ("127.0.0.1", 4000), ("203.0.113.9", 4000)


class TurnablePulse:
    """A database that a test switches on and off."""

    def __init__(self) -> None:
        self.beat = Beat(is_up=True, can_store=True)

    async def feel(self) -> Beat:
        return self.beat


PULSE = TurnablePulse()


def build() -> FastAPI:
    settings, clock = load({}, ops_token="token-of-the-operator"), TurnableClock()
    app = FastAPI()
    report = Report(settings, PULSE, TrafficRing(clock, None), clock)
    app.include_router(api.router(report, OpsAccess.of(settings)))
    edge.install(app, settings)
    return app


APP = build()


def client(address: tuple[str, int] = LOCAL) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=APP, client=address), base_url="http://test"
    )


@pytest.fixture(autouse=True)
async def _database_is_up() -> AsyncIterator[None]:
    PULSE.beat = Beat(is_up=True, can_store=True)
    yield


async def get(path: str, *, address: tuple[str, int] = LOCAL, **headers: str) -> httpx.Response:
    async with client(address) as http:
        return await http.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


async def test_a_scraper_reads_every_declared_metric() -> None:
    answer = await get("/metrics", accept="*/*")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    names = {f.name for f in text_string_to_metric_families(answer.text)}
    for row in meters.table():
        assert row.name.removesuffix("_total") in names or row.name in names


async def test_openmetrics_is_given_when_asked_for_and_parses() -> None:
    answer = await get("/metrics", accept="application/openmetrics-text;version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    families = read_openmetrics(answer.text)  # type: ignore[no-untyped-call]
    assert {f.name for f in families} >= {"http_requests", "re_turn_total_ms"}


async def test_the_json_form_counts_what_was_asked() -> None:
    before = (await get("/metrics?format=json")).json()
    await get("/version")
    await get("/version")
    answer = await get("/metrics", accept="application/json")
    told = answer.json()
    assert answer.headers["vary"].startswith("Accept")

    def count(report: dict[str, Any]) -> int:
        return int(report["requests_by_endpoint"].get("/version", {"count": 0})["count"])

    assert count(told) == count(before) + 2
    assert told["window_seconds"] == 600
    assert told["lifetime"]["requests_total"] >= told["requests_total"] > 0
    assert told["response_time"]["p95"] > 0
    assert told["cache_hit_rate"] is None


async def test_an_unknown_format_is_refused_in_plain_words() -> None:
    answer = await get("/metrics?format=xml")
    assert answer.status_code == 422
    assert "json, prometheus or openmetrics" in answer.json()["detail"]


async def test_a_stranger_does_not_find_the_metrics() -> None:
    answer = await get("/metrics", address=STRANGER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    spoofed = await get("/metrics", address=STRANGER, x_forwarded_for="127.0.0.1")
    assert spoofed.status_code == 404


async def test_a_stranger_with_the_token_finds_them() -> None:
    token = "Bearer token-of-the-operator"
    assert (await get("/metrics", address=STRANGER, authorization=token)).status_code == 200
    assert (await get("/metrics", address=STRANGER, authorization=token + "s")).status_code == 404


async def test_the_config_echo_is_for_allowed_networks_only() -> None:
    local, stranger = await get("/api/health"), await get("/api/health", address=STRANGER)
    assert local.json()["config"]["conv_store_primary"] == "postgres"
    assert local.json()["config"]["re_prompt_canary_percent"] == 0
    assert set(local.json()["config"]) == set(local.json()["config_source"])
    assert stranger.status_code == 200
    assert "config" not in stranger.json() and "config_source" not in stranger.json()
    assert local.json()["breakers"] == {} and "breakers" not in stranger.json()


@pytest.mark.parametrize("path", ["/readyz", "/health", "/api/health"])
async def test_health_is_503_without_a_database_and_200_again_with_it(path: str) -> None:
    assert (await get(path)).status_code == 200
    PULSE.beat = Beat(is_up=False, can_store=False)
    assert (await get(path)).status_code == 503
    PULSE.beat = Beat(is_up=True, can_store=True)
    assert (await get(path)).status_code == 200


async def test_liveness_does_not_ask_the_database() -> None:
    PULSE.beat = Beat(is_up=False, can_store=False)
    answer = await get("/healthz")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "timestamp", "response_time_ms", "version"}


async def test_readiness_names_every_check() -> None:
    told = (await get("/readyz")).json()
    assert told["status"] == "ready"
    assert set(told["health_checks"]) == {
        "database", "conversation_store", "schema_guard", "configuration", "redis", "llm"
    }  # fmt: skip


async def test_the_version_tells_agent_and_flags() -> None:
    told = (await get("/version")).json()
    assert told["agent"] == {"stable": "rules", "canary": None, "canary_percent": 0}
    assert all(isinstance(flag, bool) for flag in told["feature_flags"].values())
    assert len(told["config_digest"]) == 12


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/health", "/version", "/metrics"])
async def test_monitors_may_ask_for_the_head_alone(path: str) -> None:
    async with client() as http:
        answer = await http.head(path)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/health", "/api/health", "/metrics"])
async def test_no_state_is_kept_by_a_cache(path: str) -> None:
    assert (await get(path)).headers["cache-control"] == "no-store"
