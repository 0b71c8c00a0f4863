"""Places where a test may kill this process, and deliberate faults. Inert unless LAB=1."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Literal

Place = Literal[
    "before_inbox_commit",
    "after_inbox_commit",
    "before_ack",
    "after_claim",
    "after_llm",
    "before_turn_commit",
    "after_turn_commit",
]
Mutant = Literal[
    "ack_before_insert", "no_unique", "no_claim", "forget", "no_shedding", "no_guard",
    "no_label", "no_word", "deaf", "open_limits", "no_push", "never_follows", "never_stale",
]  # fmt: skip

IS_LAB = os.environ.get("LAB") == "1"
_MUTANT = os.environ.get("MUTANT", "") if IS_LAB else ""
_ARMED, _, _REST = (os.environ.get("FAILPOINT", "") if IS_LAB else "").partition(":")
_NTH = int(_REST.partition(":")[2] or 1) if _ARMED else 0
_reached = 0
# How much longer every turn thinks, so that many are under way at once.
THINK_SECONDS = float(os.environ.get("LAB_THINK_MS", "0")) / 1000 if IS_LAB else 0.0
# How much longer every turn computes: makes this machine as slow as a test needs it.
WORK_SECONDS = float(os.environ.get("LAB_WORK_MS", "0")) / 1000 if IS_LAB else 0.0


def is_mutant(name: Mutant) -> bool:
    """Is this deliberate fault switched on (a negative control)?"""
    return name == _MUTANT


async def compute() -> None:
    """Uses the processor for WORK_SECONDS, in steps of a millisecond as a turn does."""
    for _ in range(round(WORK_SECONDS * 1000)):
        until = time.thread_time() + 0.001
        while time.thread_time() < until:
            pass
        await asyncio.sleep(0)


def reach(place: Place) -> None:
    """Ends the process by SIGKILL at the nth visit of the armed place; else costs a comparison."""
    global _reached
    if place != _ARMED:
        return
    _reached += 1
    if _reached == _NTH and _REST.startswith("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
