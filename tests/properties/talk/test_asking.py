"""A filled slot is never asked again, whatever is said, in whichever language and order."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from gatehouse.listings.types import Answer, Found
from gatehouse.talk.memory import remember
from gatehouse.talk.policy import MOST_ASKS, decide
from gatehouse.talk.settling import settle
from gatehouse.talk.types import Act, Decision, Move
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import merge, required_open
from gatehouse.understanding.types import LANGUAGES, DialogueState, Heard, Language, Slot
from tests.conversations.stock import home
from tests.properties.talk.sentences import ASIDES, REQUIRED, TELLING

HOMES = tuple(home(n, "girne/lapta", price=400.0 + n) for n in range(3))
FOUND = Answer(Found(HOMES, 3, None, 0.1))
Policy = Callable[[DialogueState, Heard], Decision]
DIALOGUES = 600


class Talk:
    """One dialogue over the real ear, merge and memory; the policy can be another one."""

    def __init__(self, policy: Policy = decide) -> None:
        self.state = DialogueState()
        self.policy = policy
        self.told: set[Slot] = set()
        self.said: list[str] = []

    def say(self, text: str, *, tells: frozenset[Slot] = frozenset()) -> Decision:
        """Says it, keeps the law, and returns what was decided."""
        self.said.append(text)
        self.told |= tells
        heard = EAR.hear(text, state=self.state, language=None)
        state = settle(merge(self.state, heard), heard)
        decision = self.policy(state, heard)
        self._judge(decision)
        searched = decision.move in (Move.RECOMMEND, Move.MORE)
        self.state = remember(
            state,
            decision,
            homes=HOMES if searched else (),
            answer=FOUND if searched else None,
            turn=state.turn + 1,
        )
        return decision

    def _judge(self, decision: Decision) -> None:
        if decision.act is not Act.ASK_SLOT:
            return
        assert decision.ask not in self.told, f"{decision.ask} asked again after {self.said}"
        assert decision.next_needed == (decision.ask,)
        if decision.ask is not None:
            assert self.state.asks.get(decision.ask, 0) < MOST_ASKS


class Visitor(RuleBasedStateMachine):
    """Tells, corrects, digresses and changes language at will."""

    dialogues = 0

    policy: Policy = staticmethod(decide)

    @initialize(language=st.sampled_from(LANGUAGES))
    def begin(self, language: Language) -> None:
        self.language: Language = language
        self.talk = Talk(type(self).policy)
        Visitor.dialogues += 1

    @rule(slot=st.sampled_from(REQUIRED), pick=st.integers(0, 99))
    def tell(self, slot: Slot, pick: int) -> None:
        texts = TELLING[self.language][slot]
        self.talk.say(texts[pick % len(texts)], tells=frozenset({slot}))

    @rule(pick=st.integers(0, 99), other=st.integers(0, 99))
    def tell_two(self, pick: int, other: int) -> None:
        texts = TELLING[self.language]
        place = texts[Slot.LOCATION][pick % len(texts[Slot.LOCATION])]
        money = texts[Slot.BUDGET][other % len(texts[Slot.BUDGET])]
        self.talk.say(f"{place}, {money}", tells=frozenset({Slot.LOCATION, Slot.BUDGET}))

    @rule(pick=st.integers(0, 99))
    def digress(self, pick: int) -> None:
        texts = ASIDES[self.language]
        self.talk.say(texts[pick % len(texts)])

    @rule(language=st.sampled_from(LANGUAGES))
    def switch_language(self, language: Language) -> None:
        self.language = language


class ForgetfulVisitor(Visitor):
    """The same visitor, met by a policy that does not look at what is filled."""

    @staticmethod
    def policy(state: DialogueState, heard: Heard) -> Decision:
        return decide(replace(state, slots={}), heard)


EAR = RuleEar(Gazetteer.default(), today=lambda: date(2026, 1, 5), timezone="Asia/Nicosia")
SETTINGS = settings(
    max_examples=DIALOGUES,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def test_a_filled_slot_is_never_asked_again_in_600_dialogues() -> None:
    Visitor.dialogues = 0
    run_state_machine_as_test(Visitor, settings=SETTINGS)
    assert Visitor.dialogues >= DIALOGUES


def test_a_policy_that_ignores_filled_slots_is_caught() -> None:
    with pytest.raises(AssertionError, match="asked again"):
        run_state_machine_as_test(ForgetfulVisitor, settings=SETTINGS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_random_dialogues_in_each_language_end_in_a_search(language: Language) -> None:
    chance = random.Random(7)
    for _ in range(10):
        talk = Talk()
        order = chance.sample(REQUIRED, 3)
        acts = [
            talk.say(chance.choice(TELLING[language][slot]), tells=frozenset({slot})).act
            for slot in order
        ]
        assert acts == [Act.ASK_SLOT, Act.ASK_SLOT, Act.SEARCH_AND_RECOMMEND], talk.said


@given(
    language=st.sampled_from(LANGUAGES),
    order=st.permutations(REQUIRED),
    picks=st.tuples(*[st.integers(0, 3)] * 3),
)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_the_order_of_telling_does_not_matter(
    language: Language, order: list[Slot], picks: tuple[int, int, int]
) -> None:
    texts = {
        slot: TELLING[language][slot][pick % len(TELLING[language][slot])]
        for slot, pick in zip(REQUIRED, picks, strict=True)
    }
    straight, mixed = Talk(), Talk()
    for slot in REQUIRED:
        straight.say(texts[slot], tells=frozenset({slot}))
    for slot in order:
        mixed.say(texts[slot], tells=frozenset({slot}))
    known = [{s: talk.state.slots.get(s) for s in REQUIRED} for talk in (straight, mixed)]
    assert known[0] == known[1]
    assert required_open(mixed.state) == ()
