"""Moderation as the OpenAI protocol has it, by a few plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatehouse.ops.simulator.shapes import Refused

# A text is flagged that holds one of a category's words, or "flag:CATEGORY".
WORDS: Mapping[str, tuple[str, ...]] = {
    "harassment": ("worthless idiot",),
    "harassment/threatening": ("i will hurt you",),
    "hate": ("subhuman",),
    "hate/threatening": (),
    "illicit": ("forge a passport", "launder money"),
    "illicit/violent": ("build a bomb",),
    "self-harm": ("kill myself",),
    "self-harm/intent": ("end my life",),
    "self-harm/instructions": (),
    "sexual": ("explicit sex",),
    "sexual/minors": (),
    "violence": ("murder",),
    "violence/graphic": (),
}


def moderations(body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of /v1/moderations. Raises Refused."""
    given = body.get("input")
    texts = given if isinstance(given, list) else [given]
    plain = [_plain(text) for text in texts]
    if not plain:
        raise Refused(400, "input must not be empty.", param="input")
    return {
        "id": "modr-simulated",
        "model": body.get("model", "simulated-moderation"),
        "results": [_result(text.casefold()) for text in plain],
    }


def _plain(given: object) -> str:
    if isinstance(given, dict):
        return str(given.get("text", ""))
    if not isinstance(given, str):
        raise Refused(400, "input is a text or an array.", param="input")
    return given


def _result(text: str) -> dict[str, Any]:
    found = {
        category: f"flag:{category}" in text.split() or any(word in text for word in words)
        for category, words in WORDS.items()
    }
    return {
        "flagged": any(found.values()),
        "categories": found,
        "category_scores": {name: 0.98 if is_so else 0.001 for name, is_so in found.items()},
        "category_applied_input_types": {name: ["text"] for name in found},
    }
