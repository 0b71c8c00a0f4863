"""Is a message about homes at all? Evidence for it is weighed against words that are not ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from gatehouse.understanding.reading import Item, Reading
from gatehouse.understanding.types import Intent, Language
from gatehouse.understanding.vocabulary import concepts

_CORE, _SIDE, _HINT = 2, 1, 0  # how much a word says that homes are spoken of
_TOPIC = 4  # how much a word of another topic says that they are not; a strange word says 1
_MOST_STRANGERS = 3  # of a long story only so many strange words count
_TOLD = 2  # strange words that make a mere statement foreign
_FEWEST_ASKED = 4  # words of a question that may be about nothing of ours
_SHORTEST_ASKED = 2  # items; fewer words are an answer, not a question
_SHORTEST_TOLD = 4
_LONGEST_NAME = 2  # words of an unknown name behind "in" or "near"
_KINDS: Mapping[str, int] = {
    "ours": _CORE, "bedrooms": _CORE, "quality": _CORE, "floor": _CORE, "facing": _CORE,
    "noun": _SIDE, "type": _CORE, "home": _HINT, "amenity": _HINT, "negamenity": _SIDE,
    "deal": _HINT, "term": _SIDE, "place": _CORE, "poi": _SIDE, "cur": _SIDE, "attr": _HINT,
    "rel": _SIDE, "findq": _SIDE, "sort": _HINT, "fee": _CORE,
    "weekday": _HINT,
}  # fmt: skip
_WEAKER: Mapping[tuple[str, str], int] = {
    ("type", "land"): _SIDE, ("type", "commercial"): _SIDE, ("type", "room"): _SIDE,
    ("noun", "person"): 0, ("noun", "age"): 0, ("noun", "bedroom"): _CORE,
    ("attr", "price"): 0, ("attr", "area"): 0, ("attr", "pictures"): 0, ("attr", "rating"): 0,
    ("attr", "location"): 0, ("attr", "description"): 0, ("attr", "deposit"): _CORE,
    ("attr", "minimum_stay"): _CORE, ("attr", "available_from"): _SIDE, ("attr", "agency"): _CORE,
    ("attr", "phone"): _HINT,
}  # fmt: skip
_INTENTS: Mapping[str, int] = {
    Intent.TALK_TO_PERSON: 20, Intent.SELL_OR_LET: 20, Intent.COMPLAINT: 20,
    Intent.LEAVE_CONTACT: _CORE, Intent.CANCEL_VIEWING: _CORE, Intent.MOVE_VIEWING: _CORE,
    Intent.START_OVER: _CORE, Intent.BOOK_VIEWING: _SIDE, Intent.MORE_OPTIONS: _HINT,
    Intent.VALUATION: _HINT,
}  # fmt: skip
_ASKS = ("q", "ask", "scope", "askhome", "findq", "request", "attr", "sort")
_BEFORE_ASKING = ("and", "but", "also", "corr", "yes", "no", "intent")
_OF_TALK = (
    "it", "ord", "nr", "pair", "weekday", "rel", "yes", "no", "am", "pm", "findq",
    "attr", "clash", "flexible", "sameagain", "fee", "unsure", "denied", "th", "name",
    "leave_message",
)  # fmt: skip
_OF_A_VISIT = (
    "weekday", "day", "am", "pm", "oclock", "yes", "no", "clash", "flexible", "unsure", "name",
    "fee",
)  # fmt: skip
_OF_A_HOME = ("it", "askhome", "type", "findq", "also", "neg", "place", "bedrooms")
_OWNED = frozenset(("type", "home", "noun", "amenity", "ours"))
_SEEKING = ("findq", "one", "rel", "slot", "corr", "home", "type")
_BEFORE_NAMES = ("in", "one", "near", "at", "to", "about", "corr", "request", "or", "slot")


class Evidence(NamedTuple):
    """What speaks for homes and against, and the words that were never heard of."""

    ours: int
    foreign: int
    words: tuple[str, ...]


def why_outside(r: Reading, *, is_pointing: bool) -> str | None:
    """Why the message is of another world than homes; None if it is not."""
    topics = [r.items[at].text for at in r.every("scope")]
    if not (topics or r.mentions("world")) and all(item.is_known for item in r.items):
        return "out of scope: a question with nothing of homes in it" if _is_hollow(r) else None
    if _is_arranging(r) and not asks(r):
        return None  # an aside about a wedding asks nothing of us
    asked, told = _strangers(r)
    strangers = asked if asks(r) else told
    found = Evidence(
        _ours(r, is_pointing=is_pointing),
        _TOPIC * len(topics) + min(len(strangers), _MOST_STRANGERS),
        (*topics, *strangers),
    )
    is_answering = _is_arranging(r) and r.mentions(*_OF_A_VISIT)
    doubt = 2 if _is_talking(r) or is_answering else 0  # where a talk goes on, doubt speaks for us
    if found.foreign < found.ours + doubt or not _is_enough(r, found, has_topic=bool(topics)):
        return None
    against = ", ".join(dict.fromkeys(found.words[:4]))
    return f"out of scope: {against} weigh {found.foreign}, words about homes {found.ours}"


def _is_talking(r: Reading) -> bool:
    """Are homes on the screen, or is an answer awaited?"""
    return bool(r.state.shown or r.state.focus or r.state.awaiting)


def _is_arranging(r: Reading) -> bool:
    """Is a viewing asked for or offered, so that days, names and excuses are to be expected?"""
    return bool(r.state.viewing or r.state.chosen) or r.state.offered == "viewing"


def _is_hollow(r: Reading) -> bool:
    """A whole question of everyday words only, where a talk has not begun."""
    if r.mentions(*_OF_TALK) or r.numbers or _is_talking(r):
        return False
    seeks = r.mentions("intent")
    if seeks and r.mentions("any"):
        return False  # "I want to live in the north, never mind where"
    if seeks and not all(r.label(at, "intent") == Intent.SEARCH for at in r.every("intent")):
        return False
    is_long = sum(not item.has("stop") for item in r.items) >= _FEWEST_ASKED + 2 * seeks
    if not is_long or _fewest_strangers(r.language) > 1:
        return False
    return asks(r) and not r.mentions(*_KINDS)


def _is_enough(r: Reading, found: Evidence, *, has_topic: bool) -> bool:
    """A topic is; strange words are in a question or request, or where they are many."""
    if asks(r):
        is_long = len(r.items) >= _SHORTEST_ASKED and r.state.awaiting is None
        return has_topic or (is_long and found.foreign >= _fewest_strangers(r.language))
    is_long = has_topic or (len(r.items) >= _SHORTEST_TOLD and found.ours < _CORE)
    return is_long and found.foreign - found.ours >= _TOLD - r.mentions("world")


@cache
def _fewest_strangers(language: Language) -> int:
    """Where everyday words are sorted into ours and the world's, one strange word will do."""
    return 1 if "world:" in concepts(language) else 2


