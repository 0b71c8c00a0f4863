"""The ops endpoints: /metrics, the health states and /version."""

from __future__ import annotations

import asyncio
import json
from time import perf_counter
from typing import Any, Protocol

from fastapi import APIRouter, Request, Response

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.observe import exposition, negotiation
from gatehouse.observe.access import Scope
from gatehouse.observe.report import Report

Answers = dict[int | str, dict[str, Any]]
_OBJECT = {"application/json": {"schema": {"type": "object"}}}
_UNREADY: Answers = {503: {"description": "Cannot serve just now.", "content": _OBJECT}}
_METRICS: Answers = {
    200: {
        "description": "The metrics of all worker processes.",
        "content": {
            "text/plain": {"schema": {"type": "string"}},
            "application/openmetrics-text": {"schema": {"type": "string"}},
            **_OBJECT,
        },
    },
    404: {"description": "Asked from elsewhere."},
}

_ELSEWHERE: Answers = {404: {"description": "Asked from elsewhere."}}


class Access(Protocol):
    """Decides who may see the ops endpoints."""

    def allows(self, scope: Scope) -> bool: ...


def router(report: Report, access: Access) -> APIRouter:
    """The endpoints of runbooks 3f that tell about the instance itself."""
    routes = APIRouter(tags=["ops"])
    _add_health(routes, report, access)
    _add_metrics(routes, report, access)
    return routes


def _add_health(routes: APIRouter, report: Report, access: Access) -> None:
    async def healthz() -> Response:
        """Is the process alive? Touches nothing else."""
        started = perf_counter()
        alive = {"status": "ok", "timestamp": report.timestamp(), "version": report.release}
        return _answer(True, {**alive, "response_time_ms": _millis_since(started)})

    async def readyz() -> Response:
        """Can conversations be taken up?"""
        return _answer(*await report.readiness())

    async def health() -> Response:
        """The roll-up of all parts."""
        return _answer(*await report.health())

    async def api_health(request: Request) -> Response:
        """As /health; allowed networks also see the effective settings and whence they come.

        And the breakers of the process that answers: closed, open, half_open, or forced.

        Without a model `re_prompt_driven` is false and its share 0, whatever was set.
        """
        is_well, told = await report.health()
        if access.allows(request.scope):
            told |= {"config": report.config_echo(), "config_source": report.config_source()}
            told["breakers"] = report.breakers()
        return _answer(is_well, told)

    async def version() -> Response:
        """What runs here."""
        return _answer(True, report.version())

    _add(routes, "/healthz", healthz)
    _add(routes, "/readyz", readyz, responses=_UNREADY)
    _add(routes, "/health", health, responses=_UNREADY)
    _add(routes, "/api/health", api_health, responses=_UNREADY)
    _add(routes, "/version", version)


def _add_metrics(routes: APIRouter, report: Report, access: Access) -> None:
    async def metrics(request: Request, format: str | None = None) -> Response:
        """Text for scrapers, OpenMetrics or JSON if asked for; allowed networks only."""
        if not access.allows(request.scope):
            raise NotFound
        try:
            form = negotiation.choose(request.headers.get("accept"), format)
        except KeyError:
            raise BadInput("format must be json, prometheus or openmetrics") from None
        content, media_type = await asyncio.to_thread(_render, form, report)
        headers = {"vary": "Accept", "cache-control": "no-store"}
        return Response(content, media_type=media_type, headers=headers)

    async def observability(request: Request) -> Response:
        """Figures of the chat and how each service objective is kept; allowed networks only."""
        if not access.allows(request.scope):
            raise NotFound
        return _answer(True, await asyncio.to_thread(report.observability))

    _add(routes, "/metrics", metrics, responses=_METRICS, response_class=Response)
    _add(routes, "/api/metrics/observability", observability, responses=_ELSEWHERE)


def _render(form: negotiation.Form, report: Report) -> tuple[bytes, str]:
    if form == "json":
        return json.dumps(report.traffic.report()).encode(), "application/json"
    if form == "openmetrics":
        return exposition.openmetrics(), exposition.OPENMETRICS_TYPE
    return exposition.text(), exposition.TEXT_TYPE


def _add(routes: APIRouter, path: str, endpoint: Any, **described: Any) -> None:
    """GET, and HEAD for monitors that look at the status alone."""
    routes.add_api_route(path, endpoint, methods=["GET"], **described)
    routes.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


def _answer(is_well: bool, told: dict[str, Any]) -> Response:
    headers = {"cache-control": "no-store"}
    status = 200 if is_well else 503
    return Response(json.dumps(told), status, headers, media_type="application/json")


def _millis_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 3)
