"""What the ledger keeps of a turn so that whole conversations can be judged by it later."""

from __future__ import annotations

from typing import Any

from gatehouse.talk.types import Act, Outcome, Thread
from gatehouse.understanding.state import required_open


def findings(thread: Thread, outcome: Outcome) -> dict[str, Any]:
    """Codes and numbers only. What is false or did not happen is left out."""
    found: dict[str, Any] = {}
    if not required_open(outcome.state):
        found["slots_complete"] = True
    if is_reask(outcome):
        found["reask"] = True
    if has_lost_context(thread):
        found["lost"] = True
    if (ms := outcome.timings_ms.get("model")) is not None:
        found["model_ms"] = round(ms, 3)
    if outcome.is_cached is not None:
        found["cached"] = outcome.is_cached
    return outcome.extra | found


def is_reask(outcome: Outcome) -> bool:
    """Was a slot asked that was filled before?"""
    decision = outcome.decision
    return decision.act is Act.ASK_SLOT and decision.ask in outcome.filled_before


def has_lost_context(thread: Thread) -> bool:
    """From the second turn on: is what was known not that of the turn before?"""
    return thread.turn_no >= 2 and thread.state.turn != thread.turn_no - 1
