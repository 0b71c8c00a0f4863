"""A reply in a model's words: what the house says before it and after it stays the house's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gatehouse.talk import asking, render, results
from gatehouse.talk.degraded import Mode, prefixed
from gatehouse.talk.scene import LONGEST_SUMMARY, Scene, clipped, distinct, sentences
from gatehouse.talk.speech import Speech
from gatehouse.talk.types import Move, Reply
from gatehouse.talk.voice import Voice


@dataclass(frozen=True, slots=True)
class Modes:
    """What is away in this turn, and what was away in the one before."""

    now: tuple[Mode, ...] = ()
    before: tuple[str, ...] = ()

    def mark(self, reply: Reply, voice: Voice) -> Reply:
        """Marked each time, told once a stretch."""
        return prefixed(reply, self.now, before=self.before, voice=voice)


NO_MODES = Modes()
_RESULTS = (Move.RECOMMEND, Move.MORE)
_COURTESIES = (Move.THANK, Move.GOODBYE, Move.SMALL_TALK, Move.DECLINED)  # one sentence will do


def before(scene: Scene) -> str:
    """Said before the model's first sentence. A greeting is the model's; who speaks is ours."""
    if scene.decision.move is Move.GREET:
        return scene.voice.say(asking.DISCLOSURE) if scene.voice.turn <= 1 else ""
    return render.prelude(scene)


def by_house(scene: Scene, *, actions_on: bool) -> Reply:
    """The template's reply."""
    return render.render(scene, actions_on=actions_on)


def reply(
    scene: Scene, speech: Speech | None, *, actions_on: bool, modes: Modes = NO_MODES
) -> Reply:
    """The template's reply around the model's words; the template's own where there are none."""
    if speech is None or not speech.said:
        return modes.mark(by_house(scene, actions_on=actions_on), scene.voice)
    made = render.body(scene)
    rest = modes.mark(replace(made, summary=after(scene, speech, made)), scene.voice)
    return replace(
        rest,
        summary=clipped(sentences(before(scene), speech.text, rest.summary), LONGEST_SUMMARY),
        suggested_actions=distinct(made.suggested_actions) if actions_on else (),
    )


def after(scene: Scene, speech: Speech, made: Reply) -> str:
    """What the model left out: a limit that moved, what no listing states, the open question.

    Where its speech broke off, the template's words go on, but say nothing twice.
    """
    duties = ""
    if scene.decision.move in _RESULTS:
        duties = sentences(results.moved(scene), asking.unstated(scene))
    if scene.decision.ask is not None:
        return sentences(duties, "" if speech.has_asked else asking.question(scene))
    if speech.is_over and _names_home(scene, speech):
        return sentences(results.counted(scene), duties)
    is_whole = not speech.is_over or scene.decision.move in _COURTESIES
    return duties if is_whole else made.summary


def _names_home(scene: Scene, speech: Speech) -> bool:
    """Did it tell of a found home? The template would name it a second time."""
    titles = [scene.voice.title(home) for home in scene.homes]
    return scene.decision.move in _RESULTS and any(title in speech.text for title in titles)
