"""What the page asks and tells beside the conversation: example questions, clicks, paint times."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from random import Random
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response

from gatehouse.base.clock import Clock
from gatehouse.base.config import Settings
from gatehouse.base.errors import NotFound
from gatehouse.observe import meters
from gatehouse.talk.history import Archive
from gatehouse.talk.phrases import examples
from gatehouse.talk.schemas import Examples, UiEvent, problems
from gatehouse.talk.sessions import Door, session_of
from gatehouse.talk.wire import to_json
from gatehouse.understanding.types import Language

WINDOW_SECONDS = 900  # after this a visitor is shown the next questions
T = TypeVar("T")


def add_routes(
    made: APIRouter,
    settings: Callable[[], Settings],
    *,
    door: Door,
    clock: Clock,
    archive: Archive,
) -> None:
    """GET examples, POST telemetry. `settings`: those that are in force."""
    made.add_api_route(
        "/api/prompts/examples",
        Prompter(settings, door, clock).examples,
        methods=["GET"],
        response_model=Examples,
        responses=problems(404, 422),
        tags=["page"],
        summary="Questions to begin with",
    )
    made.add_api_route(
        "/api/telemetry/ui",
        Listener(door, archive).report,
        methods=["POST"],
        status_code=204,
        response_class=Response,
        responses=problems(400, 422, 503),
        tags=["page"],
        summary="What the page saw",
    )


@dataclass(frozen=True, slots=True)
class Prompter:
    """Deals example questions. Keeps nothing: visitor and time alone decide which."""

    settings: Callable[[], Settings]
    door: Door
    clock: Clock

    async def examples(
        self,
        request: Request,
        n: Annotated[int, Query(ge=1, le=10)] = 4,
        topics: Annotated[str, Query(max_length=200, description="Comma-separated.")] = "",
        lang: Language | None = None,
    ) -> Response:
        """Fresh questions every quarter of an hour; none comes twice before all were shown."""
        settings = self.settings()
        if not settings.feature_dynamic_prompts:
            raise NotFound("Example questions are switched off.")
        wanted = tuple(topic.strip() for topic in topics.split(","))
        pool = examples.pool(lang or settings.default_language, wanted)
        window = int(self.clock.now().timestamp()) // WINDOW_SECONDS
        seed = self._seed(request)
        dealt = deal(pool, n, seed=seed, round_no=window)
        answer = {
            "examples": [{"text": text, "topic": topic} for topic, text in dealt],
            "expires_at": datetime.fromtimestamp((window + 1) * WINDOW_SECONDS, UTC).isoformat(),
            "seed": seed,
            "topics": sorted({topic for topic, _ in pool}),
            "total_pool_size": len(pool),
        }
        return Response(to_json(answer), 200, {"cache-control": "no-store"}, "application/json")

    def _seed(self, request: Request) -> int:
        """The same for one visitor; any for somebody unknown."""
        visitor = self.door.visitor(request)
        if visitor is None:
            return secrets.randbits(32)
        return int.from_bytes(blake2b(visitor.owner_hash, digest_size=4).digest())


def deal(pool: Sequence[T], n: int, *, seed: int, round_no: int) -> list[T]:
    """`n` of the pool, in an order of the seed's own; each round goes on where the last ended."""
    order = list(pool)
    Random(seed).shuffle(order)  # noqa: S311 - no secret
    start = round_no * n % len(order)
    return (order[start:] + order[:start])[:n]


@dataclass(frozen=True, slots=True)
class Listener:
    """Takes in what the page reports."""

    door: Door
    archive: Archive

    async def report(self, request: Request, body: UiEvent) -> Response:
        """Counts one event of the page.

        Of a conversation of theirs is kept that cards were clicked, and how often; nothing else.
        """
        meters.ui_event_total.labels(event=body.event_type).inc()
        if body.event_type == "render" and body.duration_ms is not None:
            block = _word(body.metadata, "block")
            meters.ui_render_ms.labels(block=block).observe(body.duration_ms)
        if body.event_type == "card_clicked":
            arm = await self._clicked(request, body.metadata)
            variant = _word(body.metadata, "variant")
            meters.re_card_clicked_total.labels(variant=variant, arm=arm).inc()
        return Response(status_code=204)

    async def _clicked(self, request: Request, metadata: dict[str, Any]) -> str:
        """The arm of the conversation; without one of theirs, what the page says."""
        told = _word(metadata, "arm", absent="stable")
        session = session_of(_word(metadata, "session_id", absent="") or None)
        principal = None if session is None else self.door.principal(request, session)
        if session is None or principal is None:
            return told
        return await self.archive.click(principal, session) or told


def _word(metadata: dict[str, Any], name: str, *, absent: str = "other") -> str:
    """A label value as the page gives it; the meter folds what it does not know."""
    value = metadata.get(name)
    return value if isinstance(value, str) and len(value) <= 40 else absent
