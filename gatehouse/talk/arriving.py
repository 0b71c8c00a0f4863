"""A visitor who comes from the page of a home: that home is what the talk is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from uuid import UUID

from gatehouse.listings.types import Catalogue, Listing
from gatehouse.talk.looking import TROUBLE, Trouble
from gatehouse.talk.memory import as_shown
from gatehouse.talk.types import Act, Decision, Move
from gatehouse.understanding.types import DialogueState, Language

# What a message from a home's page does not mean: it names its home.
_LOST = (Move.NOT_UNDERSTOOD, Move.WHICH_HOME)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The home that a message comes with; without `home` it is unknown, withdrawn or unread."""

    id: str
    home: Listing | None = None
    trouble: Trouble | None = None


async def arrive(about: UUID, catalogue: Catalogue) -> Arrival:
    """Fetches the home."""
    try:
        homes = await catalogue.get((about,))
    except tuple(TROUBLE) as trouble:
        return Arrival(str(about), trouble=TROUBLE[type(trouble)])
    return Arrival(str(about), homes[0] if homes else None)


def put_in_focus(
    state: DialogueState, arrival: Arrival, *, language: Language | None
) -> DialogueState:
    """The state as if this home had been talked about; those on the screen keep their numbers."""
    known = {home.id for home in state.shown}
    if arrival.home is None or arrival.id in known:
        return replace(state, focus=arrival.id)
    shown = (*state.shown, as_shown(arrival.home, state.language or language))
    return replace(state, focus=arrival.id, shown=shown)


def without_title(text: str, home: Listing) -> str:
    """The words without the home's title: its "two bedrooms in Lapta" are no wishes."""
    titles = "|".join(re.escape(title) for title in (home.title, *home.titles.values()) if title)
    return re.sub(titles, "", text, flags=re.IGNORECASE) if titles else text


def decide_about(decision: Decision, arrival: Arrival) -> Decision:
    """The decision, when nothing else was asked for about this home, or it is not on offer."""
    about = Decision(Act.CLARIFY, Move.ANSWER_HOME, home_ids=(arrival.id,), asked=decision.asked)
    if decision.move in _LOST:
        return about
    is_gone = arrival.home is None and arrival.trouble is None
    return about if is_gone and decision.home_ids == (arrival.id,) else decision
