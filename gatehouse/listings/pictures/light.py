"""The time of day and the colours of a home: one palette for all its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Light:
    """Colours of sky, land and walls at one hour; `lamp` is what shines through windows."""

    sky: tuple[str, ...]
    sun: str
    sun_at: tuple[float, float]
    cloud: str
    sea: tuple[str, str]
    ridges: tuple[str, str, str]  # far, middle, near
    ground: tuple[str, str]
    leaf: tuple[str, str]  # lit, shaded
    wall: tuple[str, str]  # lit, shaded
    glass: tuple[str, str]
    lamp: str | None
    inside: tuple[str, str]  # wall paint indoors, lit and shaded
    floor: tuple[str, str]


MORNING = Light(
    sky=("#7fbde3", "#bfe0ee", "#fdebc8"), sun="#fff6d8", sun_at=(500, 175), cloud="#ffffff",
    sea=("#8ccbd6", "#2f89a8"), ridges=("#a9bfd0", "#86a6b3", "#6f9484"),
    ground=("#c6cf93", "#8fa55f"), leaf=("#7fa457", "#4d7743"), wall=("#fffaf0", "#dde3e6"),
    glass=("#cfe9f2", "#7fb4cc"), lamp=None, inside=("#fbf5ea", "#e6ddce"),
    floor=("#dcc09a", "#b88f63"),
)  # fmt: skip
NOON = Light(
    sky=("#2f93d6", "#7cc3ee", "#dff2fa"), sun="#fffbe6", sun_at=(150, 80), cloud="#ffffff",
    sea=("#4dbdd1", "#0f739c"), ridges=("#93b4cf", "#6c97aa", "#588766"),
    ground=("#cfd38f", "#93a755"), leaf=("#75a346", "#3f7038"), wall=("#ffffff", "#d6e0e9"),
    glass=("#bfe3f3", "#5aa5cd"), lamp=None, inside=("#fcfaf5", "#e3e2dc"),
    floor=("#d9c7ab", "#b09672"),
)  # fmt: skip
GOLDEN = Light(
    sky=("#5f96c4", "#f3c896", "#fde9bd"), sun="#fff0bf", sun_at=(455, 215), cloud="#fff0dc",
    sea=("#f0c48d", "#3f7f98"), ridges=("#c0a5b3", "#9a8aa2", "#76806c"),
    ground=("#d6bf77", "#9c9150"), leaf=("#8f9a45", "#566b36"), wall=("#fff3df", "#d9c2ae"),
    glass=("#ffe2a8", "#c99a6b"), lamp="#ffd98f", inside=("#fdf0dc", "#e8d0b2"),
    floor=("#d8ad77", "#a97748"),
)  # fmt: skip
DUSK = Light(
    sky=("#27355f", "#76598c", "#f4a27c"), sun="#ffd9b0", sun_at=(420, 262), cloud="#e7a7a0",
    sea=("#d58d86", "#2c3c66"), ridges=("#7a6592", "#544f79", "#3b4560"),
    ground=("#6d7558", "#3f4f47"), leaf=("#54704c", "#2f473c"), wall=("#efdcd2", "#a994a5"),
    glass=("#ffdf9a", "#f2b25f"), lamp="#ffcf7a", inside=("#f3e2cc", "#cdb299"),
    floor=("#b98a5e", "#825a3c"),
)  # fmt: skip

LIGHTS = (MORNING, NOON, NOON, GOLDEN, GOLDEN, DUSK)
ACCENTS = ("#2f6f8f", "#b3472f", "#5d7030", "#7a4b68", "#bf8526", "#2d7d74")
FABRICS = (
    ("#2f6f7d", "#e9b872"), ("#b9654a", "#f0dcc0"), ("#6d7f4e", "#e8d9b5"), ("#4e5d86", "#f1c9a5"),
    ("#8a5a6d", "#f3e0d0"), ("#c79a4b", "#3f6d74"),
)  # fmt: skip
ROOFS = ("#c4694a", "#b85c41", "#cf7c55")
BLOOMS = ("#c9366f", "#d9487d", "#e0702f", "#a13a94")


@dataclass(frozen=True, slots=True)
class Mood:
    """What the pictures of one home share."""

    light: Light
    accent: str
    fabric: tuple[str, str]
    roof: str
    bloom: str
    is_tiled: bool  # old-style roof rather than a flat one


def mood(dice: Random) -> Mood:
    """Drawn once per home."""
    return Mood(
        light=dice.choice(LIGHTS),
        accent=dice.choice(ACCENTS),
        fabric=dice.choice(FABRICS),
        roof=dice.choice(ROOFS),
        bloom=dice.choice(BLOOMS),
        is_tiled=dice.random() < 0.45,
    )
