"""Replies of courtesy: greeting, thanks, goodbye, small talk, a friendly no."""

from __future__ import annotations

from gatehouse.talk.asking import (
    ABILITIES,
    CONTACT_KEPT,
    DISCLOSURE,
    QUESTIONS,
    chips,
    hello,
    question,
    starts,
)
from gatehouse.talk.phrases import N_
from gatehouse.talk.scene import Scene, message, plain, sentences
from gatehouse.talk.types import Move, Reply
from gatehouse.understanding.types import Intent


def greet(scene: Scene) -> Reply:
    """Hello, who speaks, and the first open question."""
    voice = scene.voice
    who = voice.say(DISCLOSURE) if voice.turn <= 1 else ""
    welcome = voice.say(N_("I help you find a home in North Cyprus."))
    follow = question(scene) or voice.say(N_("What would you like to know?"))
    summary = sentences(hello(scene), who, welcome, follow)
    return plain(voice.say(N_("Hello")), summary, actions=chips(scene))


def thank(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.pick((N_("You're welcome."), N_("With pleasure."), N_("Glad to help.")))
    return plain(voice.say(N_("You're welcome")), sentences(summary, _onward(scene)))


def part(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.pick(
        (
            N_("Goodbye! This talk stays here in case you come back."),
            N_("All the best! You can go on here whenever you like."),
        )
    )
    return plain(voice.say(N_("Goodbye")), summary)


ASSURANCE = N_(
    "A fair question. I'm a program and take no payments; every listing names its agency, "
    "and a colleague can answer you in person."
)


def assurance(scene: Scene) -> str:
    """To a doubt beside another wish: what can be checked, and who answers for it."""
    is_answered = scene.decision.move in (Move.SMALL_TALK, Move.GOODBYE)
    doubts = scene.heard.wants(Intent.TRUST) and not is_answered
    return scene.voice.say(ASSURANCE) if doubts else ""


def _trust(scene: Scene) -> Reply:
    voice = scene.voice
    return plain(voice.say(N_("A word on me")), voice.say(ASSURANCE), actions=starts(scene))


def small_talk(scene: Scene) -> Reply:
    voice = scene.voice
    if scene.heard.wants(Intent.TRUST):
        return _trust(scene)
    summary = voice.pick(
        (
            N_("I'm doing fine, thank you; I'm a program, and homes are what I know."),
            N_("Kind of you to ask! I'm a program that knows the homes of this agency."),
        )
    )
    return plain(
        voice.say(N_("A word on me")),
        sentences(summary, voice.say(DISCLOSURE), voice.say(ABILITIES)),
        actions=starts(scene),
    )


def out_of_domain(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.pick(
        (
            N_("That is outside what I know; I look after homes to rent and to buy."),
            N_("I'm afraid I can only help with homes here."),
        )
    )
    offer = voice.say(N_("I can pass your question to a colleague if you like."))
    ways = (message(voice.say(N_("Talk to a person"))), *starts(scene))
    return plain(voice.say(N_("Homes are my field")), sentences(summary, offer), actions=ways)


def declined(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.pick(
        (
            N_("All right. Tell me what I should change: the area, the budget, or the size?"),
            N_("No problem. What would you like instead?"),
        )
    )
    ways = (message(voice.say(N_("Anywhere"))), message(voice.say(N_("Any price"))))
    return plain(voice.say(N_("As you wish")), summary, actions=ways)


REFUSAL = N_("I can't help with that.")
REFUSAL_TITLE = N_("Not something I can help with")


def refused(scene: Scene) -> Reply:
    """A neutral no, and what can be done instead."""
    voice = scene.voice
    summary = sentences(voice.say(REFUSAL), voice.say(ABILITIES))
    return plain(voice.say(REFUSAL_TITLE), summary, actions=starts(scene))


def contact_kept(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.say(CONTACT_KEPT)
    return plain(voice.say(N_("Contact details kept")), sentences(summary, _onward(scene)))


def _onward(scene: Scene) -> str:
    if scene.heard.wants(Intent.GOODBYE):
        return ""
    if scene.state.awaiting in QUESTIONS:
        return scene.voice.say(N_("When you are ready, tell me more about the home you want."))
    return scene.voice.say(N_("Can I do anything else for you?"))
