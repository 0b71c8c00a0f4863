"""Which class of work a request is: what is given up first when there is too much of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

QUIET = frozenset({"/healthz", "/readyz", "/health", "/api/health", "/metrics", "/version"})
ACKNOWLEDGED = ("/api/webhooks/",)  # channels that come again, and give up on who is slow
STAFF = ("/office/",)
PAGE = ("/widget/",)  # without its page a visitor hears nothing at all, not even to wait
_COOKIES = (b"__Host-s=", b"gatehouse_s=")


Headers = Mapping[bytes, bytes]


def nobody(_: Headers) -> bool:
    """Where no badges are known."""
    return False


def class_of(path: str, headers: Headers, *, is_staff: Callable[[Headers], bool] = nobody) -> str:
    """One of labels.WORK_CLASSES. A visitor's credentials are not checked here: they only choose
    the line. Those of staff are, by their seal: the places of the office are for whoever has signed
    in, and a stranger at its door is served like a visitor, or nobody could sign in."""
    if path in QUIET or path.startswith(ACKNOWLEDGED):
        return "ack"
    if path.startswith(STAFF):
        return "staff" if is_staff(headers) else "existing"
    if path.startswith(PAGE) and is_staff(headers):
        return "staff"  # the office wears the page's colours
    if path == "/" or path.startswith(PAGE) or has_credentials(headers):
        return "existing"
    return "new"


def has_credentials(headers: Mapping[bytes, bytes]) -> bool:
    """A visitor who has been here before: a bearer token or our cookie."""
    if headers.get(b"authorization", b"")[:7].lower() == b"bearer ":
        return True
    cookie = headers.get(b"cookie", b"")
    return any(name in cookie for name in _COOKIES)
