"""What may befall the bytes of a connection, in toxiproxy's words and two of our own."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

TYPES: Mapping[str, Mapping[str, float]] = {  # name -> attributes with what holds without them
    "latency": {"latency": 0, "jitter": 0},  # ms
    "down": {},
    "bandwidth": {"rate": 0},  # kB/s
    "slow_close": {"delay": 0},  # ms
    "timeout": {"timeout": 0},  # ms until the end; 0: a black hole
    "reset_peer": {"timeout": 0},  # ms
    "slicer": {"average_size": 64, "size_variation": 0, "delay": 0},  # bytes, bytes, µs
    "limit_data": {"bytes": 0},
    "corrupt": {"p": 0.01},  # of each byte
    "half_close": {"bytes": 0},  # then no more is sent, though the connection stays
}
_LINGER = struct.pack("ii", 1, 0)


class Refusal(Exception):
    """A wrong order, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Stretch(Protocol):
    """One direction of a connection, as toxics see it."""

    direction: Any
    dice: random.Random
    passed: int
    is_ended: bool
    writer: asyncio.StreamWriter

    async def write(self, data: bytes) -> None: ...

    def break_off(self, *, is_reset: bool = False) -> None: ...


@dataclass(eq=False, slots=True)
class Toxic:
    """`toxicity`: the share of connections that it falls on."""

    name: str
    type: str
    direction: str = "downstream"
    toxicity: float = 1.0
    attributes: dict[str, float] = field(default_factory=dict)
    is_gone: asyncio.Event = field(default_factory=asyncio.Event)
    _drawn: dict[random.Random, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.change(self.attributes)

    def change(self, attributes: Mapping[str, float]) -> None:
        """Raises Refusal for a type or an attribute that does not exist."""
        known = TYPES.get(self.type)
        if known is None:
            raise Refusal(400, f"invalid toxic type {self.type!r}")
        for name, value in attributes.items():
            if name not in known or not isinstance(value, int | float) or value < 0:
                raise Refusal(400, f"invalid attribute {name!r} of {self.type}")
        self.attributes = {**known, **self.attributes, **attributes}

    def applies_to(self, link: Stretch) -> bool:
        if self.direction != link.direction:
            return False
        if link.dice not in self._drawn:
            self._drawn[link.dice] = link.dice.random() < self.toxicity
        return self._drawn[link.dice]

    def begin(self, link: Stretch) -> None:
        """What happens by time alone, whether bytes come or not."""
        seconds = self.attributes.get("timeout", 0) / 1000
        is_reset = self.type == "reset_peer"
        if not self.applies_to(link) or not (is_reset or (self.type == "timeout" and seconds)):
            return
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, lambda: self._end(link, is_reset=is_reset))

    def _end(self, link: Stretch, *, is_reset: bool) -> None:
        if not self.is_gone.is_set():
            link.break_off(is_reset=is_reset)

    async def spoil(self, data: bytes, link: Stretch) -> bytes:
        """What is left of the bytes for the next toxic, after whatever time it takes."""
        match self.type:
            case "latency":
                jitter = self.attributes["jitter"]
                ms = self.attributes["latency"] + link.dice.uniform(-jitter, jitter)
                await self._pause(ms / 1000)
            case "bandwidth":
                await self._pause(len(data) / max(self.attributes["rate"] * 1000, 1))
            case "timeout" | "reset_peer":
                await self.is_gone.wait()
            case "slicer":
                return await self._sliced(data, link)
            case "limit_data" | "half_close":
                return await self._limited(data, link)
            case "corrupt":
                return self._corrupted(data, link.dice)
        return data

    async def before_close(self) -> None:
        if self.type == "slow_close":
            await self._pause(self.attributes["delay"] / 1000)

    async def _pause(self, seconds: float) -> None:
        """Ends early when the toxic is taken away."""
        if seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    await self.is_gone.wait()
            except TimeoutError:
                return

    async def _sliced(self, data: bytes, link: Stretch) -> bytes:
        while data:
            vary = self.attributes["size_variation"]
            size = self.attributes["average_size"] + link.dice.uniform(-vary, vary)
            piece, data = data[: max(1, int(size))], data[max(1, int(size)) :]
            if not data:
                return piece
            await link.write(piece)
            await self._pause(self.attributes["delay"] / 1e6)
        return data

    async def _limited(self, data: bytes, link: Stretch) -> bytes:
        left = max(0, int(self.attributes["bytes"]) - link.passed)
        if len(data) < left:
            return data
        await link.write(data[:left])
        if self.type == "limit_data":
            link.break_off()
        elif not link.is_ended and not link.writer.is_closing():
            link.writer.write_eof()
            link.is_ended = True
        return b""

    def _corrupted(self, data: bytes, dice: random.Random) -> bytes:
        share = self.attributes["p"]
        return bytes(b ^ dice.randrange(1, 256) if dice.random() < share else b for b in data)

    def view(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "stream": self.direction,
            "toxicity": self.toxicity,
            "attributes": self.attributes,
        }


def reset(writer: asyncio.StreamWriter) -> None:
    """Closes by RST, not by FIN."""
    if not writer.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    writer.transport.abort()
