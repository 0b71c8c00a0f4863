"""Takes the pictures of docs/img/console: `pytest tests/e2e/office/portraits.py`, by hand."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, ViewportSize

from gatehouse.rollout.leading import LOCK
from tests.office.scene import LOOKS, Scene, clear, stage

from .conftest import PHONE, signed_in

pytestmark = pytest.mark.browser
TARGET = Path(__file__).parents[3] / "docs" / "img" / "console"
WIDE: ViewportSize = {"width": 1280, "height": 1160}
SETTLE_MS = 600
PICTURES: tuple[tuple[str, Scene, str, ViewportSize, str], ...] = (
    ("ramping-desktop", "ramping", "light", WIDE, ""),
    ("failed-desktop-dark", "failed", "dark", WIDE, ""),
    ("arms-desktop", "failed", "light", WIDE, "#arms-title"),
    ("held-phone-dark", "held", "dark", PHONE, ""),
)


@pytest.mark.parametrize(("name", "scene", "theme", "size", "place"), PICTURES)
def test_picture(
    browser: Browser,
    office_url: str,
    staff_hired: None,
    clean: str,
    *,
    name: str,
    scene: Scene,
    theme: str,
    size: ViewportSize,
    place: str,
) -> None:
    with psycopg.connect(clean, autocommit=True) as engine:
        engine.execute("SELECT pg_advisory_lock(%s)", (LOCK,))  # as a process that looks
        stage(clean, scene, looks=LOOKS)
        with signed_in(browser, office_url, "releaser", color_scheme=theme, viewport=size) as shown:
            if place:
                top = f"document.querySelector('{place}').offsetTop - 24"
                shown.page.evaluate(f"scrollTo(0, {top})")
            shown.page.wait_for_timeout(SETTLE_MS)
            TARGET.mkdir(exist_ok=True)
            shown.page.screenshot(path=TARGET / f"{name}.png")
            shown.settle()
    clear(clean)
