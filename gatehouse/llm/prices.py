"""What tokens cost: list prices as dated data, and the operator's own over them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from gatehouse.base.errors import Misconfigured
from gatehouse.llm.naming import PREFIXES, Address

MILLION = 1_000_000
SHAPE = (
    'a JSON file such as {"openai:my-model": [0.25, 2.0]}: US dollars per million tokens in, out'
)
_DATED = re.compile(r"-(20\d{6}|20\d\d-\d\d-\d\d|latest)$")  # a fixed version of a model


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    tokens_in: float
    tokens_out: float

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """In US dollars."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / MILLION


@dataclass(frozen=True, slots=True)
class Prices:
    """By family:name. `as_of` is the day of the list, as YYYY-MM-DD."""

    table: Mapping[str, Price]
    as_of: str = ""

    def of(self, there: Address) -> Price | None:
        """The price of a model; None: unknown.

        List prices are for the provider's own endpoint (Azure's are OpenAI's); the operator's own
        hold for any. A name with a date is looked up without it, too.
        """
        for name in (there.name, _DATED.sub("", there.name)):
            for family in (there.family, "openai" if there.family == "azure" else there.family):
                if price := self.table.get(f"{family}:{name}"):
                    return price
        return None


def load(path: str = "") -> Prices:
    """The list, with what the operator's file says over it. Raises Misconfigured."""
    listed = _listed()
    if not path:
        return listed
    try:
        told = json.loads(Path(path).read_text())
    except (OSError, ValueError) as wrong:
        raise Misconfigured(f"LLM_PRICES is {path!r}: allowed is {SHAPE} ({wrong})") from None
    return Prices({**listed.table, **_rows(told, path)}, listed.as_of)


@cache
def _listed() -> Prices:
    text = resources.files("gatehouse.llm").joinpath("prices.json").read_text()
    told = json.loads(text)
    return Prices(_rows(told["usd_per_million_tokens"], "prices.json"), told["as_of"])


def _rows(told: Any, path: str) -> dict[str, Price]:
    if not isinstance(told, dict):
        raise Misconfigured(f"LLM_PRICES is {path!r}: allowed is {SHAPE}")
    return dict(_row(name, pair, path) for name, pair in told.items())


def _row(name: str, pair: Any, path: str) -> tuple[str, Price]:
    is_pair = isinstance(pair, list) and len(pair) == 2
    if not is_pair or not all(_is_price(number) for number in pair):
        raise Misconfigured(f"LLM_PRICES is {path!r}: the price of {name!r} must be [in, out]")
    prefix, colon, rest = name.partition(":")
    family = PREFIXES.get(prefix) if colon else None
    return f"{family}:{rest}" if family else f"openai:{name}", Price(float(pair[0]), float(pair[1]))


def _is_price(number: object) -> bool:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return is_number and math.isfinite(float(str(number))) and float(str(number)) >= 0
