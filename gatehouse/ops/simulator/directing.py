"""Which behaviour answers: the header, else the switch, script, model name, mix; in this order."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatehouse.base.errors import BadInput
from gatehouse.ops.simulator.characters import character_of, drawn
from gatehouse.ops.simulator.types import Behaviour, Endpoint

_WHEN = frozenset({"request", "text", "endpoint", "model"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a script; of several the first that fits counts."""

    do: Behaviour
    first: int = 1  # of the requests, counted from 1
    last: int | None = None
    text: re.Pattern[str] | None = None  # found in what the visitor said last
    endpoint: Endpoint | None = None
    model: str | None = None

    def fits(self, asked: Asked) -> bool:
        if not self.first <= asked.number <= (self.last or asked.number):
            return False
        if self.endpoint not in (None, asked.endpoint) or self.model not in (None, asked.model):
            return False
        return self.text is None or self.text.search(asked.text) is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a choice depends on."""

    number: int
    endpoint: Endpoint
    model: str = ""
    text: str = ""
    header: str = ""


Script = tuple[Rule, ...]
Mix = tuple[tuple[Behaviour, float], ...]


@dataclass(slots=True)
class Director:
    """`switched` is changed while it runs; the rest stands."""

    default: Behaviour = field(default_factory=lambda: Behaviour("good"))
    script: Script = ()
    mix: Mix = ()
    seed: int = 0
    switched: Behaviour | None = None

    def choose(self, asked: Asked) -> Behaviour:
        """Raises BadInput for a header that names no behaviour."""
        if asked.header:
            return Behaviour.of(asked.header)
        if self.switched is not None:
            return self.switched
        for rule in self.script:
            if rule.fits(asked):
                return rule.do
        if asked.endpoint == "chat" and (character := character_of(asked.model)) is not None:
            dice = random.Random(f"{self.seed}:{asked.number}:{asked.model}")  # noqa: S311
            return drawn(character, dice.random()) or Behaviour("good")
        return self._drawn(asked.number) if self.mix else self.default

    def _drawn(self, number: int) -> Behaviour:
        """The same for the same request number, in whatever order requests come."""
        dice = random.Random(f"{self.seed}:{number}")  # noqa: S311 - a simulation
        behaviours, weights = zip(*self.mix, strict=True)
        drawn: Behaviour = dice.choices(behaviours, weights)[0]
        return drawn


def script_of(path: Path) -> Script:
    """From a file: a JSON array, or one JSON object per line. Raises BadInput, OSError."""
    text = path.read_text("utf-8")
    try:
        if text.lstrip().startswith("["):
            return script(json.loads(text))
        return script([json.loads(line) for line in text.splitlines() if line.strip()])
    except json.JSONDecodeError as wrong:
        raise BadInput(f"{path} is not JSON: {wrong}") from None


def script(rules: object) -> Script:
    """From [{"when": {"request": "2-5", "text": "pool"}, "do": "hang"}, …]. Raises BadInput."""
    if not isinstance(rules, Sequence) or isinstance(rules, str):
        raise BadInput("A script is an array of rules")
    return tuple(_rule(rule) for rule in rules)


def mix(text: str) -> Mix:
    """From "good=8,hang=1,throttled;retry_after=3=1". Raises BadInput."""
    return tuple(_share(part) for part in text.split(",") if part.strip())


def _share(part: str) -> tuple[Behaviour, float]:
    told, _, weight = part.rpartition("=")
    try:
        return Behaviour.of(told), float(weight)
    except ValueError:
        raise BadInput(f"{part!r} is no share: allowed is NAME=WEIGHT") from None


def _rule(given: object) -> Rule:
    if not isinstance(given, Mapping) or given.keys() - {"when", "do"} or "do" not in given:
        raise BadInput('A rule is {"when": {…}, "do": "BEHAVIOUR"}')
    when = given.get("when") or {}
    if not isinstance(when, Mapping) or when.keys() - _WHEN:
        raise BadInput(f"`when` knows {', '.join(sorted(_WHEN))}")
    first, last = _span(when.get("request"))
    return Rule(
        do=Behaviour.told(given["do"]),
        first=first,
        last=last,
        text=_pattern(when.get("text")),
        endpoint=when.get("endpoint"),
        model=when.get("model"),
    )


def _span(given: Any) -> tuple[int, int | None]:
    """3, "3", "2-5" or "6-"."""
    if given is None:
        return 1, None
    match = re.fullmatch(r"(\d+)(-?)(\d*)", str(given))
    if match is None:
        raise BadInput(f'request is {given!r}: allowed is 3, "2-5" or "6-"')
    first = int(match[1])
    if not match[2]:
        return first, first
    return first, int(match[3]) if match[3] else None


def _pattern(given: Any) -> re.Pattern[str] | None:
    if given is None:
        return None
    try:
        return re.compile(str(given), re.IGNORECASE)
    except re.error as wrong:
        raise BadInput(f"text is {given!r}, which is no pattern: {wrong}") from None
