"""Replies that ask: a slot, a contact, which home."""

from __future__ import annotations

from gatehouse.talk.facts import known
from gatehouse.talk.phrases import N_
from gatehouse.talk.scene import Scene, items, message, plain, sentences
from gatehouse.talk.settling import value
from gatehouse.talk.types import Act, Reply, SuggestedAction
from gatehouse.understanding.types import Intent, Slot

QUESTIONS: dict[Slot, tuple[str, ...]] = {
    Slot.LOCATION: (
        N_("Which town or area would you like?"),
        N_("Where should the home be? You can name a town, an area, or say “anywhere”."),
        N_("What part of North Cyprus suits you best?"),
    ),
    Slot.BUDGET: (
        N_("What is the most you would like to pay?"),
        N_("What budget should I keep to? A rough figure is enough."),
        N_("How much may it cost at most? You can also say “any price”."),
    ),
    Slot.RENTAL_TYPE: (
        N_("Is it for a short stay or a long-term rent?"),
        N_("For how long: a holiday, or several months and more?"),
        N_("Would you like to rent by the night or by the month?"),
    ),
}
_TITLES = {
    Slot.LOCATION: N_("Which area?"),
    Slot.BUDGET: N_("What budget?"),
    Slot.RENTAL_TYPE: N_("For how long?"),
}
_CHIPS = {
    Slot.LOCATION: (N_("Kyrenia"), N_("Famagusta"), N_("Anywhere")),
    Slot.RENTAL_TYPE: (N_("Long term"), N_("Short stay"), N_("I want to buy")),
}
_BUDGETS = {
    "buy": (N_("Up to £100,000"), N_("Up to £200,000"), N_("Any price")),
    "short_term": (N_("Up to £60 a night"), N_("Up to £120 a night"), N_("Any price")),
    "long_term": (N_("Up to £500 a month"), N_("Up to £1,000 a month"), N_("Any price")),
}
ACKNOWLEDGED = (N_("Noted: {facts}."), N_("Got it: {facts}."), N_("Understood: {facts}."))
MISSED = (
    N_("Sorry, I did not get that."),
    N_("I am not sure what you mean."),
    N_("I could not read an answer from that."),
)
UNSTATED = frozenset((Slot.FEATURES, Slot.GUESTS, Slot.FLOOR))
HELLO = (N_("Hello!"), N_("Good day!"), N_("Welcome!"))
CONTACT_KEPT = N_("Thank you, I have kept your contact details for the agency.")
DISCLOSURE = N_("I'm the agency's automated assistant.")
ABILITIES = N_(
    "I can find homes to rent or buy, answer questions about them, compare them, "
    "ask for a viewing, or pass you to a colleague."
)


def hello(scene: Scene) -> str:
    return scene.voice.pick(HELLO)


def ask(scene: Scene) -> Reply:
    """What was noted, then exactly one question."""
    return plain(_title(scene), sentences(noted(scene), question(scene)), actions=chips(scene))


def not_understood(scene: Scene) -> Reply:
    """Never a dead end: the question again in other words, or what can be done here."""
    voice, heard = scene.voice, scene.heard
    missed = voice.pick(MISSED)
    if scene.decision.act is Act.ASK_SLOT:
        return plain(_title(scene), sentences(missed, question(scene)), actions=chips(scene))
    if heard.wants(Intent.NO):
        return plain(
            voice.say(N_("As you wish")), voice.say(N_("All right. I'm here if you need me."))
        )
    lead = voice.say(N_("All right.")) if heard.wants(Intent.YES) else missed
    summary = sentences(lead, voice.say(ABILITIES))
    return plain(voice.say(N_("How can I help?")), summary, actions=starts(scene))


def start_over(scene: Scene) -> Reply:
    fresh = scene.voice.say(N_("All right, we start afresh."))
    summary = sentences(fresh, noted(scene), question(scene))
    return plain(scene.voice.say(N_("A fresh start")), summary, actions=chips(scene))


