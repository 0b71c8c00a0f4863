"""A request in the library's words: messages, settings, and the way the answer shall come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserContent,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from gatehouse.llm.types import ChatMessage, ChatRequest

Form = Literal["schema", "tool", "json"]
MOST_SHAPES = 32
FORMS: dict[str, Form] = {"schema": "schema", "tool": "tool", "json": "json"}


def form_of(model: Model[Any], wanted: str) -> Form:
    """Native JSON schema where the model has it, else a tool's arguments, else plain JSON."""
    if wanted in FORMS:
        return FORMS[wanted]
    if model.profile.get("supports_json_schema_output", False):
        return "schema"
    return "tool" if model.profile.get("supports_tools", True) else "json"


def messages_of(request: ChatRequest) -> list[ModelMessage]:
    """The conversation; neighbours that go to the model become one message."""
    made: list[ModelMessage] = []
    for message in request.messages:
        if message.role == "assistant":
            made.append(ModelResponse(parts=[TextPart(message.text)]))
        elif made and isinstance(made[-1], ModelRequest):
            made[-1].parts = [*made[-1].parts, _part(message)]
        else:
            made.append(ModelRequest(parts=[_part(message)]))
    return made


def settings_of(request: ChatRequest) -> ModelSettings:
    """As little thinking as the model allows: a visitor waits."""
    return ModelSettings(
        max_tokens=request.most_tokens, temperature=request.temperature, thinking=False
    )


def parameters_of(request: ChatRequest, form: Form) -> ModelRequestParameters:
    """How the answer shall be given; plain text where the request has no schema."""
    if request.schema is None:
        return ModelRequestParameters()
    schema = dict(request.schema)
    if form == "tool":
        tool = ToolDefinition(
            name=request.schema_name,
            parameters_json_schema=schema,
            description="Gives the answer.",
            kind="output",
        )
        return ModelRequestParameters(
            output_mode="tool", output_tools=[tool], allow_text_output=False
        )
    mode: Literal["native", "prompted"] = "native" if form == "schema" else "prompted"
    answer = OutputObjectDefinition(json_schema=schema, name=request.schema_name)
    return ModelRequestParameters(output_mode=mode, output_object=answer)


class Shapes:
    """How answers shall be given, prepared once a schema: it costs as much as a third of a call."""

    def __init__(self, model: Model[Any]) -> None:
        self._prepare = model.customize_request_parameters
        self._asked: dict[tuple[int, str, Form], tuple[Any, ModelRequestParameters]] = {}
        self._prepared: dict[int, ModelRequestParameters] = {}
        model.customize_request_parameters = self._once  # type: ignore[method-assign, assignment]

    def of(self, request: ChatRequest, form: Form) -> ModelRequestParameters:
        """As `parameters_of`; schemas are told apart by being the same object."""
        if request.schema is None:
            return parameters_of(request, form)
        key = (id(request.schema), request.schema_name, form)
        if key not in self._asked:
            if len(self._asked) >= MOST_SHAPES:
                self._asked.clear()
                self._prepared.clear()
            made = parameters_of(request, form)
            self._asked[key] = request.schema, made  # the schema is kept, so is its identity
            self._prepared[id(made)] = self._prepare(made)
        return self._asked[key][1]

    def _once(self, given: ModelRequestParameters) -> ModelRequestParameters:
        return self._prepared.get(id(given)) or self._prepare(given)


def _part(message: ChatMessage) -> SystemPromptPart | UserPromptPart:
    if message.role == "system":
        return SystemPromptPart(message.text)
    return UserPromptPart(list(_contents(message)) if message.pictures else message.text)


def _contents(message: ChatMessage) -> Iterator[UserContent]:
    yield message.text
    for picture in message.pictures:
        yield BinaryContent(picture.content, media_type=picture.media_type)
