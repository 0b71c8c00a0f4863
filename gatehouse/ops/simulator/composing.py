"""What the simulated model says, by behaviour."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from itertools import count
from pathlib import Path

from gatehouse.base.errors import BadInput
from gatehouse.ops.simulator import filling, mind, misleading, obeying
from gatehouse.ops.simulator.types import Behaviour, Name, Question
from gatehouse.talk.contract import Answer, as_json
from gatehouse.talk.types import Act

_CORPUS = ("gatehouse.ops.evaluation.contract", "corpus.jsonl")
Compose = Callable[[Question, Behaviour], str]
InTurn = Callable[[Question, Behaviour, int], str]
LIGHT = (
    "Thank you, I have noted that. Tell me more about what matters to you, and I will look for it."
)


def is_contract(question: Question) -> bool:
    """Is the answer asked for in the shape of an agent's turn?"""
    properties = (question.schema or {}).get("properties") or {}
    is_told = '"act"' in question.system and '"speak"' in question.system
    return {"act", "speak"} <= properties.keys() or (is_told and not properties)


class Composer:
    """Makes the text of an answer. `corpus`: texts for `malformed`, else the contract's."""

    def __init__(self, corpus: tuple[str, ...] = ()) -> None:
        self._corpus = corpus or malformed()
        self._turn = count()  # of those that come in turn
        self._by_name: dict[Name, Compose] = {
            "light": lambda *_: light(),
            "dull": dull,
            "verbatim": lambda _, behaviour: behaviour.params.get("text", ""),
            "malformed": self._malformed,
            "invented_home": self._in_turn(misleading.invented_home),
            "wrong_price": self._in_turn(misleading.wrong_price),
            "prompt_leak": self._in_turn(misleading.prompt_leak),
            "obey": self._in_turn(obeying.obey),
        }

    def compose(self, question: Question, behaviour: Behaviour) -> str:
        """The whole text. Raises BadInput."""
        return self._by_name.get(behaviour.name, good)(question, behaviour)

    def _in_turn(self, compose: InTurn) -> Compose:
        return lambda question, behaviour: compose(question, behaviour, next(self._turn))

    def _malformed(self, _: Question, behaviour: Behaviour) -> str:
        told = behaviour.params.get("n")
        number = next(self._turn) if told is None else int(behaviour.number("n", 0))
        return self._corpus[number % len(self._corpus)]


@cache
def malformed() -> tuple[str, ...]:
    """The answers of the contract's corpus that are not simply accepted."""
    package, name = _CORPUS
    lines = resources.files(package).joinpath(name).read_text("utf-8").splitlines()
    items = (json.loads(line) for line in lines)
    return tuple(item["output"] for item in items if item["ending"] != "accepted")


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


@cache
def light() -> str:
    """Nothing is heard and nothing decided; the rules do both."""
    return as_json(Answer(act=Act.CLARIFY, speak=LIGHT))


def good(question: Question, _: Behaviour) -> str:
    """A competent answer in the shape that was asked for."""
    if is_contract(question):
        return mind.answer(question)
    text = plain(question)
    if question.schema is None:
        return text
    return json.dumps(filling.fill(question.schema, text=text), ensure_ascii=False)


def dull(question: Question, behaviour: Behaviour) -> str:
    """A good answer that leaves a visitor cold: homes are shown, and none is spoken of."""
    if not is_contract(question):
        return good(question, behaviour)
    thought = mind.heeding(mind.think(question), question)
    return misleading.respoken(question, mind.speak(thought, frozenset()))


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
