"""Homes from outside, each by its kind, standing on the line `GROUND`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from gatehouse.listings.pictures import plants
from gatehouse.listings.pictures.ink import Sheet
from gatehouse.listings.pictures.light import Mood
from gatehouse.listings.pictures.parts import (
    GROUND,
    arcade,
    block,
    cobbles,
    door,
    hedge,
    pane,
    path_to,
    pool,
    roof,
    shuttered,
    stones,
)

Drawing = Callable[[Sheet, Mood, Random], None]


def flats(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """A block of three to five storeys in its garden."""
    floors = dice.randint(3, 5)
    block(sheet, mood, x=168, width=270, floors=floors, dice=dice)
    sheet.rect(282, GROUND - 46, 46, 46, mood.light.glass[1])
    door(sheet, mood, x=292, foot=GROUND, width=26, height=42)
    sheet.rect(270, GROUND - 54, 70, 7, mood.light.wall[0])
    path_to(sheet, mood, x=305)
    plants.cypress(sheet, mood.light, x=142, y=GROUND + 14, height=150)
    plants.palm(sheet, mood.light, x=510, y=GROUND + 22, height=190, dice=dice)
    hedge(sheet, mood, dice=dice)


def tower(sheet: Sheet, mood: Mood, dice: Random) -> None:
    """White towers by the beach, the pool in front."""
    for x, width, floors in ((92, 118, 9), (392, 128, 11)):
        block(sheet, mood, x=x, width=width, floors=floors, dice=dice, storey=27)
    block(sheet, mood, x=232, width=136, floors=7, dice=dice, storey=30)
    plants.palm(sheet, mood.light, x=64, y=GROUND + 20, height=130, dice=dice)
    plants.palm(sheet, mood.light, x=380, y=GROUND + 10, height=104, dice=dice)
    plants.palm(sheet, mood.light, x=582, y=GROUND + 24, height=150, dice=dice)
    pool(sheet, mood, x=320, y=424, width=420, height=58)
    hedge(sheet, mood, dice=dice)


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
    path_to(sheet, mood, x=300)
    door(sheet, mood, x=286, foot=GROUND, width=28, height=40)
    plants.palm(sheet, light, x=104, y=GROUND + 20, height=170, dice=dice)
    plants.olive(sheet, light, x=536, y=GROUND + 26, size=96, dice=dice)
    hedge(sheet, mood, dice=dice)


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
    arcade(sheet, mood, x=232, y=266, width=170, count=3)
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
    arcade(sheet, mood, x=160, y=280, width=196, count=4)
    shuttered(sheet, mood, x=396, y=288, width=30, height=38)
    shuttered(sheet, mood, x=470, y=288, width=26, height=38)
    plants.bougainvillea(sheet, mood, x=346, y=268, width=48, height=70, dice=dice)
    path_to(sheet, mood, x=262)
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
    stones(sheet, x=140, y=176, width=330, height=GROUND - 176, dice=dice)
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
    cobbles(sheet, mood, dice=dice)
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
    cobbles(sheet, mood, dice=dice)
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
    cobbles(sheet, mood, dice=dice)
    for x in (110, 522):
        plants.pot(sheet, mood, x=x, y=GROUND + 14, size=54, dice=dice)


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
