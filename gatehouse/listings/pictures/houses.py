"""Homes from outside, each by its kind. The plot's ground line is at y = 330."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from gatehouse.listings.pictures import plants
from gatehouse.listings.pictures.ink import Sheet
from gatehouse.listings.pictures.light import Mood

GROUND = 352.0
Drawing = Callable[[Sheet, Mood, Random], None]


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
            f"M{x - 5} {foot}V{top + width / 2}a{width / 2 + 5} {width / 2 + 5} 0 0 1 {width + 10} 0V{foot}Z",
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
    bays = _bays(sheet, mood, width=(width - 14) / 3 - 8, height=storey - 12)
    for floor in range(floors):
        for col in range(3):
            left = x + 10 + col * (width - 14) / 3
            sheet.stamp(dice.choice(bays), left, top + floor * storey + 9)
    sheet.rect(x - 6, top - 8, width + 12, 10, light.wall[0])
    sheet.rect(x - 6, top + 1, width + 12, 3, light.ridges[1], opacity=0.5)
    return top


def _bays(sheet: Sheet, mood: Mood, *, width: float, height: float) -> list[str]:
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


def flats(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """A block of three to five storeys in its garden."""
    floors = dice.randint(3, 5)
    block(sheet, mood, x=168, width=270, floors=floors, dice=dice)
    sheet.rect(282, GROUND - 46, 46, 46, mood.light.glass[1])
    door(sheet, mood, x=292, foot=GROUND, width=26, height=42)
    sheet.rect(270, GROUND - 54, 70, 7, mood.light.wall[0])
    _path_to(sheet, mood, x=305)
    plants.cypress(sheet, mood.light, x=142, y=GROUND + 14, height=150)
    plants.palm(sheet, mood.light, x=510, y=GROUND + 22, height=190, dice=dice)
    _hedge(sheet, mood, dice=dice)


def tower(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """White towers by the beach, the pool in front."""
    for x, width, floors in ((92, 118, 9), (392, 128, 11)):
        block(sheet, mood, x=x, width=width, floors=floors, dice=dice, storey=27)
    block(sheet, mood, x=232, width=136, floors=7, dice=dice, storey=30)
    plants.palm(sheet, mood.light, x=64, y=GROUND + 20, height=130, dice=dice)
    plants.palm(sheet, mood.light, x=380, y=GROUND + 10, height=104, dice=dice)
    plants.palm(sheet, mood.light, x=582, y=GROUND + 24, height=150, dice=dice)
    pool(sheet, mood, x=320, y=424, width=420, height=58)
    _hedge(sheet, mood, dice=dice)


def penthouse(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """A block whose top floor is a glass room with a pergola."""
    top = block(sheet, mood, x=150, width=300, floors=4, dice=dice, storey=46)
    light = mood.light
    sheet.rect(210, top - 56, 170, 50, light.wall[0])
    pane(sheet, mood, x=222, y=top - 50, width=146, height=42)
    sheet.rect(200, top - 64, 200, 9, light.wall[0])
    sheet.stroke(
        "#9a7550", f"M410 {top - 8:.0f}v-46M446 {top - 8:.0f}v-46M398 {top - 54:.0f}h60", 5
    )
    sheet.stroke("#b98e62", "".join(f"M{x} {top - 60:.0f}v10" for x in range(402, 458, 9)), 3)
    for x in (166, 184, 392, 430):
        plants.bush(sheet, light, x=x, y=top - 8, size=13, dice=dice, bloom=mood.bloom)
    _path_to(sheet, mood, x=300)
    door(sheet, mood, x=286, foot=GROUND, width=28, height=40)
    plants.palm(sheet, light, x=104, y=GROUND + 20, height=170, dice=dice)
    plants.olive(sheet, light, x=536, y=GROUND + 26, size=96, dice=dice)
    _hedge(sheet, mood, dice=dice)


def villa(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """Two storeys and a pool: white cubes and glass, or tiles and an arcade."""
    plants.cypress(sheet, mood.light, x=118, y=GROUND, height=176)
    plants.cypress(sheet, mood.light, x=92, y=GROUND + 6, height=140)
    (_tiled_villa if mood.is_tiled else _modern_villa)(sheet, mood, dice)
    plants.palm(sheet, mood.light, x=566, y=GROUND + 14, height=210, dice=dice)
    pool(sheet, mood, x=300, y=424, width=400, height=66)
    plants.pot(sheet, mood, x=512, y=GROUND + 42, size=44, dice=dice)
    plants.bush(sheet, mood.light, x=60, y=GROUND + 50, size=46, dice=dice, bloom=mood.bloom)


def _modern_villa(sheet: Sheet, mood: Mood, dice: Random) -> None:
    light = mood.light
    sheet.rect(150, 240, 360, GROUND - 240, sheet.fade(light.wall[0], light.wall[1], across=True))
    sheet.rect(196, 158, 220, 92, sheet.fade(light.wall[0], light.wall[1], across=True))
    sheet.rect(182, 148, 256, 13, light.wall[0])
    sheet.rect(138, 238, 388, 13, light.wall[0])
    sheet.rect(138, 251, 388, 5, "#1b2b2a", opacity=0.16)
    sheet.rect(416, 200, 94, 38, light.glass[1], opacity=0.55)
    pane(sheet, mood, x=214, y=174, width=120, height=62)
    pane(sheet, mood, x=350, y=178, width=48, height=44)
    pane(sheet, mood, x=176, y=266, width=170, height=GROUND - 270)
    sheet.rect(364, 258, 50, GROUND - 258, "#a97d55")
    sheet.stroke(
        "#7d5836",
        "".join(f"M{x} 258v{GROUND - 258:.0f}" for x in range(370, 414, 7)),
        1.4,
        opacity=0.6,
    )
    door(sheet, mood, x=374, foot=GROUND, width=30, height=72)
    pane(sheet, mood, x=430, y=268, width=60, height=50)
    plants.bougainvillea(sheet, mood, x=468, y=236, width=66, height=74, dice=dice)


def _tiled_villa(sheet: Sheet, mood: Mood, dice: Random) -> None:
    light = mood.light
    sheet.rect(148, 248, 350, GROUND - 248, sheet.fade(light.wall[0], light.wall[1], across=True))
    sheet.rect(214, 172, 208, 80, sheet.fade(light.wall[0], light.wall[1], across=True))
    roof(sheet, mood, x=198, y=172, width=240, height=42)
    roof(sheet, mood, x=130, y=250, width=110, height=24)
    roof(sheet, mood, x=398, y=250, width=118, height=24)
    for x in (236, 300, 364):
        shuttered(sheet, mood, x=x, y=190, width=24, height=40)
    _arcade(sheet, mood, x=232, y=266, width=170, count=3)
    shuttered(sheet, mood, x=176, y=280, width=28, height=44)
    shuttered(sheet, mood, x=440, y=280, width=28, height=44)
    sheet.stroke(light.wall[1], f"M222 {252}h194", 5)
    plants.bougainvillea(sheet, mood, x=140, y=256, width=52, height=88, dice=dice)


def bungalow(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """One long low house under a tiled roof, veranda and garden."""
    light = mood.light
    plants.olive(sheet, light, x=96, y=GROUND + 4, size=110, dice=dice)
    sheet.rect(140, 264, 380, GROUND - 264, sheet.fade(light.wall[0], light.wall[1], across=True))
    roof(sheet, mood, x=118, y=266, width=424, height=64)
    sheet.rect(438, 184, 22, 40, light.wall[1])
    sheet.rect(434, 180, 30, 7, mood.roof)
    _arcade(sheet, mood, x=160, y=280, width=196, count=4)
    shuttered(sheet, mood, x=396, y=288, width=30, height=38)
    shuttered(sheet, mood, x=470, y=288, width=26, height=38)
    plants.bougainvillea(sheet, mood, x=346, y=268, width=48, height=70, dice=dice)
    _path_to(sheet, mood, x=262)
    for x in (130, 400, 452, 522):
        bloom = mood.bloom if x != 452 else "#f2c14b"
        plants.bush(sheet, light, x=x, y=GROUND + 22, size=30, dice=dice, bloom=bloom)
    plants.palm(sheet, light, x=584, y=GROUND + 26, height=160, dice=dice)


def stone_house(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """An old house of yellow stone: arched door, shutters, a bay of wood."""
    light = mood.light
    lit, dark = ("#e8cf9f", "#c9a875") if light.lamp is None else ("#d9b98c", "#a98762")
    sheet.rect(0, 300, 140, 70, dark, opacity=0.7)
    sheet.rect(140, 176, 330, GROUND - 176, sheet.fade(lit, dark, across=True))
    _stones(sheet, x=140, y=176, width=330, height=GROUND - 176, dice=dice)
    roof(sheet, mood, x=126, y=178, width=358, height=34)
    for x in (178, 392):
        shuttered(sheet, mood, x=x, y=204, width=30, height=46)
    sheet.rect(258, 196, 92, 66, "#8a6242")
    for x in (264, 294, 324):
        pane(sheet, mood, x=x, y=204, width=20, height=34)
    sheet.poly("#6d4a30", (258, 262), (350, 262), (336, 274), (272, 274))
    door(sheet, mood, x=280, foot=GROUND, width=50, height=76, is_arched=True)
    shuttered(sheet, mood, x=178, y=286, width=30, height=40)
    shuttered(sheet, mood, x=392, y=286, width=30, height=40)
    plants.bougainvillea(sheet, mood, x=430, y=210, width=74, height=134, dice=dice)
    _cobbles(sheet, mood, dice=dice)
    plants.pot(sheet, mood, x=252, y=GROUND + 10, size=44, dice=dice)
    plants.pot(sheet, mood, x=362, y=GROUND + 12, size=50, dice=dice)
    plants.cypress(sheet, light, x=548, y=GROUND + 4, height=190)


def townhouse(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """A row of narrow houses, each with its own door and gable."""
    doors = ("#2f6f8f", "#b3472f", mood.accent, "#5d7030")
    for n, colour in enumerate(doors):
        x = 62.0 + n * 130
        own = Mood(mood.light, colour, mood.fabric, mood.roof, mood.bloom, mood.is_tiled)
        walls = mood.light.wall if n % 2 == 0 else ("#f6e3c8", "#d9bf9d")
        sheet.rect(x, 200, 128, GROUND - 200, sheet.fade(*walls, across=True))
        sheet.poly(mood.roof, (x - 5, 202), (x + 64, 150), (x + 133, 202))
        sheet.poly("#000000", (x + 64, 150), (x + 133, 202), (x + 64, 202), opacity=0.12)
        shuttered(sheet, own, x=x + 24, y=222, width=22, height=38)
        shuttered(sheet, own, x=x + 82, y=222, width=22, height=38)
        pane(sheet, own, x=x + 66, y=288, width=46, height=40)
        door(sheet, own, x=x + 18, foot=GROUND, width=28, height=62)
        plants.bush(
            sheet, mood.light, x=x + 88, y=GROUND + 16, size=24, dice=dice, bloom=mood.bloom
        )
    _cobbles(sheet, mood, dice=dice)
    plants.olive(sheet, mood.light, x=600, y=GROUND + 34, size=92, dice=dice)


def shop(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """Business premises on a street: wide windows under an awning."""
    light = mood.light
    top = block(sheet, mood, x=120, width=390, floors=3, dice=dice, storey=62)
    sheet.rect(120, GROUND - 92, 390, 92, light.wall[1])
    pane(sheet, mood, x=138, y=GROUND - 70, width=150, height=64)
    pane(sheet, mood, x=352, y=GROUND - 70, width=140, height=64)
    door(sheet, mood, x=302, foot=GROUND, width=36, height=68)
    for n in range(13):
        x = 120 + n * 30
        fill = mood.accent if n % 2 == 0 else "#fff8ec"
        sheet.path(fill, f"M{x} {GROUND - 96}h30l4 22a17 10 0 0 1-34 0Z")
    sheet.rect(238, top + 112, 160, 0.1, light.wall[0])
    _cobbles(sheet, mood, dice=dice)
    for x in (110, 522):
        plants.pot(sheet, mood, x=x, y=GROUND + 14, size=54, dice=dice)


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


def _arcade(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, count: int) -> None:
    """A shaded veranda behind round arches."""
    light, span = mood.light, width / count
    sheet.rect(x, y, width, GROUND - y, "#3d3a3f", opacity=0.42)
    pane(sheet, mood, x=x + width * 0.28, y=y + 24, width=width * 0.44, height=GROUND - y - 26)
    arches = "".join(
        f"M{x + n * span + 6:.0f} {GROUND:.0f}V{y + span * 0.5:.0f}a{span / 2 - 6:.1f} {span / 2 - 8:.1f} 0 0 1 {span - 12:.1f} 0V{GROUND:.0f}Z"
        for n in range(count)
    )
    frame = f"M{x} {y}H{x + width:.0f}V{GROUND}H{x}Z"
    sheet.path(light.wall[0], frame + arches, fill_rule="evenodd")


def _stones(sheet: Sheet, *, x: float, y: float, width: float, height: float, dice: Random) -> None:
    d = ""
    for row in range(1, int(height // 15)):
        d += f"M{x:.0f} {y + row * 15:.0f}h{width:.0f}"
        for _ in range(6):
            d += f"M{x + dice.uniform(0, width):.0f} {y + row * 15:.0f}v-15"
    sheet.stroke("#6e5230", d, 1, opacity=0.24)


def _path_to(sheet: Sheet, mood: Mood, *, x: float) -> None:
    """A pale path that widens towards the viewer."""
    shape = (x - 16, GROUND), (x + 16, GROUND), (x + 74, 480), (x - 74, 480)
    sheet.poly(sheet.fade("#efe4d0", "#d6c4a6"), *shape)
    d = "".join(f"M{x - 16 - n * 11:.0f} {GROUND + n * 22:.0f}h{32 + n * 22}" for n in range(1, 6))
    sheet.stroke("#a28f70", d, 1.2, opacity=0.4)


def _cobbles(sheet: Sheet, mood: Mood, *, dice: Random) -> None:
    sheet.rect(0, GROUND, 640, 480 - GROUND, sheet.fade("#dccbb0", "#b9a280"))
    d = ""
    for row in range(1, 7):
        y = GROUND + row * row * 3.4
        d += f"M0 {y:.0f}h640"
        d += "".join(f"M{dice.uniform(0, 640):.0f} {y:.0f}v{row * 5}" for _ in range(14))
    sheet.stroke("#8a7556", d, 1.2, opacity=0.35)


def _hedge(sheet: Sheet, mood: Mood, *, dice: Random) -> None:
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


DRAWINGS: dict[str, Drawing] = {
    "apartment": flats,
    "studio": flats,
    "room": flats,
    "penthouse": penthouse,
    "villa": villa,
    "bungalow": bungalow,
    "house": stone_house,
    "townhouse": townhouse,
    "commercial": shop,
}
