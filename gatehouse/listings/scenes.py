"""Which pictures a home has: scene codes from its facts, and what each shows, for alt texts."""

from __future__ import annotations

from collections.abc import Collection

# English alt texts; they are message ids of the phrase catalogues.
ALTS: dict[str, str] = {
    "outside": "The home from outside",
    "living": "Living room",
    "bedroom": "Bedroom",
    "kitchen": "Kitchen",
    "bathroom": "Bathroom",
    "view": "The view",
    "terrace": "Terrace",
    "pool": "Pool",
    "plot": "The plot of land",
    "road": "The road to the plot",
    "shop": "The premises inside",
}


def scenes_of(property_type: str, amenities: Collection[str]) -> tuple[str, ...]:
    """Five to seven scenes, the best first; three for land."""
    if property_type == "land":
        return ("plot", "view", "road")
    if property_type == "commercial":
        return ("outside", "shop", "kitchen", "bathroom", "view")
    outdoors = [scene for scene in ("terrace", "pool") if _has(scene, amenities)]
    rooms = ["living", "bedroom", "kitchen", "bathroom"]
    return ("outside", *rooms, *outdoors, "view")[:7]


def _has(scene: str, amenities: Collection[str]) -> bool:
    if scene == "pool":
        return "pool" in amenities or "private_pool" in amenities
    return "terrace" in amenities or "balcony" in amenities
