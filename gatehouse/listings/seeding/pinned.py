"""Homes that are there by construction, so that common questions always have six answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.listings.types import Variant


@dataclass(frozen=True, slots=True)
class Pin:
    """What is fixed about a home; everything else is drawn from the seed."""

    town: str
    kind: tuple[str, int]
    price: float
    currency: str = "GBP"
    has_pets: bool | None = None


_FLAT = ("apartment", 2)
_SMALL = ("apartment", 1)

PINS: Mapping[Variant, tuple[Pin, ...]] = {
    "long_term": (
        # Girne: two bedrooms up to 500 pounds (and up to 600 euros), half of them with pets.
        Pin("girne/merkez", _FLAT, 490, has_pets=True),
        Pin("girne/alsancak", _FLAT, 480, has_pets=False),
        Pin("girne/karaoglanoglu", _FLAT, 470, has_pets=True),
        Pin("girne/lapta", _FLAT, 450, has_pets=False),
        Pin("girne/dogankoy", _FLAT, 430, has_pets=True),
        Pin("girne/zeytinlik", _FLAT, 460, has_pets=False),
        Pin("girne/catalkoy", _FLAT, 560, "EUR", has_pets=True),
        Pin("girne/merkez", _FLAT, 27_500, "TRY", has_pets=False),
        Pin("girne/karsiyaka", _FLAT, 500, has_pets=False),
        # Gazimağusa: the same wish, and cheaper ones below.
        Pin("gazimagusa/canakkale", _FLAT, 400, has_pets=True),
        Pin("gazimagusa/sakarya", _FLAT, 380, has_pets=False),
        Pin("gazimagusa/karakol", _FLAT, 360, has_pets=True),
        Pin("gazimagusa/tuzla", _FLAT, 410, has_pets=False),
        Pin("gazimagusa/baykal", _FLAT, 430, has_pets=True),
        Pin("gazimagusa/yeni-bogazici", _FLAT, 480, has_pets=False),
        Pin("gazimagusa/sakarya", _FLAT, 450, "EUR", has_pets=True),
        Pin("gazimagusa/canakkale", ("studio", 0), 280, has_pets=False),
        Pin("gazimagusa/karakol", _SMALL, 320, has_pets=False),
        # Small ones in Girne, Lefkoşa and İskele.
        Pin("girne/karaoglanoglu", ("studio", 0), 330, has_pets=False),
        Pin("girne/merkez", _SMALL, 420, has_pets=True),
        Pin("girne/alsancak", _SMALL, 440, has_pets=False),
        Pin("lefkosa/gonyeli", _FLAT, 420, has_pets=True),
        Pin("lefkosa/ortakoy", _FLAT, 440, has_pets=False),
        Pin("lefkosa/hamitkoy", _FLAT, 400, has_pets=False),
        Pin("lefkosa/yenikent", _SMALL, 350, has_pets=True),
        Pin("lefkosa/kucuk-kaymakli", _FLAT, 22_000, "TRY", has_pets=False),
        Pin("iskele/long-beach", _SMALL, 430, has_pets=True),
        Pin("iskele/long-beach", _FLAT, 520, has_pets=False),
        Pin("iskele/bogaz", _FLAT, 490, has_pets=True),
        Pin("girne/karsiyaka", ("villa", 3), 1250, has_pets=True),
        Pin("girne/bellapais", ("villa", 4), 1950, has_pets=True),
        Pin("girne/catalkoy", ("villa", 3), 1400, has_pets=False),
    ),
    "short_term": (
        Pin("girne/merkez", _FLAT, 68, has_pets=False),
        Pin("girne/alsancak", _FLAT, 72, has_pets=True),
        Pin("girne/lapta", _SMALL, 49, has_pets=True),
        Pin("girne/catalkoy", _FLAT, 78, has_pets=False),
        Pin("girne/karaoglanoglu", ("studio", 0), 39, has_pets=False),
        Pin("girne/merkez", _SMALL, 55, has_pets=False),
        Pin("girne/esentepe", _FLAT, 75, "EUR", has_pets=True),
        Pin("iskele/long-beach", _SMALL, 48, has_pets=False),
        Pin("iskele/long-beach", ("studio", 0), 38, has_pets=False),
        Pin("iskele/long-beach", _FLAT, 66, has_pets=True),
        Pin("iskele/bafra", _SMALL, 58, "EUR", has_pets=False),
        Pin("gazimagusa/salamis", _FLAT, 60, has_pets=True),
        Pin("gazimagusa/surici", ("house", 2), 64, has_pets=False),
        Pin("girne/karsiyaka", ("villa", 3), 175, has_pets=True),
        Pin("girne/alsancak", ("villa", 4), 240, has_pets=False),
    ),
    "sale": (
        Pin("girne/merkez", _FLAT, 138_000),
        Pin("girne/alsancak", _FLAT, 135_000),
        Pin("girne/lapta", _FLAT, 128_000),
        Pin("iskele/long-beach", ("studio", 0), 72_000),
        Pin("iskele/long-beach", _SMALL, 95_000),
        Pin("gazimagusa/canakkale", _FLAT, 99_000),
        Pin("girne/catalkoy", ("villa", 4), 520_000, "EUR"),
        Pin("girne/esentepe", ("villa", 3), 335_000),
    ),
}
