"""Whole talks through the rules handler, the real ear and a catalogue in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from gatehouse.base.errors import CircuitOpen, GatehouseError, SearchDown, SearchTimeout
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.courtesies import ASSURANCE
from gatehouse.talk.phrases.examples import pool
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import (
    Act,
    IncomingMessage,
    Market,
    Move,
    Outcome,
    Thread,
    Tools,
)
from gatehouse.talk.voice import Voice
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import LANGUAGES, Contact, DialogueState, Language, Slot
from tests.conversations.scripts import PHONE, SCRIPTS, Script
from tests.conversations.stock import Twin, home, seeded

EAR = RuleEar(Gazetteer.default(), today=lambda: date(2026, 1, 5), timezone="Asia/Nicosia")
TALK = UUID("0d4f2e34-5a0e-4a1f-8a57-6e5b3a3f0a01")


class Visit:
    """One visitor's talk, turn after turn."""

    def __init__(self, twin: Twin | None = None, *, cards_on: bool = True) -> None:
        self.twin = twin or seeded()
        self.tools = Tools(self.twin, EAR, Market(), cards_on=cards_on)
        self.state = DialogueState()
        self.turn = 0

    async def say(self, text: str, *, language: Language | None = None) -> Outcome:
        self.turn += 1
        self.twin.calls.clear()
        message = IncomingMessage(self.turn, self.turn, text, language)
        thread = Thread(TALK, 1, self.turn, self.state, (message,))
        outcome = await RulesHandler().think(thread, self.tools, deadline=Deadline.after(20))
        self.state = outcome.state
        return outcome


@pytest.mark.parametrize(
    ("language", "script"),
    [pytest.param(lang, s, id=f"{lang}: {s.name}") for lang in LANGUAGES for s in SCRIPTS[lang]],
)
async def test_the_talk_goes_as_written(language: Language, script: Script) -> None:
    visit = Visit()
    for line in script.lines:
        outcome = await visit.say(line.said)
        decision = outcome.decision
        assert (decision.act, decision.move) == (line.act, line.move), line.said
        assert decision.ask == line.ask, line.said
        assert line.holds in outcome.reply.summary
        assert [e.kind for e in outcome.effects] == ([line.effect] if line.effect else []), (
            line.said
        )
        assert outcome.state.language == language, line.said
        assert len(visit.twin.calls) <= 1
        assert set(outcome.timings_ms) == {"understand", "decide", "search", "render"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_six_cards_come_when_six_homes_match(language: Language) -> None:
    visit = Visit()
    rollout = SCRIPTS[language][0]
    for line in rollout.lines:
        outcome = await visit.say(line.said)
    assert len(outcome.reply.cards) == 6
    assert {card["variant"] for card in outcome.reply.cards} == {"long_term"}
    assert all(card["price"] <= 500 for card in outcome.reply.cards)
    assert outcome.results is not None and outcome.results >= 6


async def test_one_sentence_is_enough_to_see_homes() -> None:
    outcome = await Visit().say("flat in Girne for 600 euros a month, 2 bedrooms")
    assert outcome.decision.act is Act.SEARCH_AND_RECOMMEND
    assert {card["metadata"]["bedrooms"] for card in outcome.reply.cards} == {2}


async def test_cards_turned_off_leave_the_same_homes_as_a_table() -> None:
    visit = Visit(cards_on=False)
    outcome = await visit.say("flat in Girne for 600 pounds a month")
    assert outcome.reply.cards == ()
    assert outcome.reply.blocks[0]["type"] == "table"
    assert len(outcome.reply.blocks[0]["rows"]) == 6


async def test_paging_shows_each_home_once_and_says_when_there_are_no_more() -> None:
    visit = Visit()
    seen: list[str] = []
    outcome = await visit.say("flat in Girne, long term, any price")
    while outcome.reply.cards:
        seen += [card["id"] for card in outcome.reply.cards]
        outcome = await visit.say("show more")
    assert len(seen) == len(set(seen)) == 24
    assert outcome.decision.move is Move.MORE
    assert "all the homes" in outcome.reply.summary


async def test_an_accepted_step_shows_its_homes_and_says_what_moved() -> None:
    visit = Visit()
    nothing = await visit.say("a flat in Famagusta for 170 pounds a month")
    assert nothing.reply.cards == ()
    assert "closest step" in nothing.reply.summary
    accepted = await visit.say("yes")
    assert accepted.reply.cards
    assert "I changed this" in accepted.reply.summary


async def test_a_viewing_request_names_home_day_and_contact() -> None:
    visit = Visit()
    await visit.say("flat in Girne for 600 pounds a month")
    second = visit.state.shown[1].id
    await visit.say("I want to see the second one on Saturday at 3 pm")
    outcome = await visit.say(f"{PHONE}")
    (effect,) = outcome.effects
    assert effect.kind == "viewing_request"
    assert effect.payload["listing_id"] == second
    assert effect.payload["time"] == "15:00"
    assert effect.payload["day"] is not None
    assert effect.payload["contact"]["phone"] == PHONE
    assert [block["type"] for block in outcome.reply.blocks] == ["markdown", "list"]
    checklist = {"label": "Make a checklist", "payload": "#checklist", "type": "link"}
    assert checklist in outcome.reply.suggested_actions


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [
        (SearchTimeout, "search_timeout", "slow to answer"),
        (SearchDown, "search_unexpected", "can't reach the listings"),
        (CircuitOpen, "circuit_open", "can't reach the listings"),
    ],
)
async def test_search_trouble_keeps_the_wishes_and_the_talk_goes_on(
    trouble: type[GatehouseError], error: str, words: str
) -> None:
    visit = Visit()
    visit.twin.trouble = trouble
    outcome = await visit.say("flat in Girne for 600 pounds a month")
    assert outcome.errors == (error,)
    assert outcome.reply.degraded == ("search",)
    assert words in outcome.reply.summary
    assert "automated assistant" in outcome.reply.summary, "who speaks, on the first turn"
    assert Slot.LOCATION in outcome.state.slots
    visit.twin.trouble = None
    again = outcome.reply.suggested_actions[0]["payload"]
    assert (await visit.say(again)).reply.cards


