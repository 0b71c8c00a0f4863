"""Sky, sea, the Five Finger range and the plain: what stands behind a home."""

from __future__ import annotations

from random import Random
from typing import Literal

from gatehouse.listings.pictures.ink import HEIGHT, WIDTH, Sheet
from gatehouse.listings.pictures.light import Light

Backdrop = Literal["sea", "mountains", "plain", "town"]

# The ridge of Pentadactylos from the north: five knuckles on a long back.
_FINGERS = (
    (-200, 60), (-110, 76), (-40, 62), (50, 84), (120, 72), (176, 100), (206, 92), (232, 124),
    (252, 112), (276, 148), (298, 128), (322, 162), (346, 134), (370, 150), (392, 116), (414, 126),
    (448, 94), (510, 104), (580, 74), (660, 92), (740, 66), (840, 80),
)  # fmt: skip
_LEFT, _RIGHT = -200, 840


def sky(sheet: Sheet, light: Light, dice: Random) -> None:
    """Sky with sun, its glow, and a few clouds."""
    sheet.rect(0, 0, WIDTH, HEIGHT, sheet.fade(*light.sky))
    x, y = light.sun_at
    sheet.oval(
        x, y, 190, 190, sheet.glow(f"{light.sun}@0.85", f"{light.sun}@0.25", f"{light.sun}@0")
    )
    sheet.oval(x, y, 22, 22, light.sun)
    for _ in range(3):
        _cloud(sheet, light, dice)


def backdrop(
    sheet: Sheet, kind: Backdrop, *, light: Light, dice: Random, horizon: float = 285
) -> None:
    """Everything between the sky and the plot, down to below the horizon."""
    if kind == "sea":
        _coast(sheet, light, horizon=horizon, dice=dice)
    elif kind == "mountains":
        with sheet.moved(*dice.choice(((-150, 0), (170, 0)))):
            ridge(sheet, light, base=horizon + 20, height=1.0)
        hills(sheet, light.ridges[2], dice=dice, base=horizon + 24, height=34)
    elif kind == "town":
        hills(sheet, light.ridges[0], dice=dice, base=horizon, height=52)
        roofs(sheet, light, dice=dice, base=horizon + 22)
    else:
        hills(sheet, light.ridges[0], dice=dice, base=horizon, height=56)
        hills(sheet, light.ridges[1], dice=dice, base=horizon + 12, height=36)
        hills(sheet, light.ridges[2], dice=dice, base=horizon + 24, height=24)


def ridge(sheet: Sheet, light: Light, *, base: float, height: float) -> None:
    """The mountain range, pale with distance, its sunlit faces picked out."""
    far = [(float(x), base - y * height * 0.8 - 26) for x, y in _FINGERS]
    far = [(x * 1.3 - 120, y) for x, y in far]
    sheet.poly(light.ridges[0], (far[0][0], base), *far, (far[-1][0], base), opacity=0.75)
    peaks = [(float(x), base - y * height) for x, y in _FINGERS]
    sheet.poly(
        sheet.fade(light.ridges[0], light.ridges[1], light.ridges[2]),
        (_LEFT, base),
        *peaks,
        (_RIGHT, base),
    )
    faces = ""
    for (_, y0), (x1, y1), (x2, y2) in zip(peaks, peaks[1:], peaks[2:], strict=False):
        if y1 < y0 and y1 < y2:
            foot = base - (base - y1) * 0.3
            faces += f"M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}L{x2 + 8:.0f} {foot:.0f}"
            faces += f"L{x1 + 5:.0f} {foot - 18:.0f}Z"
    sheet.path(light.sun, faces, opacity=0.15)


def hills(sheet: Sheet, colour: str, *, dice: Random, base: float, height: float) -> None:
    """One soft line of hills."""
    start = base - height * dice.uniform(0.3, 0.7)
    d = f"M0 {start:.0f}"
    for x in range(160, WIDTH + 1, 160):
        y = base - height * dice.uniform(0.25, 1.0)
        d += f"S{x - 60} {y:.0f} {x} {base - height * dice.uniform(0.2, 0.8):.0f}"
    sheet.path(colour, f"{d}V{base + 60:.0f}H0Z")


