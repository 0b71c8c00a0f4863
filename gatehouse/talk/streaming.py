"""A turn as server-sent events: acknowledged at once, then told sentence by sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic

from starlette.responses import StreamingResponse

from gatehouse.base.errors import GatehouseError
from gatehouse.observe import meters
from gatehouse.talk.claims import Accepted
from gatehouse.talk.drafts import Draft, Mark, Reader
from gatehouse.talk.failpoints import reach
from gatehouse.talk.turn import TurnService
from gatehouse.talk.wire import arm_of, event_bytes, reply_events, to_json, told, turn_of

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


def meta_event(accepted: Accepted, *, restart: bool = False) -> bytes:
    """The acknowledgement: the message is stored. It has no id, for it is not part of the turn.

    `restart`: what was told of the reply so far does not count; all of it follows.
    """
    about = {"schema": "v2", "session_id": accepted.session, "seq": accepted.seq}
    return event_bytes("meta", to_json(about | ({"restart": True} if restart else {})))


async def live_events(
    turns: TurnService, accepted: Accepted, *, interim: str, last_event_id: str | None
) -> AsyncGenerator[bytes, None]:
    """Meta; while the turn is thought holding text, heartbeats and the sentences that are said
    early; then the rest of the reply's events.

    A reader that goes away stops only its own reading; the turn belongs to the service.
    """
    began = monotonic()
    reach("before_ack")
    watch = _Watch(began, Mark.of(last_event_id))
    waiting = asyncio.ensure_future(turns.reply(accepted))
    try:
        yield meta_event(accepted)
        with turns.drafts.reading(accepted.inbox_id) as reader:
            async for sign in _signs_of_life(turns, waiting, reader, watch=watch, interim=interim):
                yield sign
        reply = waiting.result()
    except GatehouseError as trouble:
        yield error_event(trouble)
        return
    finally:
        waiting.cancel()
    if watch.is_astray(reply):
        yield meta_event(accepted, restart=True)
    arm = arm_of(reply)
    for event in reply_events(reply, after=watch.mark.seen(turn_of(reply))):
        watch.note_first(arm)
        yield event


@dataclass(slots=True)
class _Watch:
    """One reader's progress through one turn."""

    began: float
    mark: Mark
    is_told: bool = False

    def follow(self, draft: Draft | None) -> Iterator[bytes]:
        """The early sentences that the reader does not have yet."""
        pieces = draft.pieces if draft else []
        if draft is None or not self.mark.holds(draft.turn, pieces):
            return  # too few, or other words than the reader has: the stored reply decides
        for count in range(self.mark.seen(draft.turn) + 1, len(pieces) + 1):
            self.mark = Mark.at(draft.turn, pieces[:count])
            self.note_first(draft.arm)
            text = to_json({"text": pieces[count - 1]})
            yield event_bytes("delta", text, event_id=self.mark.event_id)

    def is_astray(self, reply: str) -> bool:
        """Has the reader other sentences than the stored reply? Then it begins anew."""
        pieces = told(reply)
        if self.mark.digest is None or self.mark.holds(turn_of(reply), pieces):
            return False
        self.mark = Mark()
        return True

    def note_first(self, arm: str) -> None:
        if not self.is_told:
            self.is_told = True
            ms = (monotonic() - self.began) * 1000
            meters.chat_time_to_first_token_ms.labels(arm=arm).observe(ms)


async def _signs_of_life(
    turns: TurnService,
    waiting: asyncio.Future[str],
    reader: Reader,
    *,
    watch: _Watch,
    interim: str,
) -> AsyncIterator[bytes]:
    """Early sentences as they come, the holding text once before the first of them, a comment at
    every heartbeat, until the reply is there."""
    now = monotonic()
    interim_at = now + turns.settings.interim_after_ms / 1000
    beat_at = now + HEARTBEAT_SECONDS
    while not waiting.done():
        await _next_sign(waiting, reader, min(interim_at, beat_at) - monotonic())
        for event in watch.follow(reader.draft):
            interim_at = float("inf")
            yield event
        now = monotonic()
        if now >= interim_at and not waiting.done():
            interim_at = float("inf")
            yield event_bytes("interim", to_json({"text": interim}))
        if now >= beat_at:
            beat_at = now + HEARTBEAT_SECONDS
            yield _HEARTBEAT


async def _next_sign(waiting: asyncio.Future[str], reader: Reader, seconds: float) -> None:
    """Returns with the reply, with a sentence, or when the time is over."""
    news = asyncio.ensure_future(reader.news.wait())
    try:
        done, _ = await asyncio.wait(
            (waiting, news), timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        news.cancel()
    if news in done:
        reader.news.clear()


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
    watch = _Watch(monotonic(), Mark.of(last_event_id), is_told=True)
    if watch.is_astray(reply):
        yield event_bytes("meta", to_json({"schema": "v2", "restart": True}))
    for event in reply_events(reply, after=watch.mark.seen(turn_of(reply))):
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
