"""Signed passes: who shows one chooses an arm, or says that they are no visitor."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, cast

from gatehouse.base.clock import SystemClock
from gatehouse.base.errors import BadInput, Misconfigured
from gatehouse.rollout.types import Arm, Traffic

HEADER: Final = "x-gatehouse-canary"
COOKIE: Final = "canary"
OPEN_VALUE: Final = "enabled"  # counts only where CANARY_COOKIE_OPEN lets everybody choose
LONGEST_SECONDS: Final = 30 * 24 * 3600
_FORM = re.compile(
    r"(canary|stable|any)\.(visitor|staff|soak|bot)\.([0-9]{1,11})\.([A-Za-z0-9_-]{43})"
)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a valid pass says. `until`: seconds since 1970. No arm: it is drawn as for anybody."""

    arm: Arm | None
    traffic: Traffic
    until: int


@dataclass(frozen=True)
class Passes:
    """Makes passes and knows its own. Without a key it makes none and knows none."""

    key: str = field(repr=False)
    is_open: bool = False
    now: Callable[[], float] = field(default=lambda: SystemClock().now().timestamp(), repr=False)

    def make(self, arm: Arm | None, traffic: Traffic = "staff", *, seconds: float) -> str:
        """For the header or the cookie. Raises Misconfigured (no key), BadInput (the time)."""
        if not self.key:
            raise Misconfigured("CANARY_SIGNING_KEY is empty: no pass can be signed")
        if not 0 < seconds <= LONGEST_SECONDS:
            raise BadInput(f"A pass lasts more than 0 and at most {LONGEST_SECONDS} seconds.")
        words = f"{arm or 'any'}.{traffic}.{int(self.now() + seconds)}"
        return f"{words}.{self._seal(words)}"

    def check(self, text: str) -> Pass | None:
        """None: not of our making, altered, over, or for longer than a pass may last."""
        if not self.key or (match := _FORM.fullmatch(text)) is None:
            return None
        arm, traffic, until, seal = match.groups()
        if not hmac.compare_digest(seal, self._seal(f"{arm}.{traffic}.{until}")):
            return None
        if not 0 < int(until) - self.now() <= LONGEST_SECONDS:
            return None
        forced = None if arm == "any" else cast(Arm, arm)
        return Pass(forced, cast(Traffic, traffic), int(until))

    def shown(self, header: str | None, cookie: str | None) -> Pass | None:
        """The header counts before the cookie; what is not valid counts as not shown."""
        if header and (found := self.check(header)) is not None:
            return found
        if not cookie:
            return None
        if self.is_open and cookie == OPEN_VALUE:
            return Pass("canary", "visitor", 0)
        return self.check(cookie)

    def _seal(self, words: str) -> str:
        digest = hmac.digest(self._secret, words.encode(), "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    @cached_property
    def _secret(self) -> bytes:
        """Of the key for this purpose alone."""
        return hashlib.sha256(b"gatehouse canary pass\0" + self.key.encode()).digest()
