"""Dialogues made from templates in every language: facts, corrections, negations, switches."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.understanding.types import LANGUAGES, Language

# key -> language -> (in that place, and, where the language inflects, its plain name)
PLACES: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "girne": {
        "en": ("in Kyrenia", "Kyrenia"),
        "tr": ("Girne'de", "Girne"),
        "ru": ("в Кирении", "Кирения"),
        "uk": ("у Кіренії", "Кіренія"),
        "de": ("in Kyrenia", "Kyrenia"),
        "pl": ("w Kirenii", "Kirenia"),
        "fr": ("à Kyrénia", "Kyrénia"),
        "ar": ("في كيرينيا", "كيرينيا"),
    },
    "gazimagusa": {
        "en": ("in Famagusta", "Famagusta"),
        "tr": ("Gazimağusa'da", "Gazimağusa"),
        "ru": ("в Фамагусте", "Фамагуста"),
        "uk": ("у Фамагусті", "Фамагуста"),
        "de": ("in Famagusta", "Famagusta"),
        "pl": ("w Famaguście", "Famagusta"),
        "fr": ("à Famagouste", "Famagouste"),
        "ar": ("في فاماغوستا", "فاماغوستا"),
    },
    "lefkosa": {
        "en": ("in Nicosia", "Nicosia"),
        "tr": ("Lefkoşa'da", "Lefkoşa"),
        "ru": ("в Никосии", "Никосия"),
        "uk": ("у Нікосії", "Нікосія"),
        "de": ("in Nikosia", "Nikosia"),
        "pl": ("w Nikozji", "Nikozja"),
        "fr": ("à Nicosie", "Nicosie"),
        "ar": ("في نيقوسيا", "نيقوسيا"),
    },
    "iskele": {
        "en": ("in Iskele", "Iskele"),
        "tr": ("İskele'de", "İskele"),
        "ru": ("в Искеле", "Искеле"),
        "uk": ("в Іскеле", "Іскеле"),
        "de": ("in Iskele", "Iskele"),
        "pl": ("w Iskele", "Iskele"),
        "fr": ("à Iskele", "Iskele"),
        "ar": ("في إسكيلي", "إسكيلي"),
    },
}
OPENERS: Mapping[Language, str] = {
    "en": "I need an apartment",
    "tr": "Bir daire arıyorum",
    "ru": "Мне нужна квартира",
    "uk": "Мені потрібна квартира",
    "de": "Ich suche eine Wohnung",
    "pl": "Szukam mieszkania",
    "fr": "Je cherche un appartement",
    "ar": "أبحث عن شقة",
}
# What is said, by topic: plainly, and as a correction of what was said before.
BUDGETS: Mapping[Language, tuple[str, str]] = {
    "en": ("up to {} pounds", "actually, up to {} pounds"),
    "tr": ("en fazla {} sterlin", "aslında en fazla {} sterlin"),
    "ru": ("до {} фунтов", "нет, лучше до {} фунтов"),
    "uk": ("до {} фунтів", "ні, краще до {} фунтів"),
    "de": ("bis {} Pfund", "doch lieber bis {} Pfund"),
    "pl": ("do {} funtów", "jednak do {} funtów"),
    "fr": ("jusqu’à {} livres", "finalement jusqu’à {} livres"),
    "ar": ("حتى {} جنيه", "بل حتى {} جنيه"),
}
BEDROOMS: Mapping[Language, tuple[str, str]] = {
    "en": ("{} bedrooms", "actually {} bedrooms"),
    "tr": ("{} yatak odalı", "aslında {} yatak odalı"),
    "ru": ("{} спальни", "нет, лучше {} спальни"),
    "uk": ("{} спальні", "ні, краще {} спальні"),
    "de": ("{} Schlafzimmer", "doch lieber {} Schlafzimmer"),
    "pl": ("{} sypialnie", "jednak {} sypialnie"),
    "fr": ("{} chambres", "finalement {} chambres"),
    "ar": ("{} غرف نوم", "بل {} غرف نوم"),
}
TERMS: Mapping[str, Mapping[Language, str]] = {
    "long_term": {
        "en": "long term",
        "tr": "uzun dönem",
        "ru": "на долгий срок",
        "uk": "на довгий термін",
        "de": "langfristig",
        "pl": "na długi okres",
        "fr": "longue durée",
        "ar": "إيجار طويل الأمد",
    },
    "short_term": {
        "en": "short term",
        "tr": "kısa dönem",
        "ru": "на короткий срок",
        "uk": "на короткий термін",
        "de": "kurzer Aufenthalt",
        "pl": "krótki pobyt",
        "fr": "court séjour",
        "ar": "إقامة قصيرة",
    },
}
CORRECTED_PLACE: Mapping[Language, str] = {
    "en": "actually make it {new_name}",
    "tr": "aslında {new_name} olsun",
    "ru": "нет, лучше {new_in}",
    "uk": "ні, краще {new_in}",
    "de": "doch lieber {new_in}",
    "pl": "jednak {new_in}",
    "fr": "finalement plutôt {new_in}",
    "ar": "بل {new_in}",
}
NEGATED_PLACE: Mapping[Language, str] = {
    "en": "not {old_in}, {new_in}",
    "tr": "{old_name} değil, {new_name}",
    "ru": "не {old_in}, а {new_in}",
    "uk": "не {old_in}, а {new_in}",
    "de": "nicht {old_in}, sondern {new_in}",
    "pl": "nie {old_in}, tylko {new_in}",
    "fr": "pas {old_in}, mais {new_in}",
    "ar": "ليس {old_in} بل {new_in}",
}

Topic = str  # "location", "budget", "rental_type" or "bedrooms"
Facts = Mapping[Topic, str | int]


@dataclass(frozen=True, slots=True)
class Line:
    """One message, and all that must be known once it is answered."""

    text: str
    facts: Facts


class Writer:
    """Writes one dialogue; the dice decide everything."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._language: Language = dice.choice(LANGUAGES)
        self._facts: dict[Topic, str | int] = {}

    def dialogue(self) -> tuple[Line, ...]:
        """An opener, every fact once in any order, and two or three changes of mind."""
        lines = [Line(OPENERS[self._language], {})]
        topics = ["location", "budget", "rental_type", "bedrooms"]
        self._dice.shuffle(topics)
        for topic in topics:
            lines.append(self._line(topic))
            if self._dice.random() < 0.6:
                lines.append(self._line(self._dice.choice(sorted(self._facts))))
        return tuple(lines)

    def _line(self, topic: Topic) -> Line:
        if self._dice.random() < 0.2:
            self._language = self._dice.choice(LANGUAGES)
        write = {
            "location": self._place,
            "budget": self._budget,
            "bedrooms": self._bedrooms,
            "rental_type": self._term,
        }[topic]
        text = write()
        return Line(text, dict(self._facts))

    def _place(self) -> str:
        old = self._facts.get("location")
        new = self._dice.choice([key for key in PLACES if key != old])
        self._facts["location"] = new
        new_in, new_name = PLACES[new][self._language]
        if old is None:
            return new_in
        old_in, old_name = PLACES[str(old)][self._language]
        template = self._dice.choice((CORRECTED_PLACE, NEGATED_PLACE))[self._language]
        return template.format(old_in=old_in, old_name=old_name, new_in=new_in, new_name=new_name)

    def _budget(self) -> str:
        is_correction = "budget" in self._facts
        self._facts["budget"] = self._dice.randrange(400, 2000, 50)
        return BUDGETS[self._language][is_correction].format(self._facts["budget"])

    def _bedrooms(self) -> str:
        is_correction = "bedrooms" in self._facts
        self._facts["bedrooms"] = self._dice.randint(2, 4)
        return BEDROOMS[self._language][is_correction].format(self._facts["bedrooms"])

    def _term(self) -> str:
        old = self._facts.get("rental_type")
        self._facts["rental_type"] = self._dice.choice([term for term in TERMS if term != old])
        return TERMS[str(self._facts["rental_type"])][self._language]
