"""A ChatModel over the library's direct requests: one call, no agent, no retries."""

from __future__ import annotations

import json
from typing import Any

from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import (
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import Model, StreamedResponse

from gatehouse.llm.bounds import Bounds, bounded
from gatehouse.llm.client.asking import Form, Shapes, form_of, messages_of, settings_of
from gatehouse.llm.client.troubles import translated
from gatehouse.llm.types import (
    Answering,
    ChatRequest,
    Completion,
    Delta,
    Finish,
    ModelError,
    Provider,
    Usage,
)
from gatehouse.resilience.deadline import Deadline

CHARACTERS_PER_TOKEN = 4  # the guess where a provider does not count
FINISHES: dict[str | None, Finish] = {"stop": "stop", "length": "length", "tool_call": "stop"}


class DirectModel:
    """One model at one provider. `bounds` limit each call, the deadline of the caller all of it."""

    def __init__(
        self,
        model: Model[Any],
        *,
        provider: Provider = "primary",
        bounds: Bounds | None = None,
        form: str = "auto",
    ) -> None:
        self._model = model
        self._provider = provider
        self._bounds = bounds or Bounds()
        self.form: Form = form_of(model, form)
        self._shapes = Shapes(model)

    @property
    def name(self) -> str:
        """As the provider calls it."""
        return self._model.model_name

    def answer(self, request: ChatRequest, deadline: Deadline) -> Answering:
        """Streams the answer's text; of a tool call, its arguments."""
        return bounded(self._ask(request), self._bounds, deadline)

    async def _ask(self, request: ChatRequest) -> Answering:
        form: Form = self.form if request.schema is not None else "json"
        try:
            opened = model_request_stream(
                self._model,
                messages_of(request),
                model_settings=settings_of(request),
                model_request_parameters=self._shapes.of(request, form),
                instrument=False,
            )
            async with opened as stream:
                reading = Reading(is_tool=form == "tool")
                async for event in stream:
                    if (piece := reading.piece(event)) is not None:
                        yield Delta(piece)
                if rest := reading.rest():
                    yield Delta(rest)
                yield self._end(request, stream, text=reading.said)
        except Exception as error:  # providers' libraries raise what they like
            raise translated(error) from error

    def _end(self, request: ChatRequest, stream: StreamedResponse, *, text: str) -> Completion:
        if stream.finish_reason == "content_filter":
            raise ModelError("filtered", "the provider refused to answer")
        if stream.finish_reason == "error" or stream.state != "complete":
            raise ModelError("protocol", "the answer ended with an error")
        finish = FINISHES.get(stream.finish_reason, "other")
        if "finish_reason" not in (stream.provider_details or {}) and not _is_whole(text):
            raise ModelError("protocol", "the answer broke off")
        return Completion(text, _usage(request, stream, text), self.name, self._provider, finish)


class Reading:
    """Puts an answer together. A tool's answer is its arguments; words around them are left out.

    A sign of life without text is an empty piece: the model thinks.
    """

    def __init__(self, *, is_tool: bool) -> None:
        self._is_tool = is_tool
        self._aside = ""
        self.said = ""

    def piece(self, event: ModelResponseStreamEvent) -> str | None:
        """What of the answer's text came with it; None: nothing that the model said."""
        if isinstance(event, PartStartEvent):
            part: object = event.part
        elif isinstance(event, PartDeltaEvent):
            part = event.delta
        else:
            return None
        if isinstance(part, ToolCallPart | ToolCallPartDelta):
            return self._keep(_arguments(part)) if self._is_tool else ""
        if isinstance(part, TextPart):
            return self._text(part.content)
        return self._text(part.content_delta) if isinstance(part, TextPartDelta) else ""

    def rest(self) -> str:
        """Text that stands in for a tool call that never came."""
        return "" if self.said else self._keep(self._aside)

    def _text(self, text: str) -> str:
        if not self._is_tool:
            return self._keep(text)
        self._aside += text
        return ""

    def _keep(self, text: str) -> str:
        self.said += text
        return text


def _arguments(part: ToolCallPart | ToolCallPartDelta) -> str:
    given = part.args if isinstance(part, ToolCallPart) else part.args_delta
    return (
        given if isinstance(given, str) else json.dumps(given, ensure_ascii=False) if given else ""
    )


def _is_whole(text: str) -> bool:
    """Some providers give no reason for their end; then only whole JSON did not break off."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _usage(request: ChatRequest, stream: StreamedResponse, text: str) -> Usage:
    counted = stream.usage
    asked = sum(len(message.text) for message in request.messages)
    return Usage(
        tokens_in=counted.input_tokens or asked // CHARACTERS_PER_TOKEN,
        tokens_out=counted.output_tokens or len(text) // CHARACTERS_PER_TOKEN,
    )
