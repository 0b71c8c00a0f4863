"""Answers about shown homes. Every value is read from the listing; what it lacks is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from gatehouse.listings import wording
from gatehouse.listings.types import Listing
from gatehouse.talk.facts import price
from gatehouse.talk.phrases import N_, NN_
from gatehouse.talk.scene import Scene, clipped, message, plain, sentences, table
from gatehouse.talk.types import Block, Reply, SuggestedAction
from gatehouse.talk.voice import Voice
from gatehouse.talk.wording import ATTRIBUTES, amenity, capital, property_type, thing
from gatehouse.understanding.types import Slot

Answering = Callable[[Voice, Listing], str | None]
LONGEST_DESCRIPTION = 400
MOST_PICTURES = 3


def answer_home(scene: Scene) -> Reply:
    """One home in sentences, several as a table."""
    if not scene.homes and scene.is_free is None:
        return _gone(scene)
    if len(scene.homes) > 1:
        return _about_several(scene)
    return _about_one(scene)


def _about_one(scene: Scene) -> Reply:
    voice = scene.voice
    home = scene.homes[0] if scene.homes else None
    title = voice.title(home) if home else _title_on_screen(scene)
    asked = scene.decision.asked
    said = [_free(scene)] if scene.is_free is not None else []
    if home is not None:
        said += [about(voice, home, code=c) for c in asked] if asked else _summary(voice, home)
    blocks = _pictures(home) if home and "pictures" in asked else ()
    text = clipped(sentences(voice.say(N_("“{title}”:"), title=title), *said), 1100)
    offer = voice.say(N_("Shall I ask for a viewing?"))
    return Reply(
        clipped(title, 80),
        sentences(text, offer),
        blocks=blocks,
        suggested_actions=_after(scene),
    )


def _about_several(scene: Scene) -> Reply:
    """The same question for each home on the screen."""
    voice = scene.voice
    asked = scene.decision.asked or ("price", "bedrooms", "area")
    names = [capital(voice, thing(voice, code)) for code in asked]
    rows = [
        [voice.title(home), *(cell(voice, home, code=c) for c in asked)] for home in scene.homes
    ]
    summary = voice.say(N_("Here is what the listings say: {things}."), things=voice.join(names))
    block = table(voice.join(names), [voice.say(N_("Home")), *names], rows=rows)
    return Reply(voice.join(names), summary, blocks=(block,), suggested_actions=_after(scene))


def about(voice: Voice, home: Listing, *, code: str) -> str:
    """One sentence about one attribute or amenity of a home."""
    if code not in ATTRIBUTES:
        if _is_refused(home, code):
            return voice.say(_REFUSALS[code][1])
        owned = _owned(home, code)
        form = _HAS if owned else _UNSAID
        return voice.say(form, thing=capital(voice, amenity(voice, owned or code)))
    return _SENTENCES[code](voice, home) or voice.say(
        _UNSAID, thing=capital(voice, thing(voice, code))
    )


def cell(voice: Voice, home: Listing, *, code: str) -> str:
    """One table cell about one attribute or amenity of a home."""
    if code not in ATTRIBUTES:
        if _is_refused(home, code):
            return voice.say(N_("no"))
        return voice.say(N_("yes")) if _owned(home, code) else voice.say(N_("not stated"))
    return _CELLS.get(code, _SENTENCES[code])(voice, home) or voice.say(N_("not stated"))


def _is_refused(home: Listing, code: str) -> bool:
    return code in _REFUSALS and _REFUSALS[code][0] in home.amenities


def _owned(home: Listing, code: str) -> str | None:
    """The amenity itself, or one that implies it."""
    return next((c for c in (code, *_IMPLIED_BY.get(code, ())) if c in home.amenities), None)


_IMPLIED_BY = {"pool": ("private_pool",), "parking": ("garage",)}
# What a listing may also deny: the code that does so, and what it means.
_REFUSALS = {"pets_allowed": ("no_pets", N_("No, pets are not allowed."))}
_HAS = N_("{thing}: yes, according to the listing.")
_UNSAID = N_("{thing}: the listing does not say.")


def _summary(voice: Voice, home: Listing) -> list[str]:
    codes = ("location", "price", "bedrooms", "area", "amenities")
    return [about(voice, home, code=code) for code in codes]


def _price(voice: Voice, home: Listing) -> str | None:
    return price(voice, home) if home.price else None


def _deposit(voice: Voice, home: Listing) -> str | None:
    return None if home.deposit is None else voice.money(home.deposit, home.currency)


def _place(voice: Voice, home: Listing) -> str:
    return wording.place(home, voice.language)


def _stay(voice: Voice, home: Listing) -> str | None:
    if home.minimum_nights and home.variant == "short_term":
        return voice.many(NN_("{n} night", "{n} nights"), home.minimum_nights)
    if home.minimum_months and home.variant == "long_term":
        return voice.many(NN_("{n} month", "{n} months"), home.minimum_months)
    return None


def _bedrooms(voice: Voice, home: Listing) -> str:
    return str(home.bedrooms) if home.bedrooms else voice.say(N_("studio"))


def _day(voice: Voice, when: date | None) -> str | None:
    return voice.day(when) if when else None


_CELLS: dict[str, Answering] = {
    "price": _price,
    "deposit": _deposit,
    "bedrooms": _bedrooms,
    "bathrooms": lambda voice, home: str(home.bathrooms),
    "area": lambda voice, home: voice.say(N_("{area} m²"), area=voice.count(home.area_m2)),
    "address": _place,
    "location": _place,
    "available_from": lambda voice, home: _day(voice, home.available_from),
    "availability": lambda voice, home: _day(voice, home.available_from),
    "minimum_stay": _stay,
    "agency": lambda voice, home: home.agency or None,
    "phone": lambda voice, home: home.agency_phone,
    "pictures": lambda voice, home: str(len(home.pictures)),
    "amenities": lambda voice, home: (
        voice.listed(amenity(voice, c) for c in home.amenities) or None
    ),
    "property_type": lambda voice, home: property_type(voice, home.property_type),
    "rating": lambda voice, home: voice.decimal(home.rating) if home.rating else None,
    "verified_at": lambda voice, home: _day(
        voice, home.verified_at.date() if home.verified_at else None
    ),
    "bills": lambda voice, home: None,
    "floor": lambda voice, home: None,
    "guests": lambda voice, home: None,
    "negotiable": lambda voice, home: None,
    "sea_distance": lambda voice, home: (
        amenity(voice, "near_sea") if "near_sea" in home.amenities else None
    ),
    "description": lambda voice, home: (
        clipped(wording.description(home, voice.language), LONGEST_DESCRIPTION) or None
    ),
}
_FORMS = {
    "price": N_("The price is {value}."),
    "deposit": N_("The deposit is {value}."),
    "bathrooms": N_("Bathrooms: {value}."),
    "bedrooms": N_("Bedrooms: {value}."),
    "area": N_("The size is {value}."),
    "address": N_("The listing gives no street; the area is {value}."),
    "location": N_("Where: {value}."),
    "available_from": N_("Available from {value}."),
    "availability": N_("Available from {value}."),
    "minimum_stay": N_("The minimum stay is {value}."),
    "agency": N_("The agency is {value}."),
    "phone": N_("The agency's phone number is {value}."),
    "pictures": N_("Pictures: {value}."),
    "amenities": N_("The listing mentions: {value}."),
    "property_type": N_("Type of home: {value}."),
    "rating": N_("Rating: {value} of 5."),
    "verified_at": N_("Last checked on {value}."),
    "bills": N_("Bills: {value}."),
    "floor": N_("Floor: {value}."),
    "guests": N_("Number of guests: {value}."),
    "negotiable": N_("Room to negotiate: {value}."),
    "sea_distance": N_("By the sea: {value}; the listing gives no distance."),
    "description": N_("The listing says: {value}"),
}


def _in_words(code: str) -> Answering:
    def sentence(voice: Voice, home: Listing) -> str | None:
        known = _CELLS[code](voice, home)
        return voice.say(_FORMS[code], value=known) if known else None

    return sentence


_SENTENCES: dict[str, Answering] = {code: _in_words(code) for code in _CELLS}


def _free(scene: Scene) -> str:
    """Is it free for the days that the visitor gave?"""
    voice = scene.voice
    first, last = (_slot_day(scene, slot) for slot in (Slot.CHECK_IN, Slot.CHECK_OUT))
    form = N_("It is free from {first} to {last}.")
    if not scene.is_free:
        form = N_("It is not free on all days from {first} to {last}.")
    return voice.say(form, first=first, last=last)


def _slot_day(scene: Scene, slot: Slot) -> str:
    filled = scene.state.slots.get(slot)
    when = filled.value if filled else None
    return scene.voice.day(when) if isinstance(when, date) else ""


def _title_on_screen(scene: Scene) -> str:
    names = {home.id: home.title for home in scene.state.shown}
    return names.get(scene.decision.home_ids[0], "")


def _gone(scene: Scene) -> Reply:
    voice = scene.voice
    summary = voice.say(N_("This home is no longer on offer. Shall I look for similar ones?"))
    chips = (message(voice.say(N_("Show more"))), message(voice.say(N_("Something cheaper"))))
    return plain(voice.say(N_("No longer on offer")), summary, actions=chips)


def _pictures(home: Listing) -> tuple[Block, ...]:
    shown = home.pictures[:MOST_PICTURES]
    return tuple({"type": "image", "url": p.url, "alt": p.alt} for p in shown)


def _after(scene: Scene) -> tuple[SuggestedAction, ...]:
    """Ways on; homes for sale have no deposit to ask about."""
    say = scene.voice.say
    rents = any(home.deal == "rent" for home in scene.homes)
    deposit = rents and "deposit" not in scene.decision.asked
    return (
        message(say(N_("I want to see it"))),
        *((message(say(N_("How much is the deposit?"))),) if deposit else ()),
        message(say(N_("Show more"))),
    )
