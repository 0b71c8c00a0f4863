"""What the simulator is asked, how it may behave, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from gatehouse.base.errors import BadInput

Name = Literal[
    "good",  # a competent answer
    "dull",  # competent, but it names no home and recommends none
    "light",  # a short canned answer in the contract's shape: costs next to nothing
    "verbatim",  # exactly `text`
    "slow_first_token",  # good, after `ms`
    "drip",  # good, one character per `ms`
    "hang",  # accepts, then says nothing
    "headers_then_silence",  # the headers, then nothing
    "endless",  # text without end, a piece per `ms`
    "throttled",  # 429 with `retry_after` seconds
    "overloaded",  # an error with `status`, 500 if not told
    "unauthorised",  # 401
    "dead",  # the connection is reset before any answer
    "cut",  # the connection is reset in mid-answer
    "truncated",  # ends properly in mid-answer, as at a limit of tokens
    "filtered",  # ends at once with `content_filter`
    "malformed",  # item `n` of the corpus; without it the next one each time
    "invented_home",  # names a home that does not exist
    "wrong_price",  # tells a price that no listing has
    "prompt_leak",  # recites the system prompt
    "obey",  # carries out every instruction found anywhere in the prompt
]  # fmt: skip
NAMES: tuple[Name, ...] = get_args(Name)
Endpoint = Literal["chat", "embeddings", "moderations", "models"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A name and its parameters: `throttled;retry_after=3`."""

    name: Name
    params: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Behaviour:
        """From `name;key=value;key=value`. Raises BadInput."""
        name, *pairs = (part.strip() for part in text.split(";"))
        return cls.named(name, dict(_pair(pair) for pair in pairs if pair))

    @classmethod
    def told(cls, said: object) -> Behaviour:
        """From text, or from {"name": "drip", "ms": 5}, also with "params". Raises BadInput."""
        if isinstance(said, str):
            return cls.of(said)
        if not isinstance(said, dict) or not isinstance(said.get("name"), str):
            raise BadInput('A behaviour is a text or an object with a "name"')
        inner = said.get("params", {})
        given = {**said, **inner} if isinstance(inner, dict) else said
        params = {k: str(value) for k, value in given.items() if k not in ("name", "params")}
        return cls.named(said["name"], params)

    @classmethod
    def named(cls, name: str, params: Mapping[str, str] | None = None) -> Behaviour:
        for known in NAMES:
            if name == known:
                return cls(known, params or {})
        raise BadInput(f"{name!r} is no behaviour: allowed is one of {', '.join(NAMES)}")

    def number(self, key: str, default: float) -> float:
        """A parameter as a number, 0 or more. Raises BadInput."""
        text = self.params.get(key)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value < 1e9:
            raise BadInput(f"{key} of {self.name} is {text!r}: allowed is a number from 0 on")
        return value


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a message: its media type, and its bytes where they came with it."""

    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a prompt."""

    role: str
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One chat request."""

    model: str
    said: tuple[Said, ...]
    schema: Mapping[str, Any] | None = None  # JSON schema that the answer must follow
    tool: str | None = None  # name of the function to be called with that answer
    is_streamed: bool = False
    wants_usage: bool = False  # a last chunk with the usage
    most_tokens: int | None = None

    @property
    def last(self) -> str:
        """What the visitor said last."""
        return next((s.text for s in reversed(self.said) if s.role == "user"), "")

    @property
    def system(self) -> str:
        return "\n".join(s.text for s in self.said if s.role in ("system", "developer"))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for s in self.said for picture in s.pictures)


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise BadInput(f"{text!r} is no parameter: allowed is key=value")
    return key.strip(), value.strip()
