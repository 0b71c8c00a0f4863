"""A control room on a clean database: versions, processes that follow, and a short plan."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import Settings, load
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.desk import Desk, Submission
from gatehouse.rollout.types import Actor, Standing
from tests.store.rollout.tampering import tamper

ANNA = Actor("person", "anna")
GOOD, NEXT = "v-00000000000a", "v-00000000000b"
PLAN: dict[str, Any] = {
    "name": "short",
    "auto_promote": True,
    "steps": [
        {"weight": 10, "min_duration": 60, "max_duration": 3600, "min_units": 20},
        {"weight": 50, "min_duration": 60, "max_duration": 3600, "min_units": 20},
        {"weight": 100, "min_duration": 60, "max_duration": 3600, "min_units": 20},
    ],
    "bake": {"duration": 300},
    "gates": [
        {"name": "errors", "kind": "slo", "metric": "turn_error", "limit": 0.05,
         "weight": 0.5, "required": True, "policy": "no_evidence", "delta_max": 0.6},
        {"name": "state_loss", "kind": "invariant", "metric": "state_loss"},
    ],
}  # fmt: skip


@dataclass
class ControlRoom:
    """Everything a test of the levers or of the controller touches."""

    url: str
    settings: Settings
    clock: TurnableClock = field(default_factory=TurnableClock)

    @classmethod
    def of(cls, url: str, **settings: Any) -> ControlRoom:
        """With two versions that can be rolled out."""
        data = load().gatehouse_data / f"room-{secrets.token_hex(4)}"  # its witness is its own
        room = cls(url, load({}, gatehouse_data=data, **settings))
        for version in (GOOD, NEXT):
            room.sql(
                "INSERT INTO rollout_version (id, bundle, created_by) VALUES (%s, '{}', 'test')",
                version,
            )
        return room

    @property
    def connect(self) -> Connect:
        return connecting(self.url)

    @property
    def desk(self) -> Desk:
        return Desk(self.connect, self.settings, clock=self.clock)

    @property
    def now(self) -> float:
        return self.clock.now().timestamp()

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Runs it on a connection of its own and gives its rows, if it has any."""
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def tamper(self, statement: str, *values: Any) -> None:
        """Changes the audit as only the owner of the database can."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            tamper(connection, statement, *values)

    def submit(self, version: str = GOOD, **changed: Any) -> Standing:
        """A rollout of the short plan, begun by Anna."""
        submission = Submission(version, {**PLAN, **changed}, "short")
        return self.desk.submit(submission, actor=ANNA, reason="a better sentence")

    def standing(self) -> Standing:
        return self.desk.standing()

    def follow(self, *names: str, lag: int = 0) -> None:
        """These processes act on the current revision, or on one that is `lag` older."""
        for name in names or ("one:1:1",):
            self.sql(
                "INSERT INTO rollout_worker (name, revision)"
                " SELECT %s, revision - %s FROM rollout_control"
                " ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, seen_at = now()",
                name,
                lag,
            )

    @property
    def pointed(self) -> str | None:
        """The version that everybody outside a canary gets."""
        row = self.sql("SELECT stable_version FROM rollout_control")[0]
        return row["stable_version"]  # type: ignore[no-any-return]
