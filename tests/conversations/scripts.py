"""Talks as visitors hold them, and what each line must bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.talk.types import Act, Move
from gatehouse.understanding.types import Language, Slot

ASK, SEARCH = Act.ASK_SLOT, Act.SEARCH_AND_RECOMMEND
CLARIFY, ESCALATE = Act.CLARIFY, Act.ESCALATE


@dataclass(frozen=True, slots=True)
class Line:
    """What is said, the act and move it must bring, and what the reply must hold."""

    said: str
    act: Act
    move: Move
    ask: Slot | None = None
    holds: str = ""
    effect: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """One talk in one language."""

    name: str
    lines: tuple[Line, ...]


def _rollout(first: str, second: str, third: str) -> Script:
    return Script(
        "the three turns of the rollout runbook",
        (
            Line(first, ASK, Move.ASK, Slot.LOCATION),
            Line(second, ASK, Move.ASK, Slot.RENTAL_TYPE),
            Line(third, SEARCH, Move.RECOMMEND),
        ),
    )


def _visit(*said: str, stored: str) -> Script:
    """Search at once, ask about one, see it on a day, leave a number."""
    search, ask, see, contact, thanks, bye = said
    return Script(
        "from a wish to a viewing",
        (
            Line(search, SEARCH, Move.RECOMMEND),
            Line(ask, CLARIFY, Move.ANSWER_HOME),
            Line(see, CLARIFY, Move.ASK_CONTACT),
            Line(contact, ESCALATE, Move.VIEWING_STORED, holds=stored, effect="viewing_request"),
            Line(thanks, CLARIFY, Move.THANK),
            Line(bye, CLARIFY, Move.GOODBYE),
        ),
    )


def _refining(*said: str) -> Script:
    search, place, cheaper, compare, more, person = said
    return Script(
        "changing one's mind",
        (
            Line(search, SEARCH, Move.RECOMMEND),
            Line(place, SEARCH, Move.RECOMMEND),
            Line(cheaper, SEARCH, Move.RECOMMEND),
            Line(compare, CLARIFY, Move.COMPARE),
            Line(more, SEARCH, Move.MORE),
            Line(person, ESCALATE, Move.HANDED_OVER, effect="handover"),
        ),
    )


def _nothing(*said: str) -> Script:
    search, yes = said
    return Script(
        "nothing found, a step offered and taken",
        (Line(search, SEARCH, Move.NOTHING_FOUND), Line(yes, SEARCH, Move.RECOMMEND)),
    )


def _courtesies(*said: str) -> Script:
    hello, how, weather, nonsense, town, over = said
    return Script(
        "courtesies and detours",
        (
            Line(hello, ASK, Move.GREET, Slot.LOCATION),
            Line(how, CLARIFY, Move.SMALL_TALK),
            Line(weather, CLARIFY, Move.OUT_OF_DOMAIN),
            Line(nonsense, ASK, Move.NOT_UNDERSTOOD, Slot.LOCATION),
            Line(town, ASK, Move.ASK, Slot.BUDGET),
            Line(over, ASK, Move.START_OVER, Slot.LOCATION),
        ),
    )


def _owners(*said: str) -> Script:
    sell, worth, complaint = said
    return Script(
        "owners and complaints",
        (
            Line(sell, ESCALATE, Move.HANDED_OVER, effect="handover"),
            Line(worth, ESCALATE, Move.HANDED_OVER, effect="handover"),
            Line(complaint, ESCALATE, Move.HANDED_OVER, effect="handover"),
        ),
    )


def _buyer(*said: str) -> Script:
    wish, budget = said
    return Script(
        "a buyer",
        (
            Line(wish, ASK, Move.ASK, Slot.BUDGET),
            Line(budget, SEARCH, Move.RECOMMEND),
        ),
    )


PHONE = "+905338112233"
SCRIPTS: Mapping[Language, tuple[Script, ...]] = {
    "en": (
        _rollout("I need an apartment", "Kyrenia 500 pounds", "long term"),
        _visit(
            "flat in Girne for 600 pounds a month",
            "does the second one have a pool?",
            "I'd like to see it on Saturday",
            f"my number is {PHONE}",
            "thank you",
            "goodbye",
            stored="not fixed yet",
        ),
        _refining(
            "flat in Girne for 600 pounds a month",
            "actually make it Famagusta",
            "something cheaper",
            "compare the first two",
            "show more",
            "let me talk to a person",
        ),
        _nothing("a flat in Famagusta for 170 pounds a month", "yes"),
        _courtesies(
            "Hello!",
            "how are you?",
            "what's the weather like tomorrow?",
            "asdf qwer",
            "Kyrenia",
            "start over",
        ),
        _owners(
            "I want to sell my flat",
            "what is my house worth?",
            "I want to complain, this is terrible service",
        ),
        _buyer("I want to buy a villa in Kyrenia", "up to 200,000 pounds"),
    ),
    "tr": (
        _rollout("Bir daire arıyorum", "Girne 500 sterlin", "uzun dönem"),
        _visit(
            "Girne'de ayda 600 sterline daire",
            "ikincisinde havuz var mı?",
            "cumartesi günü görmek istiyorum",
            f"numaram {PHONE}",
            "teşekkürler",
            "hoşça kalın",
            stored="henüz kesinleşmedi",
        ),
        _refining(
            "Girne'de ayda 600 sterline daire",
            "aslında Gazimağusa olsun",
            "daha ucuz bir şey",
            "ilk ikisini karşılaştır",
            "daha fazla göster",
            "bir yetkiliyle görüşmek istiyorum",
        ),
        _nothing("Gazimağusa'da ayda 170 sterline daire", "evet"),
        _courtesies(
            "Merhaba!",
            "nasılsın?",
            "yarın hava nasıl olacak?",
            "asdf qwer",
            "Girne",
            "baştan başlayalım",
        ),
        _owners("dairemi satmak istiyorum", "evimin değeri ne kadar?", "şikayet etmek istiyorum"),
        _buyer("Girne'de satılık villa istiyorum", "en fazla 200.000 sterlin"),
    ),
    "ru": (
        _rollout("Мне нужна квартира", "Кирения 500 фунтов", "на долгий срок"),
        _visit(
            "квартира в Кирении за 600 фунтов в месяц",
            "во втором есть бассейн?",
            "хочу посмотреть его в субботу",
            f"мой номер {PHONE}",
            "спасибо",
            "до свидания",
            stored="не назначено",
        ),
        _refining(
            "квартира в Кирении за 600 фунтов в месяц",
            "лучше в Фамагусте",
            "что-нибудь подешевле",
            "сравните первые два",
            "покажите ещё",
            "позовите человека",
        ),
        _nothing("квартира в Фамагусте за 170 фунтов в месяц", "да"),
        _courtesies(
            "Здравствуйте!",
            "как дела?",
            "какая завтра погода?",
            "фыва олдж",
            "Кирения",
            "начнём сначала",
        ),
        _owners("хочу продать свою квартиру", "сколько стоит мой дом?", "у меня жалоба"),
        _buyer("хочу купить виллу в Кирении", "до 200 000 фунтов"),
    ),
    "uk": (
        _rollout("Мені потрібна квартира", "Кіренія 500 фунтів", "на довгий термін"),
        _visit(
            "квартира в Кіренії за 600 фунтів на місяць",
            "у другому є басейн?",
            "хочу подивитися його в суботу",
            f"мій номер {PHONE}",
            "дякую",
            "до побачення",
            stored="не призначено",
        ),
        _refining(
            "квартира в Кіренії за 600 фунтів на місяць",
            "краще у Фамагусті",
            "щось дешевше",
            "порівняйте перші два",
            "покажіть ще",
            "покличте людину",
        ),
        _nothing("квартира у Фамагусті за 170 фунтів на місяць", "так"),
        _courtesies(
            "Добрий день!",
            "як справи?",
            "яка завтра погода?",
            "фіва олдж",
            "Кіренія",
            "почнімо спочатку",
        ),
        _owners("хочу продати свою квартиру", "скільки коштує мій будинок?", "у мене скарга"),
        _buyer("хочу купити віллу в Кіренії", "до 200 000 фунтів"),
    ),
    "de": (
        _rollout("Ich suche eine Wohnung", "Kyrenia 500 Pfund", "langfristig"),
        _visit(
            "Wohnung in Kyrenia für 600 Pfund im Monat",
            "hat die zweite einen Pool?",
            "ich möchte sie am Samstag besichtigen",
            f"meine Nummer ist {PHONE}",
            "danke",
            "auf Wiedersehen",
            stored="steht noch nicht fest",
        ),
        _refining(
            "Wohnung in Kyrenia für 600 Pfund im Monat",
            "doch lieber Famagusta",
            "etwas Günstigeres",
            "vergleichen Sie die ersten beiden",
            "zeigen Sie mehr",
            "ich möchte mit einem Menschen sprechen",
        ),
        _nothing("eine Wohnung in Famagusta für 170 Pfund im Monat", "ja"),
        _courtesies(
            "Guten Tag!",
            "wie geht es Ihnen?",
            "wie wird morgen das Wetter?",
            "asdf qwer",
            "Kyrenia",
            "noch einmal von vorn",
        ),
        _owners(
            "ich möchte meine Wohnung verkaufen",
            "was ist mein Haus wert?",
            "ich möchte mich beschweren",
        ),
        _buyer("ich möchte eine Villa in Kyrenia kaufen", "bis 200.000 Pfund"),
    ),
    "pl": (
        _rollout("Szukam mieszkania", "Kirenia 500 funtów", "na długi okres"),
        _visit(
            "mieszkanie w Kirenii za 600 funtów miesięcznie",
            "czy druga ma basen?",
            "chcę obejrzeć to mieszkanie w sobotę",
            f"mój numer {PHONE}",
            "dziękuję",
            "do widzenia",
            stored="nie jest jeszcze ustalona",
        ),
        _refining(
            "mieszkanie w Kirenii za 600 funtów miesięcznie",
            "jednak w Famaguście",
            "coś tańszego",
            "porównaj pierwsze dwie",
            "pokaż więcej",
            "chcę porozmawiać z człowiekiem",
        ),
        _nothing("mieszkanie w Famaguście za 170 funtów miesięcznie", "tak"),
        _courtesies(
            "Dzień dobry!",
            "jak się masz?",
            "jaka będzie jutro pogoda?",
            "asdf qwer",
            "Kirenia",
            "zacznijmy od nowa",
        ),
        _owners(
            "chcę sprzedać swoje mieszkanie",
            "ile jest wart mój dom?",
            "chcę złożyć skargę",
        ),
        _buyer("chcę kupić willę w Kirenii", "do 200 000 funtów"),
    ),
    "fr": (
        _rollout("Je cherche un appartement", "Kyrénia 500 livres", "longue durée"),
        _visit(
            "appartement à Kyrénia pour 600 livres par mois",
            "le deuxième a-t-il une piscine ?",
            "je voudrais le visiter samedi",
            f"mon numéro est le {PHONE}",
            "merci",
            "au revoir",
            stored="pas encore fixée",
        ),
        _refining(
            "appartement à Kyrénia pour 600 livres par mois",
            "finalement plutôt Famagouste",
            "quelque chose de moins cher",
            "comparez les deux premiers",
            "montrez-en plus",
            "je veux parler à une personne",
        ),
        _nothing("un appartement à Famagouste pour 170 livres par mois", "oui"),
        _courtesies(
            "Bonjour !",
            "comment allez-vous ?",
            "quel temps fera-t-il demain ?",
            "asdf qwer",
            "Kyrénia",
            "recommençons depuis le début",
        ),
        _owners(
            "je veux vendre mon appartement",
            "combien vaut ma maison ?",
            "je veux faire une réclamation",
        ),
        _buyer("je veux acheter une villa à Kyrénia", "jusqu’à 200 000 livres"),
    ),
    "ar": (
        _rollout("أبحث عن شقة", "كيرينيا 500 جنيه", "إيجار طويل الأمد"),
        _visit(
            "شقة في كيرينيا بسعر 600 جنيه في الشهر",
            "هل في الثانية مسبح؟",
            "أريد أن أعاينها يوم السبت",
            f"رقمي {PHONE}",
            "شكرا",
            "مع السلامة",
            stored="لم يُحدَّد بعد",
        ),
        _refining(
            "شقة في كيرينيا بسعر 600 جنيه في الشهر",
            "بل في فاماغوستا",
            "شيء أرخص",
            "قارن بين الأول والثاني",
            "اعرض المزيد",
            "أريد التحدث إلى شخص",
        ),
        _nothing("شقة في فاماغوستا بسعر 170 جنيه في الشهر", "نعم"),
        _courtesies(
            "مرحبا!",
            "كيف حالك؟",
            "كيف سيكون الطقس غدا؟",
            "asdf qwer",
            "كيرينيا",
            "لنبدأ من جديد",
        ),
        _owners("أريد بيع شقتي", "كم يساوي بيتي؟", "أريد تقديم شكوى"),
        _buyer("أريد شراء فيلا في كيرينيا", "حتى 200000 جنيه"),
    ),
}
