"""The processes that serve, and whether each of them acts on what was decided last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gatehouse.rollout.connecting import Connection

ALIVE_SECONDS: Final = 10.0  # a process that was not seen for so long serves nobody
_FLEET: Final = """
SELECT c.revision AS wanted, w.name, w.revision,
       extract(epoch FROM now() - w.seen_at)::float8 AS age
FROM rollout_control c
LEFT JOIN rollout_worker w ON w.seen_at > now() - %(alive)s * interval '1 second'
WHERE c.id = 1 ORDER BY w.name
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """A living process; `age`: seconds since it was seen."""

    name: str
    revision: int
    age: float


@dataclass(frozen=True, slots=True)
class Fleet:
    """All living processes, and the revision that each of them should act on."""

    wanted: int
    workers: tuple[Worker, ...]

    @property
    def behind(self) -> tuple[Worker, ...]:
        """Those that act on something older."""
        return tuple(each for each in self.workers if each.revision < self.wanted)

    @property
    def has_followed(self) -> bool:
        """There is somebody, and everybody has it. Nobody there is no proof."""
        return bool(self.workers) and not self.behind


def fleet(connection: Connection) -> Fleet:
    """As it stands in this moment."""
    rows = connection.execute(_FLEET, {"alive": ALIVE_SECONDS}).fetchall()
    workers = (Worker(row["name"], row["revision"], row["age"]) for row in rows if row["name"])
    return Fleet(rows[0]["wanted"] if rows else 0, tuple(workers))
