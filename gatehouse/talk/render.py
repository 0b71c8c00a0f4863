"""Decision and facts to a reply."""

from __future__ import annotations

from collections.abc import Callable

from gatehouse.talk import (
    answers,
    asking,
    compare,
    courtesies,
    degraded,
    nothing,
    passing,
    results,
)
from gatehouse.talk.scene import LONGEST_SUMMARY, Scene, clipped, distinct, sentences
from gatehouse.talk.types import Move, Reply
from gatehouse.understanding.types import Intent

_WORDS: dict[Move, Callable[[Scene], Reply]] = {
    Move.GREET: courtesies.greet,
    Move.ASK: asking.ask,
    Move.NOT_UNDERSTOOD: asking.not_understood,
    Move.START_OVER: asking.start_over,
    Move.WHICH_HOME: asking.which_home,
    Move.ASK_CONTACT: asking.ask_contact,
    Move.CONTACT_KEPT: courtesies.contact_kept,
    Move.THANK: courtesies.thank,
    Move.GOODBYE: courtesies.part,
    Move.SMALL_TALK: courtesies.small_talk,
    Move.OUT_OF_DOMAIN: courtesies.out_of_domain,
    Move.DECLINED: courtesies.declined,
    Move.ANSWER_HOME: answers.answer_home,
    Move.COMPARE: compare.compare,
    Move.VIEWING_STORED: passing.viewing_stored,
    Move.HANDED_OVER: passing.handed_over,
    Move.RECOMMEND: results.recommend,
    Move.MORE: results.more,
    Move.NOTHING_FOUND: nothing.nothing_found,
    Move.TROUBLE: results.in_trouble,
    Move.REFUSED: courtesies.refused,
}


def render(scene: Scene, *, actions_on: bool = True) -> Reply:
    """The whole reply: greeted and disclosed once, within the limits of length and number."""
    reply = body(scene)
    return Reply(
        reply.title,
        clipped(
            sentences(prelude(scene), reply.summary),
            LONGEST_SUMMARY,
        ),
        blocks=reply.blocks,
        cards=reply.cards,
        suggested_actions=distinct(reply.suggested_actions) if actions_on else (),
        degraded=reply.degraded,
    )


def body(scene: Scene) -> Reply:
    """The reply without what goes before it in some turns."""
    reply = _WORDS[scene.decision.move](scene)
    is_old = scene.answer is not None and scene.answer.as_of is not None
    return degraded.marked(reply, ("search",)) if is_old else reply


def prelude(scene: Scene) -> str:
    """What goes before a reply: a hello, who speaks, how old the homes are."""
    return sentences(_opening(scene), courtesies.assurance(scene), _age(scene))


def _age(scene: Scene) -> str:
    """How old the homes are, if they are not of this moment; or that they came at last."""
    if scene.answer and scene.answer.as_of:
        return degraded.as_of(scene.voice, scene.answer.as_of, scene.timezone)
    return scene.voice.say(degraded.BACK) if scene.is_follow_up and scene.answer else ""


def _opening(scene: Scene) -> str:
    """A hello if one was said, and once in a talk who is speaking."""
    greets = scene.heard.wants(Intent.GREETING) and scene.decision.move is not Move.GREET
    hello = asking.hello(scene) if greets else ""
    is_first = scene.voice.turn <= 1
    disclosure = scene.voice.say(asking.DISCLOSURE) if is_first else ""
    if scene.decision.move is Move.GREET:
        return ""
    return sentences(hello, disclosure)
