"""The chat endpoints."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from gatehouse.base.errors import NotFound
from gatehouse.observe import meters
from gatehouse.observe.access import OpsAccess
from gatehouse.resilience.hammering import Hammering
from gatehouse.resilience.limits import Limiter
from gatehouse.talk import landing
from gatehouse.talk.allowance import Allowance
from gatehouse.talk.failpoints import is_mutant, reach
from gatehouse.talk.history import Archive
from gatehouse.talk.holding import interim, language_of
from gatehouse.talk.reception import EntryOf, Received, Reception, anybody
from gatehouse.talk.schemas import (
    Ask,
    Feedback,
    History,
    NewSession,
    ReplyObject,
    Session,
    problems,
)
from gatehouse.talk.sessions import SESSION_PATTERN, Door, Principal, mint, session_of
from gatehouse.talk.streaming import event_stream, live_events, stored_events, too_early_events
from gatehouse.talk.turn import TurnService
from gatehouse.talk.wire import arm_of, to_json

_REPLAY = {"idempotent-replay": "true"}
_NO_STORE = {"cache-control": "no-store"}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `meta`, `interim`, `delta`, `cards`, `suggested_actions`, then "
        "`done` with the reply object, or `error`. Resume: the same request with Last-Event-ID.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
SessionPath = Annotated[str, Path(pattern=f"^{SESSION_PATTERN}$", max_length=64)]


def router(
    turns: TurnService,
    access: OpsAccess,
    *,
    limiter: Limiter | None = None,
    hammering: Hammering | None = None,
    entry_of: EntryOf = anybody,
) -> APIRouter:
    """Everything that a visitor's page calls, and plain curl. Flat: each nested router costs.

    `limiter` counts for the rate limits; without one this process counts alone. `hammering` is
    told whom they refuse. `entry_of` knows who may choose an arm, and who is no visitor.
    """
    made = APIRouter()
    door = Door(access, has_local_names=turns.settings.environment != "production")
    allowance = Allowance.of(turns.settings, door, limiter)
    allowance.hammering = hammering or allowance.hammering
    turns.on_retune.append(allowance.retune)
    desk = Desk(turns, door, allowance, entry_of=entry_of)

    def add(method: str, path: str, endpoint: Callable[..., Any], **about: Any) -> None:
        route = f"/api/chat/{path}"
        made.add_api_route(route, endpoint, methods=[method], tags=["chat"], **about)

    add("POST", "ask", desk.ask, response_model=ReplyObject,
        responses=problems(400, 404, 422, 429, 503), summary="One turn, as one answer")  # fmt: skip
    add("POST", "stream", desk.stream, response_class=Response,
        responses=_EVENTS | problems(400, 404, 422, 429, 503), summary="As events")  # fmt: skip
    add("GET", "stream/{session_id}", desk.resume, response_class=Response,
        responses=_EVENTS | problems(404, 422, 503), summary="Events again")  # fmt: skip
    add("POST", "sessions", desk.open_session, status_code=201, response_model=Session,
        responses=problems(404, 422, 429, 503), summary="Begin a conversation")  # fmt: skip
    add("GET", "history/{session_id}", desk.history, response_model=History,
        responses=problems(404, 422, 503), summary="What was said so far")  # fmt: skip
    add("POST", "feedback", desk.feedback, status_code=204, response_class=Response,
        responses=problems(404, 422, 503), summary="Thumb up or down")  # fmt: skip
    landing.add_routes(
        made,
        lambda: turns.settings,
        door=door,
        clock=turns.clock,
        archive=Archive(turns.database),
    )
    return made


class Desk:
    """The endpoints of one application."""

    def __init__(
        self, turns: TurnService, door: Door, allowance: Allowance, *, entry_of: EntryOf = anybody
    ) -> None:
        self._turns = turns
        self._door = door
        self._allowance = allowance
        self._reception = Reception(turns, door, allowance, entry_of)
        self._archive = Archive(turns.database)

    async def ask(self, request: Request, body: Ask) -> Response:
        """Stores the message, thinks, and answers with the reply object.

        The same key and body give the stored reply again, byte for byte. 503 `reply-late` means
        that the message is saved: ask again with the same key.
        """
        began = time.monotonic()
        if is_mutant("ack_before_insert"):
            return await self._acknowledge_too_early(request, body)
        received = await self._reception.receive(request, body)
        reply = await self._turns.reply(received.accepted)
        meters.chat_request_duration_ms.labels(lane="regular", arm=arm_of(reply)).observe(
            (time.monotonic() - began) * 1000
        )
        reach("before_ack")
        headers = _NO_STORE | _REPLAY if received.accepted.is_replay else _NO_STORE
        response = Response(reply, 200, headers, "application/json")
        self._reception.dress(request, response, received.principal)
        return response

    async def stream(self, request: Request, body: Ask) -> Response:
        """The same turn as server-sent events; `meta` acknowledges that the message is stored."""
        if is_mutant("ack_before_insert"):
            return event_stream(too_early_events(lambda: self._accept(request, body), self._turns))
        received = await self._reception.receive(request, body)
        events = live_events(
            self._turns,
            received.accepted,
            interim=self._interim(received, body),
            last_event_id=request.headers.get("last-event-id"),
        )
        response = event_stream(events, _REPLAY if received.accepted.is_replay else {})
        self._reception.dress(request, response, received.principal)
        return response

    async def resume(
        self,
        request: Request,
        session_id: SessionPath,
        turn: Annotated[int, Query(ge=1, le=2**31 - 1)],
    ) -> Response:
        """A committed turn's events from the one after Last-Event-ID on."""
        session = _existing(session_id)
        reply = await self._archive.reply(self._principal(request, session), session, turn)
        return event_stream(stored_events(reply, request.headers.get("last-event-id")))

    async def open_session(self, request: Request, body: NewSession) -> Response:
        """A further conversation of the same visitor, or the first of a new one."""
        known = None if body.bearer else self._door.visitor(request)
        visitor = known or mint()
        await self._allowance.charge(request, visitor)
        try:
            conversation = await self._archive.open(visitor, body.language)
        except NotFound:
            await self._allowance.welcome(request)
            visitor = mint()
            conversation = await self._archive.open(visitor, body.language)
        answer = {"session_id": str(conversation), "language": body.language}
        if body.bearer:
            answer["token"] = visitor.token
        response = Response(to_json(answer), 201, _NO_STORE, "application/json")
        if not body.bearer:
            self._reception.dress(request, response, visitor)
        return response

    async def history(
        self,
        request: Request,
        session_id: SessionPath,
        before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """`limit` turns before turn `before`, oldest message first."""
        session = _existing(session_id)
        principal = self._principal(request, session)
        page = await self._archive.page(principal, session, before=before, limit=limit)
        return Response(to_json(page), 200, _NO_STORE, "application/json")

    async def feedback(self, request: Request, body: Feedback) -> Response:
        """A second thumb on the same reply replaces the first."""
        session = session_of(body.session_id) or ""
        principal = self._principal(request, session)
        arm = await self._archive.rate(
            principal, UUID(body.message_id), score=body.score, comment=body.comment
        )
        meters.chat_feedback_total.labels(score=body.score, arm=arm).inc()
        return Response(status_code=204)

    def _principal(self, request: Request, session: UUID | str) -> Principal:
        principal = self._door.principal(request, session)
        if principal is None:
            raise NotFound("There is no such conversation.")
        return principal

    def _interim(self, received: Received, body: Ask) -> str:
        claim = received.accepted.claim
        stored = body.language or (claim.language if claim else None)
        return interim(language_of(stored, self._turns.tools.market.default_language))

    async def _accept(self, request: Request, body: Ask) -> Any:
        return (await self._reception.receive(request, body)).accepted

    async def _acknowledge_too_early(self, request: Request, body: Ask) -> Response:
        """The negative control ack_before_insert."""
        self._turns.later(self._reception.receive(request, body))
        return Response("{}", 202, media_type="application/json")


def _existing(session_id: str) -> UUID | str:
    session = session_of(session_id)
    if session is None:
        raise NotFound("There is no such conversation.")
    return session
