"""Arabic: the page runs from right to left, and what is Latin in it keeps its order."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser, expect

from .conftest import PHONE
from .face import Face, face
from .mock.server import Stage

pytestmark = pytest.mark.browser
PAGE = "[document.documentElement.lang, document.documentElement.dir]"


def left(shown: Face, selector: str) -> float:
    """Where the thing begins on the screen, in pixels from the left."""
    box = shown.page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"]


def test_the_whole_page_is_mirrored(browser: Browser, mock_url: str, stage: Stage) -> None:
    with face(browser, mock_url, locale="ar") as shown:
        shown.open(mock_url)
        assert shown.page.evaluate(PAGE) == ["ar", "rtl"]
        assert left(shown, ".send") < left(shown, "#message")
        assert left(shown, ".tools") < left(shown, ".name")
        arrow = shown.page.locator(".examples .icon-forward").first
        assert arrow.evaluate("a => getComputedStyle(a).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
        shown.say("مرحبا")
        assert left(shown, ".is-mine .bubble") < left(shown, ".is-theirs .bubble")
        shown.settle()


def test_the_direction_goes_with_the_language(visitor: Face) -> None:
    choice = visitor.page.locator(".language select")
    assert visitor.page.evaluate(PAGE) == ["en", "ltr"]
    choice.select_option("ar")
    expect(visitor.box).to_have_attribute("dir", "rtl")
    assert visitor.page.evaluate(PAGE) == ["ar", "rtl"]
    choice.select_option("de")
    expect(visitor.box).to_have_attribute("dir", "ltr")
    assert visitor.page.evaluate(PAGE) == ["de", "ltr"]
    visitor.settle()


def test_words_run_their_own_way_whatever_the_page_speaks(visitor: Face) -> None:
    visitor.box.fill("شقة")
    expect(visitor.box).to_have_attribute("dir", "rtl")
    visitor.say("شقة في Girne")
    expect(visitor.mine.last.locator(".said")).to_have_attribute("dir", "rtl")
    visitor.page.locator(".language select").select_option("ar")
    visitor.say("flat in Girne")
    expect(visitor.mine.last.locator(".said")).to_have_attribute("dir", "ltr")
    visitor.settle()


@pytest.mark.parametrize("locale", ["ar", "fr", "pl"])
def test_prices_have_the_sign_of_the_currency_alone(
    browser: Browser, mock_url: str, stage: Stage, locale: str
) -> None:
    with face(browser, mock_url, locale=locale) as shown:
        shown.open(mock_url).say("flat in Girne")
        price = shown.cards.first.locator(".card-price strong").inner_text()
        assert "£" in price
        assert not any(letter.isalpha() for letter in price), price


def test_pictures_go_on_to_the_left(browser: Browser, mock_url: str, stage: Stage) -> None:
    with face(browser, mock_url, locale="ar", reduced_motion="reduce") as shown:
        shown.open(mock_url).say("شقة")
        strip = shown.cards.first.locator(".strip")
        expect(strip.locator(".frame-count")).to_contain_text("1 /")
        strip.locator(".frames").focus()
        shown.page.keyboard.press("ArrowLeft")
        expect(strip.locator(".frame-count")).to_contain_text("2 /")


def test_the_page_of_a_home_is_mirrored_and_its_number_is_not(
    browser: Browser, live_server: str
) -> None:
    found = httpx.get(f"{live_server}/api/v1/real_estate/search", params={"limit": 1}).json()
    address = f"{live_server}/homes/{found['results'][0]['id']}?lang=ar"
    with face(browser, live_server, viewport=PHONE, reduced_motion="reduce") as shown:
        shown.page.goto(address)
        assert shown.page.evaluate(PAGE) == ["ar", "rtl"]
        expect(shown.page.locator("a[href^='tel:']")).to_have_attribute("dir", "ltr")
        shown.page.locator(".turn-on").click()
        expect(shown.page.locator(".where")).to_contain_text("2 /")
        shown.page.locator(".frames").press("ArrowRight")
        expect(shown.page.locator(".where")).to_contain_text("1 /")
        fits = shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert fits, "the page scrolls sideways"
        shown.settle()
