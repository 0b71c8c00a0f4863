"""How long something lasts, as people write it."""

from __future__ import annotations

import re
from typing import Final

from gatehouse.base.errors import BadInput

UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")


def seconds_of(text: str) -> float:
    """600, 600s, 10m, 48h or 2d. Raises BadInput."""
    match = _FORM.fullmatch(text.strip().lower())
    seconds = float(match[1]) * UNITS[match[2]] if match else 0.0
    if seconds <= 0:
        raise BadInput(f"{text!r} is no time: allowed is such as 600, 90s, 10m or 48h")
    return seconds
