"""Contact data never reaches a model: it becomes tokens, and no token is ever turned back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gatehouse.understanding.contact import emails, phones
from gatehouse.understanding.letters import fold
from gatehouse.understanding.types import Contact

_LONG_NUMBER = re.compile(r"\+?\d(?:[ ().\-/]{0,2}\d){8,}")
_ADDRESS = re.compile(r"[^\s@\"'<>]{1,64}@[^\s@\"'<>]{0,254}\w")
_SHORTEST_NAME = 2


@dataclass(slots=True)
class Veil:
    """Hides what reaches a person. The same number, address or name always gets the same token."""

    contact: Contact | None = None
    _tokens: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """The text with [phone 1], [email 1], [name 1] instead of what they stand for."""
        text = _ADDRESS.sub(lambda found: self._token("email", found[0].casefold()), text)
        text = self._hide_spans(text)
        text = _LONG_NUMBER.sub(lambda found: self._token("phone", _digits(found[0])), text)
        return self._hide_name(text)

    def _hide_spans(self, text: str) -> str:
        """What the ear takes for a phone number or an address; its folding keeps every place."""
        folded = fold(text)
        if len(folded) != len(text):
            return text
        spans = [(span, "phone") for span, _ in phones(folded)]
        spans += [(span, "email") for span in emails(folded)]
        for span, kind in sorted(spans, key=lambda found: -found[0].start):
            said = text[span.start : span.end]
            key = _digits(said) if kind == "phone" else said.casefold()
            text = text[: span.start] + self._token(kind, key) + text[span.end :]
        return text

    def _hide_name(self, text: str) -> str:
        name = self.contact.name if self.contact else None
        if not name or len(name) < _SHORTEST_NAME:
            return text
        for part in (name, *(p for p in name.split() if len(p) > _SHORTEST_NAME)):
            pattern = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)", re.IGNORECASE)
            text = pattern.sub(lambda _: self._token("name", name.casefold()), text)
        return text

    def _token(self, kind: str, key: str) -> str:
        if key not in self._tokens:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._tokens[key] = f"[{kind} {self._counts[kind]}]"
        return self._tokens[key]


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())
