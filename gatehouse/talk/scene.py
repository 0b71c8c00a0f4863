"""All that a reply is made from, and the small parts that every reply uses."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.listings.types import Answer, Listing
from gatehouse.talk.types import Block, Decision, Reply, SuggestedAction
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import DialogueState, Heard

LONGEST_SUMMARY = 1200
LONGEST_LABEL = 40
MOST_ACTIONS = 3


@dataclass(frozen=True, slots=True)
class Silence:
    """The listings did not answer. `is_promised`: a job that sends the matches is stored."""

    is_slow: bool  # a search that was cut; the next one may do
    is_promised: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn as the renderer sees it: decided, searched, not yet said."""

    voice: Voice
    decision: Decision
    state: DialogueState  # settled, before this reply is remembered
    heard: Heard
    currency: str
    homes: tuple[Listing, ...] = ()  # of this page, or those asked about
    answer: Answer | None = None
    left: int = 0  # homes of the search that are still unseen
    is_free: bool | None = None  # for the days asked about
    cards_on: bool = True
    silence: Silence | None = None  # instead of an answer
    timezone: str = "UTC"  # of the agency, for the hour of an answer out of the cache
    is_follow_up: bool = False  # the matches that were promised


def message(label: str, payload: str | None = None) -> SuggestedAction:
    """An action that sends words as if the visitor had typed them."""
    return {"label": clipped(label), "payload": payload or label, "type": "message"}


def link(label: str, payload: str) -> SuggestedAction:
    """An action that the page itself carries out."""
    return {"label": clipped(label), "payload": payload, "type": "link"}


def clipped(text: str, limit: int = LONGEST_LABEL) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def distinct(actions: tuple[SuggestedAction, ...]) -> tuple[SuggestedAction, ...]:
    """The first three without repeated labels."""
    by_label: dict[str, SuggestedAction] = {}
    for action in actions:
        by_label.setdefault(action["label"].casefold(), action)
    return tuple(by_label.values())[:MOST_ACTIONS]


def sentences(*parts: str | None) -> str:
    """Parts with something in them, as one paragraph."""
    return " ".join(filter(None, parts))


def plain(title: str, summary: str, *, actions: tuple[SuggestedAction, ...] = ()) -> Reply:
    """A reply of words only."""
    return Reply(title, summary, suggested_actions=actions)


def markdown(content: str) -> Block:
    return {"type": "markdown", "content": content}


def items(entries: list[str], *, is_ordered: bool = False) -> Block:
    return {"type": "list", "items": entries, "ordered": is_ordered}


def table(caption: str, headers: list[str], *, rows: list[list[str]]) -> Block:
    return {"type": "table", "caption": caption, "headers": headers, "rows": rows, "dense": False}
