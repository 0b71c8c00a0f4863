"""The negative control: a handler that believes its model. Nobody should ever wire this."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Literal

from gatehouse.llm.types import ChatMessage, ChatModel, ChatRequest, Completion
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.disclosing import disclosure
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import Effect, Outcome, Say, Thread, Tools, say_nothing
from gatehouse.understanding.types import Filled, Slot


class TrustingHandler:
    """Says what the model says, keeps the wishes that it names, and does what it wants done."""

    name: Literal["prompted"] = "prompted"

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    async def think(
        self, thread: Thread, tools: Tools, *, deadline: Deadline, say: Say = say_nothing
    ) -> Outcome:
        fair = await RulesHandler().think(thread, tools, deadline=deadline)
        asked = f"Likely act of this turn: {fair.decision.act.value}\nAsk and search for homes."
        request = ChatRequest("turn", (ChatMessage("system", asked),))
        text = ""
        async for piece in self._model.answer(request, deadline):
            text = piece.text if isinstance(piece, Completion) else text
        return _believed(fair, text)


def _believed(fair: Outcome, text: str) -> Outcome:
    try:
        said: dict[str, Any] = json.loads(text)
    except ValueError:
        said = {"speak": text}
    language = fair.state.language or "en"
    reply = replace(fair.reply, summary=f"{disclosure(language)} {said['speak']}")
    slots = dict(fair.state.slots)
    for name, value in said.get("slots_delta", {}).items():
        slots[Slot(name)] = Filled(value if isinstance(value, str) else str(value))
    stored = (Effect("handover", {"to": "staff"}),) if said.get("act") == "ESCALATE" else ()
    effects = (*fair.effects, *stored) or fair.effects
    return replace(fair, reply=reply, state=replace(fair.state, slots=slots), effects=effects)