def which_home(scene: Scene) -> Reply:
    """The homes on the screen, numbered."""
    voice = scene.voice
    titles = [home.title for home in scene.state.shown]
    if not titles:
        return _no_home_yet(scene)
    which = voice.pick((N_("Which home do you mean?"), N_("Which of these homes is it?")))
    summary = sentences(voice.say(CONTACT_KEPT) if leaves_contact(scene) else "", which)
    chips = (message(voice.say(N_("The first one"))), message(voice.say(N_("The second one"))))
    return Reply(
        voice.say(N_("Which home?")),
        summary,
        blocks=(items(titles, is_ordered=True),),
        suggested_actions=chips[: len(titles)],
    )


def leaves_contact(scene: Scene) -> bool:
    """Is there a way to reach the visitor in this message?"""
    contact = scene.heard.contact
    return contact is not None and bool(contact.phone or contact.email)


def _no_home_yet(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.say(
        N_("No home is on the screen yet. Tell me what you are looking for, then ask about it.")
    )
    return plain(voice.say(N_("Which home?")), summary, actions=starts(scene))


def ask_contact(scene: Scene) -> Reply:
    """Which homes, which day, and the one thing missing: how to reach the visitor."""
    voice, when = scene.voice, scene.state.when
    titles = titles_of(scene)
    wish = (
        voice.say(N_("You would like to see {homes}."), homes=voice.join(titles)) if titles else ""
    )
    day = voice.say(N_("Wished day: {day}."), day=day_of(scene)) if when and titles else ""
    need = voice.say(
        N_("Please leave a phone number or an e-mail address, so that the agency can reach you.")
    )
    return plain(voice.say(N_("How can we reach you?")), sentences(wish, day, need))


def noted(scene: Scene) -> str:
    """What this message added to what we know; empty if nothing."""
    said = frozenset(change.slot for change in scene.heard.changes)
    facts = known(scene.voice, scene.state, currency=scene.currency, slots=said - UNSTATED)
    lead = scene.voice.pick(ACKNOWLEDGED, facts=scene.voice.listed(facts)) if facts else ""
    return sentences(lead, unstated(scene))


def unstated(scene: Scene) -> str:
    """What this message wishes that no listing can tell: noted, and said to be so."""
    said = frozenset(change.slot for change in scene.heard.changes) & UNSTATED
    facts = known(scene.voice, scene.state, currency=scene.currency, slots=said)
    if not facts:
        return ""
    return scene.voice.say(
        N_("Our listings do not state this: {facts}. I note it for the agency."),
        facts=scene.voice.listed(facts),
    )


def titles_of(scene: Scene) -> list[str]:
    """The titles of the homes decided on, as far as they are known."""
    names = {home.id: home.title for home in scene.state.shown}
    names |= {str(home.id): scene.voice.title(home) for home in scene.homes}
    return [scene.voice.quote(names[i]) for i in scene.decision.home_ids if i in names]


def day_of(scene: Scene) -> str:
    """The day wished for a viewing, with its time."""
    when = scene.state.when
    if when is None:
        return ""
    day = scene.voice.weekday(when.day)
    return scene.voice.listed((day, when.time)) if when.time else day


def starts(scene: Scene) -> tuple[SuggestedAction, ...]:
    """Ways to go on from nowhere."""
    voice = scene.voice
    return (
        message(voice.say(N_("I need an apartment"))),
        message(voice.say(N_("Talk to a person"))),
    )


def _title(scene: Scene) -> str:
    slot = scene.decision.ask
    return scene.voice.say(_TITLES[slot]) if slot in _TITLES else ""


def question(scene: Scene) -> str:
    """The open question in the wording that was not used yet; empty if nothing is asked."""
    slot = scene.decision.ask
    if slot is None:
        return ""
    return scene.voice.pick(QUESTIONS[slot], step=scene.state.asks.get(slot, 0))


def chips(scene: Scene) -> tuple[SuggestedAction, ...]:
    """Likely answers to the open question."""
    slot = scene.decision.ask
    if slot is None:
        return starts(scene)
    likely = _BUDGETS[_offer(scene)] if slot is Slot.BUDGET else _CHIPS[slot]
    return tuple(message(scene.voice.say(chip)) for chip in likely)


def _offer(scene: Scene) -> str:
    if value(scene.state, Slot.DEAL) == "buy":
        return "buy"
    return "short_term" if value(scene.state, Slot.RENTAL_TYPE) == "short_term" else "long_term"
