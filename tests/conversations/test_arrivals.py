"""Talks that begin on the page of a home."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from gatehouse.base.errors import SearchDown
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import IncomingMessage, Move, Outcome, Thread
from gatehouse.understanding.types import LANGUAGES, Language, Slot
from tests.conversations.scripts import PHONE
from tests.conversations.stock import Twin, home, seeded
from tests.conversations.test_talks import TALK, Visit

TITLE = "Bright two-bedroom flat in Alsancak with a sea view"
TITLES = {"tr": "Alsancak'ta deniz manzaralı 2+1 daire", "ru": "Квартира с двумя спальнями у моря"}
HOME = replace(
    home(7, "girne/lapta", price=480, deposit=450, amenities=("private_pool", "no_pets")),
    title=TITLE,
    titles=TITLES,
)
SAID: dict[Language, tuple[str, str, str, str, str]] = {
    "en": (
        "I have a question about {title}: does it have a pool?",
        "how much is the deposit?",
        "I want to see it on Saturday",
        "Private pool: yes",
        "no longer on offer",
    ),
    "tr": (
        "{title} hakkında bir sorum var: havuzu var mı?",
        "depozito ne kadar?",
        "cumartesi görmek istiyorum",
        "evet, ilana göre",
        "artık",
    ),
    "ru": (
        "У меня вопрос ({title}): есть бассейн?",
        "какой залог?",
        "хочу посмотреть её в субботу",
        "да, указано",
        "больше не",
    ),
    "uk": (
        "Маю запитання ({title}): чи є басейн?",
        "який депозит?",
        "хочу подивитися її в суботу",
        "так, вказано",
        "більше не",
    ),
    "de": (
        "Ich habe eine Frage zu {title}: gibt es einen Pool?",
        "wie hoch ist die Kaution?",
        "ich möchte sie am Samstag besichtigen",
        "ja, laut Anzeige",
        "nicht mehr",
    ),
    "pl": (
        "Mam pytanie ({title}): czy jest basen?",
        "ile wynosi kaucja?",
        "chcę ją obejrzeć w sobotę",
        "tak, według",
        "nie jest już",
    ),
    "fr": (
        "J’ai une question sur {title} : y a-t-il une piscine ?",
        "à combien s’élève la caution ?",
        "je veux le visiter samedi",
        "oui, d’après",
        "n’est plus",
    ),
    "ar": (
        "لدي سؤال عن ({title}): هل يوجد مسبح؟",
        "كم مبلغ التأمين؟",
        "أريد معاينته يوم السبت",
        "نعم، حسب",
        "لم يعد",
    ),
}


class Guest(Visit):
    """Comes from the page of a home."""

    async def say_about(self, text: str, about: UUID, language: Language | None = None) -> Outcome:
        self.turn += 1
        self.twin.calls.clear()
        message = IncomingMessage(self.turn, self.turn, text, language, about)
        thread = Thread(TALK, 1, self.turn, self.state, (message,))
        outcome = await RulesHandler().think(thread, self.tools, deadline=Deadline.after(20))
        self.state = outcome.state
        return outcome


def guest() -> Guest:
    return Guest(Twin((*seeded().homes, HOME)))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_home_is_known_from_the_first_word_on(language: Language) -> None:
    visit = guest()
    pool, deposit, viewing, yes, _ = SAID[language]
    title = TITLES.get(language, TITLE)
    first = await visit.say_about(pool.format(title=title), HOME.id, language)
    assert first.decision.home_ids == (str(HOME.id),)
    assert yes in first.reply.summary
    assert visit.twin.calls == ["get"]
    assert not first.state.slots, "the title's words are no wishes"
    assert "450" in (await visit.say(deposit)).reply.summary
    asked = await visit.say(viewing)
    assert (asked.decision.move, asked.state.viewing) == (Move.ASK_CONTACT, (str(HOME.id),))
    (effect,) = (await visit.say(PHONE)).effects
    assert effect.payload["listing_id"] == str(HOME.id)
    assert effect.payload["day"] is not None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", [1, 2], ids=["a question", "a viewing"])
async def test_a_home_that_is_gone_is_said_to_be_gone(language: Language, words: int) -> None:
    visit = guest()
    outcome = await visit.say_about(SAID[language][words], uuid4(), language)
    assert SAID[language][4] in outcome.reply.summary
    assert outcome.state.focus is None
    assert not outcome.effects and not outcome.state.viewing


async def test_a_question_in_other_words_brings_what_the_listing_says() -> None:
    outcome = await guest().say_about("Is it nice?", HOME.id)
    assert outcome.decision.move is Move.ANSWER_HOME
    assert outcome.reply.title == TITLE


async def test_a_wish_from_the_page_of_a_home_is_searched_for() -> None:
    outcome = await guest().say_about("a flat in Famagusta for 500 pounds a month", HOME.id)
    assert outcome.decision.move is Move.RECOMMEND and outcome.reply.cards
    assert Slot.LOCATION in outcome.state.slots


async def test_homes_on_the_screen_keep_their_numbers() -> None:
    visit = guest()
    await visit.say("flat in Girne for 600 pounds a month")
    second = visit.state.shown[1].id
    await visit.say_about("does it have a pool?", HOME.id)
    outcome = await visit.say("does the second one allow pets?")
    assert outcome.decision.home_ids == (second,)


async def test_listings_that_do_not_answer_are_said_so() -> None:
    visit = guest()
    visit.twin.trouble = SearchDown
    outcome = await visit.say_about("does it have a pool?", HOME.id)
    assert outcome.decision.move is Move.TROUBLE
    assert outcome.errors == ("search_unexpected",)
    visit.twin.trouble = None
    again = await visit.say("does it have a pool?")
    assert again.decision.home_ids == (str(HOME.id),)
