"""What a sentence from outside may look like: words, and nothing that a page could act upon."""

from __future__ import annotations

import re

# Of a text that ends here, the last sentence is whole if one of these closes it.
_END = re.compile(r"[.!?…。؟]+[\"'»”)]*(?=\s|$)")
_SENTENCE = re.compile(r".+?(?:[.!?…。؟]+[\"'»”)]*\s+|\n+|$)", re.DOTALL)
_FINISHED = re.compile(r".+?(?:[.!?…。؟]+[\"'»”)]*\s+|\n+)", re.DOTALL)
_PLACE_HOLDER = re.compile(r"\{(home|price):([1-9]\d?)\}")
# Control characters, surrogates, invisible and direction-turning ones, private use.
_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e007f]"
)
_MARKUP = re.compile(
    r"!\[|\]\s*\(|<\s*[/!?a-zA-Z]|&(?:[a-zA-Z]{2,8}|#\w{1,7});|`{3}|[{}]|\[\[|\|\s*-{3,}"
)
_ADDRESS = re.compile(
    r"(?:https?|ftp|javascript|vbscript|data|file|mailto|tel|sms|whatsapp|tg)\s*:(?=\S)"
    r"|//\w|\bwww\s*\.|\S@\w[\w-]*\.\w"
    r"|\[\s*(?:\.|dot)\s*\]|\b[\w-]+\.(?:com|net|org|info|biz|io|co|me|app|dev|ru|ua|tr|uk|de|pl|fr|cy|su|xyz|top"
    r"|site|online|shop|link|click|ly|gl|to|cc|tk|zip|mov|example|test|invalid|local)\b",
    re.IGNORECASE,
)


def is_plain(text: str) -> bool:
    """Has it no address, mark-up or unseen character? Place-holders of homes are allowed."""
    bare = _PLACE_HOLDER.sub("", text)
    return not any(found.search(bare) for found in (_CHARACTERS, _MARKUP, _ADDRESS))


def place_holders(text: str) -> tuple[tuple[str, int], ...]:
    """The place-holders in their order: ("home", 1), ("price", 2)."""
    return tuple((kind, int(number)) for kind, number in _PLACE_HOLDER.findall(text))


def fill_in(text: str, *, homes: dict[int, str], prices: dict[int, str]) -> str:
    """The text with its place-holders filled. Raises KeyError for a number that nobody gave."""
    values = {"home": homes, "price": prices}
    return _PLACE_HOLDER.sub(lambda found: values[found[1]][int(found[2])], text)


def sentences(text: str) -> list[str]:
    """The text in pieces of one sentence each; joined they are the text."""
    return _SENTENCE.findall(text)


def finished(text: str) -> list[str]:
    """The sentences that cannot grow any more, because something follows them."""
    return _FINISHED.findall(text)


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; empty if there is none."""
    ends = [found.end() for found in _END.finditer(text)]
    return text[: ends[-1]] if ends else ""