def asks(r: Reading) -> bool:
    """Has the message the shape of a question or a request, by its mark or how a clause begins?"""
    return any(is_asked for _, is_asked in _clauses(r))


def _clauses(r: Reading) -> Iterator[tuple[list[Item], bool]]:
    """The clauses between stops, each with whether it asks for something."""
    clause: list[Item] = []
    for item in r.items:
        if item.has("stop"):
            if clause:
                yield clause, "mark" in item.labels or _begins_asking(clause)
            clause = []
        else:
            clause.append(item)
    if clause:
        yield clause, _begins_asking(clause)


def _begins_asking(clause: list[Item]) -> bool:
    for item in clause:
        if item.has(*_ASKS) or _seeks(item):
            return True
        if not item.has(*_BEFORE_ASKING):
            break
    return any(_seeks(item) for item in clause)  # "I need …", "ich suche …"


def _strangers(r: Reading) -> tuple[list[str], list[str]]:
    """The unknown words of the clauses that ask, and those of all clauses."""
    asked: list[str] = []
    told: list[str] = []
    for clause, is_asked in _clauses(r):
        found = list(_unknown(clause, is_asked=is_asked))
        found += [item.text for item in clause if item.has("world")]
        told += found
        asked += found if is_asked else ()
    return asked, told


def _unknown(clause: list[Item], *, is_asked: bool) -> Iterator[str]:
    """Words that nobody knows, without those that may be the name of a place sought.

    A question may name one where it seeks something; a statement at its end.
    """
    seeks = is_asked and any(item.has(*_SEEKING) or _seeks(item) for item in clause)
    named = 0  # how many words of a name may still follow
    for at, item in enumerate(clause):
        if not item.is_word or item.is_known:
            is_open = item.has(*_BEFORE_NAMES)
            is_open = is_open and (seeks or (not is_asked and _ends_named(clause, at + 1)))
            named = _LONGEST_NAME if is_open else named if item.is_word else 0
        elif named:
            named -= 1
        else:
            yield item.text


def _ends_named(clause: list[Item], at: int) -> bool:
    """Do one to three unknown words close the clause, as in "I want one in San Velmo"?"""
    rest = clause[at:]
    return len(rest) <= _LONGEST_NAME + 1 and all(item.is_word for item in rest)


def _seeks(item: Item) -> bool:
    return item.labels.get("intent") == Intent.SEARCH


def _ours(r: Reading, *, is_pointing: bool) -> int:
    """How much speaks for homes; an extra or a home of one's own says little by itself."""
    has_home = bool(r.state.shown or r.state.focus)
    is_wished = r.mentions(*_OF_A_HOME)
    weight = sum(_weight(r, at, is_wished=is_wished) for at in range(len(r.items)))
    if r.mentions("deal") and r.mentions("home", "type") and not r.mentions("own"):
        weight += _CORE  # "buy a property", not "sell my home"
    return weight + (_CORE if is_pointing and has_home else 0)


def _weight(r: Reading, at: int, *, is_wished: bool) -> int:
    item = r.items[at]
    labels = item.labels
    if item.clock or item.day or (item.has("am", "pm", "oclock") and r.at(at - 1).number):
        return _SIDE
    if not labels or "scope" in labels:
        return 0
    if not _OWNED.isdisjoint(labels) and (r.has(at - 1, "own") or r.has(at - 2, "own")):
        return 0
    if "amenity" in labels and is_wished:
        return _CORE
    if "ours" in labels and " " in item.text:
        return _CORE
    if "findq" in labels and not r.has(at - 1, "stop") and at:
        return 0
    return max(_weight_of(kind, value) for kind, value in labels.items())


def _weight_of(kind: str, value: str) -> int:
    if kind == "intent":
        return _INTENTS.get(value, 0)
    return _WEAKER.get((kind, value), _KINDS.get(kind, 0))
