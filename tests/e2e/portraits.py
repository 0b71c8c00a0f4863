"""Takes the pictures of docs/img: `.venv/bin/python -m tests.e2e.portraits http://127.0.0.1:8000`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from .conftest import CHROMIUM, DESKTOP, FLAGS, PHONE
from .face import face

TARGET = Path(__file__).parents[2] / "docs" / "img"
SETTLE_MS = 600


@dataclass(frozen=True, slots=True)
class Portrait:
    """One picture: what is said before it is taken, and on what screen."""

    name: str
    said: tuple[str, ...] = ()
    theme: str = "light"
    locale: str = "en-GB"
    is_phone: bool = False


PORTRAITS = (
    Portrait("landing"),
    Portrait("talk", ("2-bedroom flat in Girne for up to £900 a month, long term",)),
    Portrait(
        "compare",
        ("flat in Girne for up to £900 a month, long term", "compare the first two"),
        theme="dark",
    ),
    Portrait("phone-landing-dark", theme="dark", locale="tr-TR", is_phone=True),
    Portrait(
        "phone-talk",
        ("квартира в Кирении до 900 фунтов в месяц, надолго",),
        locale="ru-RU",
        is_phone=True,
    ),
    Portrait(
        "talk-arabic",
        ("شقة في كيرينيا حتى 900 جنيه في الشهر، إيجار طويل الأمد",),
        theme="dark",
        locale="ar",
    ),
)


def take(browser: Browser, portrait: Portrait, address: str) -> None:
    size = PHONE if portrait.is_phone else DESKTOP
    options = {"viewport": size, "color_scheme": portrait.theme, "locale": portrait.locale}
    with face(browser, address, **options) as shown:
        shown.open(address)
        for words in portrait.said:
            shown.say(words)
        shown.page.wait_for_timeout(SETTLE_MS)
        shown.page.screenshot(path=TARGET / f"{portrait.name}.png")


def main(address: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for portrait in PORTRAITS:
            take(browser, portrait, address)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
