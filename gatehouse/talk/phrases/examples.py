"""Questions to begin with, per language and topic; each finds homes in the seeded stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from gatehouse.understanding.types import Language

Topic = Literal["rent", "holiday", "buy", "wishes"]
TOPICS: tuple[Topic, ...] = ("rent", "holiday", "buy", "wishes")

EXAMPLES: Mapping[Language, Mapping[Topic, tuple[str, ...]]] = {
    "en": {
        "rent": (
            "I need an apartment in Kyrenia for up to 500 pounds a month",
            "A two-bedroom flat in Famagusta, long term",
            "What can I rent in Nicosia for 600 euros a month?",
            "A studio near the university, long term",
            "A furnished flat in Iskele for about 450 pounds a month",
            "Long-term rent in Alsancak, at least two bedrooms",
            "A house to rent in Lapta, up to 900 pounds a month",
        ),
        "holiday": (
            "A holiday flat in Kyrenia for up to 80 pounds a night",
            "A short stay near the sea in Iskele",
            "A villa with a pool by the night in Kyrenia",
            "Somewhere for a week in Famagusta",
            "A studio in Kyrenia by the night",
        ),
        "buy": (
            "I want to buy an apartment in Iskele, up to 150,000 pounds",
            "A villa for sale in Kyrenia",
            "Flats for sale in Famagusta under 120,000 pounds",
            "I want to buy a house in Esentepe",
            "Is there anything for sale on Long Beach?",
            "A two-bedroom flat to buy in Nicosia",
        ),
        "wishes": (
            "A flat in Kyrenia where pets are allowed",
            "An apartment with a sea view in Kyrenia, long term",
            "A three-bedroom home with a garden in Kyrenia",
            "A flat with parking in Nicosia, long term",
            "A penthouse with a terrace in Kyrenia",
            "A flat with a shared pool in Iskele",
        ),
    },
    "tr": {
        "rent": (
            "Girne'de aylık en fazla 500 sterline bir daire arıyorum",
            "Gazimağusa'da uzun dönem 2+1 daire",
            "Lefkoşa'da ayda 600 euroya ne kiralayabilirim?",
            "Üniversiteye yakın, uzun dönem bir stüdyo",
            "İskele'de aylık yaklaşık 450 sterline eşyalı daire",
            "Alsancak'ta uzun dönem kiralık, en az iki yatak odalı",
            "Lapta'da aylık en fazla 900 sterline kiralık ev",
        ),
        "holiday": (
            "Girne'de gecelik en fazla 80 sterline tatil dairesi",
            "İskele'de denize yakın, kısa dönem bir yer",
            "Girne'de gecelik havuzlu villa",
            "Gazimağusa'da bir haftalık bir yer",
            "Girne'de günlük kiralık stüdyo",
        ),
        "buy": (
            "İskele'de 150.000 sterline kadar satılık daire",
            "Girne'de satılık villa",
            "Gazimağusa'da 120.000 sterlinin altında satılık daireler",
            "Esentepe'de ev satın almak istiyorum",
            "Long Beach'te satılık bir şey var mı?",
            "Lefkoşa'da satılık 2+1 daire",
        ),
        "wishes": (
            "Girne'de evcil hayvan kabul eden daire",
            "Girne'de uzun dönem deniz manzaralı daire",
            "Girne'de bahçeli, üç yatak odalı ev",
            "Lefkoşa'da uzun dönem otoparklı daire",
            "Girne'de teraslı çatı dairesi",
            "İskele'de ortak havuzlu daire",
        ),
    },
    "ru": {
        "rent": (
            "Ищу квартиру в Кирении до 500 фунтов в месяц",
            "Двухкомнатная квартира в Фамагусте на долгий срок",
            "Что можно снять в Никосии за 600 евро в месяц?",
            "Студия рядом с университетом на долгий срок",
            "Квартира с мебелью в Искеле примерно за 450 фунтов в месяц",
            "Долгосрочная аренда в Алсанджаке, не меньше двух спален",
            "Снять дом в Лапте до 900 фунтов в месяц",
        ),
        "holiday": (
            "Квартира для отпуска в Кирении до 80 фунтов за ночь",
            "Жильё у моря в Искеле на короткий срок",
            "Вилла с бассейном посуточно в Кирении",
            "Жильё на неделю в Фамагусте",
            "Студия в Кирении посуточно",
        ),
        "buy": (
            "Хочу купить квартиру в Искеле до 150 000 фунтов",
            "Вилла в Кирении на продажу",
            "Купить квартиру в Фамагусте дешевле 120 000 фунтов",
            "Хочу купить дом в Эсентепе",
            "Продаётся ли что-нибудь на Лонг-Бич?",
            "Купить квартиру с двумя спальнями в Никосии",
        ),
        "wishes": (
            "Квартира в Кирении, где можно с животными",
            "Квартира с видом на море в Кирении на долгий срок",
            "Дом с садом и тремя спальнями в Кирении",
            "Квартира с парковкой в Никосии на долгий срок",
            "Пентхаус с террасой в Кирении",
            "Квартира с общим бассейном в Искеле",
        ),
    },
    "uk": {
        "rent": (
            "Шукаю квартиру в Кіренії до 500 фунтів на місяць",
            "Двокімнатна квартира у Фамагусті на довгий термін",
            "Що можна винайняти в Нікосії за 600 євро на місяць?",
            "Студія поруч з університетом на довгий термін",
            "Квартира з меблями в Іскеле приблизно за 450 фунтів на місяць",
            "Довгострокова оренда в Алсанджаку, щонайменше дві спальні",
            "Винайняти будинок у Лапті до 900 фунтів на місяць",
        ),
        "holiday": (
            "Квартира для відпустки в Кіренії до 80 фунтів за ніч",
            "Житло біля моря в Іскеле на короткий термін",
            "Вілла з басейном подобово в Кіренії",
            "Житло на тиждень у Фамагусті",
            "Студія в Кіренії подобово",
        ),
        "buy": (
            "Хочу купити квартиру в Іскеле до 150 000 фунтів",
            "Вілла в Кіренії на продаж",
            "Купити квартиру у Фамагусті дешевше за 120 000 фунтів",
            "Хочу купити будинок в Есентепе",
            "Чи продається щось на Лонг-Біч?",
            "Купити квартиру з двома спальнями в Нікосії",
        ),
        "wishes": (
            "Квартира в Кіренії, де можна з тваринами",
            "Квартира з видом на море в Кіренії на довгий термін",
            "Будинок із садом і трьома спальнями в Кіренії",
            "Квартира з парковкою в Нікосії на довгий термін",
            "Пентхаус із терасою в Кіренії",
            "Квартира зі спільним басейном в Іскеле",
        ),
    },
}


def pool(language: Language, topics: tuple[str, ...] = ()) -> tuple[tuple[Topic, str], ...]:
    """(topic, question) for each question of the topics; of all, if none is known or given."""
    wanted = tuple(t for t in TOPICS if t in topics) or TOPICS
    return tuple((topic, text) for topic in wanted for text in EXAMPLES[language][topic])