def sea(sheet: Sheet, light: Light, *, top: float, bottom: float, dice: Random) -> None:
    """Water with the sun's path and small glints."""
    sheet.rect(0, top, WIDTH, bottom - top, sheet.fade(*light.sea))
    x = light.sun_at[0]
    sheet.poly(
        sheet.fade(f"{light.sun}@0.7", f"{light.sun}@0"),
        (x - 14, top), (x + 14, top), (x + 80, bottom), (x - 80, bottom),
    )  # fmt: skip
    d = ""
    for _ in range(20):
        y = top + 3 + (bottom - top - 6) * dice.random() ** 1.5
        length = 6 + (y - top) * 0.3 * dice.random()
        d += f"M{dice.uniform(0, WIDTH):.0f} {y:.0f}h{length:.0f}"
    sheet.stroke("#ffffff", d, 1.3, opacity=0.45)


def ground(sheet: Sheet, light: Light, *, top: float, dice: Random) -> None:
    """The grass of the plot, with tufts."""
    sheet.path(
        sheet.fade(*light.ground),
        f"M0 {top + 8:.0f}Q160 {top - 6:.0f} 320 {top:.0f}T640 {top + 4:.0f}V480H0Z",
    )
    d = ""
    for _ in range(22):
        x, y = dice.uniform(0, WIDTH), top + 14 + (HEIGHT - top - 20) * dice.random()
        d += f"M{x:.0f} {y:.0f}l{dice.choice((-2, 2))} -{dice.randint(4, 8)}"
    sheet.stroke(light.leaf[1], d, 1.2, opacity=0.35)


def roofs(sheet: Sheet, light: Light, *, dice: Random, base: float) -> None:
    """A far town: small houses, a minaret or a palm here and there."""
    x = -10.0
    while x < WIDTH:
        width, height = dice.uniform(26, 58), dice.uniform(18, 54)
        fill = dice.choice((light.wall[1], light.ridges[0], light.wall[0]))
        sheet.rect(x, base - height, width, height + 30, fill, opacity=0.85)
        d = "".join(
            f"M{x + 7 + col * 11:.0f} {base - height + 9 + row * 12:.0f}v4"
            for col in range(int(width // 12))
            for row in range(int(height // 14))
        )
        if d:
            sheet.stroke(
                light.lamp or light.ridges[1], d, 3.5, opacity=0.8, **{"stroke-linecap": "butt"}
            )
        x += width + dice.uniform(-4, 7)


def _coast(sheet: Sheet, light: Light, *, horizon: float, dice: Random) -> None:
    sea(sheet, light, top=horizon - 46, bottom=horizon + 70, dice=dice)
    y = horizon - 46
    left = dice.random() < 0.5
    d = f"M0 {y}V{y - 34}Q60 {y - 40} 110 {y - 16}T230 {y}Z"
    with sheet.moved(0 if left else WIDTH, 0, flip=not left):
        sheet.path(light.ridges[0], d)
        sheet.path(light.ridges[1], f"M0 {y}V{y - 16}Q50 {y - 18} 80 {y - 7}T150 {y}Z")
    for _ in range(dice.randint(1, 2)):
        _boat(
            sheet,
            x=dice.uniform(120, 560),
            y=horizon - dice.uniform(8, 30),
            size=dice.uniform(0.6, 1.1),
        )


def _boat(sheet: Sheet, *, x: float, y: float, size: float) -> None:
    with sheet.moved(x, y, size):
        sheet.path("#ffffff", "M0-3V-30Q14-16 15-5Z")
        sheet.path("#f3ece0", "M-2-5V-24Q-11-14-12-5Z")
        sheet.path("#33515f", "M-15-2H17L12 5H-10Z")


def _cloud(sheet: Sheet, light: Light, dice: Random) -> None:
    x, y, size = dice.uniform(30, 600), dice.uniform(36, 150), dice.uniform(0.6, 1.25)
    opacity = dice.uniform(0.45, 0.85)
    with sheet.moved(x, y, size):
        sheet.path(
            sheet.fade(light.cloud, f"{light.cloud}@0.6", f"{light.cloud}@0"),
            "M-62 16Q-66 0-44-1Q-40-20-16-16Q-4-32 16-20Q38-24 42-4Q64-4 60 16Z",
            opacity=opacity,
        )
