"""A name server that does not answer: looking up one host takes as long as giving up takes."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anyio._backends._asyncio import AsyncIOBackend

from .hostile import LOST_HOST

GIVING_UP_SECONDS = 5.0  # of a common resolver, for one try
_ask = socket.getaddrinfo
_ask_async = AsyncIOBackend.getaddrinfo


def install(seconds: float = GIVING_UP_SECONDS) -> None:
    """From now on, for this process. A look-up blocks a thread, as the system's does."""

    def getaddrinfo(host: Any, *given: Any, **named: Any) -> Any:
        if not _is_lost(host):
            return _ask(host, *given, **named)
        time.sleep(seconds)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async def getaddrinfo_async(host: Any, *given: Any, **named: Any) -> Any:
        if not _is_lost(host):  # the loop's own way, which may be no way of Python's
            return await _ask_async(host, *given, **named)
        return await asyncio.to_thread(getaddrinfo, host, *given, **named)

    _set(getaddrinfo, getaddrinfo_async)


@contextmanager
def lost_names(seconds: float = GIVING_UP_SECONDS) -> Iterator[None]:
    install(seconds)
    try:
        yield
    finally:
        _set(_ask, _ask_async)


def _is_lost(host: Any) -> bool:
    return host in (LOST_HOST, LOST_HOST.encode())


def _set(ask: Any, ask_async: Any) -> None:
    socket.getaddrinfo = ask
    AsyncIOBackend.getaddrinfo = ask_async  # type: ignore[method-assign]
