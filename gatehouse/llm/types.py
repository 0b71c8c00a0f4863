"""The ports of the voice: what is asked of a model, what comes back, and how it fails."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from gatehouse.base.errors import Unavailable
from gatehouse.resilience.deadline import Deadline

Role = Literal["system", "user", "assistant"]
Task = Literal["turn", "repair", "vision", "embeddings", "moderation"]
Provider = Literal["primary", "fallback", "scripted"]
Trouble = Literal[
    "connect", "timeout", "first_token", "gap", "http_5xx", "throttled", "unauthorised",
    "bad_request", "protocol", "filtered", "circuit_open", "busy", "budget", "other",
]  # fmt: skip
Finish = Literal["stop", "length", "filter", "other"]


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes of an image and their media type, "image/jpeg"."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a request."""

    role: Role
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model. `schema` is the JSON schema that the answer must follow."""

    task: Task
    messages: tuple[ChatMessage, ...]
    schema: Mapping[str, Any] | None = None
    schema_name: str = "answer"
    most_tokens: int = 700
    temperature: float = 0.2
    # Codes for traces, no words. "thread", a conversation's hash, says whose tokens they are.
    trace: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; cost None where the price is unknown."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Completion:
    """The end of an answer: all its text, what it cost, and who gave it."""

    text: str
    usage: Usage
    model: str
    provider: Provider
    finish: Finish = "stop"


Answering = AsyncGenerator[Delta | Completion, None]  # deltas, then exactly one completion


class ModelError(Unavailable):
    """A model call that failed. `has_begun`: text was handed out before."""

    code, title = "model-failed", "The language model does not answer"

    def __init__(
        self,
        kind: Trouble,
        detail: str = "",
        *,
        retry_after: int | None = None,
        has_begun: bool = False,
    ) -> None:
        super().__init__(detail or kind, retry_after=retry_after)
        self.kind = kind
        self.has_begun = has_begun


class ChatModel(Protocol):
    """A model that chats. `answer` raises ModelError, and nothing else but bugs.

    The deadline bounds the whole call; closing the generator ends it and frees its connection.
    """

    @property
    def name(self) -> str: ...

    def answer(self, request: ChatRequest, deadline: Deadline) -> Answering: ...


class Embedder(Protocol):
    """Texts in, vectors of equal length out. Raises ModelError."""

    async def embed(
        self, texts: tuple[str, ...], deadline: Deadline
    ) -> tuple[tuple[float, ...], ...]: ...
