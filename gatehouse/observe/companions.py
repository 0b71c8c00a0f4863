"""Plain lines beside two JSON events, for the runbooks' greps that no JSON line can satisfy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def companion(name: str, fields: Mapping[str, Any]) -> str | None:
    """The extra line of an event, if it has one; printable ASCII, no line break."""
    if name == "re.agent.parsed":
        return _true_reask(fields)
    if name == "chat.context" and _number(fields.get("turn")) >= 2:
        return (
            f"context turn {_number(fields['turn'])} "
            f"msg_count_before {_number(fields.get('messages_before'))}"
        )
    return None


def _true_reask(fields: Mapping[str, Any]) -> str | None:
    needed = [str(slot) for slot in fields.get("next_needed") or ()]
    filled = {str(slot) for slot in fields.get("filled_before") or ()}
    if fields.get("act") != "ASK_SLOT" or filled.isdisjoint(needed):
        return None
    names = ",".join(f'"{_plain(slot)}"' for slot in needed)
    thread = _plain(fields.get("thread", ""))
    return (
        f"RE Agent: parsed act=ASK_SLOT next_needed=[{names}] "
        f"thread={thread} turn={_number(fields.get('turn'))}"
    )


def _plain(value: Any) -> str:
    return "".join(c for c in str(value) if c.isascii() and (c.isalnum() or c in "_-"))[:32]


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
