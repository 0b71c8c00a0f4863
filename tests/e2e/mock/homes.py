"""Six homes and their pictures, as the real server would show them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

_HOMES = (
    ("Sea-view flat with two balconies and a storeroom by the old harbour", "Merkez", 680, 1, 85),
    ("Garden flat under the mountain", "Lapta", 620, 2, 96),
    ("Bright corner flat near the bazaar", "Karaoğlanoğlu", 590, 1, 78),
    ("Terrace flat with an evening breeze", "Alsancak", 640, 1, 82),
    ("Quiet flat among lemon trees", "Ozanköy", 560, 1, 74),
    ("New flat with two balconies", "Çatalköy", 700, 2, 104),
)
_BADGES = ("Sea view", "Furnished", "Shared pool", "Lift", "Parking", "Pets allowed")
_SKIES = ("#cfe6ea", "#fbe3cf", "#dfeff0", "#f6e2d3", "#d9e8dd", "#e3e2f0")


def cards(*, hostile: bool = False) -> list[dict[str, Any]]:
    """The six homes as cards; `hostile` puts markup where words belong."""
    return [_card(number, hostile=hostile) for number in range(len(_HOMES))]


def _card(number: int, *, hostile: bool) -> dict[str, Any]:
    title, district, price, bathrooms, sqm = _HOMES[number]
    place = f"Girne · {district}"
    badges = _BADGES[: number % 4 + 1]
    home = str(UUID(int=number + 1))
    pictures = [f"/homes/{home}/pictures/{n}.svg" for n in range(1, 5)]
    evil = '<img src=x onerror="window.hacked=1">'
    return {
        "id": home,
        "title": evil if hostile else title,
        "subtitle": evil if hostile else place,
        "price": price,
        "currency": "GBP",
        "imageUrl": "javascript:window.hacked=1" if hostile else pictures[0],
        "area": place,
        "rating": round(4.2 + number / 10, 1),
        "badges": [evil] if hostile else list(badges),
        "galleryImages": pictures,
        "variant": ("long_term", "short_term", "sale")[number % 3] if hostile else "long_term",
        "verified_at": "2026-03-14T09:00:00+00:00",
        "metadata": {"bedrooms": 2, "bathrooms": bathrooms, "sqm": sqm, "amenities": []},
        "buttons": ["photos", "info", "availability", "reserve", "contact"],
    }


def picture(number: int, view: int) -> str:
    """An SVG scene."""
    sky = _SKIES[(number + view) % len(_SKIES)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480">'
        f'<rect width="640" height="480" fill="{sky}"/>'
        f'<circle cx="{120 + 60 * view}" cy="110" r="44" fill="#f6bd60"/>'
        '<rect y="300" width="640" height="180" fill="#5fb0b7"/>'
        f'<rect x="{180 + 10 * number}" y="190" width="240" height="190" fill="#fffdf8"/>'
        f'<path d="M{160 + 10 * number} 192l140-70 140 70z" fill="#c9694b"/>'
        f'<path d="M{280 + 10 * number} 380v-70a20 20 0 0 1 40 0v70z" fill="#0a6472"/></svg>'
    )
