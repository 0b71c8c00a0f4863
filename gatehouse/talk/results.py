"""Replies that follow a search: homes, nothing found, or no answer from the listings."""

from __future__ import annotations

from gatehouse.talk.asking import ACKNOWLEDGED, unstated
from gatehouse.talk.degraded import of_listings
from gatehouse.talk.facts import known, price
from gatehouse.talk.nothing import searched, steps
from gatehouse.talk.phrases import N_, NN_
from gatehouse.talk.scene import Scene, Silence, link, message, plain, sentences, table
from gatehouse.talk.showing import cards
from gatehouse.talk.types import Block, Move, Reply, SuggestedAction

_FOUND = (
    NN_("I found {n} home: {facts}.", "I found {n} homes: {facts}."),
    NN_("There is {n} home for you: {facts}.", "There are {n} homes for you: {facts}."),
    NN_("{n} home fits: {facts}.", "{n} homes fit: {facts}."),
)
_FIRST = (
    N_("I would start with “{title}” for {price}."),
    N_("The best match is “{title}”, {price}."),
    N_("First on the list: “{title}” for {price}."),
)
_HINT = (
    N_("Ask me about any of them, compare two, or say which one you would like to see."),
    N_("I can compare some of them for you, or ask for a viewing."),
    N_("Tell me which one you like, or what I should change."),
)


_HINT_FOR_ONE = N_("I can tell you more about it, or ask for a viewing.")


def recommend(scene: Scene) -> Reply:
    """The page of homes, as cards or as a table."""
    voice = scene.voice
    summary = sentences(
        moved(scene),
        _counted(scene),
        _paged(scene),
        unstated(scene),
        _leading(scene),
        _hint(scene),
    )
    return Reply(
        voice.many(NN_("{n} home for you", "{n} homes for you"), total(scene)),
        summary,
        blocks=() if scene.cards_on else (as_table(scene),),
        cards=cards(scene) if scene.cards_on else (),
        suggested_actions=_after_results(scene),
        degraded=() if scene.cards_on else ("cards_off",),
    )


def more(scene: Scene) -> Reply:
    """The next page, or the end of the list."""
    if scene.homes:
        return recommend(scene)
    voice = scene.voice
    summary = voice.say(
        N_("These were all the homes that fit. A wider area or another price may bring more.")
    )
    chips = (message(voice.say(N_("Anywhere"))), message(voice.say(N_("Any price"))))
    return plain(voice.say(N_("That was all")), summary, actions=chips)


def in_trouble(scene: Scene) -> Reply:
    """The listings were too slow, or are away: wishes are kept, and there is a way on."""
    voice = scene.voice
    silence = scene.silence or Silence(is_slow=True)
    facts = known(voice, scene.state, currency=scene.currency)
    has_kept = facts and not silence.is_slow
    kept = voice.pick(ACKNOWLEDGED, facts=voice.listed(facts)) if has_kept else ""
    return _trouble(scene, sentences(of_listings(voice, silence), kept))


def as_table(scene: Scene) -> Block:
    """The same homes without pictures."""
    voice = scene.voice
    headers = [
        voice.say(h) for h in (N_("Home"), N_("Area"), N_("Price"), N_("Bedrooms"), N_("m²"))
    ]
    rows = [
        [
            voice.title(home),
            voice.place(home.district or home.city),
            price(voice, home),
            str(home.bedrooms),
            voice.count(home.area_m2),
        ]
        for home in scene.homes
    ]
    return table(voice.say(N_("Homes found")), headers, rows=rows)


def counted(scene: Scene) -> str:
    """How many there are, and how many of them are here."""
    return sentences(_counted(scene), _paged(scene))


def total(scene: Scene) -> int:
    """How many homes the search has, on all pages."""
    answer = scene.answer
    if answer is None:
        return len(scene.homes)
    found = answer.found if answer.found.listings or not answer.relaxed else answer.relaxed.found
    return max(found.total, len(scene.homes))


def _trouble(scene: Scene, summary: str) -> Reply:
    voice = scene.voice
    chips = (
        message(voice.say(N_("Try again")), voice.say(N_("Yes, please"))),
        message(voice.say(N_("Any price"))),
        message(voice.say(N_("Talk to a person"))),
    )
    reply = plain(voice.say(N_("The listings do not answer")), summary, actions=chips)
    return Reply(
        reply.title, reply.summary, suggested_actions=reply.suggested_actions, degraded=("search",)
    )


def _counted(scene: Scene) -> str:
    voice = scene.voice
    facts = searched(scene)
    if scene.decision.move is Move.MORE or _is_relaxed(scene) or not facts:
        return voice.many(NN_("{n} home in all.", "{n} homes in all."), total(scene))
    forms = _FOUND[voice.turn % len(_FOUND)]
    return voice.many(forms, total(scene), facts=voice.listed(facts))


def _paged(scene: Scene) -> str:
    shown = len(scene.homes)
    if scene.decision.move is Move.MORE:
        return scene.voice.many(NN_("Here is {n} more.", "Here are {n} more."), shown)
    if not scene.left:
        return ""
    return scene.voice.many(NN_("Here is the first {n}.", "Here are the first {n}."), shown)


def _leading(scene: Scene) -> str:
    if scene.decision.move is Move.MORE:
        return ""
    first = scene.homes[0]
    return scene.voice.pick(_FIRST, title=scene.voice.title(first), price=price(scene.voice, first))


def _hint(scene: Scene) -> str:
    one = len(scene.homes) == 1
    return scene.voice.say(_HINT_FOR_ONE) if one else scene.voice.pick(_HINT)


def moved(scene: Scene) -> str:
    """Which limit was moved, when the homes are those of a relaxation."""
    answer = scene.answer
    if answer is None or answer.relaxed is None or not _is_relaxed(scene):
        return ""
    step = scene.voice.join(steps(scene.voice, answer.relaxed))
    return scene.voice.say(N_("I changed this: {step}."), step=step)


def _is_relaxed(scene: Scene) -> bool:
    answer = scene.answer
    return answer is not None and not answer.found.listings and answer.relaxed is not None


def _after_results(scene: Scene) -> tuple[SuggestedAction, ...]:
    voice = scene.voice
    actions: list[SuggestedAction] = []
    if not scene.cards_on:
        actions.append(link(voice.say(N_("Save as CSV")), "#csv"))
    if scene.left:
        actions.append(message(voice.say(N_("Show more"))))
    if len(scene.homes) > 1:
        actions.append(message(voice.say(N_("Compare the first two"))))
    actions.append(message(voice.say(N_("Something cheaper"))))
    return tuple(actions[:3])
