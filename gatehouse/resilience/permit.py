"""One call's way through a breaker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from gatehouse.resilience.votes import Judge, Judged, Vote


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a call was let in with. `probe` is the number of its lease, 0 outside half-open."""

    generation: int
    began: float
    timeout: float | None
    probe: int = 0


class Permit:
    """A context manager that is used once; `admit` raises CircuitOpen on entry."""

    __slots__ = ("_admit", "_judge", "_settle", "_ticket")

    def __init__(
        self, admit: Callable[[], Ticket], settle: Callable[[Ticket, Judged], None], judge: Judge
    ) -> None:
        self._admit = admit
        self._settle = settle
        self._judge = judge
        self._ticket: Ticket | None = None

    def __enter__(self) -> Permit:
        self._ticket = self._admit()
        return self

    def settle(self, judged: Judged) -> None:
        """Counts the call as ended now, with this verdict; what comes later no longer counts."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            self._settle(ticket, judged)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.settle(Judged(Vote.OK))
        elif isinstance(error, Exception):
            self.settle(self._judge(error))
        else:
            self.settle(Judged(Vote.NONE))  # cancelled, closed, or the process is ending
