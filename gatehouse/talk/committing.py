"""What one turn writes: the values of the commit statement, computed before the visit."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from gatehouse.observe import ledger
from gatehouse.talk.claims import Claimed, Row
from gatehouse.talk.debts import Debt
from gatehouse.talk.findings import findings
from gatehouse.talk.stored_state import encode
from gatehouse.talk.types import Move, Outcome, Pin, Thread
from gatehouse.talk.wire import promises_more, reply_json, slots_view, to_json
from gatehouse.understanding.types import DialogueState


@dataclass(frozen=True, slots=True)
class Written:
    """A turn ready to be committed."""

    turn_id: UUID
    reply: str
    values: Row
    has_effects: bool
    debt: Debt = "keep"


def write_down(claimed: Claimed, outcome: Outcome, *, handler: str) -> Written:
    """Raises TypeError or ValueError if the outcome has a value that JSON cannot hold."""
    turn_id, debt = uuid4(), debt_of(claimed.thread, outcome)
    is_owed = debt == "owe" or (debt == "keep" and claimed.thread.state.is_owed)
    slots = slots_view(outcome.state)
    reply = reply_json(claimed, outcome, turn_id=turn_id, slots=slots)
    messages, decision = claimed.thread.messages, outcome.decision
    pin = claimed.thread.pin or Pin(claimed.thread.arm, claimed.version)
    values: dict[str, Any] = {
        "turn": turn_id,
        "state": to_json(encode(_kept(claimed, outcome, is_owed=is_owed))),
        "first_seq": messages[0].seq,
        "last_seq": messages[-1].seq,
        "act": decision.act.value,
        "move": decision.move.value,
        "language": outcome.heard.language,
        "arm": claimed.thread.arm,
        "pinned_arm": pin.arm,
        "pinned_version": pin.version,
        "reply": reply,
        "slots": to_json(slots),
    }
    if claimed.thread.turn_no == 1:
        values |= _drawn(pin)
    if outcome.effects:
        values["kinds"] = [effect.kind for effect in outcome.effects]
        values["payloads"] = [to_json(effect.payload) for effect in outcome.effects]
    values.update(ledger.params(_ledger_row(claimed, outcome, turn_id=turn_id, handler=handler)))
    return Written(turn_id, reply, values, bool(outcome.effects), debt)


def _drawn(pin: Pin) -> Row:
    """What the first turn was assigned, and why."""
    return {
        "rollout_id": pin.rollout_id,
        "bucket": pin.bucket,
        "share": pin.share,
        "step": pin.step,
        "hash_version": pin.hash_version,
        "assign_reason": pin.reason,
    }


def debt_of(thread: Thread, outcome: Outcome) -> Debt:
    """What the turn does about a promised search: makes it, or settles one by other means."""
    if promises_more(outcome):
        return "owe"
    if not thread.state.is_owed:
        return "keep"
    has_begun_anew = not outcome.state.is_owed
    has_searched = outcome.results is not None and "search" not in outcome.reply.degraded
    return "settle" if has_begun_anew or has_searched else "keep"


def _kept(claimed: Claimed, outcome: Outcome, *, is_owed: bool) -> DialogueState:
    """A stretch in short form ends with the first reply in a model's words, not with a reply that
    needed none."""
    modes = outcome.reply.degraded
    if "llm" in claimed.thread.state.modes and outcome.tier == "regular" and "llm" not in modes:
        modes = ("llm", *modes)
    return replace(outcome.state, modes=modes, is_owed=is_owed)


def _ledger_row(
    claimed: Claimed, outcome: Outcome, *, turn_id: UUID, handler: str
) -> ledger.LedgerRow:
    thread, spent = claimed.thread, outcome.timings_ms
    total_ms = (time.monotonic() - claimed.claimed_at) * 1000
    now = time.time()
    return ledger.LedgerRow(
        turn_id=turn_id,
        conversation_id=thread.id,
        turn_no=thread.turn_no,
        received_at=datetime.fromtimestamp(claimed.received_at, UTC),
        claimed_at=datetime.fromtimestamp(now - total_ms / 1000, UTC),
        act=outcome.decision.act.value,
        move=outcome.decision.move.value,
        language=outcome.heard.language,
        arm=thread.arm,
        handler=handler,
        version=claimed.version,
        accept_ms=claimed.accept_ms,
        understand_ms=spent.get("understand"),
        decide_ms=spent.get("decide"),
        search_ms=spent.get("search"),
        render_ms=spent.get("render"),
        total_ms=total_ms,
        results=outcome.results,
        cards=len(outcome.reply.cards),
        messages=len(thread.messages),
        tokens_in=outcome.tokens_in,
        tokens_out=outcome.tokens_out,
        degraded=outcome.reply.degraded,
        errors=outcome.errors,
        outcome=_ending(outcome),
        is_recomputed=claimed.is_recomputed,
        extra=findings(thread, outcome),
    )


def _ending(outcome: Outcome) -> ledger.Ending:
    if outcome.reply.degraded:
        return "failed" if outcome.decision.move is Move.TROUBLE else "degraded"
    return "replied"
