"""No serious accessibility violation, in both themes; and the check would notice one."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from .conftest import DESKTOP, PHONE
from .face import Face, face
from .mock.server import Fault, Stage

pytestmark = pytest.mark.browser
GRAVE = ("serious", "critical")
INSIDE = "document.querySelector('gatehouse-chat').shadowRoot"


def grave(shown: Face) -> list[str]:
    """The serious and critical findings, with where they are."""
    found: dict[str, Any] = Axe().run(shown.page).response
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("locale", ["en-GB", "ar"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_serious_violation_in_any_state(
    browser: Browser, mock_url: str, stage: Stage, *, theme: str, size: dict[str, int], locale: str
) -> None:
    options = {
        "locale": locale,
        "color_scheme": theme,
        "viewport": size,
        "bypass_csp": True,
        "reduced_motion": "reduce",
    }
    with face(browser, mock_url, **options) as shown:
        shown.open(mock_url)
        assert grave(shown) == []
        shown.say("flat in Girne")
        shown.cards.first.locator(".heart").click()
        shown.cards.nth(1).locator(".heart").click()
        assert grave(shown) == []
        shown.say("compare")
        stage.faults = [Fault(status=503, retry_after=60)]
        shown.write("hello")
        expect(shown.page.locator(".wait-text")).to_be_visible()
        assert grave(shown) == []
        shown.page.locator(".tools .icon-button").first.click()
        assert grave(shown) == []
        shown.page.locator(".drawer-foot .main-button").click()
        assert grave(shown) == []


def test_the_real_page_has_no_serious_violation(browser: Browser, live_server: str) -> None:
    with face(browser, live_server, bypass_csp=True, reduced_motion="reduce") as shown:
        shown.open(live_server)
        shown.say("flat to rent long term in Girne for up to £1500 a month")
        assert grave(shown) == []


def test_a_planted_violation_is_found(browser: Browser, mock_url: str, stage: Stage) -> None:
    with face(browser, mock_url, bypass_csp=True) as shown:
        shown.open(mock_url)
        shown.page.evaluate(
            f"""() => {{
                const pale = document.createElement("p");
                pale.textContent = "Pale words on a pale ground";
                pale.style.color = "#f0ece4";
                const mute = document.createElement("button");
                {INSIDE}.querySelector(".landing").append(pale, mute);
            }}"""
        )
        rules = {finding.partition(":")[0] for finding in grave(shown)}
        assert {"color-contrast", "button-name"} <= rules
