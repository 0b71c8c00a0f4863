"""The same dialogues in the words of a paraphrased schema: slots and intents by their position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gatehouse.ops.evaluation.sources import EvaluationError
from gatehouse.understanding.tracking.schema import Schema

_VALUED = ("slot_values", "parameters")  # mappings from slot to value


def renaming(original: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    """Every name of the original schema to its paraphrase. Raises EvaluationError."""
    names: dict[str, str] = {}
    for part in ("slots", "intents"):
        before, after = original[part], other[part]
        if len(before) != len(after):
            raise EvaluationError(f"the two schemas have not the same number of {part}")
        names |= {old["name"]: new["name"] for old, new in zip(before, after, strict=True)}
    return names


def renamed(dialogue: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A dialogue whose annotations, acts and calls use the other names; texts stay."""
    return {**dialogue, "turns": [_turn(turn, names) for turn in dialogue["turns"]]}


def _turn(turn: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    frame = turn.get("homes")
    return {**turn, "homes": _frame(frame, names)} if frame else dict(turn)


def _frame(frame: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    new = dict(frame)
    for key in _VALUED:
        if key in new:
            new[key] = _keys(new[key], names)
    if "active_intent" in new:
        new["active_intent"] = names.get(new["active_intent"], new["active_intent"])
    if "requested_slots" in new:
        new["requested_slots"] = [names.get(slot, slot) for slot in new["requested_slots"]]
    if "acts" in new:
        new["acts"] = [_act(act, names) for act in new["acts"]]
    if call := new.get("service_call"):
        new["service_call"] = {
            "method": names.get(call.get("method", ""), call.get("method", "")),
            "parameters": _keys(call.get("parameters") or {}, names),
        }
    if results := new.get("service_results"):
        new["service_results"] = [_keys(result, names) for result in results]
    return new


def _act(act: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    values = [names.get(v, v) if act.get("slot") == "intent" else v for v in act.get("values", ())]
    slot = act.get("slot", "")
    return {**act, "slot": names.get(slot, slot), "values": values}


def _keys(found: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in found.items()}


def agreement(schemas: Sequence[Schema]) -> tuple[int, int]:
    """How many slots and intents of the others have the role of the first's, and of how many."""
    first, *others = schemas
    right = total = 0
    for other in others:
        pairs = list(zip(first.slots, other.slots, strict=True))
        right += sum(a.role == b.role and a.role is not None for a, b in pairs)
        right += sum(role in other.intents for role in first.intents)
        total += len(pairs) + len(first.intents)
    return right, total
