"""How an answer travels: steadily, late, in drops, in part, or not at all."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from gatehouse.ops.simulator.exchange import Exchange
from gatehouse.ops.simulator.question import prompt_tokens, tokens
from gatehouse.ops.simulator.shapes import Chunks, Finish, Refused, completion, to_json, usage
from gatehouse.ops.simulator.types import Behaviour, Name, Question

EVENTS = "text/event-stream"
QUICK_PIECE = 48  # characters of a piece when no rate is set
_TOKEN = re.compile(r"\s*\S{1,7}|\s+")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the simulated model thinks and writes."""

    think_ms: float = 0
    tokens_per_second: float = 0  # 0: as fast as it goes


@dataclass(slots=True)
class Delivery:
    """One answer on its way."""

    exchange: Exchange
    question: Question
    behaviour: Behaviour
    number: int
    pace: Pace
    text: str
    finish: Finish = "stop"
    written: int = 0  # tokens
    chunks: Chunks = field(init=False)

    def __post_init__(self) -> None:
        self.chunks = Chunks(self.question, self.number)
        if self.question.tool:
            self.finish = "tool_calls"
        most = self.question.most_tokens
        if most is not None and tokens(self.text) > most:
            self.text, self.finish = self.text[: most * 4], "length"

    async def steadily(self) -> None:
        await self.exchange.pause(self.pace.think_ms / 1000)
        await self._all()

    async def late(self) -> None:
        await self.exchange.pause(self.behaviour.number("ms", 8000) / 1000)
        await self._all()

    async def in_drops(self) -> None:
        """The first character at once, then one at a time."""
        seconds = self.behaviour.number("ms", 1000) / 1000
        pieces = list(self.text)
        if not self.question.is_streamed:
            data = to_json(self._completion())
            await self.exchange.begin("application/json")
            for byte in data:
                await self.exchange.write(bytes([byte]))
                await self.exchange.pause(seconds)
            return await self.exchange.end()
        return await self._stream(pieces, seconds=seconds)

    async def never(self) -> None:
        await self.exchange.silence()

    async def headers_only(self) -> None:
        await self.exchange.begin(EVENTS if self.question.is_streamed else "application/json")
        await self.exchange.silence()

    async def without_end(self) -> None:
        seconds = max(self.behaviour.number("ms", 5), 1) / 1000
        await self._open()
        while True:
            await self.exchange.write(self.chunks.piece("and so on, "))
            self.written += 3
            await self.exchange.pause(seconds)

    async def in_part(self) -> None:
        """Half of it, then the connection breaks."""
        await self.exchange.pause(self.pace.think_ms / 1000)
        half = self.text[: max(1, len(self.text) // 2)]
        if self.question.is_streamed:
            await self._open()
            await self.exchange.write(self.chunks.piece(half))
        else:
            data = to_json(self._completion())
            await self.exchange.begin("application/json", headers={"content-length": "99999"})
            await self.exchange.write(data[: len(data) // 2])
        await self.exchange.pause(0.02)  # what is written reaches the client before the reset
        self.exchange.abort()

    async def shortened(self) -> None:
        """A proper end in the middle of the text."""
        share = min(self.behaviour.number("share", 0.5), 1)
        self.text, self.finish = self.text[: int(len(self.text) * share)], "length"
        await self.steadily()

    async def withheld(self) -> None:
        self.text, self.finish = "", "content_filter"
        await self.steadily()

    async def _all(self) -> None:
        if not self.question.is_streamed:
            self.written = tokens(self.text)
            return await self.exchange.whole(self._completion())
        rate = self.pace.tokens_per_second
        if rate > 0:
            return await self._stream(_TOKEN.findall(self.text), seconds=1 / rate)
        starts = range(0, len(self.text), QUICK_PIECE)
        pieces = [self.text[at : at + QUICK_PIECE] for at in starts]
        return await self._stream(pieces, seconds=0)

    async def _stream(self, pieces: list[str], *, seconds: float) -> None:
        await self._open()
        for piece in pieces:
            await self.exchange.write(self.chunks.piece(piece))
            await self.exchange.pause(seconds)
        self.written = tokens(self.text)
        await self.exchange.end(self.chunks.closing(self.finish, self._usage()))

    async def _open(self) -> None:
        await self.exchange.begin(EVENTS, headers={"cache-control": "no-cache"})
        await self.exchange.write(self.chunks.opening())

    def _completion(self) -> dict[str, Any]:
        return completion(
            self.question,
            number=self.number,
            content=self.text,
            finish=self.finish,
            usage=self._usage(),
        )

    def _usage(self) -> dict[str, Any]:
        return usage(prompt_tokens(self.question), tokens(self.text))


def refusal(behaviour: Behaviour) -> Refused | None:
    """The error that a behaviour consists of."""
    if behaviour.name == "throttled":
        seconds = f"{behaviour.number('retry_after', 2):g}"
        message = f"Rate limit reached. Please try again in {seconds}s."
        told = {"retry-after": seconds, "x-ratelimit-remaining-requests": "0"}
        return Refused(429, message, kind="requests", code="rate_limit_exceeded", headers=told)
    if behaviour.name == "overloaded":
        status = int(behaviour.number("status", 500))
        message = "The server is currently overloaded. Please try again later."
        return Refused(status, message, kind="server_error", code="overloaded")
    if behaviour.name == "unauthorised":
        return Refused(401, "Incorrect API key provided.", code="invalid_api_key")
    return None


Way = Callable[[Delivery], Awaitable[None]]
WAYS: dict[Name, Way] = {
    "slow_first_token": Delivery.late,
    "drip": Delivery.in_drops,
    "hang": Delivery.never,
    "headers_then_silence": Delivery.headers_only,
    "endless": Delivery.without_end,
    "cut": Delivery.in_part,
    "truncated": Delivery.shortened,
    "filtered": Delivery.withheld,
}


async def deliver(delivery: Delivery) -> None:
    """Raises ClientGone when nobody waits any more."""
    await WAYS.get(delivery.behaviour.name, Delivery.steadily)(delivery)
