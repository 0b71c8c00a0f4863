"""When nothing matches: what was looked for, the step that would help, or one wish fewer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from gatehouse.listings import wording
from gatehouse.listings.types import Limit, Relaxed, Wish
from gatehouse.talk.asking import UNSTATED, unstated
from gatehouse.talk.facts import budget, known, price
from gatehouse.talk.phrases import N_, NN_
from gatehouse.talk.scene import Scene, message, plain, sentences
from gatehouse.talk.settling import value
from gatehouse.talk.types import Reply, SuggestedAction
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


def nothing_found(scene: Scene) -> Reply:
    """Says so, names the limit that would move, and offers it."""
    voice, relaxed = scene.voice, scene.answer.relaxed if scene.answer else None
    title = voice.say(N_("Nothing matches all of that"))
    if relaxed is None:
        return plain(title, _searched(scene), actions=_ways_on(scene))
    step = voice.join(steps(voice, relaxed))
    lead = voice.say(N_("Nothing matches all of that. The closest step is: {step}."), step=step)
    label = capital(voice, step) if len(relaxed.limits) == 1 else voice.say(N_("Show them"))
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
        voice.say(N_("Shall I show it?") if relaxed.found.total == 1 else N_("Shall I show them?")),
    )


def steps(voice: Voice, relaxed: Relaxed) -> list[str]:
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
