"""Ways of hiding a text from a list, undone: each gives one more reading of the same message."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from urllib.parse import unquote

from gatehouse.llm.safety.folding import clean, hidden, level

Reading = tuple[str, str]  # how it was hidden ("" if it was not), the levelled text
_WORD = re.compile(r"\w+")
_SPELLED = re.compile(r"(?<!\w)\w(?:([ .\-*/|+,:;~^]{1,2})\w){3,}(?!\w)")
_LEET = str.maketrans("013456789@$!|", "oleasgtbgasil")
_LEET_I = str.maketrans("013456789@$!|", "oieasgtbgasii")
_LEETED = re.compile(r"(?=\w*[^\W\d_])(?=\w*[\d@$!|])[\w@$!|]{3,}")
_PACKED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){10,}")
_SHORTEST = 5  # letters of a word that is still known when its inside is shuffled
_MOST_DECODED = 4


def readings(text: str, words: Mapping[str, str]) -> Iterator[Reading]:
    """The text as it stands, then as it may be meant; `words` by their shuffled keys."""
    cleaned = clean(text)
    plain = level(cleaned)
    yield "", plain
    seen = {plain}
    for name, found in _undone(text, cleaned, plain=plain, words=words):
        if found and found not in seen:
            seen.add(found)
            yield name, found


def _undone(text: str, cleaned: str, *, plain: str, words: Mapping[str, str]) -> Iterator[Reading]:
    straight = unlike(plain)
    yield "lookalikes", straight
    for table in (_LEET, _LEET_I):
        yield "leetspeak", _without_leet(straight, table)
    yield "spelled", _SPELLED.sub(lambda m: re.sub(r"[^\w]", "", m.group()), straight)
    yield "shuffled", unshuffled(straight, words)
    yield "invisible", level(hidden(text))
    for name, decoded in _decoded(cleaned):
        yield name, level(clean(decoded))


def _without_leet(levelled: str, table: Mapping[int, int]) -> str:
    return _LEETED.sub(lambda found: found.group().translate(table), levelled)


def unlike(levelled: str) -> str:
    """Words of mixed scripts in Latin; words of one script as they are."""
    if levelled.isascii():
        return levelled
    table = lookalikes()
    return _WORD.sub(
        lambda m: m.group().translate(table) if _is_mixed(m.group()) else m.group(), levelled
    )


def _is_mixed(word: str) -> bool:
    """Are there both ASCII letters and others that look like some?"""
    return any("a" <= c <= "z" for c in word) and any(ord(c) in lookalikes() for c in word)


@cache
def lookalikes() -> Mapping[int, str]:
    """Code point of a letter to the Latin one that it looks like."""
    path = resources.files(__package__).joinpath("lookalikes.json")
    scripts: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8"))
    return {ord(k): v for script in scripts.values() for k, v in script.items()}


def key_of(word: str) -> str:
    """What stays when the inside of a word is shuffled."""
    return f"{word[0]}{''.join(sorted(word[1:-1]))}{word[-1]}"


def shuffled_keys(words: Iterable[str]) -> dict[str, str]:
    """Words long enough to be known by their key."""
    return {key_of(w): w for w in words if len(w) >= _SHORTEST and w.isalpha()}


def unshuffled(levelled: str, words: Mapping[str, str]) -> str:
    """Words with a shuffled inside, put right."""
    known = set(words.values())

    def righted(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) < _SHORTEST or word in known:
            return word
        return words.get(key_of(word), word)

    return _WORD.sub(righted, levelled)


def _decoded(text: str) -> Iterator[Reading]:
    if "%" in text:
        yield "percent", unquote(text)
    if "&" in text:
        yield "entities", html.unescape(text)
    for found in list(_PACKED.finditer(text))[:_MOST_DECODED]:
        yield "base64", _readable(_unpacked(found.group()))
    for found in list(_HEX.finditer(text))[:_MOST_DECODED]:
        yield "hex", _readable(bytes.fromhex(re.sub(r"[ :]", "", found.group())))
    if text.isascii() and len(text) > 20:
        yield "rot13", codecs.decode(text, "rot13")
        yield "reversed", text[::-1]


def without_packed(text: str) -> str:
    """The text with a blank for what only a machine reads: no number is hidden in there."""
    return _PACKED.sub(lambda found: " " if _is_packed(found.group()) else found.group(), text)


def _is_packed(word: str) -> bool:
    is_dense = bool(
        re.search("[a-z]", word) and re.search("[A-Z]", word) and re.search(r"\d", word)
    )
    looks_random = is_dense and len(word) >= 24 and not re.search("[-_/]", word)
    return looks_random or bool(_readable(_unpacked(word)))


def _unpacked(packed: str) -> bytes:
    standard = packed.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4))
    except (binascii.Error, ValueError):
        return b""


def _readable(found: bytes) -> str:
    """The text in these bytes; empty if they hold none."""
    try:
        text = found.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    letters = sum(c.isalpha() or c.isspace() for c in text)
    return text if text.isprintable() and letters > 0.5 * len(text) else ""
