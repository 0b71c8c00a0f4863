"""The chat on an agency's own site: one script tag, a bearer token, an allow-list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, expect

from .conftest import DESKTOP, PHONE, SITE_PORT
from .face import Face, face
from .mock.threaded import serving

pytestmark = pytest.mark.browser


def agency(server: str) -> FastAPI:
    """An agency's page with loud styles of its own."""
    app = FastAPI()
    page = f"""<!doctype html><html lang="en"><title>Agency</title>
        <link rel="icon" href="data:,">
        <style>* {{ color: red !important; font-size: 40px }} button {{ background: lime }}</style>
        <main><h1>Our agency</h1></main>
        <script type="module" src="{server}/widget/gatehouse-chat.js"></script>
        <gatehouse-chat name="Blue Door Homes"></gatehouse-chat></html>"""
    app.add_api_route("/", lambda: HTMLResponse(page))
    return app


@pytest.fixture(scope="module")
def site(live_server: str) -> Iterator[str]:
    """On the operator's list."""
    with serving(agency(live_server), port=SITE_PORT) as address:
        yield address


def open_panel(guest: Face, address: str) -> Face:
    guest.page.goto(address)
    guest.button("Open the chat").click()
    guest.box.wait_for()
    return guest


def test_an_allowed_site_talks_with_a_token_and_without_cookies(
    browser: Browser, live_server: str, site: str
) -> None:
    with face(browser, site, live_server, viewport=DESKTOP) as guest:
        open_panel(guest, site)
        sent: list[dict[str, str]] = []
        guest.page.on("request", lambda r: sent.extend([r.all_headers()] * ("/stream" in r.url)))
        guest.say("flat to rent long term in Girne for up to £1500 a month")
        expect(guest.cards.first).to_be_visible()
        assert guest.cards.locator("img").first.evaluate(
            "i => i.decode().then(() => i.naturalWidth > 0)"
        )
        assert sent[0]["authorization"].startswith("Bearer ")
        assert "cookie" not in sent[0]
        assert guest.page.context.cookies() == []
        guest.page.reload()
        guest.button("Open the chat").click()
        expect(guest.replies).to_have_count(1)
        guest.settle()


def test_the_sites_styles_stay_outside(browser: Browser, live_server: str, site: str) -> None:
    with face(browser, site, live_server, viewport=DESKTOP) as guest:
        open_panel(guest, site)
        tall = guest.box.evaluate(
            "b => parseFloat(getComputedStyle(b).fontSize) * b.currentCSSZoom"
        )
        assert tall == pytest.approx(16)
        assert (
            guest.page.locator(".name-text").evaluate("n => getComputedStyle(n).color")
            != "rgb(255, 0, 0)"
        )
        assert (
            guest.page.locator("h1").evaluate("n => getComputedStyle(n).color") == "rgb(255, 0, 0)"
        )


def test_escape_closes_the_panel_and_gives_the_focus_back(
    browser: Browser, live_server: str, site: str
) -> None:
    with face(browser, site, live_server, viewport=PHONE) as guest:
        open_panel(guest, site)
        expect(guest.box).to_be_focused()
        guest.page.keyboard.press("Escape")
        expect(guest.box).to_be_hidden()
        expect(guest.button("Open the chat")).to_be_focused()


def test_a_site_off_the_list_gets_nothing(browser: Browser, live_server: str) -> None:
    with serving(agency(live_server)) as stranger, face(browser, stranger, live_server) as guest:
        with guest.page.expect_event("requestfailed"):
            guest.page.goto(stranger)
        assert guest.page.evaluate("customElements.get('gatehouse-chat') === undefined")
        assert any("CORS" in complaint for complaint in guest.complaints)
