"""Which form of /metrics a request wants."""

from __future__ import annotations

from typing import Literal

Form = Literal["text", "openmetrics", "json"]
SPELLINGS: dict[str, Form] = {"json": "json", "prometheus": "text", "openmetrics": "openmetrics"}
OPENMETRICS = "application/openmetrics-text"
JSON = "application/json"


def choose(accept: str | None, spelled: str | None = None) -> Form:
    """`?format=` wins; then the Accept header; text where neither clearly says otherwise.

    JSON only if application/json is listed above every text type; a bare */* means text, which
    is what every scraper and a plain curl expect. Raises KeyError for an unknown spelling.
    """
    if spelled is not None:
        return SPELLINGS[spelled]
    wishes = qualities(accept or "")
    text = max((q for kind, q in wishes.items() if kind.startswith("text/")), default=0.0)
    opened, json = wishes.get(OPENMETRICS, 0.0), wishes.get(JSON, 0.0)
    if json > max(text, opened):
        return "json"
    return "openmetrics" if opened > text else "text"


def qualities(accept: str) -> dict[str, float]:
    """Media type -> best quality; an unreadable quality counts as 0."""
    wishes: dict[str, float] = {}
    for item in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in item.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        wishes[kind] = max(wishes.get(kind, 0.0), _quality(quality))
    return wishes


def _quality(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0
