"""Natural sentences with the slot that each of them fills or opens, in every language."""

from __future__ import annotations

from collections.abc import Mapping

from gatehouse.understanding.types import Language, Slot

Telling = Mapping[Slot, tuple[str, ...]]
REQUIRED = (Slot.LOCATION, Slot.BUDGET, Slot.RENTAL_TYPE)

TELLING: Mapping[Language, Telling] = {
    "en": {
        Slot.LOCATION: (
            "Kyrenia",
            "in Girne please",
            "I'd like to live in Famagusta",
            "actually make it Nicosia",
            "somewhere in Iskele or Famagusta",
            "anywhere",
            "Lapta",
        ),
        Slot.BUDGET: (
            "up to 500 pounds",
            "my budget is 700 euros",
            "between 400 and 600 pounds",
            "no more than £650",
            "any price",
            "around 550 pounds",
        ),
        Slot.RENTAL_TYPE: ("long term", "a short stay", "long-term please", "for the long term"),
    },
    "tr": {
        Slot.LOCATION: (
            "Girne",
            "Gazimağusa'da olsun",
            "Lefkoşa'da yaşamak istiyorum",
            "aslında İskele olsun",
            "her yer olur",
            "Lapta'da",
        ),
        Slot.BUDGET: (
            "en fazla 500 sterlin",
            "bütçem 700 euro",
            "400 ile 600 sterlin arası",
            "fiyat fark etmez",
            "yaklaşık 550 sterlin",
        ),
        Slot.RENTAL_TYPE: ("uzun dönem", "kısa dönem", "uzun süreli olsun"),
    },
    "ru": {
        Slot.LOCATION: (
            "Кирения",
            "в Фамагусте",
            "хочу жить в Никосии",
            "лучше в Искеле",
            "где угодно",
            "в Лапте",
        ),
        Slot.BUDGET: (
            "до 500 фунтов",
            "мой бюджет 700 евро",
            "от 400 до 600 фунтов",
            "любая цена",
            "около 550 фунтов",
        ),
        Slot.RENTAL_TYPE: ("на долгий срок", "на короткий срок", "долгосрочная аренда"),
    },
    "uk": {
        Slot.LOCATION: (
            "Кіренія",
            "у Фамагусті",
            "хочу жити в Нікосії",
            "краще в Іскеле",
            "будь-де",
            "у Лапті",
        ),
        Slot.BUDGET: (
            "до 500 фунтів",
            "мій бюджет 700 євро",
            "від 400 до 600 фунтів",
            "будь-яка ціна",
            "близько 550 фунтів",
        ),
        Slot.RENTAL_TYPE: ("на довгий термін", "на короткий термін", "довгострокова оренда"),
    },
    "de": {
        Slot.LOCATION: (
            "Kyrenia",
            "in Famagusta bitte",
            "ich möchte in Nikosia wohnen",
            "doch lieber Iskele",
            "Ort egal",
            "in Lapta",
        ),
        Slot.BUDGET: (
            "bis 500 Pfund",
            "mein Budget ist 700 Euro",
            "zwischen 400 und 600 Pfund",
            "Preis egal",
            "etwa 550 Pfund",
        ),
        Slot.RENTAL_TYPE: ("langfristig", "ein kurzer Aufenthalt", "zur Langzeitmiete"),
    },
    "pl": {
        Slot.LOCATION: (
            "Kirenia",
            "w Famaguście",
            "chcę mieszkać w Nikozji",
            "jednak Iskele",
            "gdziekolwiek",
            "w Lapcie",
        ),
        Slot.BUDGET: (
            "do 500 funtów",
            "mój budżet to 700 euro",
            "od 400 do 600 funtów",
            "cena dowolna",
            "około 550 funtów",
        ),
        Slot.RENTAL_TYPE: ("na długi okres", "krótki pobyt", "wynajem długoterminowy"),
    },
    "fr": {
        Slot.LOCATION: (
            "Kyrénia",
            "à Famagouste s’il vous plaît",
            "je voudrais vivre à Nicosie",
            "finalement plutôt Iskele",
            "peu importe où",
            "à Lapta",
        ),
        Slot.BUDGET: (
            "jusqu’à 500 livres",
            "mon budget est de 700 euros",
            "entre 400 et 600 livres",
            "peu importe le prix",
            "environ 550 livres",
        ),
        Slot.RENTAL_TYPE: ("longue durée", "un court séjour", "location longue durée"),
    },
    "ar": {
        Slot.LOCATION: (
            "كيرينيا",
            "في فاماغوستا",
            "أريد السكن في نيقوسيا",
            "بل إسكيلي",
            "أي مكان",
            "في لابتا",
        ),
        Slot.BUDGET: (
            "حتى 500 جنيه",
            "ميزانيتي 700 يورو",
            "بين 400 و 600 جنيه",
            "أي سعر",
            "حوالي 550 جنيه",
        ),
        Slot.RENTAL_TYPE: ("إيجار طويل الأمد", "إقامة قصيرة", "لمدة طويلة"),
    },
}

# Said at any time; none of them fills or opens a required slot.
ASIDES: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "hello",
        "thanks",
        "two bedrooms",
        "with a pool",
        "no garden",
        "not in Alsancak",
        "I need an apartment",
        "hmm",
        "how are you?",
        "a villa perhaps",
    ),
    "tr": (
        "merhaba",
        "teşekkürler",
        "iki yatak odalı",
        "havuzlu",
        "Alsancak olmasın",
        "bir daire arıyorum",
        "hmm",
        "nasılsın?",
    ),
    "ru": (
        "здравствуйте",
        "спасибо",
        "две спальни",
        "с бассейном",
        "не в Алсанджаке",
        "мне нужна квартира",
        "хм",
        "как дела?",
    ),
    "uk": (
        "добрий день",
        "дякую",
        "дві спальні",
        "з басейном",
        "не в Алсанджаку",
        "мені потрібна квартира",
        "хм",
        "як справи?",
    ),
    "de": (
        "guten Tag",
        "danke",
        "zwei Schlafzimmer",
        "mit Pool",
        "nicht in Alsancak",
        "ich suche eine Wohnung",
        "hm",
        "wie geht es Ihnen?",
    ),
    "pl": (
        "dzień dobry",
        "dziękuję",
        "dwie sypialnie",
        "z basenem",
        "nie w Alsancaku",
        "szukam mieszkania",
        "hm",
        "jak się masz?",
    ),
    "fr": (
        "bonjour",
        "merci",
        "deux chambres",
        "avec piscine",
        "pas à Alsancak",
        "je cherche un appartement",
        "hum",
        "comment allez-vous ?",
    ),
    "ar": (
        "مرحبا",
        "شكرا",
        "غرفتا نوم",
        "مع مسبح",
        "ليس في ألسانجاك",
        "أبحث عن شقة",
        "كيف حالك؟",
    ),
}
