"""What a committed turn leaves in the metrics."""

from __future__ import annotations

import time

from gatehouse.base.errors import LostLease
from gatehouse.observe import meters
from gatehouse.talk.claims import Accepted, Claimed
from gatehouse.talk.committing import Written
from gatehouse.talk.findings import has_lost_context, is_reask
from gatehouse.talk.telling import intent_of, state_of, tell_lost, tell_turn
from gatehouse.talk.telling_safety import tell_disclosed
from gatehouse.talk.types import Act, Outcome
from gatehouse.understanding.state import required_open

_STEPS = ("understand", "decide", "search", "render")


def note_accepted(accepted: Accepted, arm: str = "stable") -> None:
    """A message was stored; the first one begins a conversation."""
    if accepted.is_first:
        meters.re_sessions_started_total.labels(arm=arm).inc()


def note_lost(claimed: Claimed, trouble: Exception) -> None:
    """A turn of ours was not stored: somebody else has the conversation, or nobody can store."""
    if isinstance(trouble, LostLease):
        meters.checkpointer_errors_total.labels(operation="aput", kind="lost_lease").inc()
    tell_lost(claimed, trouble)


def note_turn(claimed: Claimed, outcome: Outcome, written: Written, *, handler: str) -> None:
    """One committed turn."""
    total_ms = (time.monotonic() - claimed.claimed_at) * 1000
    waited_ms = max(0.0, (time.time() - claimed.received_at) * 1000)
    _count(claimed, outcome, total_ms=total_ms, handler=handler)
    _count_steps(outcome, commit_ms=total_ms - written.values["ledger_total_ms"])
    _count_trouble(claimed, outcome)
    _count_funnel(claimed, outcome)
    _count_assigned(claimed)
    _count_end(outcome, waited_ms)
    tell_disclosed(claimed.thread, outcome)
    tell_turn(claimed, outcome, total_ms=total_ms, waited_ms=waited_ms)


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
    if is_reask(outcome):
        meters.re_slot_reask_total.labels(arm=arm).inc()
    if claimed.thread.turn_no >= 2:
        is_lost = has_lost_context(claimed.thread)
        meters.chat_context_turns_total.labels(result="lost" if is_lost else "ok").inc()
        if is_lost:
            meters.conversation_state_loss_total.labels(arm=arm).inc()


def _count_funnel(claimed: Claimed, outcome: Outcome) -> None:
    """The turn that fills the last required slot, and the first cards after that."""
    if outcome.decision.act is not Act.SEARCH_AND_RECOMMEND:
        return
    arm, before = claimed.thread.arm, claimed.thread.state
    if required_open(before) and not required_open(outcome.state):
        meters.re_sessions_slots_complete_total.labels(arm=arm).inc()
    if outcome.reply.cards and not before.shown:
        meters.re_sessions_converted_total.labels(arm=arm).inc()


def _count_assigned(claimed: Claimed) -> None:
    pin = claimed.thread.pin
    if pin is not None and claimed.thread.turn_no == 1:
        meters.assignment_total.labels(arm=pin.arm, reason=pin.reason).inc()


def _count_end(outcome: Outcome, waited_ms: float) -> None:
    labels = {"state": state_of(outcome), "intent": intent_of(outcome)}
    meters.end_to_end_latency_ms.labels(**labels).observe(waited_ms)
