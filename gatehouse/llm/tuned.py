"""A model asked with other parameters than the house's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gatehouse.llm.types import Answering, ChatModel, ChatRequest
from gatehouse.resilience.deadline import Deadline


@dataclass(frozen=True, slots=True)
class TunedModel:
    """Changes the turn's own question; a repair stays as strict as it is. None: unchanged."""

    model: ChatModel
    temperature: float | None = None
    most_tokens: int | None = None

    @property
    def name(self) -> str:
        return self.model.name

    def answer(self, request: ChatRequest, deadline: Deadline) -> Answering:
        return self.model.answer(self._tuned(request), deadline)

    def _tuned(self, request: ChatRequest) -> ChatRequest:
        if request.task != "turn":
            return request
        warm = request.temperature if self.temperature is None else self.temperature
        most = request.most_tokens if self.most_tokens is None else self.most_tokens
        return replace(request, temperature=warm, most_tokens=most)
