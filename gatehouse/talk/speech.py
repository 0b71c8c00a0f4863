"""What of a model's speech is shown: sentences that are true, and that fit what code decided."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from gatehouse.listings.types import Listing
from gatehouse.talk.contract import Answer
from gatehouse.talk.grounding import Facts, Fault, check, figures_of, places_of, word_runs
from gatehouse.talk.plain_text import place_holders
from gatehouse.talk.prompting import counts
from gatehouse.talk.prompts import load
from gatehouse.talk.scene import LONGEST_SUMMARY, Scene
from gatehouse.talk.settling import DEFAULT_CURRENCY, value
from gatehouse.talk.topics import asked_slots, asks
from gatehouse.talk.types import Act, Ear, Move
from gatehouse.understanding.types import Budget, DialogueState, Intent, PlaceName, Slot

# Replies that state what was done, stored or compared, or that nothing was found, are the house's.
SPOKEN = frozenset(
    (Move.GREET, Move.ASK, Move.NOT_UNDERSTOOD, Move.START_OVER, Move.RECOMMEND, Move.MORE,
     Move.ANSWER_HOME, Move.WHICH_HOME, Move.SMALL_TALK, Move.THANK, Move.GOODBYE,
     Move.DECLINED, Move.OUT_OF_DOMAIN)
)  # fmt: skip
_SEARCHES = (Act.ACK_AND_SEARCH, Act.SEARCH_AND_RECOMMEND)
ROOM = LONGEST_SUMMARY - 300  # characters; the rest is kept for what the house adds


@dataclass(slots=True)
class Speech:
    """The sentences of one turn that may be shown, one after the other."""

    scene: Scene
    facts: Facts
    ear: Ear
    is_fitting: bool
    said: list[str] = field(default_factory=list)
    fault: Fault | None = None  # of the first sentence that was not shown
    is_over: bool = False  # no sentence counts any more
    has_asked: bool = False  # the open question stands in it

    @property
    def text(self) -> str:
        return " ".join(self.said)

    def take(self, sentence: str) -> str | None:
        """The sentence as it may be shown; None, and so for all that follow, if it may not."""
        if self.is_over or not self.is_fitting:
            return None
        if not self._may_ask(sentence) or not self._may_begin(sentence):
            self.is_over = True
            return None
        checked = check(sentence, self.facts, ear=self.ear, voice=self.scene.voice)
        if checked.text is None or len(self.text) + len(checked.text) > ROOM:
            self.fault, self.is_over = checked.fault, True
            return None
        self.said.append(checked.text)
        return checked.text

    def _may_begin(self, sentence: str) -> bool:
        """An answer about a home begins by naming it."""
        is_free = bool(self.said) or self.scene.decision.move is not Move.ANSWER_HOME
        return is_free or bool(place_holders(sentence))

    def _may_ask(self, sentence: str) -> bool:
        """A question about a slot is the one that code decided, and comes once."""
        language, ask = self.scene.voice.language, self.scene.decision.ask
        if not asks(sentence, language):
            return True
        slots = asked_slots(sentence, language)
        if ask is None:
            return not slots
        if self.has_asked or slots != {ask}:
            return False
        self.has_asked = True
        return True


def is_worded(scene: Scene) -> bool:
    """May a model word this reply? Not what was done, stored, asked of a listing or doubted."""
    decision = scene.decision
    if decision.move is Move.ANSWER_HOME:
        return not decision.asked and bool(scene.homes)
    is_doubted = decision.move is Move.SMALL_TALK and scene.heard.wants(Intent.TRUST)
    return decision.move in SPOKEN and scene.silence is None and not is_doubted


def fits(answer: Answer, scene: Scene) -> bool:
    """Was it spoken for what code decided?"""
    decision = scene.decision
    if not is_worded(scene):
        return False
    if decision.move in (Move.RECOMMEND, Move.MORE):
        return answer.act in _SEARCHES and bool(scene.homes) and scene.answer is not None
    if decision.act is Act.ASK_SLOT:
        return answer.act is Act.ASK_SLOT and answer.next_needed[:1] == (decision.ask,)
    return answer.act in (decision.act, Act.CLARIFY)


def facts_for(
    scene: Scene, homes: dict[int, Listing], *, words: Iterable[str], ear: Ear, rules: str = ""
) -> Facts:
    """What may be stated: `homes` are rows read again, `words` the visitor's own messages.

    `rules`: the instructions of the version that speaks; empty: the release's.
    """
    language, state = scene.voice.language, scene.state
    own = tuple(words)
    said = {n for text in own for n in ear.numbers(text, language)}
    figures, amounts = figures_of(state)
    told = {float(n) for n in counts(scene).values()}
    return Facts(
        language=language,
        homes=homes,
        numbers=frozenset(figures | said | told),
        amounts=frozenset(amounts | said),
        currencies=_currencies(scene),
        places=_places(scene, homes),
        amenities=_codes(state) | frozenset(scene.decision.asked) & _owned(homes),
        shunned=frozenset(_shunned(state)),
        words=frozenset(w.casefold() for text in own for w in re.findall(r"[\w'’-]+", text)),
        titles=tuple(_titles(scene, homes)),
        prompt=_runs_of(rules),
    )


@lru_cache(maxsize=32)
def _runs_of(rules: str) -> frozenset[str]:
    return word_runs(rules or load().rules)


def _currencies(scene: Scene) -> frozenset[str]:
    budget = value(scene.state, Slot.BUDGET)
    spoken = budget.currency if isinstance(budget, Budget) else None
    return frozenset((spoken or scene.currency or DEFAULT_CURRENCY, scene.currency))


def _places(scene: Scene, homes: dict[int, Listing]) -> frozenset[str] | None:
    """A question about the place may name examples."""
    if scene.decision.ask is Slot.LOCATION:
        return None
    said = value(scene.state, Slot.LOCATION)
    wanted = (p.key for p in said if isinstance(p, PlaceName)) if isinstance(said, tuple) else ()
    keys = {*wanted, *(home.place for home in scene.state.shown), *places_of(homes.values())}
    return frozenset(keys | {key.partition("/")[0] for key in keys})


def _codes(state: DialogueState) -> frozenset[str]:
    said = value(state, Slot.AMENITIES)
    return frozenset(str(code) for code in said) if isinstance(said, tuple) else frozenset()


def _owned(homes: dict[int, Listing]) -> frozenset[str]:
    return frozenset().union(*(home.amenities for home in homes.values()))


def _shunned(state: DialogueState) -> tuple[str, ...]:
    filled = state.slots.get(Slot.AMENITIES)
    return filled.shunned if filled else ()


def _titles(scene: Scene, homes: dict[int, Listing]) -> Iterable[str]:
    yield from (home.title for home in scene.state.shown)
    for home in homes.values():
        yield from (home.title, *home.titles.values())
