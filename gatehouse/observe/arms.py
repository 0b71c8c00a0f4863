"""Which arm the work at hand belongs to, for figures that are counted far from the turn."""

from __future__ import annotations

from contextvars import ContextVar

serving: ContextVar[str] = ContextVar("arm", default="stable")
