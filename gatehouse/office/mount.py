"""The office as an ASGI application that is loaded when somebody first comes to it."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from gatehouse.base.errors import Overloaded
from gatehouse.office.badge import Badge

STAFF_AT_ONCE = 8  # of one process; each has a connection of its own while it is served
STRANGERS_AT_ONCE = 2  # who are not signed in, and may only ask for that
WAITING_AT_MOST = 32  # before each of the two doors
Gate = Callable[[Scope, Receive], "Any"]


@dataclass
class Room:
    """Places, and the line before them."""

    places: asyncio.Semaphore
    waiting: int = 0

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[None]:
        """A place, at once or after a while. Raises Overloaded if the line is too long."""
        if self.places.locked() and self.waiting >= WAITING_AT_MOST:
            raise Overloaded("The office is full just now.", retry_after=2)
        self.waiting += 1
        try:
            await self.places.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self.places.release()


def room(places: int) -> Callable[[], Room]:
    return lambda: Room(asyncio.Semaphore(places))


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
    _staff: Room = field(default_factory=room(STAFF_AT_ONCE))
    _strangers: Room = field(default_factory=room(STRANGERS_AT_ONCE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        is_staff = self.badge.is_worn(dict(scope["headers"]))
        async with (self._staff if is_staff else self._strangers).seat():
            inner = self._inner or await self._load()
            await inner(self._told(scope), receive, send)

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
