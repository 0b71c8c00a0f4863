"""System turns from what a product knows of itself: its own acts and the calls it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gatehouse.understanding.tracking.scene import Act, Reply
from gatehouse.understanding.tracking.schema import Schema, role_of_words

_ACTS: Mapping[str, Act] = {
    "REQUEST": Act.ASK,
    "OFFER": Act.OFFER,
    "INFORM": Act.TELL,
    "CONFIRM": Act.CONFIRM,
    "OFFER_INTENT": Act.OFFER_VISIT,
    "NOTIFY_SUCCESS": Act.BOOKED,
    "NOTIFY_FAILURE": Act.FAILED,
    "REQ_MORE": Act.ASK_MORE,
    "GOODBYE": Act.GOODBYE,
}


def reply_from_acts(text: str, frame: Mapping[str, Any], schema: Schema) -> Reply:
    """The reply that these acts and this call make; names that the schema lacks are guessed."""
    acts: Sequence[Mapping[str, Any]] = frame.get("acts") or ()
    confirmed = _proposed(acts, schema) | _said(acts, "CONFIRM", schema)
    offered = _said(acts, "OFFER", schema).get("name")
    asked = [_role(a.get("slot") or "", schema) for a in acts if a.get("act") == "REQUEST"]
    call = frame.get("service_call") or {}
    is_search = call.get("method") != schema.intents.get("visit")
    searched = {
        role: str(value)
        for name, value in (call.get("parameters") or {}).items()
        if is_search and (role := _role(name, schema))
    }
    return Reply(
        acts=frozenset(_ACTS[a["act"]] for a in acts if a.get("act") in _ACTS),
        asked=tuple(role for role in asked if role),
        offered=offered,
        confirmed=confirmed,
        searched=searched,
        text=text,
    )


def _proposed(acts: Sequence[Mapping[str, Any]], schema: Schema) -> dict[str, str]:
    """ "Would March 4th suit you?" asks for a day and names one."""
    asked = _said(acts, "REQUEST", schema)
    return {role: value for role, value in asked.items() if role == "visit_date"}


def _said(acts: Sequence[Mapping[str, Any]], kind: str, schema: Schema) -> dict[str, str]:
    return {
        role: str(act["values"][0])
        for act in acts
        if act.get("act") == kind and act.get("values")
        if (role := _role(act.get("slot") or "", schema))
    }


def _role(name: str, schema: Schema) -> str | None:
    return schema.role(name) or role_of_words(name)
