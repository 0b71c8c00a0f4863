"""The porter: lets a request in, or tells it in microseconds when to come again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus

from gatehouse.base.errors import GatehouseError, Overloaded, QuotaExceeded
from gatehouse.observe import journal, meters
from gatehouse.resilience.hammering import Hammering, credential_of
from gatehouse.resilience.seats import Admission
from gatehouse.web import problems
from gatehouse.web.classes import Headers, class_of, nobody
from gatehouse.web.origins import Origins, Pairs
from gatehouse.web.shields import Shields

MESSAGES = frozenset({"/api/chat/ask", "/api/chat/stream"})  # what the quotas count


@dataclass(frozen=True, slots=True)
class Porter:
    """Asked by the connection before a request becomes one: refusing must cost next to nothing."""

    admission: Admission
    shields: Shields
    origins: Origins
    hammering: Hammering = field(default_factory=Hammering)
    is_staff: Callable[[Headers], bool] = nobody
    _kept: dict[tuple[str, bytes, int, str], tuple[bytes, bytes]] = field(default_factory=dict)

    @property
    def is_watchful(self) -> bool:
        """False: nobody is refused just now."""
        room = self.admission.room
        is_crowded = room.waiting > 0 or room.in_flight >= room.tide.limit
        return is_crowded or self.hammering.is_heard

    def refusal(self, path: str, headers: Mapping[bytes, bytes]) -> bytes | None:
        """The whole answer on the wire, or None for who may come in."""
        if path in MESSAGES and self.hammering.is_heard:
            told = self.hammering.refusal(credential_of(headers))
            if told is not None:
                return self._too_often(path, headers, told)
        work = class_of(path, headers, is_staff=self.is_staff)
        if not self.admission.would_refuse(work):
            return None
        seconds = self.admission.refusal(work).retry_after or 1
        return self._answer(path, headers, seconds=seconds)

    def _too_often(self, path: str, headers: Mapping[bytes, bytes], told: tuple[str, int]) -> bytes:
        policy, seconds = told
        meters.rate_limited_total.labels(key=policy).inc()
        return self._answer(path, headers, seconds=seconds, policy=policy)

    def _answer(
        self, path: str, headers: Mapping[bytes, bytes], *, seconds: int, policy: str = ""
    ) -> bytes:
        """429 by a quota's name, 503 without."""
        origin = headers.get(b"origin", b"")
        if origin not in self.origins.allowed:
            origin = b""
        known = path, origin, seconds, policy
        parts = self._kept.get(known) or self._compose(path, origin, seconds=seconds, policy=policy)
        if path in MESSAGES:  # few: nobody fills our memory with paths of their own
            self._kept[known] = parts
        return b"%b%b%b" % (parts[0], secrets.token_hex(12).encode(), parts[1])

    def _compose(
        self, path: str, origin: bytes, *, seconds: int, policy: str
    ) -> tuple[bytes, bytes]:
        """What comes before and after the request's id."""
        status = (QuotaExceeded if policy else Overloaded).status
        body = _body(seconds, policy)
        pairs: Pairs = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"retry-after", b"%d" % seconds),
        ]
        if policy:
            pairs.append((b"ratelimit", f'"{policy}";r=0;t={seconds}'.encode()))
        self.shields.add_to(pairs, path=path, status=status, is_https=False)
        self.origins.add_to(pairs, path, {b"origin": origin})
        lines = b"".join([b"%b: %b\r\n" % pair for pair in pairs])
        return b"%b%bx-request-id: " % (_status_line(status), lines), b"\r\n\r\n" + body


@cache
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()


@cache
def _body(retry_after: int, policy: str) -> bytes:
    """Without an instance, so that a text for each number of seconds is enough."""
    before = journal.request_id.set("")
    try:
        error: GatehouseError = Overloaded(retry_after=retry_after)
        if policy:
            error = QuotaExceeded(retry_after=retry_after, policy=policy)
        return json.dumps(problems.problem(error)).encode()
    finally:
        journal.request_id.reset(before)
