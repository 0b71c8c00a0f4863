"""The porter: lets a request in, or tells it in microseconds when to come again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gatehouse.base.errors import Overloaded
from gatehouse.observe import journal
from gatehouse.resilience.seats import Admission
from gatehouse.web import problems
from gatehouse.web.classes import class_of
from gatehouse.web.origins import Origins, Pairs
from gatehouse.web.shields import Shields

_HEAD = b"HTTP/1.1 503 Service Unavailable\r\n"


@dataclass(frozen=True, slots=True)
class Porter:
    """Asked by the connection before a request becomes one: refusing must cost next to nothing."""

    admission: Admission
    shields: Shields
    origins: Origins

    @property
    def is_crowded(self) -> bool:
        """False: nobody is refused just now."""
        room = self.admission.room
        return room.waiting > 0 or room.in_flight >= room.tide.limit

    def refusal(self, path: str, headers: Mapping[bytes, bytes]) -> bytes | None:
        """The whole answer on the wire, or None for who may come in."""
        work = class_of(path, headers)
        if not self.admission.would_refuse(work):
            return None
        error = self.admission.refusal(work)
        body = _body(error.retry_after or 1)
        pairs: Pairs = [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(error.retry_after).encode()),
            (b"x-request-id", secrets.token_hex(12).encode()),
        ]
        self.shields.add_to(pairs, path=path, status=503, is_https=False)
        self.origins.add_to(pairs, path, headers)
        lines = b"".join(b"%b: %b\r\n" % pair for pair in pairs)
        return b"%b%b\r\n%b" % (_HEAD, lines, body)


@cache
def _body(retry_after: int) -> bytes:
    """Without an instance, so that five texts are enough."""
    before = journal.request_id.set("")
    try:
        return json.dumps(problems.problem(Overloaded(retry_after=retry_after))).encode()
    finally:
        journal.request_id.reset(before)
