"""Homes side by side, as a table, with the differences in a sentence."""

from __future__ import annotations

from gatehouse.listings.types import Listing
from gatehouse.talk.answers import cell
from gatehouse.talk.facts import price
from gatehouse.talk.phrases import N_
from gatehouse.talk.scene import Scene, link, message, plain, sentences, table
from gatehouse.talk.types import Reply
from gatehouse.talk.voice import Voice
from gatehouse.talk.wording import capital, thing

ROWS = (
    "price", "location", "property_type", "bedrooms", "bathrooms", "area", "deposit",
    "available_from", "minimum_stay", "rating", "amenities",
)  # fmt: skip


CLEARLY_LESS = 0.98  # of the other price, where a rate stands between them


def compare(scene: Scene) -> Reply:
    """A row per attribute, a column per home."""
    voice, homes = scene.voice, scene.homes
    if len(homes) < 2:
        summary = voice.say(N_("I need two homes that are still on offer to compare them."))
        return plain(voice.say(N_("Comparison")), summary)
    headers = [voice.say(N_("Home")), *(voice.title(home) for home in homes)]
    rows = [
        [capital(voice, thing(voice, code)), *(cell(voice, home, code=code) for home in homes)]
        for code in ROWS
    ]
    return Reply(
        voice.say(N_("Comparison")),
        sentences(voice.say(N_("Here they are side by side.")), *_differences(voice, homes)),
        blocks=(table(voice.say(N_("Comparison of homes")), headers, rows=rows),),
        suggested_actions=(
            link(voice.say(N_("Save as CSV")), "#csv"),
            message(voice.say(N_("I want to see the first one"))),
        ),
    )


def _differences(voice: Voice, homes: tuple[Listing, ...]) -> list[str]:
    return [said for said in (_cheapest(voice, homes), _largest(voice, homes)) if said]


def _cheapest(voice: Voice, homes: tuple[Listing, ...]) -> str:
    """Where prices mean the same, of one kind of offer, and differ whatever the rate of the day."""
    amounts = _amounts(voice, homes)
    if len({h.variant for h in homes}) > 1 or not amounts:
        return ""
    least, second = sorted(amounts)[:2]
    is_exact = len({h.currency for h in homes}) == 1
    if least >= second * (1.0 if is_exact else CLEARLY_LESS):
        return ""
    home = homes[amounts.index(least)]
    form = N_("“{title}” costs least: {price}.")
    return voice.say(form, title=voice.title(home), price=price(voice, home))


def _amounts(voice: Voice, homes: tuple[Listing, ...]) -> list[float]:
    """The prices in one currency; empty where a rate is unknown."""
    if len({h.currency for h in homes}) == 1:
        return [h.price for h in homes]
    known = [voice.purse.amount(h) for h in homes] if voice.purse else []
    return [amount for amount in known if amount] if all(known) else []


def _largest(voice: Voice, homes: tuple[Listing, ...]) -> str:
    if len({h.area_m2 for h in homes}) == 1:
        return ""
    home = max(homes, key=lambda h: h.area_m2)
    form = N_("“{title}” is the largest: {area} m².")
    return voice.say(form, title=voice.title(home), area=voice.count(home.area_m2))
