"""Which settings are flags, what they may be, and how several sources make one value."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Final

from pydantic import TypeAdapter, ValidationError

from gatehouse.base.config import Settings
from gatehouse.base.errors import BadInput
from gatehouse.base.values import allowed, kind

Value = bool | int | float | str
CEILINGS: Final = tuple(n for n, f in Settings.model_fields.items() if kind(f) == "ceiling")
LIVE: Final = tuple(n for n, f in Settings.model_fields.items() if kind(f) == "live")
FLAGS: Final = (*CEILINGS, *LIVE)


def named(name: str) -> str:
    """The field of Settings that a person means. Raises BadInput, naming what there is."""
    field = name.strip().lower()
    if field in FLAGS:
        return field
    if field in Settings.model_fields:
        raise BadInput(f"{field.upper()} is read once at the start; only the environment sets it")
    raise BadInput(f"{name} is no flag; there are {', '.join(each.upper() for each in FLAGS)}")


def checked(name: str, value: Any) -> Value:
    """The value as its setting reads it, from text or from JSON. Raises BadInput."""
    field = Settings.model_fields[name]
    is_odd = isinstance(value, bool) and field.annotation is not bool
    try:
        if is_odd or (isinstance(value, str) and not value):
            raise ValueError(value)
        found: Value = _reader(name).validate_python(value)
        return found
    except (ValidationError, ValueError):
        raise BadInput(f"{name.upper()} is {value!r}: allowed is {allowed(field)}") from None


def least(name: str) -> bool | int:
    """The most restrictive value of a ceiling."""
    return False if Settings.model_fields[name].annotation is bool else 0


def lower(ceiling: Any, other: Any) -> Any:
    """The more restrictive of two values of a ceiling."""
    return (ceiling and other) if isinstance(ceiling, bool) else min(ceiling, other)


@cache
def _reader(name: str) -> TypeAdapter[Any]:
    field = Settings.model_fields[name]
    form: Any = field.annotation
    for rule in field.metadata:
        form = Annotated[form, rule]
    return TypeAdapter(form)
