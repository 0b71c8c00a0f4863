"""A competent model: it hears by rules, decides as the policy does, and speaks in its own words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Any

from gatehouse.ops.simulator.types import Question
from gatehouse.talk import memory, policy
from gatehouse.talk.contract import Answer, BudgetDelta, Notes, RoomsDelta, SlotsDelta, as_json
from gatehouse.talk.prompting import LANGUAGE_NAMES
from gatehouse.talk.settling import settle
from gatehouse.talk.types import Act, Decision, Move
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import merge
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Filled,
    Heard,
    Language,
    PlaceName,
    Range,
    Slot,
    SlotValue,
)

TIMEZONE = "Asia/Nicosia"
MOST_HEARD = 40  # messages of the visitor that are heard again
_HOME = re.compile(r"\{home:([1-9]\d?)\}")
_LANGUAGE = re.compile(r"^Write in (\w+),", re.MULTILINE)
_ACT = re.compile(rf"^Likely act of this turn: ({'|'.join(act.value for act in Act)})$", re.M)
_ASK = re.compile(r"^Open slot to ask for: (\w+)$", re.MULTILINE)
_UNLIKELY = (Move.ASK, Move.RECOMMEND, Move.MORE, Move.NOTHING_FOUND, Move.WHICH_HOME)
_LINES: dict[Move, str] = {
    Move.GREET: "greet",
    Move.RECOMMEND: "results",
    Move.MORE: "results",
    Move.NOTHING_FOUND: "results",
    Move.ANSWER_HOME: "about_home",
    Move.COMPARE: "compare",
    Move.ASK_CONTACT: "contact",
    Move.VIEWING_STORED: "kept",
    Move.CONTACT_KEPT: "kept",
    Move.HANDED_OVER: "handover",
    Move.OUT_OF_DOMAIN: "outside",
    Move.THANK: "thank",
    Move.SMALL_TALK: "thank",
    Move.GOODBYE: "goodbye",
    Move.WHICH_HOME: "which",
    Move.DECLINED: "declined",
}


@dataclass(frozen=True, slots=True)
class Thought:
    """What the last message changed, and what follows from it."""

    text: str
    heard: Heard
    state: DialogueState
    decision: Decision
    told: Language | None = None  # the language that the prompt asks for

    @property
    def language(self) -> Language:
        return self.told or self.state.language or self.heard.language


@cache
def ear() -> RuleEar:
    """One for the process: it takes a moment to make."""
    today = lambda: datetime.now(UTC).date()  # noqa: E731
    return RuleEar(Gazetteer.default(), today=today, timezone=TIMEZONE)


def answer(question: Question) -> str:
    """A whole answer in the contract's shape."""
    thought = heeding(think(question), question)
    decision = thought.decision
    needed = (decision.ask,) if decision.ask else decision.next_needed
    made = Answer(
        act=decision.act,
        slots_delta=delta(thought),
        next_needed=tuple(slot.value for slot in needed),  # type: ignore[misc]
        notes=Notes(
            normalizations=quotes(thought),
            continuity_reason=decision.continuity,
            to_domain=decision.to_domain,
        ),
        speak=speak(thought, numbers(question)),
    )
    return as_json(made)


def think(question: Question) -> Thought:
    """Hears the whole conversation again, for a model has no memory of its own."""
    said = [message.text for message in question.said if message.role == "user"] or [""]
    thought = _after(DialogueState(), said[0], turn=1)
    for turn, text in enumerate(said[1:][-MOST_HEARD:], start=2):
        before = memory.remember(thought.state, thought.decision, turn=turn - 1)
        thought = _after(before, text, turn=turn)
    return thought


def _after(before: DialogueState, text: str, *, turn: int) -> Thought:
    heard = ear().hear(text, state=before, language=None)
    state = settle(merge(before, heard), heard, before=before, rates={})
    return Thought(text, heard, state, policy.decide(state, heard))


