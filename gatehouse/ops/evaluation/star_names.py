"""Names in STAR's dialogues: of homes out of the stock, and of the visitor."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from gatehouse.understanding.letters import fold, is_one_slip

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_PART = 4
_INTRODUCED = re.compile(
    r"\b(?:name ?i ?s|name's|name:|call me|i am called|under the name|name of|this is|it is|it's|"
    r"its|i am|i'm|im|yes|sure|yeah|hi|hello)[\s,:.-]+"
)
_SELF = re.compile(r"i|this")


class HomeNames:
    """The homes of a stock; knows one by all its own words, or by a word that only it has."""

    def __init__(self, names: Sequence[str]) -> None:
        words = {name: _WORD.findall(fold(name)) for name in names}
        shared = Counter(word for name in names for word in set(words[name]))
        everywhere = {w for w, times in shared.items() if times >= max(2, len(names))}
        self._shared = everywhere | {w.rstrip("s") for w in everywhere}
        self._own = {
            name: [w for w in words[name] if shared[w] < max(2, len(names))] for name in names
        }
        self._telling = {
            name: {w for w in own if shared[w] == 1 and len(w) >= _SHORTEST_PART}
            for name, own in self._own.items()
        }

    def find(self, text: str, *, is_asked: bool = False) -> str | None:
        """The home named last in the text; after a question for it a part of its name will do."""
        said = _WORD.findall(fold(text))
        places = ((self._place(name, said, is_asked=is_asked), name) for name in self._own)
        found = [(at, name) for at, name in places if at >= 0]
        return max(found)[1] if found else None

    def without(self, text: str) -> str:
        """The text with the homes' names blanked, so that a "One" in them counts nothing."""
        for own in self._own.values():
            name = r"\W+".join(map(re.escape, own))
            text = re.sub(rf"\b{name}\b", lambda m: " " * len(m.group()), text, flags=re.IGNORECASE)
        return text

    def _place(self, name: str, said: Sequence[str], *, is_asked: bool) -> int:
        """Where the name ends in the text; -1 if it is not there."""
        own, joined = self._own[name], "".join(self._own[name])
        for at in range(len(said), 0, -1):
            window = said[max(0, at - len(own)) : at]
            if "".join(window) == joined or said[at - 1] == joined:
                return at
            is_named = is_asked or any(word in self._shared for word in said[at : at + 1])
            is_whole = len(own) == 1 or is_named or 2 * len(set(own) & set(window)) > len(own)
            if is_whole and any(_is_like(said[at - 1], word) for word in self._telling[name]):
                return at
        return -1


def _is_like(said: str, word: str) -> bool:
    return said == word or (len(word) > _SHORTEST_PART and is_one_slip(said, word))


def visitor_name(text: str, is_word: Callable[[str], bool], *, is_asked: bool) -> str | None:
    """ "My name is …", "it's …", or the bare answer to a question for the name."""
    text = text.strip()
    folded = fold(text)
    for match in _INTRODUCED.finditer(folded):
        said = match.group()
        is_sure = "name" in said or "call" in said
        is_likely = is_asked or (_SELF.match(said) and _is_upper(text, match.end()))
        if (is_sure or is_likely) and (
            name := _name_at(text, match.end(), is_word, is_sure=is_sure)
        ):
            return name
    if not is_asked:
        return None
    return _name_at(text, 0, is_word, is_sure=len(_WORD.findall(text)) <= 2)


def _is_upper(text: str, at: int) -> bool:
    return text[at : at + 1].isupper()


def _name_at(text: str, at: int, is_word: Callable[[str], bool], *, is_sure: bool) -> str | None:
    found = _WORD.match(text, at)
    if found is None or len(found.group()) < 2:
        return None
    name = found.group()
    if is_word(fold(name)) and not (is_sure and _is_upper(text, at)):
        return None
    return name
