"""Rooms in simple perspective: a back wall, a floor, light from a window with the real view."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from gatehouse.listings.pictures import plants
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
        f"M{x - 6} {y - 6}H{x + width + 6}V{y + height + 6}H{x - 6}ZM{x} {y}V{y + height}H{x + width}V{y}Z",
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
                f"M{left} {y - 16}h44q-6 {height * 0.6:.0f} 0 {height + 30:.0f}h-44q6-{height * 0.5:.0f} 0-{height + 30:.0f}Z",
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
    _painting(sheet, mood, x=150, y=104, width=96, height=76, dice=dice)
    _rug(sheet, mood, x=300, y=414, width=420, height=92)
    _sofa(sheet, mood, x=112, y=262, width=232)
    _low_table(sheet, x=322, y=398, width=150)
    _floor_lamp(sheet, mood, x=92, foot=348)
    plants.pot(sheet, mood, x=552, y=394, size=86, dice=dice)
    _armchair(sheet, mood, x=440, y=312)


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
        _night_table(sheet, mood, x=x, y=256)
    _painting(sheet, mood, x=214, y=92, width=88, height=60, dice=dice)
    _rug(sheet, mood, x=520, y=430, width=170, height=50)
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
    _tiles(sheet, mood, x=LEFT, y=200, width=RIGHT - LEFT, height=38)
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
    _island(sheet, mood, top=top)
    for x in (236, 320, 404):
        _pendant(sheet, mood, x=x, drop=112)
    _fruit(sheet, x=292, y=352)
    plants.pot(sheet, mood, x=200, y=238, size=32, dice=dice)


def bathroom(sheet: Sheet, mood: Mood, outlook: Outlook, dice: Random) -> None:
    """A bath by the window, a basin under a round mirror."""
    shell(sheet, mood)
    _tiles(sheet, mood, x=LEFT, y=176, width=RIGHT - LEFT, height=FLOOR - 176)
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


def _sofa(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float) -> None:
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


def _armchair(sheet: Sheet, mood: Mood, *, x: float, y: float) -> None:
    second = mood.fabric[1]
    sheet.oval(x + 46, y + 96, 56, 9, "#1b2b2a", opacity=0.22)
    sheet.stroke("#7d5836", f"M{x + 10} {y + 70}l-8 26M{x + 82} {y + 70}l8 26", 5)
    sheet.path(second, f"M{x} {y + 4}q46-22 92 0l6 52q-52 26-104 0Z")
    sheet.path("#000000", f"M{x - 6} {y + 52}q52 26 104 0l-2 18q-50 22-100 0Z", opacity=0.16)
    sheet.oval(x + 46, y + 50, 42, 15, "#ffffff", opacity=0.25)


def _rug(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float) -> None:
    main, second = mood.fabric
    for scale, fill in ((1.0, second), (0.86, "#fff8ec"), (0.8, second), (0.42, main)):
        opacity = 0.35 if fill == main else 0.9
        sheet.oval(x, y, width / 2 * scale, height / 2 * scale, fill, opacity=opacity)


def _low_table(sheet: Sheet, *, x: float, y: float, width: float) -> None:
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


def _floor_lamp(sheet: Sheet, mood: Mood, *, x: float, foot: float) -> None:
    sheet.stroke("#4a4038", f"M{x} {foot}V150", 4)
    sheet.oval(x, foot, 20, 5, "#4a4038")
    if mood.light.lamp:
        sheet.oval(x, 142, 96, 96, sheet.glow(f"{mood.light.lamp}@0.7", f"{mood.light.lamp}@0"))
    sheet.poly(
        sheet.fade("#fff6e0", "#f0d9ae"), (x - 20, 116), (x + 20, 116), (x + 32, 164), (x - 32, 164)
    )


def _night_table(sheet: Sheet, mood: Mood, *, x: float, y: float) -> None:
    sheet.rect(x, y, 42, 62, sheet.fade("#b58a62", "#8a6240"), round=3)
    sheet.stroke("#6b4a2e", f"M{x + 4} {y + 30}h34", 2)
    if mood.light.lamp:
        sheet.oval(
            x + 21, y - 30, 60, 60, sheet.glow(f"{mood.light.lamp}@0.75", f"{mood.light.lamp}@0")
        )
    sheet.stroke("#6b5a48", f"M{x + 21} {y}v-18", 4)
    sheet.poly("#fff3d6", (x + 10, y - 46), (x + 32, y - 46), (x + 38, y - 18), (x + 4, y - 18))


def _painting(
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


def _tiles(sheet: Sheet, mood: Mood, *, x: float, y: float, width: float, height: float) -> None:
    sheet.rect(x, y, width, height, sheet.fade("#f4f7f6", mood.light.glass[0]))
    d = "".join(f"M{x:.0f} {y + row:.0f}h{width:.0f}" for row in range(0, int(height), 19))
    d += "".join(f"M{x + col:.0f} {y:.0f}v{height:.0f}" for col in range(0, int(width), 29))
    sheet.stroke("#8fa3a6", d, 1, opacity=0.35)


def _island(sheet: Sheet, mood: Mood, *, top: str) -> None:
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


def _pendant(sheet: Sheet, mood: Mood, *, x: float, drop: float) -> None:
    sheet.stroke("#4a4038", f"M{x} 26V{drop}", 2)
    if mood.light.lamp:
        sheet.oval(
            x, drop + 22, 58, 58, sheet.glow(f"{mood.light.lamp}@0.8", f"{mood.light.lamp}@0")
        )
    sheet.path(mood.fabric[1], f"M{x - 22} {drop + 24}q2-26 22-28q20 2 22 28Z")
    sheet.oval(x, drop + 24, 22, 4, "#fff3cf")


def _fruit(sheet: Sheet, *, x: float, y: float) -> None:
    for dx, fill in ((-12, "#f0a63a"), (0, "#e8862f"), (12, "#f4c04e"), (-5, "#f2b544")):
        sheet.oval(x + dx, y - 7 - (4 if dx == -5 else 0), 8, 8, fill)
    sheet.path("#3f7f8f", f"M{x - 30} {y - 6}h60q-4 22-30 22t-30-22Z")


DRAWINGS: dict[str, Callable[[Sheet, Mood, Outlook, Random], None]] = {
    "living": living,
    "bedroom": bedroom,
    "kitchen": kitchen,
    "bathroom": bathroom,
    "shop": shop_inside,
}
