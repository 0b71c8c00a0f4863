"""The ear beyond single sentences: talks, languages, times, marks and money."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import pytest

from gatehouse.understanding.state import merge, required_open
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Heard,
    Intent,
    Language,
    Op,
    PlaceName,
    Slot,
    SlotValue,
)
from tests.unit.understanding.notation import EAR, SHOWN, TALKING

FRESH = DialogueState()


def hear(text: str, state: DialogueState = FRESH, language: Language | None = None) -> Heard:
    return EAR.hear(text, state=state, language=language)


def value(text: str, slot: Slot, state: DialogueState = FRESH) -> SlotValue | None:
    return next((c.value for c in hear(text, state).changes if c.slot == slot), None)


def places(state: DialogueState) -> list[str]:
    said = state.slots[Slot.LOCATION].value
    assert isinstance(said, tuple)
    return [p.key for p in said if isinstance(p, PlaceName)]


@pytest.mark.parametrize(
    "talk",
    [
        ("I need an apartment", "Kyrenia 500 pounds", "long term"),
        ("Bir daire arıyorum", "Girne 500 sterlin", "uzun dönem"),
        ("bi daire lazim", "girne 500 sterlin", "uzun donem"),
        ("Мне нужна квартира", "Кирения 500 фунтов", "на долгий срок"),
        ("Мені потрібна квартира", "Кіренія 500 фунтів", "на довгий термін"),
    ],
)
def test_three_short_turns_fill_all_that_is_required(talk: tuple[str, ...]) -> None:
    state, opened = FRESH, []
    for text in talk:
        heard = hear(text, state)
        assert heard.wants(Intent.SEARCH, Intent.REFINE)
        state = merge(state, heard)
        opened.append(required_open(state))
    assert opened[0] == (Slot.LOCATION, Slot.BUDGET, Slot.RENTAL_TYPE)
    assert opened[1:] == [(Slot.RENTAL_TYPE,), ()]
    assert places(state) == ["girne"]
    assert state.slots[Slot.BUDGET].value == Budget(None, 500.0, "GBP", None)
    assert state.slots[Slot.RENTAL_TYPE].value == "long_term"


NAMES = "Girne|Girne'de|Girne’ye|girnede|GİRNE|Kyrenia|kirenia|Kyrinia|в Кирении|у Кіренії"


@pytest.mark.parametrize("name", NAMES.split("|"))
def test_a_city_is_known_by_all_its_names_and_cases(name: str) -> None:
    assert places(merge(FRESH, hear(name))) == ["girne"]


@pytest.mark.parametrize(
    ("text", "low", "high", "currency", "period"),
    [
        ("500 pounds", None, 500, "GBP", None),
        ("£1,250 pcm", None, 1250, "GBP", "month"),
        ("1.250 € per month", None, 1250, "EUR", "month"),
        ("1 500 euro", None, 1500, "EUR", None),
        ("up to $900 a month", None, 900, "USD", "month"),
        ("from 400 to 600 eur", 400, 600, "EUR", None),
        ("400-600 GBP", 400, 600, "GBP", None),
        ("at least 300 pounds", 300, None, "GBP", None),
        ("100-150k pounds", 100_000, 150_000, "GBP", None),
        ("1.5m TL", None, 1_500_000, "TRY", None),
        ("five hundred and fifty pounds", None, 550, "GBP", None),
        ("yirmi bin lira", None, 20_000, "TRY", None),
        ("iki yüz elli bin sterlin", None, 250_000, "GBP", None),
        ("двести пятьдесят тысяч фунтов", None, 250_000, "GBP", None),
        ("полторы тысячи евро", None, 1500, "EUR", None),
        ("от 20 до 30 тыс лир", 20_000, 30_000, "TRY", None),
        ("сімсот доларів на місяць", None, 700, "USD", "month"),
        ("30000 грн", None, 30_000, "UAH", None),
        ("80 pounds a night", None, 80, "GBP", "night"),
        ("300 фунтов в неделю", None, 300, "GBP", "week"),
    ],
)
def test_money_is_read_in_any_dress(
    text: str, low: float | None, high: float | None, currency: str, period: str | None
) -> None:
    said = value(text, Slot.BUDGET)
    assert isinstance(said, Budget)
    assert (said.low, said.high, said.currency, said.period) == (low, high, currency, period)


@pytest.mark.parametrize("text", ["room 12", "3 bedrooms", "we are 4", "85 m2", "in 2027", "5 May"])
def test_numbers_that_count_other_things_are_no_money(text: str) -> None:
    assert value(text, Slot.BUDGET) is None


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("view it today at 5", date(2026, 4, 15), "17:00"),
        ("can I see it tomorrow at 10am", date(2026, 4, 16), "10:00"),
        ("book a viewing on Monday", date(2026, 4, 20), None),
        ("viewing on 2026-05-02 at 14:30", date(2026, 5, 2), "14:30"),
        ("a viewing on the 3rd of May", date(2026, 5, 3), None),
        ("cuma günü saat 15:00'te görmek istiyorum", date(2026, 4, 17), "15:00"),
        ("хочу посмотреть послезавтра в 3 часа дня", date(2026, 4, 17), "15:00"),
        ("можна подивитися в неділю о 11:00", date(2026, 4, 19), "11:00"),
    ],
)
def test_viewing_times_are_understood(text: str, day: date, time: str | None) -> None:
    when = hear(text, TALKING).when
    assert when is not None
    assert (when.day, when.time) == (day, time)


def test_a_day_without_a_viewing_is_a_moving_date() -> None:
    assert value("from 1 June", Slot.AVAILABLE_FROM) == date(2026, 6, 1)
    assert hear("from 1 June").when is None


def test_a_past_day_of_this_year_is_meant_next_year() -> None:
    assert value("from 3 March", Slot.AVAILABLE_FROM) == date(2027, 3, 3)


def test_may_the_month_is_not_may_the_verb() -> None:
    assert hear("may I ask something").changes == ()
    assert value("in may", Slot.AVAILABLE_FROM) == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("looking for a villa", "en"),
        ("merhaba ev ariyorum", "tr"),
        ("ищу квартиру на длительный срок", "ru"),
        ("шукаю квартиру на тривалий термін", "uk"),
    ],
)
def test_clear_words_outweigh_the_page(text: str, language: Language) -> None:
    for page in ("en", "tr", "ru", "uk"):
        assert hear(text, language=page).language == language


@pytest.mark.parametrize("text", ["500", "ok", "2+1", "👍", ""])
def test_neutral_text_keeps_the_language_of_the_talk_then_of_the_page(text: str) -> None:
    assert hear(text, replace(FRESH, language="tr"), "ru").language == "tr"
    assert hear(text, FRESH, "uk").language == "uk"


def test_loose_marks_are_read_and_spans_still_fit() -> None:
    text = unicodedata.normalize("NFD", "Güzelyurt'ta bahçeli müstakil ev, İskele değil")
    changes = {c.slot: c for c in hear(text).changes if c.op != Op.REMOVE}
    span = changes[Slot.LOCATION].span
    assert span is not None
    assert unicodedata.normalize("NFC", text[span.start : span.end]) == "Güzelyurt'ta"
    assert changes[Slot.PROPERTY_TYPE].value == ("house",)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "looking for a furnished apartment in Famagusta",
            "loking for a furnshed apartmant in Famagsta",
        ),
        ("mobilyalı daire Lefkoşa", "mobilylı darie Lefkosa"),
        ("ищу меблированную квартиру в Никосии", "ищю меблированую кватиру в Никоси"),
        ("шукаю квартиру з балконом у Фамагусті", "шукаю кватриру з болконом у Фамагуті"),
    ],
)
def test_one_slip_in_a_word_changes_nothing(right: str, wrong: str) -> None:
    one, two = hear(right), hear(wrong)
    strip = [(c.slot, c.op, [getattr(e, "key", e) for e in c.value or ()]) for c in one.changes]  # type: ignore[union-attr]
    assert strip == [
        (c.slot, c.op, [getattr(e, "key", e) for e in c.value or ()])  # type: ignore[union-attr]
        for c in two.changes
    ]


def test_the_first_two_are_two_homes() -> None:
    refs = hear("compare the first two", TALKING).refs
    assert [ref.number for ref in refs] == [1, 2]


def test_a_place_on_screen_is_a_pointer_but_elsewhere_a_wish() -> None:
    text = "does the one in Lapta have a pool?"
    assert [ref.place for ref in hear(text, TALKING).refs] == ["girne/lapta"]
    assert hear(text, TALKING).changes == ()
    assert value("something in Lapta", Slot.LOCATION, TALKING) is not None


def test_a_title_word_points_to_its_home() -> None:
    (ref,) = hear("is Marina available?", TALKING).refs
    assert ref.name == SHOWN[3].title


def test_an_owner_describes_a_home_and_seeks_none() -> None:
    heard = hear("I want to sell my 3 bedroom villa in Lapta for 300k")
    assert heard.intents[0] == Intent.SELL_OR_LET
    assert heard.changes == ()


def test_several_intents_of_one_message_are_all_heard() -> None:
    heard = hear("hi, I need a flat in Girne, my number is 0533 123 45 67, thanks")
    assert {Intent.GREETING, Intent.SEARCH, Intent.LEAVE_CONTACT, Intent.THANKS} <= set(
        heard.intents
    )


def test_a_message_beyond_the_limit_is_heard_to_the_limit() -> None:
    heard = hear("Girne " + "x " * 10_000 + "500 pounds")
    assert [c.slot for c in heard.changes] == [Slot.LOCATION]


OFFERED = replace(TALKING, offered="viewing")


@pytest.mark.parametrize(
    "text",
    [
        "now in english again",
        "I will decide on Monday",
        "pazartesi karar vereceğim",
        "şimdi türkçe konuşalım",
        "я решу в понедельник",
        "сейчас подумаю",
        "я вирішу в понеділок",
        "зараз подумаю",
    ],
)
def test_a_day_said_in_passing_accepts_no_viewing(text: str) -> None:
    heard = hear(text, OFFERED)
    assert heard.when is None
    assert heard.changes == ()
    assert not heard.wants(Intent.BOOK_VIEWING)


@pytest.mark.parametrize(
    "text",
    [
        "Saturday",
        "on Monday at 3",
        "tomorrow works",
        "can we come on Saturday?",
        "yarın bana uyar",
        "завтра в 3 мне удобно",
        "у суботу",
    ],
)
def test_a_message_that_is_little_but_a_day_accepts_the_viewing(text: str) -> None:
    heard = hear(text, OFFERED)
    assert heard.when is not None
    assert heard.wants(Intent.BOOK_VIEWING)


@pytest.mark.parametrize(
    "text",
    [
        "ok thanks, bye",
        "great, thank you",
        "great, thanks",
        "tamam teşekkürler",
        "хорошо, спасибо",
        "добре, дякую",
    ],
)
def test_polite_closing_words_are_no_yes(text: str) -> None:
    assert not hear(text, OFFERED).wants(Intent.YES, Intent.BOOK_VIEWING)


@pytest.mark.parametrize(
    "text", ["yes please, thank you", "evet, teşekkürler", "да, спасибо", "так, дякую"]
)
def test_a_plain_yes_with_thanks_is_still_a_yes(text: str) -> None:
    assert hear(text, OFFERED).wants(Intent.YES)


@pytest.mark.parametrize(
    "text",
    ["are you a bot?", "human", "are you human?", "robot musunuz?", "вы робот?", "ви людина?"],
)
def test_asking_who_speaks_asks_for_no_person(text: str) -> None:
    heard = hear(text, FRESH)
    assert heard.wants(Intent.SMALL_TALK)
    assert not heard.wants(Intent.TALK_TO_PERSON)


@pytest.mark.parametrize("text", ["iyi akşamlar", "teşekkürler, iyi günler"])
def test_good_evening_later_in_a_talk_is_a_goodbye(text: str) -> None:
    assert hear(text, FRESH).wants(Intent.GREETING)
    later = hear(text, replace(TALKING, turn=2))
    assert later.wants(Intent.GOODBYE)
    assert not later.wants(Intent.GREETING)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("mülkümün değeri ne kadar?", Intent.VALUATION),
        ("cancel that viewing", Intent.CANCEL_VIEWING),
        ("она сдаётся с мебелью?", Intent.ASK_ABOUT_HOME),
        ("вона здається з меблями?", Intent.ASK_ABOUT_HOME),
    ],
)
def test_a_wish_about_one_home_is_no_search(text: str, intent: Intent) -> None:
    heard = hear(text, TALKING)
    assert heard.wants(intent)
    assert not heard.wants(Intent.SEARCH, Intent.REFINE)
