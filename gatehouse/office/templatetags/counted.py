"""Numbers as people read them."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def count(number: int) -> str:
    """With a comma between thousands."""
    return f"{number:,}"
