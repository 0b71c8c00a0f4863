"""A visit to the prompt-driven handler, with a model whose answers are written down."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from gatehouse.llm.scripted import Script, ScriptedModel
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.rules import CONTRACT
from gatehouse.talk.past import Line
from gatehouse.talk.prompted import PromptedHandler
from gatehouse.talk.types import IncomingMessage, Market, Outcome, Thread, Tools
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import DialogueState, Language
from tests.conversations.stock import Twin, seeded

EAR = RuleEar(Gazetteer.default(), today=lambda: date(2026, 1, 5), timezone="Asia/Nicosia")
TALK = UUID("0d4f2e34-5a0e-4a1f-8a57-6e5b3a3f0a01")


def answer(act: str, speak: str, **parts: Any) -> str:
    """An answer in the contract's shape and order."""
    notes = {"normalizations": parts.pop("quotes", []), "to_domain": parts.pop("to", None)}
    delta, needed = parts.pop("delta", {}), parts.pop("needed", [])
    told = {"act": act, "slots_delta": delta, "next_needed": needed, "notes": notes}
    return json.dumps({**told, "speak": speak, **parts}, ensure_ascii=False)


@dataclass
class Memory:
    """What was said, as the store would tell it."""

    lines: list[Line] = field(default_factory=list)

    async def recent(self, conversation: UUID, most: int) -> tuple[Line, ...]:
        return tuple(self.lines[-most:]) if most else ()


class Visit:
    """One visitor's talk with a model; `said` holds the early sentences of the last turn."""

    def __init__(
        self, script: Script, twin: Twin | None = None, *, breaker: Breaker | None = None
    ) -> None:
        self.model = ScriptedModel(script)
        self.twin = twin or seeded()
        self.tools = Tools(self.twin, EAR, Market())
        self.memory = Memory()
        self.breaker = breaker or Breaker("llm_contract", rules=CONTRACT)
        self.handler = PromptedHandler(self.model, past=self.memory, breaker=self.breaker)
        self.state = DialogueState()
        self.turn = 0
        self.said: list[str] = []

    async def say(
        self, text: str, *, language: Language | None = None, seconds: float = 20
    ) -> Outcome:
        self.turn += 1
        self.said.clear()
        self.twin.calls.clear()
        message = IncomingMessage(self.turn, self.turn, text, language)
        thread = Thread(TALK, 1, self.turn, self.state, (message,), arm="canary")
        outcome = await self.handler.think(
            thread, self.tools, deadline=Deadline.after(seconds), say=self.said.append
        )
        self.state = outcome.state
        self.memory.lines += [Line("user", text), Line("assistant", outcome.reply.summary)]
        return outcome
