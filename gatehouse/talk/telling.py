"""What a turn leaves in the journal: the lines that the runbooks grep. No visitor's words."""

from __future__ import annotations

from typing import Any

from gatehouse.observe import journal
from gatehouse.observe.labels import OTHER, STATE_OF_MOVE
from gatehouse.talk.claims import Claimed
from gatehouse.talk.types import Outcome, Thread
from gatehouse.talk.wire import next_needed


def tell_lost(claimed: Claimed, trouble: Exception) -> None:
    """A turn that was thought and not stored."""
    journal.event(
        "turn_not_stored",
        level="WARNING",
        reason=type(trouble).__name__,
        **fields_of(claimed.thread),
    )


def tell_turn(claimed: Claimed, outcome: Outcome, *, total_ms: float, waited_ms: float) -> None:
    """A committed turn. `waited_ms`: from the receipt of its oldest message."""
    common = fields_of(claimed.thread)
    _tell_decision(outcome, common, total_ms=total_ms)
    if common["turn"] >= 2:
        _tell_context(claimed, common)
    if (reason := outcome.decision.pin_reason) is not None:
        told = f"re.router_pinned reason={reason}"
        journal.event("re.router_pinned", message=told, reason=reason, **common)
    if outcome.results is not None:
        _tell_search(outcome, common)
    if "search_timeout" in outcome.errors:
        told = "search timeout, using fallback"
        journal.event(
            "re.search_fallback", message=told, level="WARNING", type="search_timeout", **common
        )
    _tell_end(outcome, common["version"], waited_ms=waited_ms)


def state_of(outcome: Outcome) -> str:
    """The state of the conversation as the panels name it."""
    return STATE_OF_MOVE.get(outcome.decision.move.value, OTHER)


def intent_of(outcome: Outcome) -> str:
    """What the visitor wanted first of all."""
    return outcome.heard.intents[0].value if outcome.heard.intents else OTHER


def fields_of(thread: Thread) -> dict[str, Any]:
    """What every line about a turn says of it."""
    return {
        "version": thread.arm,
        "thread": journal.thread_hash(thread.id),
        "turn": thread.turn_no,
    }


def _tell_decision(outcome: Outcome, common: dict[str, Any], *, total_ms: float) -> None:
    needed, act = next_needed(outcome), outcome.decision.act.value
    listed = ",".join(f'"{slot}"' for slot in needed)
    journal.event(
        "re.agent.parsed",
        message=f"RE Agent: parsed act={act} next_needed=[{listed}]",
        act=act,
        next_needed=needed,
        filled_before=[slot.value for slot in outcome.filled_before],
        latency_ms=round(total_ms),
        **common,
    )


def _tell_context(claimed: Claimed, common: dict[str, Any]) -> None:
    before = 2 * claimed.thread.state.turn
    told = f"context turn={common['turn']}"
    journal.event("chat.context", message=told, messages_before=before, **common)


def _tell_search(outcome: Outcome, common: dict[str, Any]) -> None:
    ms = round(outcome.timings_ms.get("search", 0.0))
    status = "ok" if outcome.results else "empty"
    journal.event(
        "agent_step",
        message=f"agent_step state={state_of(outcome)} intent={intent_of(outcome)} "
        f"latency_ms={ms} validation_errors=0",
        step="search",
        latency_ms=ms,
        **common,
    )
    journal.event(
        "tool_execution",
        message=f"tool_execution tool=listing_search status={status} latency_ms={ms}",
        tool="listing_search",
        latency_ms=ms,
        **common,
    )


def _tell_end(outcome: Outcome, arm: str, *, waited_ms: float) -> None:
    state, intent = state_of(outcome), intent_of(outcome)
    journal.event(
        "end_to_end",
        message=f"end_to_end_latency_ms {waited_ms:.0f} state={state} intent={intent}",
        version=arm,
        value_ms=round(waited_ms),
    )
