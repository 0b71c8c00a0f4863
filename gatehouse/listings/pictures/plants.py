"""Palms, cypresses, olives, bougainvillea, pots: the green of the island."""

from __future__ import annotations

from math import cos, radians, sin
from random import Random

from gatehouse.listings.pictures.ink import Sheet
from gatehouse.listings.pictures.light import Light, Mood


def shadow(sheet: Sheet, x: float, y: float, width: float) -> None:
    sheet.oval(x, y, width, width * 0.16, "#1b2b2a", opacity=0.2)


def palm(sheet: Sheet, light: Light, *, x: float, y: float, height: float, dice: Random) -> None:
    """A palm with a bent trunk; (x, y) is its foot."""
    lean = dice.uniform(-0.16, 0.16) * height
    top_x, top_y = x + lean, y - height
    shadow(sheet, x + 10, y, height * 0.2)
    d = f"M{x:.0f} {y:.0f}Q{x + lean * 0.2:.0f} {y - height * 0.6:.0f} {top_x:.0f} {top_y:.0f}"
    sheet.stroke("#8d6e4c", d, max(3.0, height * 0.045))
    for n, angle in enumerate(range(-10, 200, 24)):
        _frond(
            sheet,
            light.leaf[n % 2],
            x=top_x,
            y=top_y,
            angle=angle + dice.uniform(-8, 8),
            size=height * 0.42,
        )
    sheet.oval(top_x, top_y + 2, height * 0.03, height * 0.03, "#8a5a2e")


def _frond(sheet: Sheet, colour: str, *, x: float, y: float, angle: float, size: float) -> None:
    a = radians(angle)
    end_x, end_y = x + cos(a) * size, y - sin(a) * size * 0.55 + size * 0.38
    mid_x, mid_y = x + cos(a) * size * 0.6, y - sin(a) * size * 0.9 - size * 0.12
    sheet.path(
        colour,
        f"M{x:.1f} {y:.1f}Q{mid_x:.1f} {mid_y:.1f} {end_x:.1f} {end_y:.1f}"
        f"Q{mid_x:.1f} {mid_y + size * 0.2:.1f} {x:.1f} {y:.1f}Z",
    )


def cypress(sheet: Sheet, light: Light, *, x: float, y: float, height: float) -> None:
    """A dark narrow tree, lit on one side."""
    half = height * 0.11
    shadow(sheet, x + 6, y, half * 1.8)
    d = f"M{x:.0f} {y - height:.0f}Q{{0:.1f}} {y - height * 0.35:.0f} {{1:.1f}} {y:.0f}H{x:.0f}Z"
    sheet.path(light.leaf[1], d.format(x - half * 1.7, x - half * 0.7))
    sheet.path(light.leaf[0], d.format(x + half * 1.7, x + half * 0.7), opacity=0.8)


def olive(sheet: Sheet, light: Light, *, x: float, y: float, size: float, dice: Random) -> None:
    """A round-headed tree in clumps of leaf."""
    shadow(sheet, x + 6, y, size * 0.55)
    sheet.stroke(
        "#7a634a",
        f"M{x:.0f} {y:.0f}q-4 -{size * 0.3:.0f} 2 -{size * 0.6:.0f}",
        max(3.0, size * 0.09),
    )
    for _ in range(7):
        dx, dy = dice.uniform(-0.4, 0.4) * size, dice.uniform(-1.05, -0.6) * size
        sheet.oval(x + dx, y + dy, size * 0.27, size * 0.2, light.leaf[1])
    for _ in range(6):
        dx, dy = dice.uniform(-0.36, 0.3) * size, dice.uniform(-1.12, -0.75) * size
        sheet.oval(x + dx, y + dy, size * 0.17, size * 0.12, light.leaf[0])


def bush(
    sheet: Sheet,
    light: Light,
    *,
    x: float,
    y: float,
    size: float,
    dice: Random,
    bloom: str | None = None,
) -> None:
    """A low shrub; with `bloom`, in flower."""
    shadow(sheet, x, y, size)
    for n in range(5):
        dx = (n - 2) * size * 0.36
        lift = size * (0.42 - abs(n - 2) * 0.09)
        sheet.oval(x + dx, y - lift, size * 0.36, size * 0.38, light.leaf[(n + 1) % 2])
    if bloom:
        _dots(
            sheet,
            bloom,
            x=x,
            y=y - size * 0.45,
            width=size,
            height=size * 0.42,
            dice=dice,
            count=16,
        )


def bougainvillea(
    sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float, dice: Random
) -> None:
    """A cascade of blossom over a wall, hanging down from (x, y)."""
    for n in range(22):
        down = dice.random()
        dx, dy = (0.5 + dice.uniform(-0.5, 0.5) * (1 - 0.5 * down)) * width, down * height * 0.9
        leaf = mood.light.leaf[n % 2]
        sheet.oval(x + dx, y + dy, width * 0.13, height * 0.08, leaf)
    _dots(
        sheet,
        mood.bloom,
        x=x + width / 2,
        y=y + height * 0.4,
        width=width * 0.52,
        height=height * 0.5,
        dice=dice,
        count=54,
    )


def pot(sheet: Sheet, mood: Mood, *, x: float, y: float, size: float, dice: Random) -> None:
    """A terracotta pot with something growing in it; (x, y) is the middle of its foot."""
    shadow(sheet, x, y, size * 0.5)
    for angle in range(20, 170, 25):
        _frond(
            sheet, mood.light.leaf[angle % 2], x=x, y=y - size * 0.75,
            angle=angle + dice.uniform(-9, 9), size=size * 0.85,
        )  # fmt: skip
    half = size * 0.34
    sheet.poly(
        sheet.fade("#d98a62", "#a3512f", across=True),
        (x - half, y - size * 0.75), (x + half, y - size * 0.75), (x + half * 0.65, y),
        (x - half * 0.65, y),
    )  # fmt: skip
    sheet.rect(x - half * 1.15, y - size * 0.8, half * 2.3, size * 0.13, "#c9744c", round=2)


def _dots(
    sheet: Sheet,
    colour: str,
    *,
    x: float,
    y: float,
    width: float,
    height: float,
    dice: Random,
    count: int,
) -> None:
    spots = [
        (x + dice.gauss(0, 0.5) * width, y + dice.gauss(0, 0.5) * height) for _ in range(count)
    ]
    d = "".join(f"M{a:.0f} {b:.0f}h.1" for a, b in spots)
    sheet.stroke(colour, d, 5.5)
    sheet.stroke(
        "#ffffff", "".join(f"M{a - 1:.0f} {b - 1:.0f}h.1" for a, b in spots[::3]), 2.2, opacity=0.5
    )
