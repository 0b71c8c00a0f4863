"""What is no search stays none: chatter sets no slot, and foreign topics are called so."""

from __future__ import annotations

import pytest

from gatehouse.understanding.types import DialogueState, Intent
from tests.unit.understanding.notation import EAR

CHATTER = """My name is Mara and I live in Manchester with my brother
how do I change the oil in my car
I lost my keys yesterday, it was a terrible day
are you happy
please send me the contract by email
I have a question about my invoice
Do you speak Russian?
Is Cyprus safe?
I am a nurse from Poland, 34 years old
we have 2 kids, 5 and 7
I was born on 5 May 1990
what are your working hours?
I will think about it
I changed my mind
nice!
why?
bugün canım çok sıkılıyor
kardeşim Almanya'da çalışıyor
iyi günler bir şey sormak istiyorum
сколько будет два плюс два
Здравствуйте, хочу задать вопрос
подскажите пожалуйста
Доброго дня, маю питання
чому небо блакитне"""
FOREIGN = """can you recommend a good dentist
write me an essay about the french revolution
set an alarm for 7 am
how tall is mount everest
my cousin works at google in London
what's the weather like in London
dün maçı izledin mi
bana bir pizza tarifi ver
как приготовить борщ
какой курс доллара
як приготувати борщ
який сьогодні курс валют"""


@pytest.mark.parametrize("text", [*CHATTER.splitlines(), *FOREIGN.splitlines()])
def test_chatter_sets_no_slot(text: str) -> None:
    heard = EAR.hear(text, state=DialogueState(), language=None)
    assert heard.changes == ()
    assert not heard.wants(Intent.SEARCH, Intent.REFINE)


@pytest.mark.parametrize("text", FOREIGN.splitlines())
def test_a_foreign_topic_is_out_of_scope(text: str) -> None:
    assert EAR.hear(text, state=DialogueState(), language=None).wants(Intent.OUT_OF_SCOPE)
