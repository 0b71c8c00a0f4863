"""Dialogues of the Schema-Guided set: read, and followed turn by turn without annotations."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gatehouse.ops.evaluation.sgd_score import Frame
from gatehouse.ops.evaluation.sources import (
    EvaluationError,
    Fields,
    checked,
    read_json,
    read_json_lines,
    read_text,
)
from gatehouse.understanding.tracking.acts import reply_from_acts
from gatehouse.understanding.tracking.english import English
from gatehouse.understanding.tracking.intents import NO_INTENT
from gatehouse.understanding.tracking.names import PlaceNames
from gatehouse.understanding.tracking.scene import Reply
from gatehouse.understanding.tracking.schema import Schema, read_schema
from gatehouse.understanding.tracking.tracker import Tracked, Tracker

Context = Literal["text", "acts"]
Part = Literal["all", "develop", "held-out"]
PARTS: tuple[Part, ...] = ("all", "develop", "held-out")
_HELD_OUT_OF = 3  # one dialogue in three
_FRAME: Fields = {
    "slot_values": dict,
    "active_intent": str,
    "requested_slots": list,
    "acts": list,
    "service_call": dict,
}


@dataclass(frozen=True, slots=True)
class Predicted:
    """One user turn: what we say, and what is right where the file tells."""

    dialogue: str
    turn: int
    said: Frame
    gold: Frame | None


def read_dialogues(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """All dialogues of the files. Raises EvaluationError."""
    found = [(path, record) for path in paths for record in read_json_lines(path, {"turns": list})]
    if not found:
        raise EvaluationError("the files hold no dialogues")
    for path, record in found:
        for at, turn in enumerate(record["turns"]):
            _check_turn(turn, f"{path}, turn {at} of dialogue {record.get('id')},")
    return [record for _, record in found]


def _check_turn(turn: object, where: str) -> None:
    """What is followed and judged must be there; what is not annotated may be missing."""
    homes = checked(turn, where, {}).get("homes") or {}
    checked(homes, f"{where} in `homes`", {})
    for name, wanted in _FRAME.items():
        if homes.get(name) is not None:
            checked(homes, f"{where} in `homes`", {name: wanted})
    for act in homes.get("acts") or ():
        values = checked(act, f"{where} in `acts`", {}).get("values")
        if values is not None and not isinstance(values, list):
            raise EvaluationError(f"{where} has `values` of an act that are no list")
    calls = homes.get("service_call") or {}
    if calls.get("parameters") is not None:
        checked(calls, f"{where} in `service_call`", {"parameters": dict})


def of_part(dialogues: Sequence[dict[str, Any]], part: Part) -> list[dict[str, Any]]:
    """The dialogues of one part; which one a dialogue falls into hangs on its name alone."""
    wanted = {"all": (True, False), "develop": (False,), "held-out": (True,)}[part]
    return [d for d in dialogues if is_held_out(name_of(d)) in wanted]


def is_held_out(name: str) -> bool:
    """Is the dialogue of this name among the third that rules are not made from?"""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % _HELD_OUT_OF == 0


def name_of(dialogue: Mapping[str, Any]) -> str:
    """The name of a dialogue, "" if it has none."""
    return str(dialogue.get("id") or dialogue.get("dialogue_id") or "")


def service_of(path: Path) -> Mapping[str, Any]:
    """The one service that a schema file describes. Raises EvaluationError."""
    described = read_json(path)
    found = described[0] if isinstance(described, list) and described else described
    if not isinstance(found, dict) or not {"slots", "intents", "service_name"} <= found.keys():
        raise EvaluationError(f"{path} describes no service")
    return found


def read_service(path: Path) -> Schema:
    """The same, with the roles of its slots. Raises EvaluationError."""
    try:
        return read_schema(service_of(path))
    except (KeyError, TypeError, AttributeError) as trouble:
        raise EvaluationError(f"{path} is no schema: {trouble!r}") from trouble


def follow(
    dialogue: Mapping[str, Any],
    schema: Schema,
    *,
    english: English,
    context: Context,
    places: PlaceNames,
) -> Iterator[Predicted]:
    """One prediction for each user turn with a `homes` key; gold is copied, never looked at."""
    tracker = Tracker(schema, english, places)
    name = name_of(dialogue)
    for at, turn in enumerate(dialogue["turns"]):
        text = str(turn.get("utterance") or "")
        if turn.get("speaker") != "USER":
            _tell(tracker, turn, text, context=context)
        elif "homes" not in turn:
            tracker.overhear(text)
        else:
            said = as_frame(tracker.hear_user(text), schema)
            yield Predicted(name, at, said, gold_frame(turn["homes"]))


def _tell(tracker: Tracker, turn: Mapping[str, Any], text: str, *, context: Context) -> None:
    """A system turn: by its acts if they may be known and are about homes, else by its text."""
    frame = turn.get("homes") or {}
    if context == "acts" and "acts" in frame:
        tracker.hear_system(reply_from_acts(text, frame, tracker.schema))
    elif context == "acts" and "homes" not in turn:
        tracker.hear_system(Reply(text=text))
    else:
        tracker.hear_system_text(text)


def as_frame(tracked: Tracked, schema: Schema) -> Frame:
    """What was tracked, in the words of the schema."""
    state = {
        slot.name: [tracked.values[slot.role]]
        for slot in schema.slots
        if slot.role and slot.role in tracked.values
    }
    intent = schema.intents.get(tracked.intent, NO_INTENT)
    asked = (schema.slot(role) for role in tracked.asked)
    return Frame(state, intent, tuple(slot.name for slot in asked if slot))


def gold_frame(homes: Mapping[str, Any] | None) -> Frame | None:
    """The annotation of a user turn; None where there is none."""
    if not homes or "slot_values" not in homes:
        return None
    return Frame(
        homes["slot_values"],
        homes.get("active_intent", ""),
        tuple(homes.get("requested_slots", ())),
    )


def with_gold(predicted: Iterable[Predicted]) -> list[Predicted]:
    """Those turns that can be judged."""
    return [p for p in predicted if p.gold is not None]


def read_places(path: Path) -> PlaceNames:
    """Names of places: one a line, a CSV with a column `area`, or JSON lines with `name`."""
    text = read_text(path)
    if path.name.removesuffix(".gz").endswith(".csv"):
        rows = csv.DictReader(text.splitlines())
        return PlaceNames({row["area"] for row in rows if row.get("area")})
    if path.name.removesuffix(".gz").endswith(".jsonl"):
        return PlaceNames({str(row["name"]) for row in read_json_lines(path) if row.get("name")})
    return PlaceNames(text.splitlines())
