"""What is of another world than homes, and what must never be called so."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from importlib import resources

import pytest

from gatehouse.understanding.letters import fold
from gatehouse.understanding.types import LANGUAGES, DialogueState, Intent, Language, Slot
from gatehouse.understanding.vocabulary import PARTS, Vocabulary, load, starts
from tests.unit.understanding.notation import EAR, TALKING

FRESH = DialogueState()
WEIGHED = ("ours:", "world:", "request:", "own:", "ask:")  # labels that only scope reads

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
is there parking for two cars?
does the price include water and internet?
can I bring my parrot?
who pays for repairs?
how long does it take to buy a property?
hello, how are you?
thanks, that is very kind of you
güvenli bir mahalle mi?
komisyon ne kadar?
какая комиссия агентства?
далеко ли до моря?
чи безпечний район?
які документи потрібні?"""

ELSEWHERE = """tr kaç gezegen var
tr fransa'nın başkenti neresi
tr titanik filmini kim yönetti
tr en iyi makarna sosu nasıl yapılır
ru сколько планет в солнечной системе
ru кто снял фильм титаник
ru как сварить яйцо
ru можно ли собакам шоколад
uk скільки планет у сонячній системі
uk хто зняв титанік
uk як зварити яйце
uk яка столиця австралії
de wie viele planeten gibt es
de wer hat titanic gedreht
de wie kocht man ein ei
de warum ist der himmel blau
fr combien de planètes y a-t-il
fr qui a réalisé titanic
fr comment cuire un oeuf
fr pourquoi le ciel est bleu
pl ile jest planet
pl kto wyreżyserował titanica
pl jak ugotować jajko
pl jaka jest stolica australii
ar كم عدد الكواكب
ar من أخرج فيلم تيتانيك
ar كيف أسلق بيضة
ar ما هي عاصمة أستراليا"""
TRADE = """tr aidat ne kadar?
tr bölge güvenli mi?
tr havaalanına ne kadar uzak?
tr hangi belgeler gerekiyor?
tr yabancılar ev alabilir mi?
tr oturma izni alabilir miyim?
tr elektrik faturası dahil mi?
tr kredi kullanabilir miyim?
ru какая комиссия?
ru это безопасный район?
ru далеко ли до аэропорта?
ru какие документы нужны для аренды?
ru могут ли иностранцы купить квартиру?
ru дают ли внж при покупке?
ru коммунальные включены?
ru можно в рассрочку?
uk яка комісія?
uk це безпечний район?
uk чи далеко до аеропорту?
uk які документи потрібні для оренди?
uk чи можуть іноземці купити квартиру?
uk чи дають посвідку на проживання?
uk комунальні включені?
uk чи можна в розстрочку?
de wie hoch ist die provision?
de ist die gegend sicher?
de wie weit ist es zum flughafen?
de welche unterlagen brauche ich?
de können ausländer eine wohnung kaufen?
de bekomme ich eine aufenthaltsgenehmigung?
de sind die nebenkosten inklusive?
de kann man in raten zahlen?
fr quels sont les frais d'agence ?
fr le quartier est-il sûr ?
fr c'est loin de l'aéroport ?
fr quels documents faut-il ?
fr les étrangers peuvent-ils acheter ?
fr est-ce que j'obtiens un permis de séjour ?
fr les charges sont-elles comprises ?
fr peut-on payer en plusieurs fois ?
pl jaka jest prowizja?
pl czy okolica jest bezpieczna?
pl jak daleko na lotnisko?
pl jakie dokumenty są potrzebne?
pl czy cudzoziemcy mogą kupić mieszkanie?
pl czy dostanę kartę pobytu?
pl czy media są wliczone?
pl czy można płacić w ratach?
ar كم هي العمولة؟
ar هل المنطقة آمنة؟
ar كم تبعد عن المطار؟
ar ما هي الوثائق المطلوبة؟
ar هل يمكن للأجانب شراء شقة؟
ar هل أحصل على إقامة؟
ar هل الفواتير مشمولة؟
ar هل يمكن الدفع بالتقسيط؟"""


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
    "text",
    [
        "my name is Brunhilde Katzenmeier, a retired violinist from Oslo, and I dream of a quiet "
        "flat in Kyrenia with my parrot Zugzwang",
        "I need a house for my collection of harpsichords and telescopes in Lapta",
    ],
)
def test_a_long_story_around_a_wish_for_a_home_is_a_search(text: str) -> None:
    heard = EAR.hear(text, state=FRESH, language=None)
    assert heard.wants(Intent.SEARCH) and not heard.wants(Intent.OUT_OF_SCOPE)


@pytest.mark.parametrize("row", ELSEWHERE.splitlines())
def test_other_languages_notice_another_world_too(row: str) -> None:
    language, text = _spoken(row)
    heard = EAR.hear(text, state=replace(FRESH, language=language), language=language)
    assert heard.wants(Intent.OUT_OF_SCOPE)


@pytest.mark.parametrize("row", TRADE.splitlines())
def test_other_languages_turn_no_question_of_our_trade_away(row: str) -> None:
    language, text = _spoken(row)
    heard = EAR.hear(text, state=replace(FRESH, language=language), language=language)
    assert not heard.wants(Intent.OUT_OF_SCOPE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_scope_hides_what_it_means_elsewhere(language: Language) -> None:
    known = load(language)
    without = starts(_labelled(language, leaving_out=WEIGHED))
    hidden = {
        word
        for label, phrases in _labelled(language, leaving_out=())
        if label in WEIGHED
        for phrase in phrases
        if (word := fold(phrase.rstrip("*"))).isalpha()
        and (before := without(word).match)
        and not before.labels.keys() - {"scope"} <= _labels(known, word)
    }
    assert hidden == set()


def _spoken(row: str) -> tuple[Language, str]:
    return next(language for language in LANGUAGES if row.startswith(f"{language} ")), row[3:]


def _labelled(
    language: Language, *, leaving_out: Collection[str]
) -> Iterator[tuple[str, list[str]]]:
    folder = resources.files("gatehouse.understanding").joinpath(f"lexicon/{language}")
    for part in PARTS:
        found: dict[str, list[str]] = json.loads(folder.joinpath(f"{part}.json").read_text("utf-8"))
        yield from ((k, v) for k, v in found.items() if k not in leaving_out)


def _labels(known: Vocabulary, word: str) -> set[str]:
    match = known.start(word).match
    return set(match.labels) if match else set()


ARRANGING = DialogueState(viewing=("home",))


@pytest.mark.parametrize(
    "text",
    [
        "my cousin's wedding is going to have an elephant",
        "oh, I have a job interview on Monday at 9",
        "I'm really looking forward to the circus",
    ],
)
def test_asides_while_a_viewing_is_arranged_are_no_foreign_questions(text: str) -> None:
    assert not EAR.hear(text, state=ARRANGING, language="en").wants(Intent.OUT_OF_SCOPE)


@pytest.mark.parametrize("text", FOREIGN.splitlines())
def test_a_foreign_question_stays_one_while_a_viewing_is_arranged(text: str) -> None:
    assert EAR.hear(text, state=ARRANGING, language="en").wants(Intent.OUT_OF_SCOPE)
