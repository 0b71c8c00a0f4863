"""Who goes on asking after having been told, time and again, when to come again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from gatehouse.base.clock import Clock, SystemClock

PATIENCE = 5  # refusals of one waiting time; a page that counts the seconds earns one
KEYS_KEPT = 10_000


@dataclass(slots=True)
class Told:
    """A refusal that was given: by which quota, until when, and how often."""

    policy: str
    until: float
    times: int = 0


@dataclass(slots=True)
class Hammering:
    """Refusals of this process by credential, so that the connection can repeat them itself.

    Nobody is refused for longer than the rate limit said, or is held back before PATIENCE.
    """

    clock: Clock = field(default_factory=SystemClock)
    most: int = KEYS_KEPT
    _told: OrderedDict[bytes, Told] = field(default_factory=OrderedDict)
    _until: float = float("-inf")  # of the last key that hammers

    @property
    def is_heard(self) -> bool:
        """Does anybody hammer just now?"""
        return self.clock.monotonic() < self._until

    def note(self, key: bytes, policy: str, *, seconds: float) -> None:
        """A quota has refused this key for so long. An empty key is nobody's."""
        if not key:
            return
        now = self.clock.monotonic()
        told = self._told.get(key)
        if told is None or told.until <= now:
            told = self._told[key] = Told(policy, now)
            self._told.move_to_end(key)
        told.policy, told.until, told.times = policy, now + seconds, told.times + 1
        if told.times >= PATIENCE:
            self._until = max(self._until, told.until)
        if len(self._told) > self.most:
            self._told.popitem(last=False)

    def refusal(self, key: bytes) -> tuple[str, int] | None:
        """The quota and the whole seconds that are left, for a key that hammers."""
        told = self._told.get(key)
        if told is None or told.times < PATIENCE:
            return None
        left = told.until - self.clock.monotonic()
        return (told.policy, ceil(left)) if left > 0 else None


def credential_of(headers: Mapping[bytes, bytes]) -> bytes:
    """What a visitor shows, unchecked: a key that can only stand for who sends the same."""
    return headers.get(b"authorization") or headers.get(b"cookie", b"")
