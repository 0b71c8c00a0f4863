"""The names of things that homes have, are and cost."""

from __future__ import annotations

from gatehouse.listings import wording
from gatehouse.talk.phrases import N_
from gatehouse.talk.voice import Voice

ATTRIBUTES = {
    "price": N_("price"),
    "deposit": N_("deposit"),
    "bedrooms": N_("bedrooms"),
    "bathrooms": N_("bathrooms"),
    "area": N_("size"),
    "address": N_("address"),
    "location": N_("location"),
    "available_from": N_("available from"),
    "availability": N_("availability"),
    "minimum_stay": N_("minimum stay"),
    "agency": N_("agency"),
    "phone": N_("phone number"),
    "pictures": N_("pictures"),
    "amenities": N_("amenities"),
    "property_type": N_("type of home"),
    "rating": N_("rating"),
    "verified_at": N_("last check"),
    "description": N_("description"),
}


def property_type(voice: Voice, code: str) -> str:
    """The kind of home, in small letters."""
    return voice.say(wording.PROPERTY_TYPES.get(code, code.replace("_", " ")))


def amenity(voice: Voice, code: str) -> str:
    """What a home may have, in small letters."""
    return voice.say(wording.AMENITIES.get(code, code.replace("_", " ")))


def thing(voice: Voice, code: str) -> str:
    """Anything that can be asked about a home."""
    return voice.say(ATTRIBUTES[code]) if code in ATTRIBUTES else amenity(voice, code)


def capital(voice: Voice, text: str) -> str:
    """The text with a capital first letter."""
    return wording.capital(text, voice.language)
