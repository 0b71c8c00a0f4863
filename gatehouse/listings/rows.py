"""Database rows as Listings, by position: `search.COLUMNS` in the order of Listing's fields."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from gatehouse.listings.search import TRANSLATED
from gatehouse.listings.types import Listing, Picture

_AMENITIES, _PICTURES = 22, 23
_FIELDS = 29
_TITLED = _FIELDS + len(TRANSLATED)


def listing(row: tuple[Any, ...]) -> Listing:
    """A row of the fields, then the titles, then (if read) the descriptions, as TRANSLATED."""
    fields = list(row[:_FIELDS])
    fields[_AMENITIES] = tuple(fields[_AMENITIES])
    fields[_PICTURES] = _pictures(fields[_PICTURES])
    titles, descriptions = row[_FIELDS:_TITLED], row[_TITLED:]
    fields += [_by_language(titles), _by_language(descriptions)]
    return Listing(*fields)


def _by_language(texts: tuple[str | None, ...]) -> dict[str, str]:
    return {la: text for la, text in zip(TRANSLATED, texts, strict=False) if text}


@lru_cache(maxsize=1024)
def _pictures(text: str) -> tuple[Picture, ...]:
    """From JSON text; the same few homes are shown again and again, so parsing is remembered."""
    return tuple([Picture(p["url"], p["alt"]) for p in json.loads(text)])
