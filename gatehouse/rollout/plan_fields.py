"""Reading a plan's fields: each with its bounds, every trouble told at once and by its place."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")
NEVER: Final = math.inf


def seconds_of(value: object) -> float | None:
    """Seconds of "30m", "1h 30m", 90; None: it is no duration."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if value >= 0 and math.isfinite(value) else None
    if not isinstance(value, str) or not value.strip():
        return None
    if _DURATION.sub("", value).strip():
        return None
    return sum(float(count) * _UNITS[unit] for count, unit in _DURATION.findall(value))


def share_of(value: object) -> float | None:
    """A share between 0 and 1 of "0.5 %" or 0.005; None: it is none."""
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value.strip())):
        return round(float(found[1]) / 100, 12)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None


@dataclass(slots=True)
class Fields:
    """One mapping of a plan. `troubles` is shared by all mappings of it; reading never raises."""

    values: Mapping[str, Any]
    place: str
    troubles: list[str]
    _known: list[str] = field(default_factory=list)

    def refuse(self, name: str, why: str) -> None:
        place = f"{self.place}.{name}" if self.place and name else self.place or name
        self.troubles.append(f"{place}: {why}" if place else why)

    def get(self, name: str) -> Any:
        self._known.append(name)
        return self.values.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.refuse(name, "must be a text" if value is not None else "is missing")
            return default or ""
        return value.strip()

    def choice(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        value = self.text(name, default)
        if value in allowed or (not value and default is None):
            return value
        self.refuse(name, f"{value!r} is not one of {', '.join(allowed)}")
        return default or allowed[0]

    def seconds(self, name: str, default: float | None = None) -> float:
        value = self.get(name)
        if value is None and default is not None:
            return default
        found = seconds_of(value)
        if found is None:
            self.refuse(name, "is missing" if value is None else f"{value!r} is no time like 30m")
        return found if found is not None else 0.0

    def number(
        self, name: str, default: float | None, *, low: float = 0.0, high: float = NEVER
    ) -> float | None:
        value = self.get(name)
        if value is None:
            return default
        found = share_of(value)
        if found is None or not low <= found <= high:
            until = f" to {high:g}" if high < NEVER else " upwards"
            self.refuse(name, f"{value!r} is not a number from {low:g}{until}")
            return default
        return found

    def whole(self, name: str, default: int | None, *, low: int = 0) -> int | None:
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            self.refuse(name, f"{value!r} is not a whole number from {low} upwards")
            return default
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.get(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, f"{value!r} is neither true nor false")
        return value if isinstance(value, bool) else default

    def inside(self, name: str) -> Fields | None:
        """The mapping under `name`; None: there is none."""
        value = self.get(name)
        if value is None:
            return None
        return self._wrapped(value, self._at(name))

    def each(self, name: str) -> Iterator[Fields]:
        value = self.get(name)
        if value is None:
            return
        if not isinstance(value, list | tuple):
            self.refuse(name, "must be a list")
            return
        for number, item in enumerate(value):
            yield self._wrapped(item, f"{self._at(name)}[{number}]")

    def texts(self, name: str, *, most: int) -> tuple[str, ...]:
        """A list of different texts, at most so many of them."""
        value = self.get(name)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(map(_is_text, value)):
            self.refuse(name, "must be a list of texts; put numbers in quotes")
            return ()
        found = tuple(each.strip() for each in value)
        if len(found) > most:
            self.refuse(name, f"has {len(found)} entries; at most {most} are possible")
        if len(set(found)) < len(found):
            self.refuse(name, "has an entry more than once")
        return found

    def close(self) -> None:
        """Refuses what nobody asked for: a misspelled field must not be silently ignored."""
        for name in self.values:
            if name not in self._known:
                self.refuse(str(name), f"is unknown; known are {', '.join(sorted(self._known))}")

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _wrapped(self, value: object, place: str) -> Fields:
        if isinstance(value, Mapping):
            return Fields(value, place, self.troubles)
        self.troubles.append(f"{place}: must have fields")
        return Fields({}, place, [])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
