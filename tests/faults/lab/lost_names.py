"""A name server that does not answer: looking up one host takes as long as giving up takes."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .hostile import LOST_HOST

GIVING_UP_SECONDS = 5.0  # of a common resolver, for one try
_ask = socket.getaddrinfo


def install(seconds: float = GIVING_UP_SECONDS) -> None:
    """From now on, for this process. A look-up blocks its thread, as the system's does."""

    def getaddrinfo(host: Any, *given: Any, **named: Any) -> Any:
        if host in (LOST_HOST, LOST_HOST.encode()):
            time.sleep(seconds)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return _ask(host, *given, **named)

    socket.getaddrinfo = getaddrinfo


@contextmanager
def lost_names(seconds: float = GIVING_UP_SECONDS) -> Iterator[None]:
    install(seconds)
    try:
        yield
    finally:
        socket.getaddrinfo = _ask
