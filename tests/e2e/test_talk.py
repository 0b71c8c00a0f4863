"""The main job on the real server: a visitor finds a home in three turns."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .face import Face

pytestmark = pytest.mark.browser

TALKS = {
    "en-GB": ("Hello", "flat in Girne for up to £900 a month, 2 bedrooms", "long term"),
    "tr-TR": ("Merhaba", "Girne'de ayda en çok 900 sterline 2 yatak odalı daire", "uzun süreli"),
    "ru-RU": ("Здравствуйте", "квартира в Кирении до 900 фунтов в месяц, 2 спальни", "надолго"),
    "uk-UA": ("Вітаю", "квартира в Кіренії до 900 фунтів на місяць, 2 спальні", "надовго"),
    "de-DE": ("Hallo", "Wohnung in Kyrenia bis 900 Pfund im Monat, 2 Schlafzimmer", "langfristig"),
    "pl-PL": ("Cześć", "mieszkanie w Kirenii do 900 funtów, 2 sypialnie", "na długi okres"),
    "fr-FR": ("Bonjour", "appartement à Kyrénia jusqu’à 900 livres, 2 chambres", "longue durée"),
    "ar": ("مرحبا", "شقة في كيرينيا حتى 900 جنيه، غرفتا نوم", "إيجار طويل الأمد"),
}


def test_a_visitor_finds_homes_in_three_turns_and_asks_about_them(guest: Face) -> None:
    for words in TALKS["en-GB"]:
        guest.say(words)
    expect(guest.cards.first).to_be_visible()
    first = guest.cards.first
    expect(first.locator(".card-price strong")).to_have_text(re.compile(r"^[£€$₺][\d,]+$"))
    picture = first.locator("img").first
    assert picture.evaluate("i => i.decode().then(() => i.naturalWidth > 0)")
    guest.say("does the first one allow pets?")
    guest.say("compare the first two")
    expect(guest.replies.last.locator("table tbody tr")).not_to_have_count(0)
    expect(guest.mine).to_have_count(5)
    guest.settle()


def test_a_price_in_another_currency_is_also_shown_in_the_visitors(guest: Face) -> None:
    guest.say("flat to rent long term in Girne for up to 700 euros a month")
    pounds = guest.cards.filter(has_text="£").first
    expect(pounds.locator(".card-about")).to_have_text(re.compile(r"^about €\d+$"))
    guest.settle()


def test_a_list_becomes_tick_boxes_that_are_kept(guest: Face) -> None:
    guest.say("flat to rent long term in Girne for up to £1500 a month")
    guest.say("I want to see the first one on Saturday")
    guest.say("+44 7700 900123")
    guest.button("Make a checklist").click()
    boxes = guest.replies.last.get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    expect(boxes.first).to_be_focused()
    boxes.nth(1).check()
    guest.page.reload()
    expect(guest.replies).to_have_count(3)
    expect(boxes).to_have_count(4)
    expect(boxes.nth(1)).to_be_checked()
    expect(boxes.first).not_to_be_checked()
    guest.settle()


def test_every_button_of_a_card_does_something(guest: Face) -> None:
    guest.say("flat to rent long term in Girne for up to £1500 a month")
    card = guest.replies.first.locator(".card").nth(1)
    card.locator("[data-button=photos]").click()
    expect(guest.page.get_by_role("dialog")).to_be_visible()
    guest.page.keyboard.press("Escape")
    for name, words in (
        ("info", "Tell me more about number 2"),
        ("availability", "When is number 2 available?"),
        ("reserve", "I would like to view number 2"),
    ):
        before = guest.replies.count()
        card.locator(f"[data-button={name}]").click()
        expect(guest.mine.last.locator(".said")).to_have_text(words)
        expect(guest.replies).to_have_count(before + 1)
    guest.settle()


def test_a_reload_brings_the_talk_back_with_its_cards(guest: Face) -> None:
    guest.say("flat to rent long term in Girne for up to £1500 a month")
    titles = guest.cards.locator(".card-title").all_inner_texts()
    guest.page.reload()
    expect(guest.replies).to_have_count(1)
    expect(guest.cards.locator(".card-title")).to_have_text(titles)
    guest.say("does the first one allow pets?")
    guest.settle()


def test_a_new_conversation_begins_empty_and_can_be_undone(guest: Face) -> None:
    guest.say("flat in Girne")
    guest.button("New conversation").click()
    expect(guest.mine).to_have_count(0)
    expect(guest.page.locator(".landing")).to_be_visible()
    guest.button("Undo").click()
    expect(guest.mine).to_have_count(1)
    guest.button("New conversation").click()
    guest.say("hello")
    expect(guest.mine).to_have_count(1)
    guest.page.reload()
    expect(guest.mine.locator(".said")).to_have_text(["hello"])
    guest.settle()


def test_a_thumb_is_kept_by_the_server(guest: Face) -> None:
    reply = guest.say("hello")
    with guest.page.expect_response("**/api/chat/feedback") as answer:
        reply.get_by_role("button", name="Helpful", exact=True).click()
    assert answer.value.status == 204
    expect(guest.page.get_by_text("Thank you for telling us.")).to_be_visible()
    guest.settle()


@pytest.mark.parametrize("locale", [locale for locale in TALKS if locale != "en-GB"])
def test_the_talk_goes_in_the_language_of_the_browser(
    browser: object, live_server: str, locale: str
) -> None:
    from .face import face

    with face(browser, live_server, locale=locale) as guest:  # type: ignore[arg-type]
        guest.open(live_server)
        assert guest.page.evaluate("document.documentElement.lang") == locale[:2]
        for words in TALKS[locale]:
            guest.say(words)
        expect(guest.cards.first).to_be_visible()
        guest.settle()
