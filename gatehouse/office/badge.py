"""What shows that a request comes from staff, without asking the database."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http.cookies import CookieError, SimpleCookie

SESSION, FORM = "gatehouse_staff", "gatehouse_form"
_NAME = SESSION.encode()
HOST = "__Host-"  # a browser takes such a name only over TLS, for this very host
TOKEN = re.compile(r"gho_[0-9a-f]{40}_[0-9a-f]{32}")
_WORDS = re.compile(r"([a-z0-9]{8,64})\.([0-9]{1,12})\.([0-9a-f]{32})")
Headers = Mapping[bytes, bytes]


@dataclass(frozen=True)
class Badge:
    """Signs session keys and API tokens, so that what is not ours costs us nothing.

    `key` is asked for once, when the first badge is looked at.
    """

    key: Callable[[], str]
    now: Callable[[], float] = time.time

    @cached_property
    def _key(self) -> bytes:
        return hashlib.sha256(b"gatehouse office badge\0" + self.key().encode()).digest()

    def issue(self, session_key: str, *, until: float) -> str:
        """The cookie's value of a session; `until`: seconds since 1970."""
        words = f"{session_key}.{int(until)}"
        return f"{words}.{self._seal(words)}"

    def session_key(self, value: str) -> str | None:
        """The session that a cookie names, if we issued it and its time is not over."""
        if (match := _WORDS.fullmatch(value)) is None:
            return None
        session_key, until, seal = match.groups()
        is_ours = hmac.compare_digest(seal, self._seal(f"{session_key}.{until}"))
        return session_key if is_ours and float(until) > self.now() else None

    def new_token(self) -> str:
        """A bearer token of the API; the database keeps its digest alone."""
        words = f"gho_{secrets.token_hex(20)}"
        return f"{words}_{self._seal(words)}"

    def is_token(self, text: str) -> bool:
        """Whether we issued it; whose it is, and whether it still counts, the database knows."""
        if TOKEN.fullmatch(text) is None:
            return False
        words, _, seal = text.rpartition("_")
        return hmac.compare_digest(seal, self._seal(words))

    def is_worn(self, headers: Headers) -> bool:
        """Whether a request carries a session or token of ours."""
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(token.strip())
        given = headers.get(b"cookie", b"")
        if _NAME not in given:
            return False
        cookies = _cookies(given.decode("latin-1"))
        worn = (cookies.get(name, "") for name in (HOST + SESSION, SESSION))
        return any(self.session_key(value) for value in worn if value)

    def _seal(self, words: str) -> str:
        return hmac.new(self._key, words.encode(), hashlib.sha256).hexdigest()[:32]


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
