"""Homes as cards, each made once as long as its row and the language stay the same."""

from __future__ import annotations

from functools import lru_cache

from gatehouse.listings.cards import card
from gatehouse.listings.types import Listing
from gatehouse.talk.scene import Scene
from gatehouse.talk.types import Card
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import Language


def cards(scene: Scene) -> tuple[Card, ...]:
    """The cards of the page. They are shared among replies: nobody may change one."""
    voice = scene.voice
    return tuple(
        [
            _made(home, voice.title(home), voice.language, voice.price_about(home))
            for home in scene.homes
        ]
    )


@lru_cache(maxsize=2048)
def _made(home: Listing, title: str, language: Language, about: str | None) -> Card:
    """`title` is part of the key, because listings with other translations are equal."""
    return card(home, say=Voice(language).say, language=language, about=about)
