"""The steps that every handler takes: hear and merge, decide, look up, set the scene, conclude."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from gatehouse.observe import meters
from gatehouse.talk import memory, passing
from gatehouse.talk.arriving import Arrival, arrive, decide_about, put_in_focus, without_title
from gatehouse.talk.looking import Lookup, look_up
from gatehouse.talk.policy import is_lawful, lawful
from gatehouse.talk.purse import Purse
from gatehouse.talk.scene import Scene
from gatehouse.talk.settling import settle, value
from gatehouse.talk.types import Decision, Move, Outcome, Reply, Thread, Tools
from gatehouse.talk.voice import Voice
from gatehouse.understanding.state import is_filled, merge
from gatehouse.understanding.types import Budget, DialogueState, Heard, Language, Slot

Propose = Callable[[DialogueState, Heard], Decision]


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds per step."""

    steps: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            ms = (time.perf_counter() - start) * 1000
            self.steps[name] = self.steps.get(name, 0.0) + ms


@dataclass(frozen=True, slots=True)
class Listened:
    """What the visitor's message changed: the state before it, what was heard, the state after."""

    before: DialogueState
    heard: Heard
    state: DialogueState
    arrival: Arrival | None = None


async def listen(thread: Thread, tools: Tools, watch: Stopwatch) -> Listened:
    """Hears the message by rules and merges it; fetches the home from whose page it comes."""
    with watch.step("search"):
        arrival = await arrive(thread.about, tools.catalogue) if thread.about else None
    with watch.step("understand"):
        before = _before(thread, arrival)
        heard = _hear(thread, before, arrival=arrival, tools=tools)
        rates = tools.catalogue.rates()
        state = settle(merge(before, heard), heard, before=before, rates=rates)
    return Listened(before, heard, state, arrival)


def decide(listened: Listened, propose: Propose, *, arm: str, watch: Stopwatch) -> Decision:
    """What to do next, within the law."""
    with watch.step("decide"):
        decision = guarded(propose(listened.state, listened.heard), listened.state, arm=arm)
        return decide_about(decision, listened.arrival) if listened.arrival else decision


def guarded(decision: Decision, state: DialogueState, *, arm: str) -> Decision:
    """The decision, or, where it would ask again, the lawful one."""
    if not is_lawful(decision, state):
        meters.invariant_reask_total.labels(arm=arm).inc()
    return lawful(decision, state)


async def look(
    decision: Decision, listened: Listened, *, thread: Thread, tools: Tools, watch: Stopwatch
) -> Lookup:
    """The one call to the listings that the decision needs, or none."""
    with watch.step("search"):
        return _arrived(decision, listened.arrival) or await look_up(
            decision, listened.state, tools=tools, arm=thread.arm
        )


def set_scene(
    decision: Decision, looked: Lookup, *, listened: Listened, thread: Thread, tools: Tools
) -> Scene:
    """The turn as the renderer sees it, now that it is known what there is."""
    silence = looked.silence(decision)
    decision = after_search(decision, looked)
    state, heard = listened.state, listened.heard
    left = 0
    if looked.answer and looked.homes:
        left = memory.left(state, decision, answer=looked.answer, shown=len(looked.homes))
    return Scene(
        voice=Voice(state.language or heard.language, thread.turn_no, _purse(state, tools)),
        decision=decision,
        state=state,
        heard=heard,
        currency=tools.market.currency,
        homes=looked.homes,
        answer=looked.answer,
        left=left,
        is_free=looked.is_free,
        cards_on=tools.cards_on,
        silence=silence,
        timezone=tools.market.timezone,
        is_follow_up=thread.is_follow_up,
    )


def conclude(
    scene: Scene, reply: Reply, *, thread: Thread, looked: Lookup, watch: Stopwatch
) -> Outcome:
    """What the turn comes to: the reply, and what the talk remembers of it."""
    after = memory.remember(
        scene.state,
        scene.decision,
        homes=looked.homes,
        answer=looked.answer,
        turn=thread.turn_no,
        is_ranked=scene.heard.sort is not None,
    )
    return Outcome(
        decision=scene.decision,
        reply=reply,
        state=after,
        heard=scene.heard,
        filled_before=tuple(slot for slot in Slot if is_filled(scene.state, slot)),
        effects=passing.effects(scene),
        errors=(looked.trouble,) if looked.trouble else (),
        timings_ms=watch.steps,
        results=looked.answer.found.total if looked.answer else None,
        is_cached=looked.answer.is_cached if looked.answer else None,
    )


def after_search(decision: Decision, looked: Lookup) -> Decision:
    """The move, now that it is known what there is."""
    if looked.trouble:
        return replace(decision, move=Move.TROUBLE)
    if decision.move is Move.RECOMMEND and not looked.homes:
        return replace(decision, move=Move.NOTHING_FOUND)
    return decision


def switched(thread: Thread) -> Language | None:
    """The language that the page's switch says."""
    return next((m.language for m in reversed(thread.messages) if m.language), None)


def _before(thread: Thread, arrival: Arrival | None) -> DialogueState:
    if arrival is None:
        return thread.state
    return put_in_focus(thread.state, arrival, language=switched(thread))


def _hear(thread: Thread, before: DialogueState, *, arrival: Arrival | None, tools: Tools) -> Heard:
    language = switched(thread)
    if arrival is None or arrival.home is None:
        return tools.ear.hear(thread.text, state=before, language=language)
    text = without_title(thread.text, arrival.home)
    heard = tools.ear.hear(text, state=before, language=language)
    return replace(heard, text=thread.text)


def _arrived(decision: Decision, arrival: Arrival | None) -> Lookup | None:
    """The home that was fetched already, where nothing else needs to be looked up."""
    if arrival is None or decision.home_ids != (arrival.id,):
        return None
    if decision.move is Move.ANSWER_HOME and "availability" in decision.asked and arrival.home:
        return None  # the days, if some are known
    return Lookup((arrival.home,) if arrival.home else (), trouble=arrival.trouble)


def _purse(state: DialogueState, tools: Tools) -> Purse:
    """The budget's currency, else the market's; the rates as of the latest look-up."""
    budget = value(state, Slot.BUDGET)
    spoken = budget.currency if isinstance(budget, Budget) else None
    return Purse(spoken or tools.market.currency, tools.catalogue.rates())
