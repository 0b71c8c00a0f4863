"""From any way to say the name of a place to its key: inflected, respelt, or with a slip."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatehouse.understanding.keyboards import Keys, near_keys, slip_cost
from gatehouse.understanding.letters import fold
from gatehouse.understanding.names import Bending, bending, trunk
from gatehouse.understanding.shapes import Shapes
from gatehouse.understanding.slips import Nearest
from gatehouse.understanding.types import LANGUAGES, Language

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SHORTEST_FOR_SLIPS = 5
_SHORTEST_STEM = 4
_SHORTEST_SOUND = 5
_SHORTEST_TRUNK = 5
_LONGEST_NAME = 60
_ANY = "xxxx"
_SURE_START = 3  # letters of a bent name that a slip behind them leaves
_MOST = 2.1  # what that slip may cost


class NameIndex:
    """Names of places and their keys. What it looks up it does not remember."""

    def __init__(self) -> None:
        self._bendings = tuple(bending(language) for language in LANGUAGES)
        self._of_script = {
            script: tuple(b for b in self._bendings if b.script == script)
            for script in ("latin", "cyrillic", "arabic")
        }
        self._keys = {
            script: frozenset(pair for b in bents for pair in near_keys(b.language))
            for script, bents in self._of_script.items()
        }
        self._names: dict[str, str] = {}
        self._also: dict[str, list[str]] = {}  # other places of the same name
        self._stems: dict[str, dict[str, str]] = {b.finals: {} for b in self._bendings}
        self._loose: dict[str, dict[str, str]] = {b.language: {} for b in self._bendings}
        self._sounds: dict[str, str | None] = {}  # None: that of several places
        self._trunks: dict[str, str | None] = {}
        self._by_start: dict[str, set[tuple[str, str]]] = {}  # stems by their first letters
        self._targets: set[str] = set()  # names and stems that a slip may have hit
        self._found_by: Shapes | None = None
        self._words_found_by: Shapes | None = None
        self._longest: dict[str, int] = {}

    def learn(self, name: str, key: str, language: Language | None = None) -> None:
        """One more name of a place; `language` None: any that is written in its letters."""
        plain = plain_name(name)
        if not plain:
            return
        if self._names.setdefault(plain, key) != key:
            self._also.setdefault(plain, []).append(key)
        self._found_by = self._words_found_by = None
        self._count_words(plain)
        self._index(plain)
        for bent in self._of_script[script_of(plain)]:
            self._learn_bent(plain, key, bent)
            if language in (None, bent.language):
                self._learn_sound(bent.sound(_lower(name)), key)

    def _learn_bent(self, plain: str, key: str, bent: Bending) -> None:
        stem = bent.base(plain)
        if len(stem) >= _SHORTEST_STEM or stem == plain:
            if stem not in self._stems[bent.finals] and len(stem) >= _SHORTEST_STEM:
                self._by_start.setdefault(stem[:_SURE_START], set()).add((stem, key))
            self._stems[bent.finals].setdefault(stem, key)
            self._index(stem)
            self._count_words(stem)
            if len(stem) == _SHORTEST_STEM and bent.finals:  # too short to be told by itself
                self._targets.update(stem + ending for ending in bent.endings)
            for soft, hard in bent.softened:
                if stem.endswith(hard) and len(stem) > _SHORTEST_STEM:
                    self._index(stem[: -len(hard)] + soft)
        if " " in plain and bent.loses_finals:
            loose = bent.loose(plain)
            self._loose[bent.language].setdefault(loose, key)
            self._count_words(loose)

    def _learn_sound(self, sound: str, key: str) -> None:
        for sounds, said, shortest in (
            (self._sounds, sound, _SHORTEST_SOUND),
            (self._trunks, trunk(sound), _SHORTEST_TRUNK),
        ):
            if len(said) >= shortest:
                sounds[said] = key if sounds.get(said, key) == key else None

    def _count_words(self, name: str) -> None:
        """For every word that begins a name, how many to try: two at least, for slips."""
        words = name.split(" ")
        self._longest[words[0]] = max(self._longest.get(words[0], 2), len(words))

    def _index(self, name: str) -> None:
        if len(name) >= _SHORTEST_STEM:
            self._targets.add(name)

    def settle(self) -> None:
        """Gets ready to look for slips in what was learnt; done at the first look otherwise."""
        self.near(_ANY)
        self.words_near(_ANY)

    def longest_from(self, word: str) -> int:
        """How many words the names have, at most, that this one may begin; 0 for none."""
        found = self._longest.get(word)
        if found is None and word:
            bents = (b for b in self._of_script[script_of(word)] if b.loses_finals)
            found = max((self._longest.get(b.loose(word), 0) for b in bents), default=0)
        return found or 0

    def exact(self, plain: str) -> str | None:
        """The key of an already folded name, inflected or not, without guessing."""
        if not plain or len(plain) > _LONGEST_NAME:
            return None
        return self._names.get(plain) or self._inflected(plain)

    def namesakes(self, plain: str) -> tuple[str, ...]:
        """The keys of all places of exactly this name."""
        first = self._names.get(plain)
        return (first, *self._also.get(plain, ())) if first else ()

    def _inflected(self, plain: str) -> str | None:
        for bent in self._of_script[script_of(plain)]:
            known = self._stems[bent.finals]
            key = next((known[stem] for stem in bent.stems(plain) if stem in known), None)
            if key is None and " " in plain and bent.loses_finals:
                key = self._loose[bent.language].get(bent.loose(plain))
            if key:
                return key
        return None

    def respelt(self, plain: str) -> str | None:
        """The key of the place whose name sounds like this in another alphabet or spelling."""
        if not _SHORTEST_STEM <= len(plain) <= _LONGEST_NAME:
            return None
        for bent in self._of_script[script_of(plain)]:
            sound = bent.sound(plain)
            key = self._sounds.get(sound)
            if key is None and len(base := trunk(sound)) >= _SHORTEST_TRUNK:
                key = self._trunks.get(base)
            if key:
                return key
        return None

    def with_slip(self, plain: str) -> str | None:
        """The key of the place whose already folded name this is but for one slip."""
        is_short = len(plain) < _SHORTEST_FOR_SLIPS  # then its end must be there: no "Mara(s)"
        found = [near for near in self.near(plain) if not is_short or near[1][-1] == plain[-1]]
        least = [name for cost, name in found if cost == found[0][0]]
        keys = {self.exact(name) for name in least}
        return keys.pop() if len(keys) == 1 else None

    def near(self, plain: str) -> tuple[Nearest, ...]:
        """Names, bent or not, that this may be but for one slip: what it costs, the nearest first.

        Words of longer names are not among them; see `words_near`.
        """
        if not _SHORTEST_STEM <= len(plain) <= _LONGEST_NAME:
            return ()
        found = dict(self._bent_near(plain))
        for stem in (plain, *self._cut(plain)):
            for cost, name in self._nearest(stem):
                text = name + plain[len(stem) :]
                found[text] = min(cost, found.get(text, cost))
        rated = sorted((cost, text) for text, cost in found.items())
        return tuple((cost, text) for cost, text in rated if self.exact(text))

    def words_near(self, plain: str) -> tuple[Nearest, ...]:
        """Words of names of several words that this one may be but for one slip."""
        if not _SHORTEST_STEM <= len(plain) <= _LONGEST_NAME:
            return ()
        keys = self._keys[script_of(plain)]
        words = self._inner.sharing(plain)
        return tuple(
            sorted((cost, w) for w in words if (cost := _cost(plain, w, keys)) is not None)
        )

    def _bent_near(self, plain: str) -> Iterator[tuple[str, float]]:
        """Names with endings, where the slip is after the third letter."""
        keys = self._keys[script_of(plain)]
        for name, _ in self._by_start.get(plain[:_SURE_START], ()):
            is_whole = plain.startswith(name[:-1])  # else its ending is: that is found by cutting
            for ending in self._endings_after(name, len(plain)) if is_whole else ():
                cost = slip_cost(plain, name + ending, keys)
                if cost is not None and cost < _MOST:
                    yield name + ending, cost

    def _endings_after(self, stem: str, length: int) -> Iterator[str]:
        """The endings that make about so long a word of a name or its stem."""
        for bent in self._of_script[script_of(stem)]:
            if stem in self._stems[bent.finals]:
                fitting = range(length - len(stem) - 1, length - len(stem) + 2)
                yield from (e for e in bent.endings if len(e) in fitting)

    def _cut(self, plain: str) -> Iterator[str]:
        """The word without each ending; short ones only where names lose a letter."""
        seen: set[str] = set()
        for bent in self._of_script[script_of(plain)]:
            shortest = 1 if bent.loses_finals and bent.script != "latin" else 2
            for ending in bent.endings:
                if len(ending) >= shortest and plain.endswith(ending):
                    seen.add(plain[: -len(ending)])
        seen = {stem for stem in seen if stem and stem[-1] != " "}
        return iter(sorted(seen, key=len, reverse=True))

    def _nearest(self, plain: str) -> Iterator[Nearest]:
        if len(plain) < _SHORTEST_STEM:
            return
        keys = self._keys[script_of(plain)]
        for name in self._shapes.sharing(plain):
            cost = _cost(plain, name, keys)
            if cost is not None:
                yield cost, name

    @property
    def _shapes(self) -> Shapes:
        """The names and stems that a slip may have hit, as far as they are learnt."""
        if self._found_by is None:
            self._found_by = Shapes(self._targets)
        return self._found_by

    @property
    def _inner(self) -> Shapes:
        """The words of names of several words."""
        if self._words_found_by is None:
            words = {w for name in self._names if " " in name for w in name.split(" ")}
            self._words_found_by = Shapes(w for w in words if len(w) >= _SHORTEST_STEM)
        return self._words_found_by


def plain_name(name: str) -> str:
    """A name as words in comparable letters, without what follows an apostrophe."""
    return " ".join(w.partition("'")[0] for w in _WORD.findall(fold(name)))


def script_of(plain: str) -> str:
    """The alphabet of a folded name, by its first letter."""
    first = plain[0]
    if "\u0400" <= first <= "\u04ff":
        return "cyrillic"
    return "arabic" if "\u0600" <= first <= "\u077f" else "latin"


def _lower(name: str) -> str:
    return name.replace("İ", "i").lower()


def _cost(typed: str, name: str, keys: Keys) -> float | None:
    """What the slip costs; a wrong first letter must be a key away, and short words keep ends."""
    cost = slip_cost(typed, name, keys)
    if cost is None or typed[0] == name[0] or typed[:2] == name[1::-1] or typed == name[1:]:
        is_safe = len(typed) >= _SHORTEST_FOR_SLIPS or typed[-1] == name[-1] or typed == name[:-1]
        return cost if is_safe else None
    return cost if (typed[0], name[0]) in keys and len(typed) >= _SHORTEST_FOR_SLIPS else None
