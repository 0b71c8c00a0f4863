"""Text made comparable for search: the same steps in Python and, as `translate()`, in SQL.

They do not depend on the server's locale: under C, PostgreSQL's lower() folds only ASCII. Letters
are taken apart first (NFKD), which leaves few to translate; `translate()` compares every letter
with the whole table.
"""

from __future__ import annotations

import re
import unicodedata
from string import ascii_lowercase, ascii_uppercase

# What would glue words together ("sea-view", "a/b", "«сад»") becomes a space.
_MARKS = dict.fromkeys("-./+@_<&~«»“”„–—−·•№", " ")
# An apostrophe joins: "п'ять" is one word. Accents and the small vowels of Arabic go.
_GONE = "'’‘ʼ\u0300\u0301\u0302\u0303\u0306\u0307\u0308\u030a\u030c\u0327\u0328\u0640" + "".join(
    map(chr, range(0x64B, 0x656))
)
_LETTERS = {
    **dict(
        zip("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", "абвгдежзийклмнопрстуфхцчшщъыьэюя", strict=True)
    ),
    **dict(zip("ҐґІЄıŁłß", "ггієills", strict=True)),
    **dict(zip("ىةک", "يهك", strict=True)),
}
_TABLE = str.maketrans(
    {**dict(zip(ascii_uppercase, ascii_lowercase, strict=True)), **_LETTERS, **_MARKS}
    | dict.fromkeys(_GONE)
)
_WORD = re.compile(r"[^\W_]+")

LONGEST_TEXT = 200
MOST_WORDS = 12


def fold(text: str) -> str:
    """The text in plain lower-case letters, digits and spaces."""
    return unicodedata.normalize("NFKD", text).translate(_TABLE)


def words(text: str) -> list[str]:
    """The distinct words to look for, in order; at most 12 of the first 200 characters."""
    folded = fold(text[:LONGEST_TEXT])[:LONGEST_TEXT]
    return list(dict.fromkeys(_WORD.findall(folded)))[:MOST_WORDS]


def prefix_query(text: str) -> str | None:
    """A tsquery that wants every word, each as a prefix; None if there is no word."""
    found = words(text)
    return " & ".join(f"'{word}':*" for word in found) if found else None


def folded_sql(expression: str) -> str:
    """SQL that folds the text of an expression as `fold` does."""
    table = _LETTERS | _MARKS
    letters, plain = _literal("".join(table) + _GONE), _literal("".join(table.values()))
    return f"""lower(translate(normalize({expression}, NFKD), {letters}, {plain}) COLLATE "C")"""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
