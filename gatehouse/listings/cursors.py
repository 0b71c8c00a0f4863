"""The opaque mark of a page: where it ended, of which search. Anything else is refused."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2s
from uuid import UUID

from gatehouse.base.errors import BadInput
from gatehouse.listings.types import Wish

Key = float | datetime
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Mark:
    """The sort key and id of the last home shown, and the total that was counted at first."""

    key: Key
    id: UUID
    total: int


def write(mark: Mark, wish: Wish) -> str:
    """The mark as text for a URL, bound to this search."""
    moment = isinstance(mark.key, datetime)
    key = mark.key.isoformat() if isinstance(mark.key, datetime) else mark.key
    body = json.dumps([moment, key, mark.id.hex, mark.total], separators=(",", ":")).encode()
    return urlsafe_b64encode(_seal(body, wish) + body).decode().rstrip("=")


def read(text: str, wish: Wish) -> Mark:
    """The mark of this very search. Raises BadInput for anything else."""
    try:
        raw = urlsafe_b64decode(text[:_LONGEST] + "=" * (-len(text) % 4))
        if raw[:8] != _seal(raw[8:], wish):
            raise ValueError("another search, or changed by hand")
        moment, key, identity, total = json.loads(raw[8:])
        at = datetime.fromisoformat(key) if moment else float(key)
        return Mark(at, UUID(hex=identity), int(total))
    except (ValueError, TypeError, AttributeError, binascii.Error) as wrong:
        raise BadInput("after: not a mark of this search; start again without it") from wrong


def _seal(body: bytes, wish: Wish) -> bytes:
    """Eight bytes that change with the search; a guard against mix-ups, not a secret."""
    same = repr(replace(wish, after=None, limit=0)).encode()
    return blake2s(same + body, digest_size=8, person=b"gh-page").digest()
