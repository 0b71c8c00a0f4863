"""What the page asks and tells beside the conversation: example questions, clicks, paint times."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from gatehouse.base.config import Settings
from gatehouse.observe import meters
from gatehouse.talk.schemas import UiEvent, problems
from gatehouse.talk.sessions import Door


def add_routes(made: APIRouter, settings: Settings, door: Door) -> None:
    """GET examples, POST telemetry."""
    made.add_api_route(
        "/api/telemetry/ui",
        report,
        methods=["POST"],
        status_code=204,
        response_class=Response,
        responses=problems(400, 422),
        tags=["page"],
        summary="What the page saw",
    )


async def report(body: UiEvent) -> Response:
    """Counts one event of the page. Nothing of it is stored."""
    meters.ui_event_total.labels(event=body.event_type).inc()
    if body.event_type == "render" and body.duration_ms is not None:
        block = _word(body.metadata, "block")
        meters.ui_render_ms.labels(block=block).observe(body.duration_ms)
    if body.event_type == "card_clicked":
        variant = _word(body.metadata, "variant")
        arm = _word(body.metadata, "arm", absent="stable")
        meters.re_card_clicked_total.labels(variant=variant, arm=arm).inc()
    return Response(status_code=204)


def _word(metadata: dict[str, Any], name: str, *, absent: str = "other") -> str:
    """A label value as the page gives it; the meter folds what it does not know."""
    value = metadata.get(name)
    return value if isinstance(value, str) and len(value) <= 40 else absent
