"""What the two sides of STAR's dialogues say, as far as an answer needs the question."""

from __future__ import annotations

import re
from datetime import date

from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.letters import fold
from gatehouse.understanding.numbers import join_numbers
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.reading import Reading, read
from gatehouse.understanding.types import DialogueState
from gatehouse.understanding.vocabulary import load
from gatehouse.understanding.words import split

TODAY = date(2019, 3, 1)
_CREDITS = re.compile(r"\bcredits?\b", re.IGNORECASE)  # the money of that world
_AFTERNOON_SLIP = re.compile(r"(\d)\s*(?:ppm|pmm|p\.m\.?)(?!\w)", re.IGNORECASE)
_ASKS = {
    "name": re.compile(r"\byour name\b|\bname please\b|\bwhat name\b|\byour full name\b", re.I),
    "home": re.compile(r"\b(?:what|which) (?:apartment|home|place|building)", re.I),
    "day": re.compile(r"\b(?:what|which|another|different) (?:day|date)\b", re.I),
    "hour": re.compile(
        r"\b(?:what|which|another|different) time\b|\bwhen would\b|\bam or pm\b", re.I
    ),
    "fee": re.compile(r"\bfee\b", re.I),
    "message": re.compile(r"\bmessage\b", re.I),
    "bedrooms": re.compile(r"\b(?:how many|number of) (?:bed)?rooms\b|^bedrooms\b", re.I),
    "price": re.compile(r"\bbudget\b|\bhow much\b|\bprice range\b", re.I),
    "floor": re.compile(r"\b(?:floor|level)\b.*\?", re.I),
    "balcony": re.compile(r"\bbalcony\?", re.I),
    "elevator": re.compile(r"\belevator\?", re.I),
    "near": re.compile(r"\bsurroundings\b|\bnear\b.*\?", re.I),
}
_ARRANGED = re.compile(r"\b(?:scheduled|booked|confirmed|all set|reserved)\b", re.I)
_ELSEWHERE = re.compile(
    r"\b(?:weather|forecast|temperature|degrees|ride|driver|uber|lyft|taxi|depart\w*|pick ?up|"
    r"destination)\b",
    re.I,
)
_HERE = re.compile(
    r"\b(?:apartment|viewing|application fee|flat|balcony|bedrooms?|booking)\b", re.I
)


def asked_in(text: str) -> frozenset[str]:
    """What the product's words ask for: "name", "day", "hour", "fee", "bedrooms" and so on."""
    return frozenset(kind for kind, asks in _ASKS.items() if asks.search(text))


def is_elsewhere(text: str, *, before: bool) -> bool:
    """Is the talk about rides or the weather now? As `before` where the text does not tell."""
    return True if _ELSEWHERE.search(text) else before and not _HERE.search(text)


def is_arranged(text: str) -> bool:
    """Does the product say that a visit stands?"""
    return _ARRANGED.search(text) is not None and "?" not in text


def plain_english(text: str) -> str:
    """The text with a slip in "pm" mended and the money of that world made dollars."""
    return _CREDITS.sub("dollars", _AFTERNOON_SLIP.sub(r"\1 pm", text))


class English:
    """Reads English with the ear's own words and knows which words are English."""

    def __init__(self) -> None:
        self._words = load("en")
        self._glossary = Glossary({"en": self._words}, Gazetteer(()))

    def reading(self, text: str) -> Reading:
        """The items of a text."""
        items = join_numbers(read(split(fold(text)), self._words, self._glossary))
        return Reading(items, "en", DialogueState(), TODAY)

    def is_word(self, plain: str) -> bool:
        """Is this a word of English, as far as we have it, or one slip away from one?"""
        base = plain.partition("'")[0]
        return self._words.knows(base) or self._words.mended(base) is not None
