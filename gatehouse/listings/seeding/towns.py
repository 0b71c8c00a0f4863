"""What each place is like: how many homes are there, how dear, what is built, where the sea is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Character = Literal["coast", "town", "oldtown", "university", "mountain", "village", "resort"]


@dataclass(frozen=True, slots=True)
class Town:
    """`dearness` multiplies prices; `sea` says on which side the water is, so homes stay dry."""

    key: str
    weight: int
    dearness: float
    character: Character
    sea: Literal["n", "e", "w", "far"] = "far"
    is_hilly: bool = False  # mountains in view

    @property
    def is_coastal(self) -> bool:
        return self.sea != "far"


TOWNS: tuple[Town, ...] = (
    Town("girne/merkez", 12, 1.08, "town", "n", True),
    Town("girne/alsancak", 9, 1.06, "coast", "n", True),
    Town("girne/lapta", 7, 0.98, "coast", "n", True),
    Town("girne/karaoglanoglu", 6, 1.03, "university", "n", True),
    Town("girne/catalkoy", 6, 1.10, "coast", "n", True),
    Town("girne/ozankoy", 3, 1.05, "mountain", "far", True),
    Town("girne/bellapais", 3, 1.15, "mountain", "far", True),
    Town("girne/esentepe", 4, 1.02, "coast", "n", True),
    Town("girne/karsiyaka", 4, 0.98, "coast", "n", True),
    Town("girne/edremit", 2, 1.0, "mountain", "far", True),
    Town("girne/zeytinlik", 3, 1.0, "town", "far", True),
    Town("girne/dogankoy", 3, 0.94, "town", "far", True),
    Town("girne/bahceli", 2, 1.0, "coast", "n", True),
    Town("girne/tatlisu", 2, 0.93, "coast", "n", True),
    Town("lefkosa/gonyeli", 4, 0.82, "town"),
    Town("lefkosa/hamitkoy", 3, 0.8, "town"),
    Town("lefkosa/ortakoy", 3, 0.85, "town"),
    Town("lefkosa/gocmenkoy", 2, 0.76, "town"),
    Town("lefkosa/yenikent", 3, 0.86, "university"),
    Town("lefkosa/dereboyu", 3, 0.95, "town"),
    Town("lefkosa/kucuk-kaymakli", 2, 0.77, "town"),
    Town("lefkosa/merkez", 2, 0.82, "oldtown"),
    Town("gazimagusa/canakkale", 4, 0.76, "university"),
    Town("gazimagusa/sakarya", 4, 0.76, "university"),
    Town("gazimagusa/karakol", 3, 0.75, "university"),
    Town("gazimagusa/tuzla", 3, 0.78, "village"),
    Town("gazimagusa/yeni-bogazici", 3, 0.86, "coast", "e"),
    Town("gazimagusa/baykal", 2, 0.78, "town"),
    Town("gazimagusa/salamis", 2, 0.88, "coast", "e"),
    Town("gazimagusa/surici", 2, 0.74, "oldtown", "e"),
    Town("gazimagusa/maras", 1, 0.76, "coast", "e"),
    Town("iskele/long-beach", 8, 1.0, "resort", "e"),
    Town("iskele/bogaz", 3, 0.96, "coast", "e"),
    Town("iskele/bafra", 3, 0.98, "resort", "e"),
    Town("iskele/mehmetcik", 1, 0.68, "village"),
    Town("iskele/yeni-erenkoy", 1, 0.7, "village", "n"),
    Town("iskele/dipkarpaz", 1, 0.72, "village"),
    Town("guzelyurt/merkez", 2, 0.62, "town"),
    Town("guzelyurt/bostanci", 1, 0.58, "village"),
    Town("guzelyurt/kalkanli", 1, 0.62, "university"),
    Town("lefke/gemikonagi", 1, 0.6, "coast", "w", True),
)


@cache
def by_key(key: str) -> Town:
    """The town with that gazetteer key."""
    return next(town for town in TOWNS if town.key == key)
