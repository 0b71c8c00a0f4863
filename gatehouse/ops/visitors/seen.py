"""What a visitor saw: each reply as it came, without anything added or left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Ending = Literal["served", "left", "gave_up", "refused", "broken"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and its reply. Times are the client's own, in milliseconds."""

    status: int  # of HTTP; 0: no answer at all
    latency_ms: float
    lane: Literal["ask", "stream"] = "ask"
    first_words_ms: float | None = None  # of a stream
    act: str = ""
    asked: str = ""  # the slot
    arm: str = ""
    version: str = ""
    tier: str = ""
    degraded: tuple[str, ...] = ()
    cards: int = 0
    names_home: bool = False  # a home that is shown is spoken of
    is_context_kept: bool = True  # nothing that was known is forgotten
    retries: int = 0  # as the page tries again
    waited_ms: float = 0.0  # with those, before the attempt that `latency_ms` is of
    trouble: str = ""

    @property
    def is_answered(self) -> bool:
        return self.status == 200 and not self.trouble


@dataclass(frozen=True, slots=True)
class Visit:
    """One conversation. served: got what it came for; left: lost interest; gave_up: not understood
    for too long; refused: 429 or 503; broken: anything else that was no reply."""

    number: int
    language: str
    ending: Ending
    turns: tuple[Turn, ...]
    session: str = ""
    is_interested: bool | None = None  # None: saw no homes
    score: int | None = None  # the thumb
    trouble: str = ""

    @property
    def versions(self) -> tuple[str, ...]:
        """Those that answered, in order of their first reply."""
        return tuple(dict.fromkeys(turn.version for turn in self.turns if turn.version))

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(turn.arm for turn in self.turns if turn.arm))

    @property
    def has_homes(self) -> bool:
        return any(turn.cards for turn in self.turns)


def turn_of(
    reply: Mapping[str, Any], known: frozenset[str], *, latency_ms: float, **told: Any
) -> Turn:
    """A reply object as it was seen; `known`: the slots of the reply before."""
    meta, cards = reply["meta"], reply["cards"]
    needed = meta["next_needed"]
    titles = [str(card.get("title", "")) for card in cards]
    return Turn(
        status=200,
        latency_ms=latency_ms,
        act=meta["act"],
        asked=needed[0] if meta["act"] == "ASK_SLOT" and needed else "",
        arm=meta["arm"],
        version=meta["version"],
        tier=meta["tier"],
        degraded=tuple(meta["degraded"]),
        cards=len(cards),
        names_home=any(title and title in reply["summary"] for title in titles),
        is_context_kept=known <= slots_of(reply),
        **told,
    )


def slots_of(reply: Mapping[str, Any]) -> frozenset[str]:
    """The slots that are known."""
    return frozenset(name for name in reply["meta"]["slots"] if not name.endswith("_not"))
