"""The names of things that homes have, are and cost."""

from __future__ import annotations

from gatehouse.talk.phrases import N_
from gatehouse.talk.voice import Voice

PROPERTY_TYPES = {
    "apartment": N_("apartment"),
    "studio": N_("studio"),
    "villa": N_("villa"),
    "house": N_("house"),
    "townhouse": N_("townhouse"),
    "penthouse": N_("penthouse"),
    "bungalow": N_("bungalow"),
    "land": N_("land"),
    "commercial": N_("commercial property"),
    "room": N_("room"),
}
AMENITIES = {
    "pool": N_("pool"),
    "private_pool": N_("private pool"),
    "garden": N_("garden"),
    "balcony": N_("balcony"),
    "terrace": N_("terrace"),
    "sea_view": N_("sea view"),
    "mountain_view": N_("mountain view"),
    "parking": N_("parking"),
    "garage": N_("garage"),
    "lift": N_("lift"),
    "air_conditioning": N_("air conditioning"),
    "heating": N_("heating"),
    "furnished": N_("furnished"),
    "unfurnished": N_("unfurnished"),
    "pets_allowed": N_("pets allowed"),
    "wifi": N_("Wi-Fi"),
    "washing_machine": N_("washing machine"),
    "dishwasher": N_("dishwasher"),
    "fireplace": N_("fireplace"),
    "gym": N_("gym"),
    "security": N_("security"),
    "generator": N_("generator"),
    "near_sea": N_("near the sea"),
    "near_university": N_("near the university"),
    "wheelchair_access": N_("wheelchair access"),
    "white_goods": N_("white goods"),
    "storage": N_("storage room"),
}
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
    return voice.say(PROPERTY_TYPES.get(code, code.replace("_", " ")))


def amenity(voice: Voice, code: str) -> str:
    """What a home may have, in small letters."""
    return voice.say(AMENITIES.get(code, code.replace("_", " ")))


def thing(voice: Voice, code: str) -> str:
    """Anything that can be asked about a home."""
    return voice.say(ATTRIBUTES[code]) if code in ATTRIBUTES else amenity(voice, code)


def capital(voice: Voice, text: str) -> str:
    """The text with a capital first letter; Turkish keeps its dotted İ."""
    first = "İ" if voice.language == "tr" and text[:1] == "i" else text[:1].upper()
    return first + text[1:]
