"""Replies that follow a search: homes, nothing found, or no answer from the listings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from gatehouse.listings import wording
from gatehouse.listings.types import Limit, Relaxed, Wish
from gatehouse.talk.asking import ACKNOWLEDGED, UNSTATED, unstated
from gatehouse.talk.facts import budget, known, price
from gatehouse.talk.phrases import N_, NN_
from gatehouse.talk.scene import Scene, link, message, plain, sentences, table
from gatehouse.talk.settling import value
from gatehouse.talk.showing import cards
from gatehouse.talk.types import Block, Move, Reply, SuggestedAction
from gatehouse.talk.voice import Voice
from gatehouse.talk.wording import amenity, capital
from gatehouse.understanding.types import Budget, DialogueState, Range, Slot

WIDER_KM = 20
_WIDENED = {Slot.LOCATION: N_("location"), Slot.BUDGET: N_("price"), Slot.BEDROOMS: N_("bedrooms")}
_DROPPED = {
    Slot.PROPERTY_TYPE: N_("Any type"),
    Slot.BUDGET: N_("Any price"),
    Slot.LOCATION: N_("Anywhere"),
    Slot.BEDROOMS: N_("Any number of bedrooms"),
}
_DATES = (Slot.CHECK_IN, Slot.CHECK_OUT, Slot.AVAILABLE_FROM)
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
        _moved(scene),
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


def nothing_found(scene: Scene) -> Reply:
    """Says so, names the limit that would move, and offers it."""
    voice, relaxed = scene.voice, scene.answer.relaxed if scene.answer else None
    title = voice.say(N_("Nothing matches all of that"))
    if relaxed is None:
        return plain(title, _searched(scene), actions=_ways_on(scene))
    steps = voice.join(_steps(voice, relaxed))
    lead = voice.say(N_("Nothing matches all of that. The closest step is: {step}."), step=steps)
    label = capital(voice, steps) if len(relaxed.limits) == 1 else voice.say(N_("Show them"))
    accept = message(label, voice.say(N_("Yes, show them")))
    actions = (accept, message(voice.say(N_("Talk to a person"))))
    summary = sentences(lead, _would_find(voice, relaxed), unstated(scene))
    return plain(title, summary, actions=actions)


def _searched(scene: Scene) -> str:
    """What was looked for, and which limits were moved in vain."""
    voice = scene.voice
    facts = searched(scene)
    moved = [voice.say(word) for slot, word in _WIDENED.items() if _was_moved(scene, slot)]
    lead = (
        voice.say(N_("I found nothing for: {facts}."), facts=voice.listed(facts)) if facts else ""
    )
    return sentences(
        lead or voice.say(N_("Nothing matches.")),
        voice.say(N_("A wider search did not help either ({limits})."), limits=voice.listed(moved))
        if moved
        else "",
        voice.say(N_("Shall I pass your wish to a colleague?")),
    )


def searched(scene: Scene) -> tuple[str, ...]:
    """The wishes that the search could look for."""
    slots = frozenset(Slot) - UNSTATED
    return known(scene.voice, scene.state, currency=scene.currency, slots=slots)


def _was_moved(scene: Scene, slot: Slot) -> bool:
    """Could a wider search loosen it? Only a highest price, a fewest of rooms, a place can."""
    said = value(scene.state, slot)
    if isinstance(said, Budget):
        return said.high is not None
    if isinstance(said, Range):
        return bool(said.low)
    return said is not None


def _ways_on(scene: Scene) -> tuple[SuggestedAction, ...]:
    """A person, or one wish fewer; first those that the wider search could not loosen."""
    person = scene.voice.say(N_("Talk to a person"))
    return tuple(message(label) for label in (person, *islice(_fewer_wishes(scene), 2)))


def _fewer_wishes(scene: Scene) -> Iterator[str]:
    """What the visitor could say to drop one wish."""
    voice, state = scene.voice, scene.state
    for code in _codes(state, Slot.AMENITIES)[:1]:
        thing = capital(voice, amenity(voice, code))
        yield voice.say(N_("{thing} is not needed"), thing=thing)
    if any(value(state, slot) is not None for slot in _DATES):
        yield voice.say(N_("Any dates"))
    money = value(state, Slot.BUDGET)
    if isinstance(money, Budget) and money.high and money.low not in (None, money.high):
        most = replace(money, low=None, is_about=False)
        yield capital(voice, budget(voice, most, currency=scene.currency))
    for slot, label in _DROPPED.items():
        if value(state, slot) is not None:
            yield voice.say(label)


def _codes(state: DialogueState, slot: Slot) -> tuple[str, ...]:
    said = value(state, slot)
    return tuple(str(code) for code in said) if isinstance(said, tuple) else ()


def in_trouble(scene: Scene) -> Reply:
    """The listings were too slow, or are away."""
    return unreachable(scene) if scene.is_unreachable else timed_out(scene)


def timed_out(scene: Scene) -> Reply:
    """The search was cut: wishes are kept, and there is a way on."""
    voice = scene.voice
    summary = voice.say(
        N_(
            "The listings are slow to answer. I have kept your wishes; "
            "shall I try again or widen the budget?"
        )
    )
    return _trouble(scene, summary)


def unreachable(scene: Scene) -> Reply:
    """No listings at all; promises nothing that was not stored."""
    voice = scene.voice
    facts = known(voice, scene.state, currency=scene.currency)
    kept = voice.pick(ACKNOWLEDGED, facts=voice.listed(facts)) if facts else ""
    summary = voice.say(
        N_("I can't reach the listings just now. Your search is saved; ask me again in a minute.")
    )
    return _trouble(scene, sentences(summary, kept))


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


def _moved(scene: Scene) -> str:
    """Which limit was moved, when the homes are those of a relaxation."""
    answer = scene.answer
    if answer is None or answer.relaxed is None or not _is_relaxed(scene):
        return ""
    steps = scene.voice.join(_steps(scene.voice, answer.relaxed))
    return scene.voice.say(N_("I changed this: {step}."), step=steps)


def _is_relaxed(scene: Scene) -> bool:
    answer = scene.answer
    return answer is not None and not answer.found.listings and answer.relaxed is not None


def _would_find(voice: Voice, relaxed: Relaxed) -> str:
    homes = relaxed.found.listings
    alike = [h for h in homes if h.currency == relaxed.wish.currency] or homes[:1]
    first = min(alike, key=lambda home: home.price)
    return sentences(
        voice.many(
            NN_("It would find {n} home, from {price}.", "It would find {n} homes, from {price}."),
            relaxed.found.total,
            price=price(voice, first),
        ),
        voice.say(N_("Shall I show them?")),
    )


def _steps(voice: Voice, relaxed: Relaxed) -> list[str]:
    return [_step(voice, limit, wish=relaxed.wish) for limit in relaxed.limits]


def _step(voice: Voice, limit: Limit, *, wish: Wish) -> str:
    if limit is Limit.AREA:
        return voice.say(N_("a wider area ({km} km around)"), km=WIDER_KM)
    if limit is Limit.BUDGET and wish.price_max is not None:
        return voice.say(N_("a budget up to {price}"), price=_budget(voice, wish))
    if not wish.bedrooms_min:
        return voice.say(N_("a studio"))
    return voice.many(NN_("from {n} bedroom", "from {n} bedrooms"), wish.bedrooms_min)


def _budget(voice: Voice, wish: Wish) -> str:
    money = voice.money(wish.price_max or 0.0, wish.currency)
    if wish.price_period == "month":
        return voice.say(wording.PRICES["long_term"], money=money)
    return (
        voice.say(wording.PRICES["short_term"], money=money)
        if wish.price_period == "night"
        else money
    )


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
