"""Terrace, pool, the view, and land without a house."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from gatehouse.listings.pictures import land, plants
from gatehouse.listings.pictures.ink import HEIGHT, WIDTH, Sheet
from gatehouse.listings.pictures.land import Backdrop
from gatehouse.listings.pictures.light import Mood
from gatehouse.listings.pictures.parts import pool as water


def view(sheet: Sheet, mood: Mood, kind: Backdrop, dice: Random) -> None:
    """What is seen from the balcony, over its rail."""
    outlook(sheet, mood, kind, dice)
    sheet.rect(0, 418, WIDTH, HEIGHT - 418, sheet.fade("#efe6d6", "#d6c7ae"))
    sheet.rect(0, 340, WIDTH, 82, mood.light.glass[0], opacity=0.26)
    sheet.poly("#ffffff", (80, 340), (150, 340), (90, 420), (20, 420), opacity=0.22)
    sheet.poly("#ffffff", (400, 340), (430, 340), (370, 420), (340, 420), opacity=0.18)
    sheet.rect(0, 332, WIDTH, 10, sheet.fade("#c99f70", "#94693f"))
    sheet.stroke("#e8ecec", "M160 342v78M320 342v78M480 342v78", 4)
    plants.pot(sheet, mood, x=566, y=462, size=104, dice=dice)
    plants.bougainvillea(sheet, mood, x=-26, y=0, width=150, height=120, dice=dice)


def outlook(sheet: Sheet, mood: Mood, kind: Backdrop, dice: Random) -> None:
    """Sky, distance and a foreground of trees: for windows and for the view."""
    land.sky(sheet, mood.light, dice)
    land.backdrop(sheet, kind, light=mood.light, dice=dice, horizon=270)
    land.ground(sheet, mood.light, top=330 if kind == "sea" else 290, dice=dice)
    for _ in range(3):
        x, y = dice.uniform(30, 600), dice.uniform(330, 368)
        plants.olive(sheet, mood.light, x=x, y=y, size=dice.uniform(40, 70), dice=dice)
    plants.cypress(sheet, mood.light, x=dice.uniform(80, 560), y=360, height=dice.uniform(90, 130))


def terrace(sheet: Sheet, mood: Mood, kind: Backdrop, dice: Random) -> None:
    """A table under a pergola, with the view behind."""
    outlook(sheet, mood, kind, dice)
    sheet.poly(
        sheet.fade("#dcc29a", "#b08d60"), (0, 348), (WIDTH, 348), (WIDTH, HEIGHT), (0, HEIGHT)
    )
    d = "".join(f"M{n * 64} 348L{-320 + n * 128} 480" for n in range(11))
    sheet.stroke("#6d4f2e", d, 1.3, opacity=0.35)
    sheet.rect(0, 306, WIDTH, 44, mood.light.wall[0], opacity=0.95)
    sheet.rect(0, 300, WIDTH, 9, mood.light.wall[1])
    _pergola(sheet, mood, dice=dice)
    _table(sheet, mood)
    plants.pot(sheet, mood, x=70, y=432, size=96, dice=dice)
    plants.pot(sheet, mood, x=584, y=444, size=84, dice=dice)


def pool(sheet: Sheet, mood: Mood, kind: Backdrop, dice: Random) -> None:
    """Blue water, loungers, a parasol and palms."""
    outlook(sheet, mood, kind, dice)
    plants.palm(sheet, mood.light, x=70, y=352, height=210, dice=dice)
    plants.palm(sheet, mood.light, x=590, y=346, height=180, dice=dice)
    sheet.poly(
        sheet.fade("#f1e6d3", "#dcc9a8"), (0, 336), (WIDTH, 330), (WIDTH, HEIGHT), (0, HEIGHT)
    )
    water(sheet, mood, x=330, y=424, width=560, height=84)
    _parasol(sheet, mood, x=250, foot=366)
    for x in (150, 284):
        _lounger(sheet, mood, x=x, y=352)
    plants.bush(sheet, mood.light, x=474, y=362, size=34, dice=dice, bloom=mood.bloom)
    plants.bush(sheet, mood.light, x=530, y=366, size=30, dice=dice)


def plot(sheet: Sheet, mood: Mood, kind: Backdrop, dice: Random) -> None:
    """Staked land among olive trees."""
    outlook(sheet, mood, kind, dice)
    corners = (120, 420), (250, 330), (520, 336), (560, 440)
    sheet.poly("#e8d39a", *corners, opacity=0.45)
    ring = "M" + "L".join(f"{x} {y}" for x, y in corners) + "Z"
    sheet.stroke("#ffffff", ring, 2.5, stroke_dasharray="7 6")
    for x, y in corners:
        sheet.stroke("#8a5a2e", f"M{x} {y}v-34", 5)
        sheet.poly("#d0452f", (x, y - 34), (x + 20, y - 28), (x, y - 22))
    plants.olive(sheet, mood.light, x=70, y=400, size=110, dice=dice)
    plants.olive(sheet, mood.light, x=600, y=408, size=90, dice=dice)


def road(sheet: Sheet, mood: Mood, kind: Backdrop, dice: Random) -> None:
    """The lane that leads there, between dry walls."""
    outlook(sheet, mood, kind, dice)
    sheet.path(
        sheet.fade("#e9d9b8", "#c8ad7e"),
        "M330 322Q300 350 350 378T250 480H520Q480 420 420 380T352 322Z",
    )
    for side in (-1, 1):
        for n in range(9):
            y = 350 + n * 14
            x = 336 + side * (46 + n * 17) - n * 3
            sheet.oval(x, y, 13 + n, 6 + n * 0.7, ("#cdbb98", "#b39d76")[n % 2])
    plants.cypress(sheet, mood.light, x=212, y=392, height=150)
    plants.olive(sheet, mood.light, x=520, y=396, size=100, dice=dice)
    plants.bush(sheet, mood.light, x=120, y=440, size=44, dice=dice, bloom=mood.bloom)


def _pergola(sheet: Sheet, mood: Mood, *, dice: Random) -> None:
    wood = sheet.fade("#b58a5e", "#7f5a38", across=True)
    for x in (96, 528):
        sheet.rect(x, 60, 16, 300, wood)
    sheet.rect(60, 56, 520, 14, "#9c7450")
    for x in range(74, 580, 42):
        sheet.poly("#b98e62", (x, 34), (x + 12, 34), (x + 12, 60), (x, 60))
    for x in (60, 210, 420):
        plants.bougainvillea(
            sheet, mood, x=x, y=34, width=dice.uniform(90, 140), height=70, dice=dice
        )


def _table(sheet: Sheet, mood: Mood) -> None:
    main, second = mood.fabric
    sheet.oval(322, 446, 170, 17, "#1b2b2a", opacity=0.22)
    for x, lean in ((186, -6), (430, 6)):
        sheet.rect(x, 340, 34, 62, main, round=8)
        sheet.rect(x - 6, 396, 46, 12, second, round=5)
        sheet.stroke("#6b4a2e", f"M{x} 406l{lean} 40M{x + 34} 406l{lean} 40", 4)
    sheet.stroke("#6b4a2e", "M256 394l-12 54M392 394l12 54", 6)
    sheet.poly(sheet.fade("#e6c79b", "#c09866"), (232, 374), (416, 374), (440, 396), (208, 396))
    sheet.rect(208, 396, 232, 7, "#9c7450")
    sheet.poly("#fff8ec", (300, 374), (348, 374), (352, 403), (296, 403))
    sheet.path("#c7dde0", "M268 386v-22h10v22ZM372 386v-22h10v22Z", opacity=0.9)
    sheet.path("#3f7f8f", "M306 378q-4-22 18-26q22 4 18 26Z")
    sheet.stroke("#5d7d45", "M324 352q-10-16-18-16M324 352q0-20 4-26M324 352q10-14 20-12", 3)
    for x, y in ((306, 336), (328, 326), (344, 340)):
        sheet.oval(x, y, 6, 6, mood.bloom)


def _parasol(sheet: Sheet, mood: Mood, *, x: float, foot: float) -> None:
    sheet.stroke("#8a6a48", f"M{x} {foot}V232", 5)
    sheet.path(
        mood.fabric[0],
        f"M{x - 96} 262Q{x} 176 {x + 96} 262Q{x + 72} 252 {x + 48} 262"
        f"Q{x + 24} 252 {x} 262Q{x - 24} 252 {x - 48} 262Q{x - 72} 252 {x - 96} 262Z",
    )
    sheet.path(
        mood.fabric[1],
        f"M{x - 48} 262Q{x - 34} 206 {x} 217Q{x + 34} 206 {x + 48} 262"
        f"Q{x + 24} 252 {x} 262Q{x - 24} 252 {x - 48} 262Z",
        opacity=0.85,
    )


def _lounger(sheet: Sheet, mood: Mood, *, x: float, y: float) -> None:
    sheet.oval(x + 38, y + 22, 50, 6, "#1b2b2a", opacity=0.2)
    sheet.stroke("#8a6a48", f"M{x} {y + 20}v-10M{x + 74} {y + 20}v-10", 4)
    sheet.path("#fffaf0", f"M{x - 16} {y - 22}l16 26h78v8h-82l-20-30Z")
    sheet.path(mood.fabric[0], f"M{x + 22} {y + 4}h30v8h-30Z", opacity=0.85)


DRAWINGS: dict[str, Callable[[Sheet, Mood, Backdrop, Random], None]] = {
    "view": view,
    "terrace": terrace,
    "pool": pool,
    "plot": plot,
    "road": road,
}
