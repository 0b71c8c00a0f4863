"""What we say, per language: gettext catalogues, parsed once, with named placeholders."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from gatehouse.talk.phrases.bidi import fenced
from gatehouse.understanding.types import Language

Plural = tuple[str, str]


def N_(msgid: str) -> str:
    """Marks a sentence for translation; it is translated where it is said."""
    return msgid


def NN_(singular: str, plural: str) -> Plural:
    """Marks a sentence that depends on a count."""
    return singular, plural


@dataclass(frozen=True, slots=True)
class Book:
    """One language's sentences. `form` gives the index of the plural form for a count."""

    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]


def say(language: Language, msgid: str, **values: object) -> str:
    """The sentence in the language, its placeholders filled; English where none is known."""
    text = book(language).texts.get(msgid, msgid)
    return text.format_map(fenced(values, language)) if values else text


def say_many(language: Language, texts: Plural, count: int, /, **values: object) -> str:
    """The sentence in the plural form that `count` wants; `{n}` is `count` unless given."""
    pages = book(language)
    forms = pages.plurals.get(texts[0], texts)
    return forms[pages.form(count)].format_map({"n": count, **fenced(values, language)})


@cache
def book(language: Language) -> Book:
    """The parsed catalogue of a language."""
    catalog = catalogue(language)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, str):
            texts[message.id] = str(message.string or message.id)
        else:
            plurals[message.id[0]] = tuple(message.string or message.id)
    return Book(texts, plurals, gettext.c2py(catalog.plural_expr))


def catalogue(language: Language) -> Catalog:
    """The catalogue as babel reads it."""
    path = resources.files(__package__).joinpath(language, "LC_MESSAGES", "gatehouse.po")
    return read_po(BytesIO(path.read_bytes()), locale=language)
