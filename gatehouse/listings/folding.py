"""Text made comparable for search: the same letter table in Python and, as `translate()`, in SQL.

The table does not depend on the server's locale: PostgreSQL's lower() folds only ASCII under C.
"""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase

_LETTERS = {
    **dict(zip(ascii_uppercase, ascii_lowercase, strict=True)),
    **dict(zip("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", "абвгдежзийклмнопрстуфхцчшщъыьэюя", strict=True)),
    **dict(zip("ёЁґҐІЇЄ", "ееггіїє", strict=True)),
    **dict(zip("çÇğĞıİöÖşŞüÜâÂîÎûÛ", "ccggiioossuuaaiiuu", strict=True)),
    **dict(zip("áÁàÀäÄéÉèÈêÊíÍóÓôÔúÚñÑ", "aaaaaaeeeeeeiioooouunn", strict=True)),
    **dict.fromkeys("+-/.,:;()[]{}!?&|<>=_*~@#$%^\\\"`´«»“”„…–—−·•№", " "),
}  # fmt: skip
_GONE = "'’‘ʼ"  # an apostrophe joins: "п'ять" is one word

FOLD_FROM = "".join(_LETTERS) + _GONE
FOLD_TO = "".join(_LETTERS.values())
_TABLE = str.maketrans(FOLD_FROM[: len(FOLD_TO)], FOLD_TO, _GONE)
_WORD = re.compile(r"[^\W_]+")

LONGEST_TEXT = 200
MOST_WORDS = 12


def fold(text: str) -> str:
    """The text in plain lower-case letters, digits and spaces."""
    return text.translate(_TABLE)


def words(text: str) -> list[str]:
    """The distinct words to look for, in order; at most 12 of the first 200 characters."""
    return list(dict.fromkeys(_WORD.findall(fold(text[:LONGEST_TEXT]))))[:MOST_WORDS]


def prefix_query(text: str) -> str | None:
    """A tsquery that wants every word, each as a prefix; None if there is no word."""
    found = words(text)
    return " & ".join(f"'{word}':*" for word in found) if found else None
