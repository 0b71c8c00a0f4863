"""A turn as server-sent events: acknowledged at once, then told sentence by sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from time import monotonic

from starlette.responses import StreamingResponse

from gatehouse.base.errors import GatehouseError
from gatehouse.observe import meters
from gatehouse.talk.claims import Accepted
from gatehouse.talk.failpoints import reach
from gatehouse.talk.turn import TurnService
from gatehouse.talk.wire import after_event, event_bytes, reply_events, to_json, turn_of

HEARTBEAT_SECONDS = 10.0
_HEARTBEAT = b": still here\n\n"
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
Accept = Callable[[], Awaitable[Accepted]]


def event_stream(
    events: AsyncIterator[bytes], headers: Mapping[str, str] | None = None
) -> StreamingResponse:
    """The answer that carries the events."""
    all_headers = _HEADERS | dict(headers or {})
    return StreamingResponse(events, headers=all_headers, media_type="text/event-stream")


def meta_event(accepted: Accepted) -> bytes:
    """The acknowledgement: the message is stored. It has no id, for it is not part of the turn."""
    about = {"schema": "v2", "session_id": accepted.session, "seq": accepted.seq}
    return event_bytes("meta", to_json(about))


async def live_events(
    turns: TurnService, accepted: Accepted, *, interim: str, last_event_id: str | None
) -> AsyncIterator[bytes]:
    """Meta, then holding text and heartbeats while the turn is thought, then the reply's events.

    A reader that goes away stops only its own reading; the turn belongs to the service.
    """
    began = monotonic()
    reach("before_ack")
    waiting = asyncio.ensure_future(turns.reply(accepted))
    try:
        yield meta_event(accepted)
        async for sign in _signs_of_life(turns, waiting, interim):
            yield sign
        reply = waiting.result()
    except GatehouseError as trouble:
        yield error_event(trouble)
        return
    finally:
        waiting.cancel()
    for event in reply_events(reply, after=after_event(last_event_id, turn_of(reply))):
        if began:
            _note_first((monotonic() - began) * 1000)
            began = 0.0
        yield event


async def _signs_of_life(
    turns: TurnService, waiting: asyncio.Future[str], interim: str
) -> AsyncIterator[bytes]:
    """The holding text once, a comment at every heartbeat, until the reply is there."""
    now = monotonic()
    interim_at = now + turns.settings.interim_after_ms / 1000
    beat_at = now + HEARTBEAT_SECONDS
    while not waiting.done():
        pause = max(0.0, min(interim_at, beat_at) - monotonic())
        if (await asyncio.wait((waiting,), timeout=pause))[0]:
            return
        now = monotonic()
        if now >= interim_at:
            interim_at = float("inf")
            yield event_bytes("interim", to_json({"text": interim}))
        if now >= beat_at:
            beat_at = now + HEARTBEAT_SECONDS
            yield _HEARTBEAT


def error_event(trouble: GatehouseError) -> bytes:
    """The problem, after the answer's head is already sent."""
    problem = {
        "type": f"/problems/{trouble.code}",
        "title": trouble.title,
        "status": trouble.status,
        "detail": trouble.detail,
        "error": trouble.code,
        "message": trouble.detail,
    }
    if trouble.retry_after is not None:
        problem["retry_after"] = trouble.retry_after
    return event_bytes("error", to_json({"problem": problem}))


async def stored_events(reply: str, last_event_id: str | None) -> AsyncIterator[bytes]:
    """The events of a turn that is committed, from the last one seen."""
    for event in reply_events(reply, after=after_event(last_event_id, turn_of(reply))):
        yield event


async def too_early_events(accept: Accept, turns: TurnService) -> AsyncIterator[bytes]:
    """The negative control ack_before_insert: acknowledges a message that is not stored yet."""
    yield event_bytes("meta", to_json({"schema": "v2"}))
    try:
        accepted = await accept()
        async for event in live_events(turns, accepted, interim="", last_event_id=None):
            yield event
    except GatehouseError as trouble:
        yield error_event(trouble)


def _note_first(ms: float) -> None:
    meters.chat_time_to_first_token_ms.labels(arm="stable").observe(ms)
