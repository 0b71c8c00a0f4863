"""What stands in rooms."""

from __future__ import annotations

from random import Random

from gatehouse.listings.pictures.ink import Sheet
from gatehouse.listings.pictures.light import Mood


def sofa(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float) -> None:
    main, second = mood.fabric
    sheet.oval(x + width / 2, y + 112, width * 0.56, 13, "#1b2b2a", opacity=0.25)
    sheet.rect(x, y, width, 74, main, round=16)
    sheet.rect(x - 18, y + 26, 38, 76, main, round=14)
    sheet.rect(x + width - 20, y + 26, 38, 76, main, round=14)
    for n in range(2):
        left = x + 16 + n * (width - 32) / 2
        sheet.rect(left, y + 48, (width - 36) / 2, 40, main, round=10)
        sheet.rect(left, y + 48, (width - 36) / 2, 40, "#ffffff", round=10, opacity=0.13)
    sheet.rect(x + 6, y + 84, width - 12, 20, "#000000", round=6, opacity=0.18)
    sheet.rect(
        x + 24, y + 14, 46, 42, second, round=9, transform=f"rotate(-10 {x + 47:.0f} {y + 35:.0f})"
    )
    sheet.rect(
        x + width - 74,
        y + 14,
        46,
        42,
        "#fff8ec",
        round=9,
        transform=f"rotate(9 {x + width - 50:.0f} {y + 35:.0f})",
    )


def armchair(sheet: Sheet, mood: Mood, *, x: float, y: float) -> None:
    second = mood.fabric[1]
    sheet.oval(x + 46, y + 96, 56, 9, "#1b2b2a", opacity=0.22)
    sheet.stroke("#7d5836", f"M{x + 10} {y + 70}l-8 26M{x + 82} {y + 70}l8 26", 5)
    sheet.path(second, f"M{x} {y + 4}q46-22 92 0l6 52q-52 26-104 0Z")
    sheet.path("#000000", f"M{x - 6} {y + 52}q52 26 104 0l-2 18q-50 22-100 0Z", opacity=0.16)
    sheet.oval(x + 46, y + 50, 42, 15, "#ffffff", opacity=0.25)


def rug(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float) -> None:
    main, second = mood.fabric
    for scale, fill in ((1.0, second), (0.86, "#fff8ec"), (0.8, second), (0.42, main)):
        opacity = 0.35 if fill == main else 0.9
        sheet.oval(x, y, width / 2 * scale, height / 2 * scale, fill, opacity=opacity)


def low_table(sheet: Sheet, *, x: float, y: float, width: float) -> None:
    sheet.oval(x, y + 34, width * 0.42, 9, "#1b2b2a", opacity=0.22)
    sheet.stroke("#7d5836", f"M{x - width * 0.32:.0f} {y}l-6 34M{x + width * 0.32:.0f} {y}l6 34", 5)
    sheet.oval(x, y, width / 2, 15, sheet.fade("#d2a878", "#a97d55"))
    sheet.oval(x, y - 3, width / 2, 13, "#e2bd8f")
    sheet.rect(x - 40, y - 12, 34, 6, "#3d6b78", round=1)
    sheet.rect(x - 37, y - 18, 30, 6, "#c9744c", round=1)
    sheet.path("#fdfaf4", f"M{x + 18} {y - 6}q-5-20 8-24q13 4 8 24Z")
    sheet.stroke(
        "#5d7d45",
        f"M{x + 26} {y - 28}q-8-14-14-16M{x + 26} {y - 28}q0-18 4-24M{x + 26} {y - 28}q8-12 16-12",
        2.5,
    )


def floor_lamp(sheet: Sheet, mood: Mood, *, x: float, foot: float) -> None:
    sheet.stroke("#4a4038", f"M{x} {foot}V150", 4)
    sheet.oval(x, foot, 20, 5, "#4a4038")
    if mood.light.lamp:
        sheet.oval(x, 142, 96, 96, sheet.glow(f"{mood.light.lamp}@0.7", f"{mood.light.lamp}@0"))
    sheet.poly(
        sheet.fade("#fff6e0", "#f0d9ae"), (x - 20, 116), (x + 20, 116), (x + 32, 164), (x - 32, 164)
    )


