"""Phone numbers and e-mail addresses in any text."""

from __future__ import annotations

from collections.abc import Iterator

from gatehouse.understanding.contact import emails, phones
from gatehouse.understanding.values.page import Page
from gatehouse.understanding.values.types import Kind, Settings, Value


def read_reach(page: Page, _: Settings) -> Iterator[Value]:
    """Every phone number (digits, with the + if said) and e-mail address (as written)."""
    for span in emails(page.folded):
        yield Value(Kind.EMAIL, span, page.raw[span.start : span.end])
    for span, digits in phones(page.folded):
        yield Value(Kind.PHONE, span, digits, 0.9)