def heeding(thought: Thought, question: Question) -> Thought:
    """A prompt that says what it expects knows more than can be heard again."""
    language = _LANGUAGE.search(question.system)
    told = next((c for c, n in LANGUAGE_NAMES.items() if language and n == language[1]), None)
    act = _ACT.search(question.system)
    if act is None:
        return replace(thought, told=told)
    ask = _ASK.search(question.system)
    decision = _expected(thought.decision, Act(act[1]), numbers(question))
    decision = replace(decision, ask=Slot(ask[1]) if ask and ask[1] in set(Slot) else None)
    return replace(thought, told=told, decision=decision)


def _expected(decision: Decision, act: Act, given: frozenset[int]) -> Decision:
    move = decision.move
    if act in (Act.ACK_AND_SEARCH, Act.SEARCH_AND_RECOMMEND):
        move = Move.RECOMMEND
    elif act is Act.CLARIFY and move in _UNLIKELY:
        move = Move.ANSWER_HOME if 1 in given else Move.NOT_UNDERSTOOD
    return replace(decision, act=act, move=move)


def numbers(question: Question) -> frozenset[int]:
    """The numbers of the homes that the prompt gives place-holders for."""
    given = (question.system, question.last)
    return frozenset(int(number) for text in given for number in _HOME.findall(text))


def speak(thought: Thought, given: frozenset[int]) -> str:
    """What is said; homes are named only by place-holders that the prompt gave."""
    lines = speech()[thought.language]
    decision = thought.decision
    if decision.act is Act.ASK_SLOT and decision.ask:
        hello = f"{lines['greet']} " if decision.move is Move.GREET else ""
        return hello + lines.get(f"ask_{decision.ask.value}", lines["unclear"])
    name = _LINES.get(decision.move, "unclear")
    if name == "results" and 1 in given:
        name = "results_named"
    if not {int(number) for number in _HOME.findall(lines[name])} <= given:
        name = "results"
    return lines[name]


@cache
def speech() -> dict[str, dict[str, str]]:
    """Lines by language and name."""
    read: dict[str, dict[str, str]] = json.loads(
        resources.files(__package__).joinpath("speech.json").read_text("utf-8")
    )
    return read


def delta(thought: Thought) -> SlotsDelta:
    """What the last message said about the wish."""
    said = dict.fromkeys(change.slot for change in thought.heard.changes)
    values = {
        slot.value: _told(slot, thought.state.slots[slot])
        for slot in said
        if slot.value in SlotsDelta.model_fields and slot in thought.state.slots
    }
    return SlotsDelta(**{name: value for name, value in values.items() if value is not None})


def quotes(thought: Thought) -> tuple[str, ...]:
    """The visitor's own words for each slot."""
    spans = {c.slot: c.span for c in thought.heard.changes if c.span}
    text = thought.text
    found = (f"{slot.value}: {text[span.start : span.end]}" for slot, span in spans.items())
    return tuple(found)[:10]


def _told(slot: Slot, filled: Filled) -> Any:
    if filled.is_any:
        annotation = str(SlotsDelta.model_fields[slot.value].annotation)
        return "any" if "'any'" in annotation else None
    if slot is Slot.PROPERTY_TYPE or slot is Slot.AMENITIES:
        return filled.value or None
    return _plain(filled.value)


def _plain(value: SlotValue | None) -> Any:
    if isinstance(value, Budget):
        amount = value.high if value.high is not None else value.low
        if amount is None:
            return None
        low = value.low if value.high is not None else None
        return BudgetDelta(amount=amount, low=low, currency=value.currency, period=value.period)
    if isinstance(value, Range):
        return RoomsDelta(low=_whole(value.low), high=_whole(value.high))
    if isinstance(value, tuple):
        names = (p for p in value if isinstance(p, PlaceName))
        return tuple(Gazetteer.default().display(place.key, "en") for place in names) or None
    return value if isinstance(value, str | int | date) else None


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
