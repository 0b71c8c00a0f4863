"""What houses are made of: windows, doors, storeys, roofs, a pool, a path."""

from __future__ import annotations

from random import Random

from gatehouse.listings.pictures import plants
from gatehouse.listings.pictures.ink import Sheet
from gatehouse.listings.pictures.light import Mood

GROUND = 352.0


def pane(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float) -> None:
    """Glass with a frame and a slanting reflection."""
    light = mood.light
    sheet.rect(x - 1.5, y - 1.5, width + 3, height + 3, light.wall[1], round=1)
    sheet.rect(x, y, width, height, sheet.fade(*light.glass))
    shine = (
        (x + width * 0.15, y),
        (x + width * 0.45, y),
        (x + width * 0.2, y + height),
        (x, y + height),
    )
    sheet.poly("#ffffff", *shine, opacity=0.28)
    if width > 30:
        middle = x + width / 2
        sheet.stroke(light.wall[0], f"M{middle:.0f} {y:.0f}v{height:.0f}", 2)


def shuttered(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float) -> None:
    """A window with open shutters in the home's colour."""
    pane(sheet, mood, x=x, y=y, width=width, height=height)
    for left in (x - width * 0.48, x + width + 2):
        sheet.rect(left, y - 1, width * 0.46, height + 2, mood.accent, round=1)
        d = "".join(
            f"M{left + 2:.0f} {y + step:.0f}h{width * 0.46 - 4:.0f}"
            for step in range(5, int(height), 6)
        )
        sheet.stroke("#000000", d, 1, opacity=0.18)


def door(
    sheet: Sheet,
    mood: Mood,
    *,
    x: float,
    foot: float,
    width: float,
    height: float,
    is_arched: bool = False,
) -> None:
    """A panelled door with a knob."""
    top = foot - height
    if is_arched:
        sheet.path(
            mood.light.wall[1],
            f"M{x - 5} {foot}V{top + width / 2}a{width / 2 + 5} {width / 2 + 5} 0 0 1"
            f" {width + 10} 0V{foot}Z",
        )
        sheet.path(
            mood.accent,
            f"M{x} {foot}V{top + width / 2}a{width / 2} {width / 2} 0 0 1 {width} 0V{foot}Z",
        )
    else:
        sheet.rect(x - 3, top - 3, width + 6, height + 3, mood.light.wall[1])
        sheet.rect(x, top, width, height, mood.accent)
    inset = width * 0.16
    sheet.rect(
        x + inset,
        top + height * 0.5,
        width - 2 * inset,
        height * 0.38,
        "#000000",
        opacity=0.16,
        round=1,
    )
    sheet.oval(x + width * 0.84, top + height * 0.58, 2.2, 2.2, "#f4d58d")


def block(
    sheet: Sheet,
    mood: Mood,
    *,
    x: float,
    width: float,
    floors: int,
    dice: Random,
    storey: float = 50,
) -> float:
    """A block of flats with deep balconies. Returns the height of its roof."""
    light, top = mood.light, GROUND - floors * storey
    sheet.rect(x, top, width, GROUND - top, sheet.fade(light.wall[0], light.wall[1], across=True))
    sheet.poly(
        light.wall[1],
        (x + width, top),
        (x + width + 26, top + 12),
        (x + width + 26, GROUND),
        (x + width, GROUND),
    )
    kinds = bays(sheet, mood, width=(width - 14) / 3 - 8, height=storey - 12)
    for floor in range(floors):
        for col in range(3):
            left = x + 10 + col * (width - 14) / 3
            sheet.stamp(dice.choice(kinds), left, top + floor * storey + 9)
    sheet.rect(x - 6, top - 8, width + 12, 10, light.wall[0])
    sheet.rect(x - 6, top + 1, width + 12, 3, light.ridges[1], opacity=0.5)
    return top


def bays(sheet: Sheet, mood: Mood, *, width: float, height: float) -> list[str]:
    """Four kinds of balcony: with glass, with a wall, under an awning, with flowers."""
    names = []
    for rail in (mood.light.glass[1], mood.light.wall[0], "awning", "flowers"):
        with sheet.symbol() as name:
            pane(sheet, mood, x=3, y=0, width=width - 6, height=height - 3)
            sheet.rect(-2, height, width + 4, 4, mood.light.wall[1])
            fill = rail if rail.startswith("#") else mood.light.wall[0]
            sheet.rect(-2, height - 15, width + 4, 15, fill, opacity=0.72)
            sheet.stroke(mood.accent, f"M-2 {height - 15:.0f}h{width + 4:.0f}", 2)
            if rail == "awning":
                sheet.poly(mood.accent, (0, -3), (width, -3), (width + 5, 9), (-5, 9), opacity=0.9)
            elif rail == "flowers":
                for n in range(5):
                    fill = mood.bloom if n == 2 else mood.light.leaf[n % 2]
                    sheet.oval(6 + n * (width - 12) / 4, height - 16, 5, 5, fill)
        names.append(name)
    return names


