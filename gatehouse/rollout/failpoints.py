"""Places where a test may stop the controller between two writes. Inert unless a test arms one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Final, Literal

Place = Literal[
    "before_write",
    "after_write",
    "after_pointer",
    "after_audit",
    "after_notices",
    "before_commit",
    "after_commit",
    "before_judgements",
    "after_judgement",
    "after_judgements",
    "after_claim",
    "after_send",
]
PLACES: Final[tuple[Place, ...]] = Place.__args__  # type: ignore[attr-defined]
armed: dict[Place, Callable[[], None]] = {}


def reach(place: Place) -> None:
    """Does what the place is armed with; costs one look-up."""
    if act := armed.get(place):
        act()


def _arm_from_environment() -> None:
    """LAB=1 FAILPOINT=rollout.after_write:kill:3 ends the process at the third visit there."""
    name, _, rest = os.environ.get("FAILPOINT", "").partition(":")
    act, _, visits = rest.partition(":")
    for place in PLACES:
        if name == f"rollout.{place}" and act == "kill":
            armed[place] = _Killing(int(visits or 1))


class _Killing:
    """SIGKILL at the nth call."""

    def __init__(self, visits: int) -> None:
        self._left = visits

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


if os.environ.get("LAB") == "1":
    _arm_from_environment()
