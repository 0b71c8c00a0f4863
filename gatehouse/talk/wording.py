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
    "bills": N_("bills"),
    "floor": N_("floor"),
    "guests": N_("number of guests"),
    "negotiable": N_("room to negotiate"),
    "sea_distance": N_("distance to the sea"),
}
# Wishes that no listing states.
FEATURES = {
    "ground_floor": N_("ground floor"),
    "basement": N_("basement"),
    "top_floor": N_("top floor"),
    "high_floor": N_("high floor"),
    "low_floor": N_("low floor"),
    "a_floor": N_("a certain floor"),
    "new_build": N_("new building"),
    "renovated": N_("renovated"),
    "needs_work": N_("in need of work"),
    "bills_included": N_("bills included"),
    "quiet": N_("quiet place"),
    "central": N_("close to the centre"),
    "off_centre": N_("away from the centre"),
    "bright": N_("bright"),
    "near_shops": N_("near shops"),
    "near_transport": N_("near public transport"),
    "near_school": N_("near a school"),
    "near_museum": N_("near a museum"),
    "near_park": N_("near a park"),
    "near_gym": N_("near a gym"),
    "near_office": N_("near the workplace"),
    "near_club": N_("near clubs"),
    "near_hospital": N_("near a hospital"),
    "near_airport": N_("near the airport"),
    "near_train_station": N_("near a station"),
    "near_restaurants": N_("near restaurants"),
    "near_place_of_worship": N_("near a place of worship"),
    "near_library": N_("near a library"),
    "near_playground": N_("near a playground"),
    "near_port": N_("near the harbour"),
    "facing_north": N_("facing north"),
    "facing_south": N_("facing south"),
    "facing_east": N_("facing east"),
    "facing_west": N_("facing west"),
    "agents": N_("through an agent"),
}

_WITHOUT = {"agents": N_("without an agent")}


def property_type(voice: Voice, code: str) -> str:
    """The kind of home, in small letters."""
    return voice.say(wording.PROPERTY_TYPES.get(code, code.replace("_", " ")))


def amenity(voice: Voice, code: str) -> str:
    """What a home may have, in small letters."""
    return voice.say(wording.AMENITIES.get(code, code.replace("_", " ")))


def feature(voice: Voice, code: str) -> str:
    """A wish that no listing states, in small letters."""
    return voice.say(FEATURES.get(code, code.replace("_", " ")))


def without_feature(voice: Voice, code: str) -> str:
    """A wish that a home should not be so, in small letters."""
    if code in _WITHOUT:
        return voice.say(_WITHOUT[code])
    return voice.say(N_("not {thing}"), thing=feature(voice, code))


def thing(voice: Voice, code: str) -> str:
    """Anything that can be asked about a home."""
    return voice.say(ATTRIBUTES[code]) if code in ATTRIBUTES else amenity(voice, code)


def capital(voice: Voice, text: str) -> str:
    """The text with a capital first letter."""
    return wording.capital(text, voice.language)
