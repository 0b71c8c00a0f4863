"""What is known of whoever writes the first message: a pass, a badge, or a robot's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from starlette.requests import HTTPConnection

from gatehouse.base.config import Settings
from gatehouse.rollout.passes import COOKIE, HEADER, Passes
from gatehouse.talk.types import ANYBODY, Entry

# What robots call themselves (Cubot makes telephones). A page's own code and plain curl are
# visitors: they may be anybody.
_ROBOT = re.compile(
    r"(?<!cu)bot(\b|_)|crawl|spider|slurp|archiver|preview|facebookexternalhit|headlesschrome"
    r"|lighthouse|uptime|pingdom|statuscake|site24x7|monitoring",
    re.IGNORECASE,
)
_HEADER, _COOKIE = HEADER.encode(), COOKIE.encode() + b"="
LONGEST_NAME = 512  # bytes of it that are looked at, and remembered
_BOT, _STAFF = Entry(traffic="bot"), Entry(traffic="staff")


@dataclass(frozen=True, slots=True)
class Entrance:
    """Looks at a request's headers alone; nothing here asks a database."""

    passes: Passes
    is_staff: Callable[[Mapping[bytes, bytes]], bool] = lambda _: False

    @classmethod
    def of(
        cls, settings: Settings, is_staff: Callable[[Mapping[bytes, bytes]], bool] = lambda _: False
    ) -> Entrance:
        """With the settings' key. `is_staff`: whether the headers show somebody of the office."""
        key = settings.canary_signing_key.get_secret_value()
        return cls(Passes(key, is_open=settings.canary_cookie_open), is_staff)

    def __call__(self, request: HTTPConnection) -> Entry:
        headers = dict(request.scope["headers"])
        if _HEADER in headers or _COOKIE in headers.get(b"cookie", b""):
            shown = self.passes.shown(request.headers.get(HEADER), request.cookies.get(COOKIE))
            if shown is not None:
                return Entry(shown.arm, shown.traffic)
        if self.is_staff(headers):
            return _STAFF
        return _BOT if is_robot(headers.get(b"user-agent", b"")) else ANYBODY


def is_robot(user_agent: bytes) -> bool:
    """Does the sender call itself a robot?"""
    return _calls_itself_robot(user_agent[:LONGEST_NAME])


@lru_cache(maxsize=512)
def _calls_itself_robot(name: bytes) -> bool:
    return _ROBOT.search(name.decode("latin-1")) is not None
