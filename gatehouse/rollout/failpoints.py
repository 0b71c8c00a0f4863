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
    """LAB=1 FAILPOINT=rollout.after_write:kill ends the process there by SIGKILL."""
    name, _, act = os.environ.get("FAILPOINT", "").partition(":")
    for place in PLACES:
        if name == f"rollout.{place}" and act.startswith("kill"):
            armed[place] = lambda: os.kill(os.getpid(), signal.SIGKILL)


if os.environ.get("LAB") == "1":
    _arm_from_environment()
