"""Colours, widths and languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from .conftest import PHONE
from .face import Face, face
from .mock.server import Fault, Stage

pytestmark = pytest.mark.browser
GROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(247, 244, 238)", "rgb(12, 26, 32)"


def test_colours_follow_the_system_until_the_visitor_chooses(visitor: Face) -> None:
    page = visitor.page
    assert page.evaluate(GROUND) == LIGHT
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(GROUND) == DARK
    visitor.button("Colours: automatic").click()
    assert page.evaluate(GROUND) == LIGHT
    page.reload()
    visitor.button("Colours: light").click()
    page.emulate_media(color_scheme="light")
    assert page.evaluate(GROUND) == DARK
    visitor.settle()


@pytest.mark.parametrize("width", [320, 390, 768])
@pytest.mark.parametrize("locale", ["en", "ru", "de", "ar"])
def test_nothing_scrolls_sideways(
    browser: Browser, mock_url: str, stage: Stage, *, width: int, locale: str
) -> None:
    size = {"width": width, "height": 700}
    with face(browser, mock_url, viewport=size, locale=locale) as small:
        small.open(mock_url)
        assert sideways(small) == []
        small.say("flat in Girne")
        assert sideways(small) == []
        log = small.page.locator(".log")
        assert log.evaluate("l => l.scrollWidth <= l.clientWidth"), "the talk moves sideways"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_title_wraps_and_pictures_keep_their_shape(
    browser: Browser, mock_url: str, stage: Stage, width: int
) -> None:
    with face(browser, mock_url, viewport={"width": width, "height": 860}) as shown:
        shown.open(mock_url).say("flat in Girne")
        for card in shown.cards.all():
            assert card.evaluate("c => c.scrollWidth <= c.clientWidth + 1")
            shape = card.locator(".strip").evaluate("s => s.clientWidth / s.clientHeight")
            assert shape == pytest.approx(1.5, abs=0.02)


def sideways(shown: Face) -> list[str]:
    """What sticks out of the page, but for the rows that scroll inside themselves."""
    found: list[str] = shown.page.evaluate(
        """() => {
            const within = ".card-row, .frames, .unseen, .skip, defs, select";
            const root = document.querySelector("gatehouse-chat").shadowRoot;
            return [...root.querySelectorAll("*")]
                .filter((n) => !n.parentElement?.closest(within) && !n.matches(within))
                .filter((n) => {
                    const { left, right } = n.getBoundingClientRect();
                    return right > innerWidth + 0.5 || left < -0.5;
                })
                .map((n) => `${n.tagName}.${n.className}`);
        }"""
    )
    return found


def test_the_switch_changes_every_word_and_is_remembered(visitor: Face, stage: Stage) -> None:
    visitor.say("flat in Girne")
    visitor.page.get_by_label("Language", exact=True).select_option("uk")
    expect(visitor.box).to_have_attribute("placeholder", "Де, який бюджет, на який строк?")
    expect(visitor.mine).to_have_count(1)
    expect(visitor.cards.first.locator("[data-button=info]")).to_have_text("Докладніше")
    assert visitor.page.evaluate("document.documentElement.lang") == "uk"
    visitor.say("вітаю")
    assert stage.asked[-1]["language"] == "uk"
    visitor.page.reload()
    expect(visitor.page.get_by_label("Мова", exact=True)).to_have_value("uk")
    visitor.settle()


def test_the_built_in_examples_stand_in_when_the_server_has_none(
    browser: Browser, mock_url: str, stage: Stage
) -> None:
    stage.examples = None
    with face(browser, mock_url, viewport=PHONE) as phone:
        phone.open(mock_url)
        expect(phone.page.locator(".examples button")).to_have_count(4)
        phone.page.locator(".examples button").first.click()
        expect(phone.mine.locator(".said")).to_have_text(
            "2-bedroom flat in Girne, up to £700 a month"
        )
        phone.settle("status of 404")


def test_the_servers_examples_are_shown_and_clicks_are_reported(
    visitor: Face, stage: Stage
) -> None:
    expect(visitor.page.locator(".examples button")).to_have_text(stage.examples or [])
    visitor.button("Villa in Lapta").click()
    expect(visitor.replies).to_have_count(1)
    visitor.until(lambda: report(stage, "example_clicked"), "the click was not reported")
    visitor.until(lambda: report(stage, "render"), "the time of drawing was not reported")
    assert 0 < report(stage, "render")[0]["duration_ms"] < 1000


def report(stage: Stage, kind: str) -> list[dict[str, Any]]:
    return [one for one in stage.reported if one["event_type"] == kind]


def test_movement_stops_for_those_who_ask(browser: Browser, mock_url: str, stage: Stage) -> None:
    with face(browser, mock_url, reduced_motion="reduce") as calm:
        calm.open(mock_url)
        chip = calm.page.locator(".chip").first
        assert chip.evaluate("c => getComputedStyle(c).transitionDuration") == "0s"


def test_a_visitor_from_the_page_of_a_home_finds_a_question_begun(
    browser: Browser, mock_url: str, stage: Stage
) -> None:
    with face(browser, mock_url) as curious:
        curious.open(f"{mock_url}/?about=00000000-0000-0000-0000-000000000003")
        expect(curious.box).to_have_value("I have a question about Home 3: ")
        expect(curious.box).to_be_focused()
        curious.settle()


def test_the_limit_is_shown_before_it_is_reached_and_kept(visitor: Face, stage: Stage) -> None:
    visitor.box.fill("x" * 3990)
    expect(visitor.page.locator(".counter")).to_have_text("10 characters left")
    visitor.box.fill("x" * 4001)
    expect(visitor.page.locator(".counter")).to_have_text("1 character too many")
    visitor.box.press("Enter")
    expect(visitor.mine).to_have_count(0)
    assert stage.asked == []


def test_the_page_stays_where_one_reads_and_offers_the_new_message(
    visitor: Face, stage: Stage
) -> None:
    for _ in range(3):
        visitor.say("flat in Girne")
    stage.faults = [Fault(hold_s=1)]
    visitor.write("flat in Girne")
    visitor.page.locator(".log").hover(position={"x": 20, "y": 20})
    visitor.page.mouse.wheel(0, -3000)
    expect(visitor.replies).to_have_count(4)
    expect(visitor.page.locator(".pill")).to_be_visible()
    visitor.page.locator(".pill").click()
    expect(visitor.page.locator(".pill")).to_be_hidden()
    expect(visitor.box).to_be_focused()
