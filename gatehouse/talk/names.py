"""Names in a sentence: what is quoted, and what is written with a capital though no sentence
begins there. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from gatehouse.understanding.types import Language

_QUOTED = re.compile(r"[“„«‹\"]\s*([^“”„«»‹›\"]{2,120}?)\s*[”“»›\"]")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_OPENS = re.compile(r"(?:^|[.!?…:؟]\s+|[“„«\"(]\s*|[-–—•]\s+)$")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]+")
# Words with a capital that are no names of homes, in the languages that we speak.
_CAPITALISED = """
    i i'm i'll i've i'd i’m i’ll i’ve i’d ok gbp eur usd try rub uah pln chf aed ils euro euros
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december north northern cyprus cypriot mediterranean
    english turkish russian ukrainian german polish french arabic english-speaking
    pazartesi salı çarşamba perşembe cuma cumartesi pazar ocak şubat mart nisan mayıs haziran
    temmuz ağustos eylül ekim kasım aralık kuzey kıbrıs kıbrıs'ta akdeniz türk
    северный северного северном кипр кипра кипре средиземное средиземного вы вас вам ваш ваша ваше
    ваши вами північний північного північному кіпр кіпру кіпрі ви вас вам ваш ваша ваше ваші
    cypr cypru północny północnego północnym pan pani pana panią panu państwo państwa
    państwem państwu śródziemne śródziemnego
    sie ihnen ihr ihre ihrem ihren ihrer ihres euch euer nordzypern zypern mittelmeer
    nord chypre méditerranée sterling tl
"""
_ORDINARY = frozenset(_CAPITALISED.split())
_HOUSES = frozenset(
    ("residence", "residenz", "residences", "villa", "villas", "park", "garden", "gardens",
     "resort", "palace", "suites", "apartments", "homes", "towers", "tower", "court", "bay",
     "hills", "heights", "haus", "hof", "garten", "gärten", "blick", "terrassen")
)  # fmt: skip
_NOUNS_HAVE_CAPITALS: tuple[Language, ...] = ("de",)


def quoted(text: str) -> list[str]:
    """What stands between quotation marks."""
    return [" ".join(found.split()) for found in _QUOTED.findall(text)]


def strange_names(text: str, language: Language) -> Iterator[str]:
    """Words with a capital inside a sentence; in German, where every noun has one, only pairs."""
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        if not word[0][0].isupper() or _OPENS.search(text[: word.start()]):
            continue
        if language in _NOUNS_HAVE_CAPITALS and not _is_paired(text, words, at):
            continue
        yield word[0]


def _is_paired(text: str, words: list[re.Match[str]], at: int) -> bool:
    """Does another word with a capital stand right before or after it?"""
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) else None
    is_after = before is not None and _touches(text, before, words[at])
    return is_after or (after is not None and _touches(text, words[at], after))


def _touches(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    """Two names in a row; a word that only opens the sentence counts beside one of a house."""
    if text[first.end() : second.start()] != " " or not first[0][0].isupper():
        return False
    if not second[0][0].isupper() or {first[0].casefold(), second[0].casefold()} & _ORDINARY:
        return False
    is_opening = _OPENS.search(text[: first.start()]) is not None
    return not is_opening or second[0].casefold() in _HOUSES


def latin_words(text: str, language: Language) -> list[str]:
    """In Arabic, which has no capitals, every word in Latin letters is a name."""
    return _LATIN.findall(text) if language == "ar" else []


def is_known_name(name: str, own: Collection[str]) -> bool:
    """Is it an ordinary word, or one of `own` (casefolded), perhaps with an ending?"""
    word = name.casefold()
    stem = re.split(r"['’]", word)[0]
    return not {word, stem}.isdisjoint(_ORDINARY) or word in own or stem in own
