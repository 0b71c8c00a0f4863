"""What is of another world than homes, and what must never be called so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatehouse.understanding.types import DialogueState, Intent, Slot
from tests.unit.understanding.notation import EAR, TALKING

FRESH = DialogueState()

FOREIGN = """how many legs does a centipede have
what is the boiling point of mercury
who invented the telescope
translate good morning into Japanese
can you play some jazz for me
why do cats purr
how do I convert ounces to grams
write a limerick about a penguin
is it cold on Neptune
remind me to water the orchids
which team won the derby last night
how do i boil an egg"""
OURS = """is it safe there?
how far is the airport from Lapta?
what are your agency fees?
which documents do I need to rent?
can foreigners buy property there?
do I get a residence permit as an owner?
can I get a mortgage?
what are the neighbours like?
is the area quiet at night?
are electricity bills included?
how much is the deposit?
do you have anything with hardwood floors?
is there a school nearby?
can I see the flat on Tuesday?
what else do you have?
I would like to live somewhere around San Pablo
we are looking for something in Oakville
hello, how are you?
thanks, that is very kind of you
güvenli bir mahalle mi?
komisyon ne kadar?
какая комиссия агентства?
далеко ли до моря?
чи безпечний район?
які документи потрібні?"""


@pytest.mark.parametrize("text", FOREIGN.splitlines())
def test_a_question_of_another_world_is_out_of_scope(text: str) -> None:
    heard = EAR.hear(text, state=FRESH, language=None)
    assert heard.wants(Intent.OUT_OF_SCOPE)
    assert not (heard.changes or heard.refs or heard.asked or heard.sort)


@pytest.mark.parametrize("text", OURS.splitlines())
def test_questions_of_our_trade_are_not_turned_away(text: str) -> None:
    assert not EAR.hear(text, state=FRESH, language=None).wants(Intent.OUT_OF_SCOPE)


def test_the_decision_says_why() -> None:
    heard = EAR.hear("who invented the telescope", state=FRESH, language=None)
    assert any(note.startswith("out of scope: ") for note in heard.notes)


@pytest.mark.parametrize("text", ["Zorbington", "maybe Quillmere", "no idea honestly", "5"])
def test_a_short_answer_is_never_out_of_scope(text: str) -> None:
    for awaiting in (None, Slot.LOCATION, Slot.BUDGET):
        state = replace(FRESH, awaiting=awaiting)
        assert not EAR.hear(text, state=state, language="en").wants(Intent.OUT_OF_SCOPE)


def test_doubt_speaks_for_homes_while_a_talk_goes_on() -> None:
    text = "does it come with a dehumidifier?"
    assert not EAR.hear(text, state=TALKING, language="en").wants(Intent.OUT_OF_SCOPE)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("tr", "dünyanın en yüksek dağı hangisi?"),
        ("tr", "bana bir fıkra anlatır mısın"),
        ("ru", "кто написал войну и мир?"),
        ("ru", "расскажи рецепт блинов"),
        ("uk", "хто винайшов телескоп?"),
        ("uk", "який рецепт вареників?"),
    ],
)
def test_other_languages_notice_another_world_too(language: str, text: str) -> None:
    heard = EAR.hear(text, state=FRESH, language=None)
    assert (heard.language, heard.wants(Intent.OUT_OF_SCOPE)) == (language, True)
