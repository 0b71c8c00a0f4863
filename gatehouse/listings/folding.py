"""Text made comparable for search: the same letter tables in Python and, as `translate()`, in SQL.

They do not depend on the server's locale: under C, PostgreSQL's lower() folds only ASCII. There
is one table per script, because `translate()` compares every letter with the whole table.
"""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase

# What would glue words together ("sea-view", "a/b", "«сад»") becomes a space, in both scripts.
_MARKS = dict.fromkeys("-./+@_<&~´«»“”„…–—−·•№²", " ")
_GONE = "'’‘ʼ"  # an apostrophe joins: "п'ять" is one word
_LATIN = {
    **dict(zip("çÇğĞıİöÖşŞüÜâÂîÎûÛ", "ccggiioossuuaaiiuu", strict=True)),
    **dict(zip("áÁàÀäÄéÉèÈêÊíÍóÓôÔúÚñÑ", "aaaaaaeeeeeeiioooouunn", strict=True)),
    **_MARKS,
}
_CYRILLIC = {
    **dict(
        zip("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", "абвгдежзийклмнопрстуфхцчшщъыьэюя", strict=True)
    ),
    **dict(zip("ёЁґҐІЇЄ", "ееггіїє", strict=True)),
    **_MARKS,
}
_TABLE = str.maketrans(
    {**dict(zip(ascii_uppercase, ascii_lowercase, strict=True)), **_LATIN, **_CYRILLIC}
    | dict.fromkeys(_GONE)
)
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


def folded_sql(latin: str, cyrillic: str) -> str:
    """SQL that folds two expressions as `fold` does, each first by the table of its own script."""
    first = f"CASE WHEN ({latin}) ~ '[Ѐ-ӿ]' THEN {_both(latin)} ELSE {_by(_LATIN, latin)} END"
    own = _by(_CYRILLIC, cyrillic)
    rest = f"CASE WHEN ({cyrillic}) ~ '[A-zÀ-ɏ]' THEN {_both(cyrillic)} ELSE {own} END"
    return f"""lower(({first} || ' ' || {rest}) COLLATE "C")"""


def _both(expression: str) -> str:
    return _by(_CYRILLIC, _by(_LATIN, expression))


def _by(table: dict[str, str], expression: str) -> str:
    letters, plain = _literal("".join(table) + _GONE), _literal("".join(table.values()))
    return f"translate({expression}, {letters}, {plain})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
