"""What leaves the talk: viewing requests, hand-overs, contacts; and how we say so."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gatehouse.talk.asking import day_of, leaves_contact, titles_of
from gatehouse.talk.facts import known
from gatehouse.talk.phrases import N_
from gatehouse.talk.policy import can_reach
from gatehouse.talk.scene import Scene, items, link, markdown, message, plain, sentences
from gatehouse.talk.settling import value
from gatehouse.talk.types import Block, Effect, Move, Reply, ToDomain
from gatehouse.understanding.types import Contact, Heard, Intent, Slot

_SUBJECTS: dict[ToDomain, str] = {
    "staff": N_("I have passed this talk to the agency's staff. A colleague will answer."),
    "valuation": N_("I have passed your request for a valuation to a colleague."),
    "other": N_("I have passed on that you want to offer a home. A colleague will answer."),
    "viewing": N_("I have passed on your wish about the viewing. The agency will confirm."),
    "general": N_("I have passed your question to a colleague."),
}


def viewing_stored(scene: Scene) -> Reply:
    """The request is stored; no slot is promised."""
    voice = scene.voice
    titles = titles_of(scene)
    stored = voice.say(N_("Your wish to see it is stored."))
    if titles:
        stored = voice.say(N_("Your wish to see {homes} is stored."), homes=voice.join(titles))
    day = voice.say(N_("Wished day: {day}."), day=day_of(scene)) if scene.state.when else ""
    honest = voice.say(N_("The agency will confirm the time with you; it is not fixed yet."))
    reach = voice.say(
        N_("They will reach you at {contact}."), contact=_address(scene.state.contact)
    )
    return Reply(
        voice.say(N_("Viewing requested")),
        sentences(stored, day, honest, reach),
        blocks=_before_viewing(scene),
        suggested_actions=(
            link(voice.say(N_("Make a checklist")), "#checklist"),
            message(voice.say(N_("Show more"))),
        ),
    )


_TO_CHECK = (
    N_("Try the taps, the air conditioning and the phone signal."),
    N_("Ask about the bills: electricity, water, internet, shared costs."),
)


def _before_viewing(scene: Scene) -> tuple[Block, ...]:
    """What is worth thinking of; nothing that this home promises."""
    voice = scene.voice
    first = N_("Bring an identity card or passport.")
    money = N_("Ask what the deposit covers and which fees come on top.")
    if value(scene.state, Slot.DEAL) == "buy":
        money = N_("Ask to see the title deed and which fees and taxes come on top.")
    lead = voice.say(N_("Before the viewing:"))
    return markdown(lead), items([voice.say(line) for line in (first, money, *_TO_CHECK)])


def handed_over(scene: Scene) -> Reply:
    """To whom it went, and, if unknown, how to be reached."""
    voice = scene.voice
    to = scene.decision.to_domain or "staff"
    sorry = voice.say(N_("I am sorry about that.")) if _complains(scene.heard) else ""
    lead = voice.say(_SUBJECTS[to])
    if can_reach(scene.state.contact):
        follow = voice.say(
            N_("They will reach you at {contact}."), contact=_address(scene.state.contact)
        )
    else:
        follow = voice.say(
            N_("If you like, leave a phone number or an e-mail address for the answer.")
        )
    return plain(voice.say(N_("Passed to a colleague")), sentences(sorry, lead, follow))


def effects(scene: Scene) -> tuple[Effect, ...]:
    """The consequences that are stored with the turn."""
    match scene.decision.move:
        case Move.VIEWING_STORED:
            return tuple(_viewing(scene, home_id) for home_id in scene.decision.home_ids)
        case Move.HANDED_OVER:
            return (Effect("handover", _handover(scene)),)
        case Move.WHICH_HOME if not leaves_contact(scene):
            return ()
        case Move.CONTACT_KEPT | Move.WHICH_HOME:
            return (Effect("lead", _wishes(scene)),)
        case Move.TROUBLE if scene.silence and scene.silence.is_promised:
            return (Effect("follow_up", {"language": scene.voice.language}),)
    return ()


def _viewing(scene: Scene, home_id: str) -> Effect:
    when = scene.state.when
    payload = {
        "listing_id": home_id,
        "day": when.day.isoformat() if when else None,
        "time": when.time if when else None,
        "contact": _contact(scene.state.contact),
        "language": scene.voice.language,
    }
    return Effect("viewing_request", payload)


def _handover(scene: Scene) -> dict[str, Any]:
    return {
        "reason": _reason(scene.heard),
        "to_domain": scene.decision.to_domain,
        "said": scene.heard.text[:500],
        "homes": list(scene.decision.home_ids),
        **_wishes(scene),
    }


def _wishes(scene: Scene) -> dict[str, Any]:
    """What a colleague should know: the wishes, the homes on the screen, the contact."""
    return {
        "slots": list(known(scene.voice, scene.state, currency=scene.currency)),
        "shortlist": [home.id for home in scene.state.shown],
        "contact": _contact(scene.state.contact),
        "language": scene.voice.language,
    }


def _reason(heard: Heard) -> str:
    reasons = (
        Intent.COMPLAINT,
        Intent.VALUATION,
        Intent.SELL_OR_LET,
        Intent.MOVE_VIEWING,
        Intent.CANCEL_VIEWING,
    )
    return next((str(i) for i in reasons if heard.wants(i)), str(Intent.TALK_TO_PERSON))


def _complains(heard: Heard) -> bool:
    return heard.wants(Intent.COMPLAINT)


def _contact(contact: Contact | None) -> dict[str, Any] | None:
    return asdict(contact) if contact else None


def _address(contact: Contact | None) -> str:
    return (contact.phone or contact.email or "") if contact else ""
