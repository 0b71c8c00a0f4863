"""The security headers of every answer."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.web.origins import Pairs

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; frame-ancestors {ancestors}; base-uri 'none'; form-action 'self'"
)
_NOTHING = b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


@dataclass(frozen=True, slots=True)
class Shields:
    """What is added to each answer unless the endpoint has set it."""

    always: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, origins: frozenset[bytes]) -> Shields:
        ancestors = " ".join(sorted(o.decode() for o in origins)) or "'none'"
        return cls(
            always=(
                (b"content-security-policy", _CSP.format(ancestors=ancestors).encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"no-referrer"),
                (b"cross-origin-opener-policy", b"same-origin"),
                (b"permissions-policy", _NOTHING),
            )
        )

    def add_to(self, answer: Pairs, *, path: str, status: int, is_https: bool) -> None:
        """Completes the headers of one answer in place."""
        present = {name.lower() for name, _ in answer}
        answer.extend(pair for pair in self.always if pair[0] not in present)
        if b"cross-origin-resource-policy" not in present:
            answer.append((b"cross-origin-resource-policy", _reach(path)))
        if b"cache-control" not in present and (status >= 400 or path.startswith("/api/")):
            answer.append((b"cache-control", b"no-store"))
        if is_https and _HSTS[0] not in present:
            answer.append(_HSTS)


def _reach(path: str) -> bytes:
    """Pictures and the widget's files are shown on other sites; nothing else is."""
    is_picture = path.startswith("/homes/") and "/pictures" in path
    return b"cross-origin" if is_picture or path.startswith("/widget/") else b"same-origin"
