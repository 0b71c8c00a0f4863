"""One request and its response, piece by piece, over ASGI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

from gatehouse.ops.simulator.shapes import Refused, to_json

LARGEST_BODY = 64 * 1024 * 1024
ABORT = "gatehouse.abort"  # in scope["extensions"]: resets the connection
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientGone(Exception):
    """The client closed the connection before the answer was over."""


class Exchange:
    """What behaviours write to."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive, self._send = receive, send
        self.has_begun = False

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    def header(self, name: str) -> str:
        wanted = name.encode()
        found = (value for key, value in self.scope["headers"] if key == wanted)
        return next(found, b"").decode("latin-1")

    def query(self, name: str) -> str:
        pairs = self.scope.get("query_string", b"").decode("latin-1").split("&")
        return next((unquote(p[len(name) + 1 :]) for p in pairs if p.startswith(f"{name}=")), "")

    async def body(self) -> bytes:
        """Raises ClientGone, Refused with 413."""
        parts, size = [], 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > LARGEST_BODY:
                raise Refused(413, "The request is too large.")
            if not message.get("more_body"):
                return b"".join(parts)

    async def json_body(self) -> dict[str, Any]:
        """Raises ClientGone, Refused with 400."""
        try:
            value = json.loads(await self.body())
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Refused(400, "We could not parse the JSON body of your request.")
        return value

    async def gone(self) -> None:
        """Returns when the client has closed the connection."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def pause(self, seconds: float) -> None:
        """Raises ClientGone as soon as nobody waits any more."""
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self.gone()
        except TimeoutError:
            return
        raise ClientGone

    async def silence(self) -> None:
        """Says nothing until the client gives up. Raises ClientGone."""
        await self.gone()
        raise ClientGone

    async def begin(
        self, content_type: str, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        told = {"content-type": content_type, **(headers or {})}
        pairs = [(k.encode(), v.encode("latin-1")) for k, v in told.items()]
        self.has_begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})

    async def write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": False})

    async def whole(
        self, value: object, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """A JSON response in one piece."""
        data = to_json(value)
        length = {"content-length": str(len(data))}
        await self.begin("application/json", status=status, headers={**(headers or {}), **length})
        await self.end(data)

    def abort(self) -> None:
        """Resets the connection, where the server below lets us. Raises ClientGone."""
        abort = (self.scope.get("extensions") or {}).get(ABORT)
        if abort is not None:
            abort()
        raise ClientGone
