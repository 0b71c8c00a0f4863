"""Turns that no handler thinks about: a neutral no, a cry for help, and steering alone."""

from __future__ import annotations

from dataclasses import replace

from gatehouse.talk.asking import ABILITIES, QUESTIONS
from gatehouse.talk.courtesies import REFUSAL, REFUSAL_TITLE
from gatehouse.talk.phrases import N_
from gatehouse.talk.policy import askable
from gatehouse.talk.scene import message, sentences
from gatehouse.talk.types import Act, Decision, Move, Outcome, Reply, Thread
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import Heard

LAWFUL_CHOICE = N_(
    "I choose homes by place, price, size and term, not by who lives nearby; "
    "tell me what matters to you about the home itself."
)
_WHO_TITLE = N_("Who is speaking")
_LAWFUL_TITLE = N_("How I choose homes")
COMFORT = N_(
    "I am sorry that things are so hard for you. I am a program and cannot help as a person can: "
    "please talk to somebody you trust, and in danger call 112 at once. "
    "Shall I ask a colleague to get in touch with you?"
)
_COMFORT_TITLE = N_("You are not alone")


def refuse(thread: Thread, heard: Heard, voice: Voice) -> Outcome:
    """A neutral no, and the ways on: what I can do, or the question that was open."""
    reply = Reply(voice.say(REFUSAL_TITLE), sentences(voice.say(REFUSAL), _onward(thread, voice)))
    return _unchanged(thread, heard, replace(reply, suggested_actions=_ways(voice)))


def comfort(thread: Thread, heard: Heard, voice: Voice) -> Outcome:
    """Kind words and a person; a "yes" to them hands the talk over."""
    person = (message(voice.say(N_("Talk to a person"))),)
    reply = Reply(voice.say(_COMFORT_TITLE), voice.say(COMFORT), suggested_actions=person)
    outcome = _unchanged(thread, heard, reply)
    return replace(outcome, state=replace(outcome.state, offered="handover"))


def choose_lawfully(thread: Thread, heard: Heard, voice: Voice) -> Outcome:
    """For a message that asked for nothing but to choose by who lives there."""
    summary = sentences(voice.say(LAWFUL_CHOICE), _question(thread, voice))
    reply = Reply(voice.say(_LAWFUL_TITLE), summary, suggested_actions=_ways(voice))
    return _unchanged(thread, heard, reply)


def own_up(thread: Thread, heard: Heard, voice: Voice) -> Outcome:
    """For "is this a real person?": whoever asks does not yet ask for one. Who speaks is put in
    front of it by the last look."""
    person = (message(voice.say(N_("Talk to a person"))),)
    reply = Reply(voice.say(_WHO_TITLE), _onward(thread, voice), suggested_actions=person)
    return _unchanged(thread, heard, reply, move=Move.SMALL_TALK)


def _onward(thread: Thread, voice: Voice) -> str:
    return _question(thread, voice) or voice.say(ABILITIES)


def _question(thread: Thread, voice: Voice) -> str:
    """The question that waits for its answer; empty if none does."""
    slot = thread.state.awaiting
    if slot is None or slot not in askable(thread.state):
        return ""
    return voice.pick(QUESTIONS[slot], step=thread.state.asks.get(slot, 0))


def _ways(voice: Voice) -> tuple[dict[str, str], ...]:
    return (
        message(voice.say(N_("I need an apartment"))),
        message(voice.say(N_("Talk to a person"))),
    )


def _unchanged(thread: Thread, heard: Heard, reply: Reply, *, move: Move = Move.REFUSED) -> Outcome:
    """Nothing of the message is kept but its language."""
    state = replace(
        thread.state, turn=thread.turn_no, language=thread.state.language or heard.language
    )
    return Outcome(
        decision=Decision(Act.CLARIFY, move),
        reply=reply,
        state=state,
        heard=Heard(heard.text, heard.language, heard.language_confidence),
        filled_before=tuple(thread.state.slots),
    )
