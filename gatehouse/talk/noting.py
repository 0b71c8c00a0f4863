"""What a committed turn leaves in the metrics and in the journal. No visitor's words."""

from __future__ import annotations

import time

from gatehouse.observe import journal, meters
from gatehouse.observe.labels import OTHER, STATE_OF_MOVE
from gatehouse.talk.claims import Accepted, Claimed
from gatehouse.talk.committing import Written
from gatehouse.talk.types import Act, Outcome
from gatehouse.talk.wire import next_needed

_STEPS = ("understand", "decide", "search", "render")
_REQUIRED = ("location", "budget", "rental_type")


def note_accepted(accepted: Accepted, arm: str = "stable") -> None:
    """A message was stored; the first one begins a conversation."""
    if accepted.is_first:
        meters.re_sessions_started_total.labels(arm=arm).inc()


def note_lost(claimed: Claimed, trouble: Exception) -> None:
    """A turn of ours was not stored: somebody else has the conversation, or nobody can store."""
    meters.checkpointer_errors_total.labels(
        operation="aput",
        kind="lost_lease" if trouble.__class__.__name__ == "LostLease" else "unavailable",
    ).inc()
    journal.event(
        "turn_not_stored",
        level="WARNING",
        reason=type(trouble).__name__,
        thread=journal.thread_hash(claimed.thread.id),
        turn=claimed.thread.turn_no,
    )


def note_turn(claimed: Claimed, outcome: Outcome, written: Written, *, handler: str) -> None:
    """One committed turn."""
    total_ms = (time.monotonic() - claimed.claimed_at) * 1000
    waited_ms = max(0.0, (time.time() - claimed.received_at) * 1000)
    _count(claimed, outcome, total_ms=total_ms, handler=handler)
    _count_steps(outcome, commit_ms=total_ms - written.values["ledger_total_ms"])
    _count_trouble(claimed, outcome)
    _tell(claimed, outcome, total_ms=total_ms, waited_ms=waited_ms)


def _count(claimed: Claimed, outcome: Outcome, *, total_ms: float, handler: str) -> None:
    arm = claimed.thread.arm
    decision = outcome.decision
    meters.re_turn_total_ms.labels(arm=arm, handler=handler).observe(total_ms)
    meters.re_agent_act_total.labels(act=decision.act.value, arm=arm).inc()
    for card in outcome.reply.cards:
        variant = str(card.get("variant", "long_term"))
        meters.re_card_emitted_total.labels(variant=variant, arm=arm).inc()
    if decision.pin_reason is not None:
        meters.re_router_pinned_total.labels(reason=decision.pin_reason).inc()
    if decision.act is Act.ESCALATE and decision.to_domain is not None:
        meters.re_handoff_total.labels(to_domain=decision.to_domain).inc()
    if claimed.is_recomputed:
        meters.turn_recomputed_total.inc()


def _count_steps(outcome: Outcome, *, commit_ms: float) -> None:
    for step in _STEPS:
        if (ms := outcome.timings_ms.get(step)) is not None:
            meters.agent_step_total.labels(step=step).inc()
            meters.agent_step_latency_ms.labels(step=step).observe(ms)
    meters.agent_step_total.labels(step="commit").inc()
    meters.agent_step_latency_ms.labels(step="commit").observe(commit_ms)


def _count_trouble(claimed: Claimed, outcome: Outcome) -> None:
    arm = claimed.thread.arm
    for error in outcome.errors:
        meters.re_error_total.labels(type=error, arm=arm).inc()
    if _is_reask(outcome):
        meters.re_slot_reask_total.labels(arm=arm).inc()
    if claimed.thread.turn_no >= 2:
        has_context = claimed.thread.state.turn == claimed.thread.turn_no - 1
        meters.chat_context_turns_total.labels(result="ok" if has_context else "lost").inc()
        if not has_context:
            meters.conversation_state_loss_total.labels(arm=arm).inc()


def _is_reask(outcome: Outcome) -> bool:
    decision = outcome.decision
    return decision.act is Act.ASK_SLOT and decision.ask in outcome.filled_before


def _tell(claimed: Claimed, outcome: Outcome, *, total_ms: float, waited_ms: float) -> None:
    turn, arm = claimed.thread.turn_no, claimed.thread.arm
    thread = journal.thread_hash(claimed.thread.id)
    needed = next_needed(outcome)
    journal.event(
        "re.agent.parsed",
        message=_parsed(outcome, needed),
        version=arm,
        thread=thread,
        turn=turn,
        act=outcome.decision.act.value,
        next_needed=needed,
        filled_before=[slot.value for slot in outcome.filled_before],
        latency_ms=round(total_ms),
    )
    if turn >= 2:
        journal.event(
            "chat.context",
            message=f"context turn={turn}",
            version=arm,
            thread=thread,
            turn=turn,
            messages_before=2 * claimed.thread.state.turn,
        )
    _tell_end(outcome, arm, waited_ms=waited_ms)
    if outcome.decision.pin_reason is not None:
        reason = outcome.decision.pin_reason
        journal.event(
            "re.router_pinned",
            message=f"re.router_pinned reason={reason}",
            version=arm,
            reason=reason,
            thread=thread,
            turn=turn,
        )


def _tell_end(outcome: Outcome, arm: str, *, waited_ms: float) -> None:
    state = STATE_OF_MOVE.get(outcome.decision.move.value, OTHER)
    intent = outcome.heard.intents[0].value if outcome.heard.intents else OTHER
    meters.end_to_end_latency_ms.labels(state=state, intent=intent).observe(waited_ms)
    journal.event(
        "end_to_end",
        message=f"end_to_end_latency_ms {waited_ms:.0f} state={state} intent={intent}",
        version=arm,
        value_ms=round(waited_ms),
    )


def _parsed(outcome: Outcome, needed: list[str]) -> str:
    listed = ",".join(f'"{slot}"' for slot in needed)
    return f"RE Agent: parsed act={outcome.decision.act.value} next_needed=[{listed}]"
