"""Slips of the finger taken out of a message, before it is read."""

from __future__ import annotations

from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.vocabulary import Vocabulary
from gatehouse.understanding.words import Token, word

_MOST_MENDED = 60  # strange words of one message that are worth mending


def mended(tokens: list[Token], own: Vocabulary, glossary: Glossary) -> list[Token]:
    """The tokens with slips of the finger taken out of words that nobody knows."""
    entry, language = glossary.entry, own.language
    strange = [
        at
        for at, token in enumerate(tokens)
        if token.kind == "word"
        and language not in (known := entry(token.text)).known_in
        and known.place is None
    ]
    if not strange:
        return tokens
    better_ones = list(tokens)
    for at in strange[:_MOST_MENDED]:
        better = _better(tokens[at], own, glossary)
        if better:
            better_ones[at] = word(better, tokens[at].start, tokens[at].end)
            better_ones[at].forms = own.prefixes.forms(better)
    return better_ones


def _better(token: Token, own: Vocabulary, glossary: Glossary) -> str | None:
    """What was meant: "doesn't" for "doens't", "villa'da" for "vlila'da"; not a place."""
    if token.tail and (whole := own.mended(token.text)) and "'" in whole:
        return whole
    if glossary.place_near(token):
        return None
    better = own.mended(token.base)
    return f"{better}'{token.tail}" if better and token.tail else better
