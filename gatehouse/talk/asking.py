"""Replies that ask: a slot, a contact, which home; and those that greet and part."""

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
HELLO = (N_("Hello!"), N_("Good day!"), N_("Welcome!"))
DISCLOSURE = N_("I'm the agency's automated assistant.")
ABILITIES = N_(
    "I can find homes to rent or buy, answer questions about them, compare them, "
    "ask for a viewing, or pass you to a colleague."
)


def greet(scene: Scene) -> Reply:
    """Hello, who speaks, and the first open question."""
    voice = scene.voice
    who = voice.say(DISCLOSURE) if voice.turn <= 1 else ""
    welcome = voice.say(N_("I help you find a home in North Cyprus."))
    follow = _question(scene) or voice.say(N_("What would you like to know?"))
    summary = sentences(hello(scene), who, welcome, follow)
    return plain(voice.say(N_("Hello")), summary, actions=_chips(scene))


def hello(scene: Scene) -> str:
    return scene.voice.pick(HELLO)


def ask(scene: Scene) -> Reply:
    """What was noted, then exactly one question."""
    return plain(_title(scene), sentences(noted(scene), _question(scene)), actions=_chips(scene))


def not_understood(scene: Scene) -> Reply:
    """Never a dead end: the question again in other words, or what can be done here."""
    voice, heard = scene.voice, scene.heard
    missed = voice.pick(MISSED)
    if scene.decision.act is Act.ASK_SLOT:
        return plain(_title(scene), sentences(missed, _question(scene)), actions=_chips(scene))
    if heard.wants(Intent.NO):
        return plain(
            voice.say(N_("As you wish")), voice.say(N_("All right. I'm here if you need me."))
        )
    lead = voice.say(N_("All right.")) if heard.wants(Intent.YES) else missed
    summary = sentences(lead, voice.say(ABILITIES))
    return plain(voice.say(N_("How can I help?")), summary, actions=starts(scene))


def start_over(scene: Scene) -> Reply:
    fresh = scene.voice.say(N_("All right, we start afresh."))
    summary = sentences(fresh, noted(scene), _question(scene))
    return plain(scene.voice.say(N_("A fresh start")), summary, actions=_chips(scene))


def which_home(scene: Scene) -> Reply:
    """The homes on the screen, numbered."""
    voice = scene.voice
    titles = [home.title for home in scene.state.shown]
    if not titles:
        return _no_home_yet(scene)
    summary = voice.pick((N_("Which home do you mean?"), N_("Which of these homes is it?")))
    chips = (message(voice.say(N_("The first one"))), message(voice.say(N_("The second one"))))
    return Reply(
        voice.say(N_("Which home?")),
        summary,
        blocks=(items(titles, is_ordered=True),),
        suggested_actions=chips[: len(titles)],
    )


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


def contact_kept(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.say(N_("Thank you, I have kept your contact details for the agency."))
    return plain(voice.say(N_("Contact details kept")), sentences(summary, _onward(scene)))


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


def small_talk(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.pick(
        (
            N_("I'm doing fine, thank you; I'm a program, and homes are what I know."),
            N_("Kind of you to ask! I'm a program that knows the homes of this agency."),
        )
    )
    return plain(
        voice.say(N_("A word on me")),
        sentences(summary, voice.say(ABILITIES)),
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
    chips = (message(voice.say(N_("Talk to a person"))), *starts(scene))
    return plain(voice.say(N_("Homes are my field")), sentences(summary, offer), actions=chips)


def declined(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.pick(
        (
            N_("All right. Tell me what I should change: the area, the budget, or the size?"),
            N_("No problem. What would you like instead?"),
        )
    )
    chips = (message(voice.say(N_("Anywhere"))), message(voice.say(N_("Any price"))))
    return plain(voice.say(N_("As you wish")), summary, actions=chips)


def noted(scene: Scene) -> str:
    """What this message added to what we know; empty if nothing."""
    said = frozenset(change.slot for change in scene.heard.changes)
    facts = known(scene.voice, scene.state, currency=scene.currency, slots=said)
    return scene.voice.pick(ACKNOWLEDGED, facts=", ".join(facts)) if facts else ""


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
    return f"{day}, {when.time}" if when.time else day


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


def _question(scene: Scene) -> str:
    slot = scene.decision.ask
    if slot is None:
        return ""
    return scene.voice.pick(QUESTIONS[slot], step=scene.state.asks.get(slot, 0))


def _chips(scene: Scene) -> tuple[SuggestedAction, ...]:
    slot = scene.decision.ask
    if slot is None:
        return starts(scene)
    chips = _BUDGETS[_offer(scene)] if slot is Slot.BUDGET else _CHIPS[slot]
    return tuple(message(scene.voice.say(chip)) for chip in chips)


def _offer(scene: Scene) -> str:
    if value(scene.state, Slot.DEAL) == "buy":
        return "buy"
    return "short_term" if value(scene.state, Slot.RENTAL_TYPE) == "short_term" else "long_term"


def _onward(scene: Scene) -> str:
    if scene.heard.wants(Intent.GOODBYE):
        return ""
    if scene.state.awaiting in QUESTIONS:
        return scene.voice.say(N_("When you are ready, tell me more about the home you want."))
    return scene.voice.say(N_("Can I do anything else for you?"))
