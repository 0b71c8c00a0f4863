"""STAR's apartment dialogues: what was said, what the calendar answered, and the gold."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from gatehouse.ops.evaluation.sources import EvaluationError, Fields, checked, read_json_lines

SCHEDULE, SEARCH = "apartment_schedule", "apartment_search"
_SAID = ("utter", "pick_suggestion")
_BOOKED = re.compile(r"\bsuccess\w*\s+scheduled\b|\bbooked\b", re.IGNORECASE)
_TAKEN = re.compile(r"\bunavailable\b|\bnot available\b", re.IGNORECASE)
_FREE = re.compile(r"\bavailable\b", re.IGNORECASE)
_ROW: Fields = {"id": str | int, "events": list}
_EVENT: Fields = {"agent": str, "action": str}
Speaker = Literal["user", "product", "booked", "taken", "free", "found"]

_ANSWERS: tuple[tuple[Speaker, re.Pattern[str]], ...] = (
    ("booked", _BOOKED),
    ("taken", _TAKEN),
    ("free", _FREE),
)


@dataclass(frozen=True, slots=True)
class Event:
    """What one side said, or what the product's own calendar or stock answered.

    `text` of "found" is the name of the home found; of the calendar's answers "booked", "taken"
    and "free" it is empty: they tell no hour.
    """

    speaker: Speaker
    text: str
    weekday: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One dialogue: what a product may know of it, and apart from that the gold."""

    id: str
    user: str
    is_happy: bool
    events: tuple[Event, ...]
    goal: Mapping[str, Any] | None
    booking: Mapping[str, Any] | None

    @property
    def half(self) -> str:
        """ "develop" or "check", by the person who spoke."""
        return "check" if zlib.crc32(self.user.encode("utf-8", "surrogatepass")) % 2 else "develop"


def read_dialogues(paths: Iterable[Path]) -> Iterator[Dialogue]:
    """The dialogues of the files. Raises EvaluationError."""
    for path in paths:
        for row in read_json_lines(path):
            if "events" not in row:
                raise EvaluationError(f"{path} holds no STAR dialogues: no `events`")
            where = f"{path}, dialogue {row.get('id')},"
            for event in checked(row, where, _ROW)["events"]:
                checked(event, where, _EVENT)
            yield _dialogue(row)


def _dialogue(row: Mapping[str, Any]) -> Dialogue:
    return Dialogue(
        id=str(row["id"]),
        user=str(row.get("user_worker")),
        is_happy=bool(row.get("happy")),
        events=tuple(_events(row["events"])),
        goal=row.get("gold_goal"),
        booking=row.get("final_booking"),
    )


def _events(events: Sequence[Mapping[str, Any]]) -> Iterator[Event]:
    """Never what the person behind the bot typed as a query, nor what nobody got to see."""
    for event in events:
        weekday = datetime.fromtimestamp(event.get("t") or 0, UTC).weekday()
        agent, action = event["agent"], event["action"]
        if action in _SAID and agent in ("User", "Wizard") and event.get("text"):
            yield Event("user" if agent == "User" else "product", event["text"], weekday)
        elif agent == "KnowledgeBase" and event.get("item"):
            yield from _answer(event["item"], weekday)


def _answer(item: Mapping[str, Any], weekday: int) -> Iterator[Event]:
    if item.get("APIName") == SEARCH and item.get("Name"):
        yield Event("found", item["Name"], weekday)
    elif item.get("APIName") == SCHEDULE:
        told = item.get("Message") or ""
        answer = next((kind for kind, says in _ANSWERS if says.search(told)), None)
        if answer:
            yield Event(answer, "", weekday)


def stock(dialogues: Iterable[Dialogue]) -> tuple[str, ...]:
    """The names of all homes that any search found: what the product has to offer."""
    found = {e.text for d in dialogues for e in d.events if e.speaker == "found"}
    return tuple(sorted(found))
