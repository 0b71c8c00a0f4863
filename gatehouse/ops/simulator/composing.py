"""What the simulated model says, by behaviour."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

from gatehouse.base.errors import BadInput
from gatehouse.ops.simulator import filling
from gatehouse.ops.simulator.types import Behaviour, Name, Question

FEW_MALFORMED = (
    "", "   ", "```", "```json\n{\"act\": \"ASK_SLOT\"", "I am sorry, I cannot do that.",
    "{'act': 'ASK_SLOT'}", '{"act": "ASK_SLOT",}', '{"act": "DANCE", "speak": "La la la."}',
    '{"act": "CLARIFY"} {"act": "CLARIFY"}', "[1, 2, 3]", "null", '"CLARIFY"', "[" * 5000,
    '{"act": "CLARIFY", "slots_delta": {"budget": 1e999}, "speak": "Fine."}',
    '{"act": "CLARIFY", "slots_delta": [], "next_needed": "all", "notes": 7, "speak": null}',
    "<think>The visitor wants a flat</think>", "\ufeff{}", "{\x00}", "💥" * 400,
)  # fmt: skip
LIGHT = (
    "Thank you, I have noted that. Tell me more about what matters to you, and I will look for it."
)
_DECLINED: dict[str, object] = {
    "normalizations": [],
    "continuity_reason": "sticky",
    "to_domain": None,
}


def is_contract(question: Question) -> bool:
    """Is the answer asked for in the shape of an agent's turn?"""
    properties = (question.schema or {}).get("properties") or {}
    return {"act", "speak"} <= properties.keys()


class Composer:
    """Makes the text of an answer. `corpus`: texts for `malformed`, in turn."""

    def __init__(self, corpus: tuple[str, ...] = FEW_MALFORMED) -> None:
        self._corpus = corpus
        self._turn = count()
        self._by_name: dict[Name, Callable[[Question, Behaviour], str]] = {
            "light": lambda *_: light(),
            "verbatim": lambda _, behaviour: behaviour.params.get("text", ""),
            "malformed": self._malformed,
        }

    def compose(self, question: Question, behaviour: Behaviour) -> str:
        """The whole text. Raises BadInput."""
        return self._by_name.get(behaviour.name, good)(question, behaviour)

    def _malformed(self, _: Question, behaviour: Behaviour) -> str:
        told = behaviour.params.get("n")
        number = next(self._turn) if told is None else int(behaviour.number("n", 0))
        return self._corpus[number % len(self._corpus)]


def corpus_of(path: Path) -> tuple[str, ...]:
    """Lines of JSON: a text, or an object with "output" or "text". Raises BadInput, OSError."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    try:
        items = tuple(_item(json.loads(line)) for line in lines)
    except json.JSONDecodeError as wrong:
        raise BadInput(f"{path} is not JSON lines: {wrong}") from None
    if not items:
        raise BadInput(f"{path} is empty")
    return items


def light() -> str:
    return turn(act="CLARIFY", speak=LIGHT)


def turn(
    *,
    act: str,
    speak: str,
    slots_delta: dict[str, object] | None = None,
    next_needed: tuple[str, ...] = (),
    notes: dict[str, object] | None = None,
) -> str:
    """An answer in the contract's shape, its keys in the contract's order."""
    told = {
        "act": act,
        "slots_delta": slots_delta or {},
        "next_needed": list(next_needed),
        "notes": {**_DECLINED, **(notes or {})},
        "speak": speak,
    }
    return json.dumps(told, ensure_ascii=False)


def good(question: Question, _: Behaviour) -> str:
    """A competent answer in the shape that was asked for."""
    if is_contract(question):
        return turn(act="CLARIFY", speak=LIGHT)
    text = plain(question)
    if question.schema is None:
        return text
    return json.dumps(filling.fill(question.schema, text=text), ensure_ascii=False)


def plain(question: Question) -> str:
    """An answer without any shape."""
    said = f"You said: {question.last[:200]}" if question.last else "You said nothing."
    seen = "".join(f" I see {p.media_type} of {p.size_bytes} bytes." for p in question.pictures)
    return said + seen


def _item(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("output", value.get("text"))
    if not isinstance(value, str):
        raise BadInput('An item of the corpus is a text or {"output": text}')
    return value