def night_table(sheet: Sheet, mood: Mood, *, x: float, y: float) -> None:
    sheet.rect(x, y, 42, 62, sheet.fade("#b58a62", "#8a6240"), round=3)
    sheet.stroke("#6b4a2e", f"M{x + 4} {y + 30}h34", 2)
    if mood.light.lamp:
        sheet.oval(
            x + 21, y - 30, 60, 60, sheet.glow(f"{mood.light.lamp}@0.75", f"{mood.light.lamp}@0")
        )
    sheet.stroke("#6b5a48", f"M{x + 21} {y}v-18", 4)
    sheet.poly("#fff3d6", (x + 10, y - 46), (x + 32, y - 46), (x + 38, y - 18), (x + 4, y - 18))


def painting(
    sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float, dice: Random
) -> None:
    """An abstract sea: bands of the home's colours."""
    sheet.rect(x - 5, y - 5, width + 10, height + 10, "#8a6a48")
    sheet.rect(x, y, width, height, "#fffaf0")
    colours = [*mood.fabric, mood.accent, mood.light.sea[0]]
    for n, fill in enumerate(dice.sample(colours, 4)):
        top = y + height * (0.3 + n * 0.17)
        wave = dice.uniform(-12, 12)
        sheet.path(
            fill,
            f"M{x} {top:.0f}q{width / 2:.0f} {wave:.0f} {width:.0f} 0V{y + height:.0f}H{x}Z",
            opacity=0.85,
        )
    sheet.oval(x + width * 0.7, y + height * 0.25, height * 0.12, height * 0.12, "#e9a93c")


def tiles(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float) -> None:
    sheet.rect(x, y, width, height, sheet.fade("#f4f7f6", mood.light.glass[0]))
    d = "".join(f"M{x:.0f} {y + row:.0f}h{width:.0f}" for row in range(0, int(height), 19))
    d += "".join(f"M{x + col:.0f} {y:.0f}v{height:.0f}" for col in range(0, int(width), 29))
    sheet.stroke("#8fa3a6", d, 1, opacity=0.35)


def island(sheet: Sheet, *, top: str) -> None:
    sheet.oval(320, 466, 210, 14, "#1b2b2a", opacity=0.2)
    sheet.poly(sheet.fade("#b98e62", "#8d6541"), (146, 372), (494, 372), (508, 468), (132, 468))
    sheet.stroke(
        "#6b4a2e",
        "".join(f"M{x} 374l{(x - 320) * 0.04:.0f} 92" for x in range(176, 490, 26)),
        1.3,
        opacity=0.35,
    )
    sheet.poly(sheet.fade(top, "#e3dccf"), (150, 346), (490, 346), (520, 372), (120, 372))
    sheet.rect(120, 372, 400, 9, "#d8d0c2")


def pendant(sheet: Sheet, mood: Mood, *, x: float, drop: float) -> None:
    sheet.stroke("#4a4038", f"M{x} 26V{drop}", 2)
    if mood.light.lamp:
        sheet.oval(
            x, drop + 22, 58, 58, sheet.glow(f"{mood.light.lamp}@0.8", f"{mood.light.lamp}@0")
        )
    sheet.path(mood.fabric[1], f"M{x - 22} {drop + 24}q2-26 22-28q20 2 22 28Z")
    sheet.oval(x, drop + 24, 22, 4, "#fff3cf")


def fruit(sheet: Sheet, *, x: float, y: float) -> None:
    for dx, fill in ((-12, "#f0a63a"), (0, "#e8862f"), (12, "#f4c04e"), (-5, "#f2b544")):
        sheet.oval(x + dx, y - 7 - (4 if dx == -5 else 0), 8, 8, fill)
    sheet.path("#3f7f8f", f"M{x - 30} {y - 6}h60q-4 22-30 22t-30-22Z")
