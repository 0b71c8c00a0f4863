"""Questions to begin with, per language and topic; each finds homes in the seeded stock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from gatehouse.understanding.types import Language

Topic = Literal["rent", "holiday", "buy", "wishes"]
TOPICS: tuple[Topic, ...] = ("rent", "holiday", "buy", "wishes")


@cache
def examples(language: Language) -> Mapping[Topic, tuple[str, ...]]:
    """The questions of a language by topic, from its data file."""
    path = resources.files(__package__).joinpath(language, "examples.json")
    found: dict[Topic, list[str]] = json.loads(path.read_text("utf-8"))
    return {topic: tuple(found[topic]) for topic in TOPICS}


def pool(language: Language, topics: tuple[str, ...] = ()) -> tuple[tuple[Topic, str], ...]:
    """(topic, question) for each question of the topics; of all, if none is known or given."""
    wanted = tuple(t for t in TOPICS if t in topics) or TOPICS
    known = examples(language)
    return tuple((topic, text) for topic in wanted for text in known[topic])
