"""What makes an agent what it is, as a value with a name of its own content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal, get_args

from gatehouse.base.errors import BadInput
from gatehouse.rollout.types import RULES

Kind = Literal["rules", "prompted"]
Parameter = Literal["temperature", "most_tokens", "history_messages", "output", "model_repair"]
Feature = Literal["cards", "suggested_actions"]
PARTS: Final = ("handler", "prompts", "model", "parameters", "features")
OUTPUTS: Final = ("auto", "schema", "tool", "json")
SPANS: Final[Mapping[str, tuple[type, float, float]]] = {  # both ends are allowed
    "temperature": (float, 0, 2),
    "most_tokens": (int, 64, 8192),
    "history_messages": (int, 0, 200),
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that makes an agent what it is. Where a model lives, and its key, do not belong to it.

    What `parameters` and `features` leave out is as the house has it.
    """

    handler: Kind
    prompts: Mapping[str, str] = field(default_factory=dict)  # part -> whole text
    model: str = ""  # as LLM_MODEL writes it
    parameters: Mapping[str, Any] = field(default_factory=dict)
    features: Mapping[str, bool] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """ "v-" and 12 hexadecimal digits; the same content has the same one everywhere."""
        if self == JUST_RULES:
            return RULES
        return f"v-{sha256(canonical(self.as_json()).encode()).hexdigest()[:12]}"

    def as_json(self) -> dict[str, Any]:
        """What is stored, and hashed."""
        return {
            "handler": self.handler,
            "prompts": dict(self.prompts),
            "model": self.model,
            "parameters": dict(self.parameters),
            "features": dict(self.features),
        }


JUST_RULES: Final = Bundle("rules")


def canonical(value: object) -> str:
    """The one way to write a value as JSON: sorted, compact, in its own letters."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def tidy(text: str) -> str:
    """A prompt as it is kept: line ends of one kind, and one at the end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"


def bundle_of(told: Mapping[str, Any]) -> Bundle:
    """A bundle as stored. Raises BadInput with one line that says what is not allowed."""
    if extra := _object("a version", told).keys() - set(PARTS):
        raise BadInput(f"a version has no {', '.join(sorted(extra))}")
    parts = {
        name: _object(name, told.get(name, {})).items() for name in PARTS[1:] if name != "model"
    }
    made = Bundle(
        told.get("handler", "prompted"),
        {part: tidy(str(text)) for part, text in parts["prompts"]},
        str(told.get("model", "")).strip(),
        {name: checked(name, value) for name, value in parts["parameters"]},
        {name: _switch(name, value) for name, value in parts["features"]},
    )
    _refuse_misfits(made)
    return made


def _object(name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(f"{name} is {str(value)[:50]!r}: allowed is an object")
    return value


def _refuse_misfits(bundle: Bundle) -> None:
    try:
        canonical(bundle.as_json()).encode()
    except UnicodeEncodeError:
        raise BadInput("a version holds half a character, which cannot be stored") from None
    if bundle.handler not in get_args(Kind):
        raise BadInput(f"handler is {bundle.handler!r}: allowed is {' or '.join(get_args(Kind))}")
    if bundle.handler == "rules" and (bundle.prompts or bundle.model or bundle.parameters):
        raise BadInput("the rules handler has no prompts, no model and no parameters")
    if bundle.handler == "prompted" and not bundle.model:
        raise BadInput("model is empty: a prompted version names its model, as LLM_MODEL does")
    if bundle.handler == "prompted" and not bundle.prompts:
        raise BadInput("prompts are missing: a prompted version holds the text of each part")


def checked(name: str, value: object) -> Any:
    """The value of a parameter, from text or as it is. Raises BadInput."""
    if name == "output":
        if value not in OUTPUTS:
            raise BadInput(f"output is {value!r}: allowed is {', '.join(OUTPUTS)}")
        return value
    if name == "model_repair":
        return str(value).strip()
    if name not in SPANS:
        raise BadInput(f"{name} is no parameter: allowed is {', '.join(get_args(Parameter))}")
    kind, low, high = SPANS[name]
    try:
        number = kind(str(value))
    except ValueError:
        number = None
    if number is None or not low <= number <= high:
        raise BadInput(f"{name} is {value!r}: allowed is a number from {low:g} to {high:g}")
    return number


def _switch(name: str, value: object) -> bool:
    if name not in get_args(Feature):
        raise BadInput(f"{name} is no feature: allowed is {', '.join(get_args(Feature))}")
    for said, meaning in ((True, True), (False, False), ("on", True), ("off", False)):
        if value is said or (isinstance(value, str) and value == said):
            return meaning
    raise BadInput(f"{name} is {value!r}: allowed is on or off")


def changed(
    bundle: Bundle,
    *,
    prompts: Mapping[str, str] | None = None,
    model: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    features: Mapping[str, Any] | None = None,
) -> Bundle:
    """The bundle with other parts. Raises BadInput."""
    told = bundle.as_json()
    if model is not None:
        told["model"] = model
    for name, parts in (("prompts", prompts), ("parameters", parameters), ("features", features)):
        told[name] = told[name] | dict(parts or {})
    return bundle_of(told)
