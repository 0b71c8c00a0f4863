"""The guard of each connection: slow heads, endless heads and readers who do not read are cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0  # from the first byte, or the opening, to the last header
READ_SECONDS = 10.0  # without READ_BYTES taken by the other side while there is something to take
READ_BYTES = 10_000
HEAD_BYTES = 32 * 1024
STATE_KEY = "porter"  # in the lifespan's state


class Refuser(Protocol):
    """What the guard asks before a request becomes one."""

    @property
    def is_watchful(self) -> bool: ...

    def refusal(self, path: str, headers: Mapping[bytes, bytes]) -> bytes | None: ...


class _Answered:
    """Stands for a request that was answered without becoming one."""

    response_complete = True
    disconnected = False
    keep_alive = True

    class message_event:
        @staticmethod
        def set() -> None:
            """Nobody waits."""


class Guarded(HttpToolsProtocol):
    """uvicorn's protocol with the time limits that it lacks. `check` runs once a second."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._porter: Refuser | None = self.app_state.get(STATE_KEY)
        self._head_since: float | None = None
        self._head_bytes = 0
        self._unread_since = 0.0
        self._unread = 0  # bytes at that time; 0: nothing waits to be read

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._is_between_requests:
            return
        if self._head_since is None:
            self._head_since = self.loop.time()
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES:
            self._cut(431)

    def on_headers_complete(self) -> None:
        self._head_since, self._head_bytes = None, 0
        if sum(len(n) + len(v) for n, v in self.headers) + len(self.url) > HEAD_BYTES:
            self._cut(431)
        elif not self._is_turned_away():
            super().on_headers_complete()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unread = 0

    def check(self, now: float) -> None:
        """Cuts a head that takes too long and a reader who does not read."""
        if self._head_since is not None and now - self._head_since > HEAD_SECONDS:
            self._cut(408)
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or self._unread == 0 or unread <= self._unread - READ_BYTES:
            self._unread, self._unread_since = unread, now
        elif now - self._unread_since > READ_SECONDS:
            self.transport.abort()

    @property
    def _is_between_requests(self) -> bool:
        is_idle = self.cycle is None or self.cycle.response_complete
        return is_idle and self.timeout_keep_alive_task is None

    def _is_turned_away(self) -> bool:
        """Answers at once, without a task, who cannot be served now. The body is read past."""
        if self._porter is None or not self._porter.is_watchful or not self._is_first:
            return False
        if self.parser.get_method() == b"OPTIONS":
            return False
        path = httptools.parse_url(self.url).path.decode("ascii")
        answer = self._porter.refusal(path, dict(self.headers))
        if answer is None:
            return False
        self.cycle = _Answered()  # type: ignore[assignment]
        self.transport.write(answer)
        if self.parser.should_keep_alive():
            self.on_response_complete()
        else:
            self.transport.close()
        return True

    @property
    def _is_first(self) -> bool:
        """Nothing sent before on this connection still waits for its answer."""
        return self.cycle is None or self.cycle.response_complete

    def _cut(self, status: int) -> None:
        """Answers an unfinished head, if it began, and closes."""
        self._head_since = None
        if self.transport.is_closing():
            return
        if self._head_bytes or status != HTTPStatus.REQUEST_TIMEOUT:
            phrase = HTTPStatus(status).phrase.encode()
            head = b"HTTP/1.1 %d %b\r\n" % (status, phrase)
            self.transport.write(head + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.cycle = _Answered()  # type: ignore[assignment]
        self.transport.close()


def check_all(connections: Iterable[Any], now: float) -> None:
    """Once a second, for all connections of the process."""
    for connection in list(connections):
        if isinstance(connection, Guarded):
            connection.check(now)
