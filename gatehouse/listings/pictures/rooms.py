"""Rooms in simple perspective: a back wall, a floor, light from a window with the real view."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from gatehouse.listings.pictures import furniture, plants
from gatehouse.listings.pictures.ink import HEIGHT, WIDTH, Sheet
from gatehouse.listings.pictures.light import Mood

Outlook = Callable[[], None]  # draws what is seen through the window, on the whole sheet
LEFT, RIGHT, TOP, FLOOR = 84.0, 556.0, 54.0, 336.0  # the back wall


def shell(sheet: Sheet, mood: Mood) -> None:
    """Ceiling, walls and a floor of boards."""
    lit, dark = mood.light.inside
    sheet.rect(0, 0, WIDTH, HEIGHT, dark)
    sheet.poly(sheet.fade("#ffffff", lit), (0, 0), (WIDTH, 0), (RIGHT, TOP), (LEFT, TOP))
    sheet.poly(sheet.fade(dark, lit, across=True), (0, 0), (LEFT, TOP), (LEFT, FLOOR), (0, 430))
    sheet.poly(
        sheet.fade(lit, dark, across=True), (WIDTH, 0), (RIGHT, TOP), (RIGHT, FLOOR), (WIDTH, 430)
    )
    sheet.rect(LEFT, TOP, RIGHT - LEFT, FLOOR - TOP, sheet.fade(lit, lit, dark))
    sheet.poly(
        sheet.fade(mood.light.floor[1], mood.light.floor[0]),
        (LEFT, FLOOR),
        (RIGHT, FLOOR),
        (WIDTH, 430),
        (WIDTH, HEIGHT),
        (0, HEIGHT),
        (0, 430),
    )
    d = "".join(f"M{LEFT + n * 47.2:.0f} {FLOOR}L{-330 + n * 130} {HEIGHT}" for n in range(11))
    sheet.stroke("#5c3d22", d, 1, opacity=0.22)
    sheet.stroke("#ffffff", f"M0 430L{LEFT} {FLOOR}H{RIGHT}L{WIDTH} 430", 4, opacity=0.7)


def window(
    sheet: Sheet,
    mood: Mood,
    outlook: Outlook,
    *,
    x: float,
    y: float,
    width: float,
    height: float,
    curtains: bool = True,
) -> None:
    """A window with the view, its frame, light curtains, and its light on the floor."""
    with sheet.window(x, y, width, height):
        outlook()
    sheet.path(
        "#ffffff",
        f"M{x - 6} {y - 6}H{x + width + 6}V{y + height + 6}H{x - 6}Z"
        f"M{x} {y}V{y + height}H{x + width}V{y}Z",
        fill_rule="evenodd",
    )
    sheet.stroke("#ffffff", f"M{x + width / 2:.0f} {y}v{height}", 4)
    sheet.poly(
        sheet.fade(f"{mood.light.sun}@0.55", f"{mood.light.sun}@0"),
        (x + 10, FLOOR + 6), (x + width - 10, FLOOR + 6), (x + width + 70, 470), (x + 20, 470),
    )  # fmt: skip
    if curtains:
        for left in (x - 34, x + width - 10):
            sheet.path(
                sheet.fade("#ffffff@0.95", f"{mood.fabric[1]}@0.9"),
                f"M{left} {y - 16}h44q-6 {height * 0.6:.0f} 0 {height + 30:.0f}h-44"
                f"q6-{height * 0.5:.0f} 0-{height + 30:.0f}Z",
            )
            sheet.stroke(
                "#8a7a66",
                "".join(f"M{left + step} {y - 14}v{height + 26:.0f}" for step in (11, 22, 33)),
                1,
                opacity=0.18,
            )
        sheet.stroke("#6b5a48", f"M{x - 42} {y - 17}h{width + 84}", 4)


def living(sheet: Sheet, mood: Mood, outlook: Outlook, dice: Random) -> None:
    """Sofa, rug, lamp, picture, and a tall plant."""
    shell(sheet, mood)
    window(sheet, mood, outlook, x=330, y=92, width=180, height=190)
    furniture.painting(sheet, mood, x=150, y=104, width=96, height=76, dice=dice)
    furniture.rug(sheet, mood, x=300, y=414, width=420, height=92)
    furniture.sofa(sheet, mood, x=112, y=262, width=232)
    furniture.low_table(sheet, x=322, y=398, width=150)
    furniture.floor_lamp(sheet, mood, x=92, foot=348)
    plants.pot(sheet, mood, x=552, y=394, size=86, dice=dice)
    furniture.armchair(sheet, mood, x=440, y=312)


def bedroom(sheet: Sheet, mood: Mood, outlook: Outlook, dice: Random) -> None:
    """A made bed between two lamps."""
    shell(sheet, mood)
    window(sheet, mood, outlook, x=402, y=88, width=120, height=170)
    main, second = mood.fabric
    sheet.rect(146, 176, 222, 120, sheet.fade("#b58a62", "#8a6240"), round=10)
    sheet.oval(262, 438, 250, 26, "#1b2b2a", opacity=0.2)
    sheet.poly(sheet.fade("#ffffff", "#e9e2d8"), (152, 262), (362, 262), (428, 420), (96, 420))
    sheet.poly("#d8cfc2", (96, 420), (428, 420), (424, 442), (100, 442))
    for x in (170, 268):
        sheet.path(
            "#ffffff",
            f"M{x} 266q-8-32 10-36h58q18 4 10 36q-40 10-78 0Z",
            stroke="#d9d0c3",
            stroke_width=1,
        )
        sheet.path(second, f"M{x + 14} 272q-4-22 8-25h38q12 3 8 25q-27 7-54 0Z", opacity=0.95)
    sheet.poly(sheet.fade(main, main), (128, 330), (390, 330), (428, 420), (96, 420))
    sheet.poly("#ffffff", (124, 336), (394, 336), (399, 350), (119, 350), opacity=0.35)
    sheet.poly("#000000", (96, 420), (428, 420), (426, 434), (98, 434), opacity=0.18)
    for x in (98, 380):
        furniture.night_table(sheet, mood, x=x, y=256)
    furniture.painting(sheet, mood, x=214, y=92, width=88, height=60, dice=dice)
    furniture.rug(sheet, mood, x=520, y=430, width=170, height=50)
    plants.pot(sheet, mood, x=566, y=398, size=70, dice=dice)


def kitchen(sheet: Sheet, mood: Mood, outlook: Outlook, dice: Random) -> None:
    """Cupboards, an island and lamps above it."""
    shell(sheet, mood)
    front, top = (mood.accent if dice.random() < 0.5 else "#e9e4da"), "#f7f3ec"
    sheet.rect(LEFT, 92, 150, 66, front, round=2)
    sheet.rect(RIGHT - 128, 92, 128, 66, front, round=2)
    sheet.stroke(
        "#000000", f"M{LEFT + 50} 92v66M{LEFT + 100} 92v66M{RIGHT - 64} 92v66", 1.4, opacity=0.25
    )
    window(sheet, mood, outlook, x=256, y=88, width=150, height=112, curtains=False)
    furniture.tiles(sheet, mood, x=LEFT, y=200, width=RIGHT - LEFT, height=38)
    sheet.rect(LEFT - 4, 238, RIGHT - LEFT + 8, 9, top)
    sheet.rect(LEFT, 247, RIGHT - LEFT, FLOOR - 247, sheet.fade(front, front))
    sheet.rect(LEFT, 247, RIGHT - LEFT, 14, "#000000", opacity=0.12)
    sheet.stroke(
        "#000000", "".join(f"M{LEFT + n * 59:.0f} 250v84" for n in range(1, 8)), 1.3, opacity=0.22
    )
    sheet.stroke("#d9b26a", "".join(f"M{LEFT + 20 + n * 59:.0f} 262h18" for n in range(8)), 3)
    sheet.rect(456, 252, 78, 76, "#2d3338", round=3)
    sheet.rect(464, 270, 62, 46, sheet.fade("#4b555c", "#20262a"), round=2)
    sheet.rect(112, 222, 26, 16, "#c9cdd0", round=2)
    sheet.stroke("#9aa3a8", "M330 238v-20q0-12 14-12h8", 4)
    furniture.island(sheet, top=top)
    for x in (236, 320, 404):
        furniture.pendant(sheet, mood, x=x, drop=112)
    furniture.fruit(sheet, x=292, y=352)
    plants.pot(sheet, mood, x=200, y=238, size=32, dice=dice)


def bathroom(sheet: Sheet, mood: Mood, outlook: Outlook, dice: Random) -> None:
    """A bath by the window, a basin under a round mirror."""
    shell(sheet, mood)
    furniture.tiles(sheet, mood, x=LEFT, y=176, width=RIGHT - LEFT, height=FLOOR - 176)
    window(sheet, mood, outlook, x=150, y=86, width=150, height=84, curtains=False)
    sheet.oval(250, 430, 180, 20, "#1b2b2a", opacity=0.2)
    sheet.path(sheet.fade("#ffffff", "#dfe5e6"), "M92 318H408Q404 424 350 430H150Q96 424 92 318Z")
    sheet.oval(250, 318, 160, 17, "#ffffff")
    sheet.oval(250, 320, 146, 11, sheet.fade("#a9dbe4", "#6fb9c9"))
    sheet.stroke("#b58a52", "M386 316v-44q0-14-16-14h-10", 5)
    sheet.rect(128, 306, 56, 66, mood.fabric[0], round=4, opacity=0.95)
    sheet.stroke("#ffffff", "M130 360h52", 3, opacity=0.6)
    sheet.oval(486, 152, 56, 56, "#c79a5b")
    sheet.oval(486, 152, 50, 50, sheet.fade("#f7fcfd", mood.light.glass[0], mood.light.glass[1]))
    sheet.poly("#ffffff", (462, 116), (486, 104), (462, 196), (446, 180), opacity=0.4)
    sheet.poly(
        sheet.fade("#b58a62", "#8a6240"), (424, 268), (556, 268), (610, 300), (610, 404), (424, 372)
    )
    sheet.poly("#f6f1e8", (416, 258), (560, 258), (620, 290), (620, 302), (416, 270))
    sheet.oval(492, 256, 42, 11, "#ffffff", stroke="#d3d8d9")
    sheet.oval(492, 256, 32, 7, "#d7e6ea")
    sheet.stroke("#b58a52", "M492 246v-22q0-8 12-8", 4)
    plants.pot(sheet, mood, x=66, y=420, size=78, dice=dice)


def shop_inside(sheet: Sheet, mood: Mood, outlook: Outlook, dice: Random) -> None:
    """An empty bright unit with a counter and spot lamps."""
    shell(sheet, mood)
    window(sheet, mood, outlook, x=120, y=96, width=280, height=236, curtains=False)
    sheet.stroke("#8a8f92", "M100 40H540", 4)
    for x in (150, 250, 350, 450):
        sheet.poly("#4b5257", (x - 8, 42), (x + 8, 42), (x + 12, 60), (x - 12, 60))
        sheet.poly(
            f"{mood.light.sun}",
            (x - 12, 60),
            (x + 12, 60),
            (x + 54, 330),
            (x - 54, 330),
            opacity=0.1,
        )
    sheet.rect(430, 120, 110, 8, "#b58a62")
    sheet.rect(430, 180, 110, 8, "#b58a62")
    for n in range(5):
        sheet.rect(436 + n * 20, 96 + n % 2 * 4, 14, 24 - n % 2 * 4, (mood.fabric * 3)[n])
        sheet.oval(444 + n * 20, 172, 8, 9, (mood.fabric * 3)[n + 1])
    sheet.poly(sheet.fade(mood.accent, mood.accent), (360, 300), (560, 300), (600, 420), (330, 420))
    sheet.poly("#f6f1e8", (352, 288), (568, 288), (576, 304), (344, 304))
    plants.pot(sheet, mood, x=92, y=408, size=92, dice=dice)


DRAWINGS: dict[str, Callable[[Sheet, Mood, Outlook, Random], None]] = {
    "living": living,
    "bedroom": bedroom,
    "kitchen": kitchen,
    "bathroom": bathroom,
    "shop": shop_inside,
}
