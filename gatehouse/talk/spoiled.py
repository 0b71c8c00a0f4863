"""Trouble with a model's answer: how it is counted, told to the journal and marked in the reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from gatehouse.llm.types import ModelError
from gatehouse.observe import journal, meters
from gatehouse.observe.masking import mask
from gatehouse.talk.contract import Reason, Verdict
from gatehouse.talk.degraded import Mode
from gatehouse.talk.telling import fields_of
from gatehouse.talk.veil import Veil
from gatehouse.talk.voicing import Voicing


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the reply is marked with, and its types of `re_error_total`. False: none.

    `found` goes to the ledger: how the answer kept its contract, if there was one.
    """

    mode: Mode | None = None
    errors: tuple[str, ...] = ()
    found: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.mode or self.errors)


SIMPLE_MODE = Trouble("json_contract", ("circuit_open",))  # too many broken answers of late
_BROKEN = Trouble("json_contract", ("json_contract",), {"contract": "failed"})


def of_model(failure: ModelError) -> Trouble:
    """The model is away, too slow or too expensive: simple replies, and said so."""
    is_resting = failure.kind in ("circuit_open", "busy", "budget")
    return Trouble("llm", ("circuit_open" if is_resting else "llm_call_failed",))


def of_contract(verdict: Verdict, voicing: Voicing) -> Trouble:
    """Counts the turn's answer; a visitor notices nothing of a broken one."""
    arm = voicing.thread.arm
    if verdict.answer is None:
        meters.contract_fallback_total.labels(arm=arm).inc()
        return _BROKEN
    if is_ungrounded(voicing):
        _note_ungrounded(voicing)
        meters.contract_fallback_total.labels(arm=arm).inc()
        found = {"contract": "failed", "ungrounded": True}
        return Trouble(None, ("json_contract",), found)
    kept = verdict.standing == "accepted"
    counter = meters.contract_ok_total if kept else meters.contract_repaired_total
    counter.labels(arm=arm).inc()
    if not kept:
        journal.event(
            "schema_repair",
            message=f"schema_repair reason={verdict.reason}",
            reason=verdict.reason,
            **fields_of(voicing.thread),
        )
    return Trouble(found={"contract": "ok" if kept else "repaired"})


def is_ungrounded(voicing: Voicing) -> bool:
    """Did the model state what is not known? Another language is a fault of another kind."""
    speech = voicing.speech
    return speech is not None and speech.fault is not None and speech.fault != "language"


def is_worth_repair(verdict: Verdict, voicing: Voicing) -> bool:
    return verdict.may_ask_again and not voicing.has_spoken


def note(verdict: Verdict, text: str, voicing: Voicing) -> None:
    """One answer was read. What fails the contract counts even if it is repaired afterwards."""
    arm = voicing.thread.arm
    voicing.broken = text
    meters.re_json_parse_attempts_total.labels(arm=arm).inc()
    if verdict.reason is not None:
        _note_failed(verdict.reason, verdict.field, text, voicing)


def _note_failed(reason: Reason, field: str | None, text: str, voicing: Voicing) -> None:
    meters.re_json_parse_fail_total.labels(arm=voicing.thread.arm, reason=reason).inc()
    journal.event(
        "re.json_parse_failed",
        message="JSON parsing failed",
        level="WARNING",
        reason=reason,
        field=field,
        raw_sha256=sha256(text.encode("utf-8", "replace")).hexdigest(),
        **_quoted(text, voicing),
        **fields_of(voicing.thread),
    )


def _quoted(text: str, voicing: Voicing) -> dict[str, str]:
    if not journal.tells_raw_responses():
        return {}
    return {"raw_response": mask(Veil(voicing.listened.state.contact).hide(text[:2000]))}


def _note_ungrounded(voicing: Voicing) -> None:
    meters.llm_ungrounded_total.labels(arm=voicing.thread.arm).inc()
    fault = voicing.speech.fault if voicing.speech else None
    _note_failed("ungrounded", fault, voicing.broken, voicing)
