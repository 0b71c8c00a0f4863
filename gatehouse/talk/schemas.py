"""The bodies of the chat endpoints, for checking requests and for the OpenAPI document."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gatehouse.talk.sessions import SESSION_PATTERN
from gatehouse.understanding.types import Language

_SURROGATE = re.compile("[\ud800-\udfff]")


def _is_storable(text: str) -> str:
    """PostgreSQL holds neither NUL nor half of a surrogate pair."""
    if "\0" in text or _SURROGATE.search(text):
        raise ValueError("has a character that cannot be stored")
    return text


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


Text = Annotated[str, AfterValidator(_is_storable)]
SessionName = Annotated[str, Field(pattern=f"^{SESSION_PATTERN}$", max_length=64)]
Identity = Annotated[
    str, Field(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", max_length=36)
]


class Body(BaseModel):
    """Unknown fields are refused: a misspelt one would be lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Ask(Body):
    """A visitor's message."""

    question: Annotated[
        Text, Field(min_length=1, max_length=4000), AfterValidator(_says_something)
    ] = Field(examples=["flat in Girne for 600 euros a month, 2 bedrooms"])
    session_id: SessionName | None = Field(
        None,
        description="An id of ours, or a name of your own. None: your most recent conversation.",
    )
    language: Language | None = Field(None, description="Language of the page; None: as written.")
    about: Identity | None = Field(
        None, description="The home that the visitor comes from: the message is about it."
    )
    client_msg_id: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        None,
        pattern=r"^[\x20-\x7e]+$",
        description="Stands for the Idempotency-Key where headers cannot be set.",
    )


class NewSession(Body):
    """A wish for a new conversation."""

    language: Language | None = None
    bearer: bool = Field(False, description="Return the token instead of setting a cookie.")


class Session(BaseModel):
    """A new conversation. `token` only if it was asked for: keep it, it is shown once."""

    session_id: str
    language: Language | None
    token: str | None = None


class Feedback(Body):
    """A thumb on one reply."""

    message_id: Identity
    score: Literal[-1, 1]
    comment: Annotated[Text, Field(max_length=1000)] | None = None
    session_id: SessionName | None = None


class UiEvent(Body):
    """What the page reports."""

    event_type: Literal["example_clicked", "suggested_action_clicked", "card_clicked", "render"]
    duration_ms: Annotated[float, Field(ge=0, le=600_000, strict=False)] | None = None
    metadata: Annotated[dict[str, Any], Field(max_length=20)] = Field(default_factory=dict)


class ReplyMeta(BaseModel):
    """Everything about a reply that is not said."""

    schema_: Literal["v2"] = Field("v2", alias="schema")
    session_id: str
    message_id: str
    turn: int
    act: Literal["ASK_SLOT", "ACK_AND_SEARCH", "SEARCH_AND_RECOMMEND", "CLARIFY", "ESCALATE"]
    slots: Annotated[
        dict[str, Any],
        Field(examples=[{"location": "any", "location_not": ["girne"]}]),
    ]
    next_needed: list[str]
    suggested_actions: list[dict[str, Any]]
    tier: Literal["regular", "enhanced"]
    arm: Literal["stable", "canary"]
    version: str
    degraded: list[str]
    tokens_used: int
    timings_ms: dict[str, float]
    follow_up: bool = Field(False, description="Matches will come by themselves; see the history.")


class ReplyObject(BaseModel):
    """A reply. `summary` is the spoken text; blocks and cards follow it."""

    title: str
    summary: str
    blocks: list[dict[str, Any]]
    cards: list[dict[str, Any]]
    meta: ReplyMeta


class HistoryMessage(BaseModel):
    """One message; a reply also has what is needed to show it again."""

    id: str
    role: Literal["user", "assistant"]
    content: str
    language: str | None
    timestamp: str
    turn: int | None = None
    title: str | None = None
    blocks: list[dict[str, Any]] | None = None
    cards: list[dict[str, Any]] | None = None
    meta: dict[str, Any] | None = None


class History(BaseModel):
    """Messages, oldest first. `next_before` fetches the page of earlier turns; None: none left."""

    session_id: str
    messages: list[HistoryMessage]
    next_before: int | None


class Example(BaseModel):
    """A question to begin with."""

    text: str
    topic: str


class Examples(BaseModel):
    """Questions for one visitor until `expires_at`."""

    examples: list[Example]
    expires_at: str
    seed: int
    topics: list[str]
    total_pool_size: int


class Problem(BaseModel):
    """RFC 9457, with the two fields that older clients read."""

    type: str
    title: str
    status: int
    detail: str
    error: str
    message: str
    retry_after: int | None = None


_SAID = {
    400: "The request cannot be read, or the key is not allowed",
    404: "No such conversation, or not yours",
    422: "A value is not allowed, or the key was used for another message",
    429: "The caller's own limit (`quota-exceeded`); `Retry-After` says when to come again",
    503: "Nothing was stored (`store-down`, `temporary-reduced-capacity`), or the reply takes "
    "longer (`reply-late`)",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route for the OpenAPI document."""
    schema = Problem.model_json_schema()
    return {
        status: {
            "description": _SAID[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }
