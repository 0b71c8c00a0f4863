"""What led to what was heard, for people: mended words, the words of intents, unknown ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gatehouse.understanding.reading import Item, Reading

_TELLING = {  # kinds of words that lead to something, and to what
    "intent": "means",
    "yes": "means yes",
    "no": "means no",
    "trust": "doubts us",
    "dislike": "turns away what was shown",
    "attr": "asks for",
    "scope": "is not about homes",
    "rel": "compares with what was shown:",
    "corr": "corrects what was said",
    "also": "adds to what was said",
}
_MOST = 40  # of each kind: a hostile text is not told in full


def remarks(r: Reading, folded: str) -> Iterator[str]:
    """One line for each thing worth knowing; `folded` is the text that the items come from."""
    yield from _mended(r.items[:_MOST], folded)
    for kind, means in _TELLING.items():
        for index in list(r.every(kind))[:_MOST]:
            value = (r.label(index, kind) or "").replace("_", " ")
            yield f'"{r.at(index).text}" {means} {value}'.rstrip()
    unknown = [item.text for item in r.items if item.is_word and not item.is_known][:_MOST]
    if unknown:
        yield f"words that mean nothing here: {', '.join(unknown)}"


def _mended(items: Iterable[Item], folded: str) -> Iterator[str]:
    """ "apartmnet → apartment"."""
    for item in items:
        typed = folded[item.start : item.end]
        if typed != item.text and _plain(typed) != _plain(item.text):
            yield f"mended: {typed} → {item.text}"


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isalnum())
