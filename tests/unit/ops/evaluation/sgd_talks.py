"""Dialogues about homes written for these tests, as records of the Schema-Guided set.

A line begins with U (user) or S (system), in small letters where another service is talked to.
U: what is said | intent | slots set by this turn | slots asked about. S: what is said | acts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

_INTENTS = {"search": "FindHomeByArea", "visit": "ScheduleVisit", "NONE": "NONE"}
_FILE = Path(__file__).with_name("sgd_talks.txt")

SERVICE: dict[str, Any] = {
    "service_name": "Homes_2",
    "description": "Homes for sale and to let",
    "slots": [
        {
            "name": name,
            "description": description,
            "is_categorical": bool(values),
            "possible_values": values,
        }
        for name, description, values in (
            ("intent", "Buy a home or rent one", ["rent", "buy"]),
            ("area", "City that the home is in", []),
            ("address", "Street address of the home", []),
            ("property_name", "Name of the home or complex", []),
            ("phone_number", "Phone number of the home", []),
            ("has_garage", "Whether there is a garage", ["True", "False"]),
            ("in_unit_laundry", "Whether there is laundry in the unit", ["True", "False"]),
            ("price", "Sale price or monthly rent", []),
            ("visit_date", "Date of the visit", []),
            ("number_of_beds", "Number of bedrooms", ["1", "2", "3", "4"]),
            ("number_of_baths", "Number of bathrooms", ["1", "2", "3", "4"]),
        )
    ],
    "intents": [
        {
            "name": "FindHomeByArea",
            "description": "Search for a home in a city",
            "is_transactional": False,
            "required_slots": ["area", "intent", "number_of_beds", "number_of_baths"],
            "optional_slots": {"has_garage": "dontcare", "in_unit_laundry": "dontcare"},
            "result_slots": ["area", "address", "property_name", "phone_number", "price"],
        },
        {
            "name": "ScheduleVisit",
            "description": "Schedule a visit on a date",
            "is_transactional": True,
            "required_slots": ["property_name", "visit_date"],
            "optional_slots": {},
            "result_slots": ["address", "property_name", "phone_number", "visit_date"],
        },
    ],
}


def talks(*, is_annotated: bool = True) -> list[dict[str, Any]]:
    """The dialogues; without annotations, user turns keep only what they say and are about."""
    found: list[dict[str, Any]] = []
    state: dict[str, list[str]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "=":
            state = {}
            found.append({"id": rest, "turns": []})
            continue
        parts = [part.strip() for part in rest.split("|")]
        turn = _user(parts, state) if kind == "U" else _system(parts) if kind == "S" else {}
        if not is_annotated and kind == "U":
            turn = {"homes": {"service": "Homes_2"}}
        speaker = "USER" if kind.upper() == "U" else "SYSTEM"
        found[-1]["turns"].append({"speaker": speaker, "utterance": parts[0], **turn})
    return found


def _user(parts: list[str], state: dict[str, list[str]]) -> dict[str, Any]:
    _, intent, changes, asked = parts
    for change in filter(None, changes.split("; ")):
        slot, _, value = change.partition("=")
        state[slot] = [value]
    requested = [slot for slot in asked.split(", ") if slot]
    return {
        "homes": {
            "service": "Homes_2",
            "active_intent": _INTENTS[intent],
            "requested_slots": requested,
            "slot_values": dict(state),
        }
    }


def _system(parts: list[str]) -> dict[str, Any]:
    acts = []
    for said in parts[1].split("; "):
        act, _, rest = said.partition(" ")
        slot, _, value = rest.partition("=")
        acts.append({"act": act, "slot": slot, "values": [value] if value else []})
    return {"homes": {"service": "Homes_2", "acts": acts}}