def roof(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float) -> None:
    """A hipped roof of tiles above a wall whose top is at y."""
    inset = height * 0.9
    shape = (x, y), (x + inset, y - height), (x + width - inset, y - height), (x + width, y)
    sheet.poly(sheet.fade("#e08a63", mood.roof), *shape)
    d = ""
    for step in range(14, int(width), 14):
        start = min(max(x + step, x + inset), x + width - inset)
        d += f"M{start:.0f} {y - height:.0f}L{x + step:.0f} {y:.0f}"
    sheet.stroke("#7d3f2a", d, 1, opacity=0.32)
    sheet.rect(x, y - 3, width, 6, "#8f4a33")


def pool(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float) -> None:
    """Water in perspective with a pale rim; (x, y) is its middle."""
    half, depth = width / 2, height / 2
    rim = (
        (x - half * 0.86, y - depth),
        (x + half * 0.86, y - depth),
        (x + half, y + depth),
        (x - half, y + depth),
    )
    sheet.poly("#f1e7d6", *[(a + (a - x) * 0.06, b + (b - y) * 0.26) for a, b in rim])
    sheet.poly(sheet.fade("#6fd3dd", "#1c93b3"), *rim)
    sheet.stroke(
        "#ffffff",
        "".join(
            f"M{x + dx * half:.0f} {y + dy * depth:.0f}q14-5 28 0t28 0"
            for dx, dy in (
                (-0.7, -0.5),
                (-0.1, -0.2),
                (0.35, -0.6),
                (-0.5, 0.35),
                (0.15, 0.55),
                (0.5, 0.15),
            )
        ),
        2,
        opacity=0.55,
    )
    sheet.poly(
        mood.light.sun, rim[0], rim[1], (x + half * 0.2, y), (x - half * 0.7, y), opacity=0.12
    )


def arcade(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, count: int) -> None:
    """A shaded veranda behind round arches."""
    light, span = mood.light, width / count
    sheet.rect(x, y, width, GROUND - y, "#3d3a3f", opacity=0.42)
    pane(sheet, mood, x=x + width * 0.28, y=y + 24, width=width * 0.44, height=GROUND - y - 26)
    arches = "".join(
        f"M{x + n * span + 6:.0f} {GROUND:.0f}V{y + span * 0.5:.0f}"
        f"a{span / 2 - 6:.1f} {span / 2 - 8:.1f} 0 0 1 {span - 12:.1f} 0V{GROUND:.0f}Z"
        for n in range(count)
    )
    frame = f"M{x} {y}H{x + width:.0f}V{GROUND}H{x}Z"
    sheet.path(light.wall[0], frame + arches, fill_rule="evenodd")


def stones(sheet: Sheet, *, x: float, y: float, width: float, height: float, dice: Random) -> None:
    d = ""
    for row in range(1, int(height // 15)):
        d += f"M{x:.0f} {y + row * 15:.0f}h{width:.0f}"
        for _ in range(6):
            d += f"M{x + dice.uniform(0, width):.0f} {y + row * 15:.0f}v-15"
    sheet.stroke("#6e5230", d, 1, opacity=0.24)


def path_to(sheet: Sheet, mood: Mood, *, x: float) -> None:
    """A pale path that widens towards the viewer."""
    shape = (x - 16, GROUND), (x + 16, GROUND), (x + 74, 480), (x - 74, 480)
    sheet.poly(sheet.fade("#efe4d0", "#d6c4a6"), *shape)
    d = "".join(f"M{x - 16 - n * 11:.0f} {GROUND + n * 22:.0f}h{32 + n * 22}" for n in range(1, 6))
    sheet.stroke("#a28f70", d, 1.2, opacity=0.4)


def cobbles(sheet: Sheet, mood: Mood, *, dice: Random) -> None:
    sheet.rect(0, GROUND, 640, 480 - GROUND, sheet.fade("#dccbb0", "#b9a280"))
    d = ""
    for row in range(1, 7):
        y = GROUND + row * row * 3.4
        d += f"M0 {y:.0f}h640"
        d += "".join(f"M{dice.uniform(0, 640):.0f} {y:.0f}v{row * 5}" for _ in range(14))
    sheet.stroke("#8a7556", d, 1.2, opacity=0.35)


def hedge(sheet: Sheet, mood: Mood, *, dice: Random) -> None:
    """Shrubs along the foot of the picture."""
    for x in (20, 62, 560, 604):
        plants.bush(
            sheet,
            mood.light,
            x=x,
            y=448 + dice.uniform(-6, 14),
            size=34,
            dice=dice,
            bloom=mood.bloom,
        )