async def test_the_language_can_change_in_the_middle_of_a_talk() -> None:
    visit = Visit()
    await visit.say("I need an apartment")
    outcome = await visit.say("Girne'de, en fazla 500 sterlin")
    assert outcome.reply.summary.startswith(("Not ettim", "Anladım", "Tamam"))
    assert outcome.decision.ask is Slot.RENTAL_TYPE
    outcome = await visit.say("на долгий срок")
    assert outcome.decision.act is Act.SEARCH_AND_RECOMMEND


async def test_a_house_that_was_asked_about_is_the_one_that_is_visited() -> None:
    visit = Visit()
    for text in (
        "flat in Girne for 600 euros a month",
        "actually make it Famagusta",
        "does the first one allow pets?",
        "compare the first two",
    ):
        await visit.say(text)
    first = visit.state.shown[0].id
    outcome = await visit.say("I want to see it on Saturday")
    assert (outcome.decision.move, outcome.decision.home_ids) == (Move.ASK_CONTACT, (first,))


async def test_a_price_in_another_currency_is_also_told_in_the_visitors() -> None:
    lira = replace(home(1, "girne/lapta", price=20_000), currency="TRY")
    visit = Visit(Twin((lira, home(2, "girne/lapta", price=450))))
    outcome = await visit.say("flat in Girne for 600 euros a month")
    cards = {card["currency"]: card for card in outcome.reply.cards}
    assert cards["TRY"]["price"] == 20_000
    assert cards["TRY"]["price_label"] == "₺20,000 a month"
    assert cards["TRY"]["metadata"]["price_about"] == "about €470"
    assert cards["GBP"]["metadata"]["price_about"] == "about €530"
    assert "₺20,000 a month (about €470)" in outcome.reply.summary
    compared = await visit.say("compare the first two")
    assert "“Home 1 in Lapta” costs least: ₺20,000 a month (about €470)." in compared.reply.summary
    asked = await visit.say("what is the price of the second one?")
    assert "£450 a month (about €530)" in asked.reply.summary


