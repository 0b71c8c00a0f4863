"""A home as a card. Every value is the database row's own; only labels are translated."""

from __future__ import annotations

from typing import Any

from gatehouse.listings import wording
from gatehouse.listings.types import Listing
from gatehouse.listings.wording import Say, capital

MOST_BADGES = 6
BUTTONS = ("photos", "info", "availability", "reserve", "contact")
_ORDER = {code: n for n, code in enumerate(wording.AMENITIES)}


def card(home: Listing, *, say: Say, language: str, about: str | None = None) -> dict[str, Any]:
    """The card contract of the chat. `say` translates a message id into `language`.

    `about` is the price in the visitor's currency, in words; it goes beside the row's own.
    """
    urls = [picture.url for picture in home.pictures]
    return {
        "id": str(home.id),
        "title": wording.title(home, language),
        "subtitle": subtitle(home, say, language),
        "price": home.price,
        "price_label": wording.price(home, say, language),
        "currency": home.currency,
        "imageUrl": urls[0] if urls else None,
        "area": home.area_m2,
        "rating": home.rating,
        "badges": badges(home, say, language),
        "galleryImages": urls,
        "alts": [say(picture.alt) for picture in home.pictures],
        "variant": home.variant,
        "verified_at": home.verified_at.isoformat() if home.verified_at else None,
        "metadata": {
            "bedrooms": home.bedrooms,
            "bathrooms": home.bathrooms,
            "sqm": home.area_m2,
            "amenities": list(home.amenities),
            **({"price_about": about} if about else {}),
        },
        "buttons": list(BUTTONS),
        "url": f"/homes/{home.id}",
    }


def subtitle(home: Listing, say: Say, language: str) -> str:
    """Apartment · Alsancak, Kyrenia."""
    code = home.property_type
    kind = say(wording.PROPERTY_TYPES.get(code, code.replace("_", " ")))
    return f"{capital(kind, language)} · {wording.place(home, language)}"


def badges(home: Listing, say: Say, language: str) -> list[str]:
    """The six most telling amenities, translated."""
    known = [code for code in home.amenities if code in _ORDER]
    telling = sorted(known, key=_ORDER.__getitem__)[:MOST_BADGES]
    return [capital(say(wording.AMENITIES[code]), language) for code in telling]
