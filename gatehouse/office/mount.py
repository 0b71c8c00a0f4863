"""The office as an ASGI application that is loaded when somebody first comes to it."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from gatehouse.base.errors import Overloaded
from gatehouse.office.badge import Badge

STAFF_AT_ONCE = 8  # of one process; each has a connection of its own while it is served
STRANGERS_AT_ONCE = 2  # who are not signed in, and may only ask for that
WAITING_AT_MOST = 32
Gate = Callable[[Scope, Receive], "Any"]


@dataclass
class Office:
    """Django behind a door: visitors never load it, and strangers cannot fill it.

    `is_https` tells whether the request came over TLS, here or at a trusted proxy.
    """

    badge: Badge
    is_https: Callable[[Scope], bool]
    address: Callable[[Scope], str]
    _inner: ASGIApp | None = None
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _staff: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(STAFF_AT_ONCE))
    _strangers: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(STRANGERS_AT_ONCE)
    )
    _waiting: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        room = self._staff if self.badge.is_worn(dict(scope["headers"])) else self._strangers
        if room.locked() and self._waiting >= WAITING_AT_MOST:
            raise Overloaded("The office is full just now.", retry_after=2)
        self._waiting += 1
        try:
            await room.acquire()
        finally:
            self._waiting -= 1
        try:
            inner = self._inner or await self._load()
            await inner(self._told(scope), receive, send)
        finally:
            room.release()

    def _told(self, scope: Scope) -> Scope:
        """What only the edge knows: the scheme, and the network that the client is in."""
        own = {"scheme": "https" if self.is_https(scope) else "http"}
        return {**scope, **own, "gatehouse.address": self.address(scope)}

    async def _load(self) -> ASGIApp:
        async with self._loading:
            if self._inner is None:
                self._inner = await asyncio.to_thread(load)
        return self._inner


def load() -> ASGIApp:
    """Django, set up; about a second. By name, so that the lane has no way to import it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatehouse.web.settings")
    made: ASGIApp = importlib.import_module("gatehouse.office.opened").application
    return made