PETS: dict[Language, tuple[str, str, str, str, str]] = {
    "en": (
        "flat in Girne for 600 pounds a month",
        "does the first one allow pets?",
        "yes, according",
        "No, pets are not allowed.",
        "does not say",
    ),
    "tr": (
        "Girne'de aylık 600 sterline daire",
        "birincide evcil hayvan kabul ediliyor mu?",
        "evet, ilana göre",
        "Hayır, evcil hayvan kabul edilmiyor.",
        "ilanda belirtilmemiş",
    ),
    "ru": (
        "квартира в Кирении за 600 фунтов в месяц",
        "в первую можно с животными?",
        "да, указано",
        "Нет, с животными нельзя.",
        "не указано",
    ),
    "uk": (
        "квартира в Киренії за 600 фунтів на місяць",
        "у першу можна з тваринами?",
        "так, вказано",
        "Ні, з тваринами не можна.",
        "не вказано",
    ),
    "de": (
        "Wohnung in Kyrenia für 600 Pfund im Monat",
        "sind in der ersten Haustiere erlaubt?",
        "ja, laut Anzeige",
        "Nein, Haustiere sind nicht erlaubt.",
        "dazu sagt die Anzeige nichts",
    ),
    "pl": (
        "mieszkanie w Kirenii za 600 funtów miesięcznie",
        "czy w pierwszej można mieć zwierzęta?",
        "tak, według",
        "Nie, zwierzęta nie są akceptowane.",
        "tego nie podaje",
    ),
    "fr": (
        "appartement à Kyrénia pour 600 livres par mois",
        "le premier accepte-t-il les animaux ?",
        "oui, d’après",
        "Non, les animaux ne sont pas acceptés.",
        "ne le dit pas",
    ),
    "ar": (
        "شقة في كيرينيا بسعر 600 جنيه في الشهر",
        "هل يُسمح بالحيوانات الأليفة في الأولى؟",
        "نعم، حسب",
        "لا، الحيوانات الأليفة غير مسموح بها.",
        "لا يذكر ذلك",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pets_are_allowed_refused_or_not_spoken_of(language: Language) -> None:
    search, question, *answers = PETS[language]
    for amenities, answer in zip((("pets_allowed",), ("no_pets",), ()), answers, strict=True):
        homes = [home(n, "girne/lapta", price=400, amenities=amenities) for n in range(2)]
        visit = Visit(Twin(tuple(homes)))
        await visit.say(search)
        assert answer in (await visit.say(question)).reply.summary


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_example_question_leads_to_homes_or_one_question(language: Language) -> None:
    for _topic, text in pool(language):
        outcome = await Visit().say(text)
        assert outcome.decision.act in (Act.ASK_SLOT, Act.SEARCH_AND_RECOMMEND), text
        assert outcome.decision.move is not Move.NOT_UNDERSTOOD, text
        assert outcome.state.language == language, text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_suggested_message_is_understood(language: Language) -> None:
    """Each chip of each reply is said as if typed; none is met with "I did not get that"."""
    for script in SCRIPTS[language]:
        visit = Visit()
        for line in script.lines:
            outcome = await visit.say(line.said)
            for action in outcome.reply.suggested_actions:
                if action["type"] == "message":
                    await _says_and_is_understood(visit, action["payload"])


async def _says_and_is_understood(visit: Visit, text: str) -> None:
    """On a copy of the talk, so that the talk itself goes on as written."""
    other = Visit(visit.twin)
    other.state, other.turn = visit.state, visit.turn
    outcome = await other.say(text)
    assert outcome.decision.move is not Move.NOT_UNDERSTOOD, text


_DISLIKED: dict[Language, tuple[str, str]] = {
    "en": ("an apartment in Kyrenia, any price, long term", "I don't like the second one"),
    "tr": ("Girne'de daire, fiyat fark etmez, uzun dönem", "ikincisini beğenmedim"),
    "ru": ("квартира в Кирении, любая цена, надолго", "вторая не подходит"),
    "uk": ("квартира в Кіренії, будь-яка ціна, надовго", "друга не підходить"),
    "de": ("Wohnung in Girne, Preis egal, langfristig", "die zweite gefällt mir nicht"),
    "pl": ("mieszkanie w Kirenii, cena dowolna, na długo", "drugie mi nie odpowiada"),
    "fr": ("appartement à Kyrénia, peu importe le prix, longue durée", "je n'aime pas le deuxième"),
    "ar": ("شقة في كيرينيا، أي سعر، لفترة طويلة", "الثانية لا تعجبني"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_home_that_was_turned_down_does_not_come_again(language: Language) -> None:
    visit = Visit()
    search, dislike = _DISLIKED[language]
    first = await visit.say(search)
    shown = [card["id"] for card in first.reply.cards]
    after = await visit.say(dislike)
    assert after.decision.move is Move.MORE
    assert visit.state.rejected == (shown[1],)
    again = await visit.say(search)
    ids = [card["id"] for card in again.reply.cards]
    assert shown[0] in ids
    assert shown[1] not in ids


_DOUBTS: dict[Language, str] = {
    "en": "is it a scam? with a pool please",
    "tr": "dolandırıcılık mı bu? havuzlu olsun",
    "ru": "это не мошенники? и с бассейном",
    "uk": "це не шахраї? і з басейном",
    "de": "ist das Betrug? mit Pool bitte",
    "pl": "czy to nie oszuści? i z basenem",
    "fr": "c'est une arnaque ? avec piscine",
    "ar": "هل هذا احتيال؟ مع مسبح من فضلك",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_doubt_beside_a_wish_is_answered_with_it(language: Language) -> None:
    visit = Visit()
    await visit.say(_DISLIKED[language][0])
    alone = Visit()
    doubt = (await alone.say(_DOUBTS[language])).reply.summary
    outcome = await visit.say(_DOUBTS[language])
    assert outcome.decision.move in (Move.RECOMMEND, Move.NOTHING_FOUND)
    assert Slot.AMENITIES in visit.state.slots
    words = Voice(language).say(ASSURANCE)
    assert words in outcome.reply.summary
    assert words in doubt


async def test_a_contact_before_the_home_is_chosen_keeps_the_viewing_open() -> None:
    visit = Visit()
    await visit.say("an apartment in Kyrenia, any price, long term")
    await visit.say("I'd like to see it tomorrow at 11")
    asked = await visit.say("anna@example.com")
    assert asked.decision.move is Move.WHICH_HOME
    assert [effect.kind for effect in asked.effects] == ["lead"]
    stored = await visit.say("the first one")
    assert stored.decision.move is Move.VIEWING_STORED
    again = await visit.say("make it 4pm")
    assert again.decision.move is Move.VIEWING_STORED
    assert visit.state.when is not None and visit.state.when.time == "16:00"


async def test_a_question_after_the_largest_is_about_that_one() -> None:
    visit = Visit()
    await visit.say("an apartment in Kyrenia, any price, long term")
    ranked = await visit.say("which is the biggest?")
    if ranked.decision.move is Move.RECOMMEND:
        assert visit.state.focus == ranked.reply.cards[0]["id"]
    answer = await visit.say("does it have parking?")
    assert len(answer.decision.home_ids) == 1


_ANOTHER_DAY: dict[Language, str] = {
    "en": "can we do Friday instead?",
    "tr": "cuma olur mu?",
    "ru": "а можно в пятницу?",
    "uk": "а можна у п'ятницю?",
    "de": "geht auch Freitag?",
    "pl": "a może w piątek?",
    "fr": "plutôt vendredi ?",
    "ar": "هل يمكن يوم الجمعة بدلا من ذلك؟",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_another_day_after_a_viewing_was_asked_for_moves_the_viewing(
    language: Language,
) -> None:
    visit = Visit()
    await visit.say(_DISLIKED[language][0])
    first = visit.state.shown[0].id
    visit.state = replace(
        visit.state, chosen=(first,), focus=first, contact=Contact(phone="+905331112233")
    )
    moved = await visit.say(_ANOTHER_DAY[language])
    assert moved.decision.home_ids == (first,)
    assert visit.state.when is not None and visit.state.when.day == date(2026, 1, 9)
    assert Slot.AVAILABLE_FROM not in visit.state.slots
