"""Accept, claim, think, commit, crash in any order: no message lost, none answered twice."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gatehouse.base.database import Database, PoolLimits
from gatehouse.base.errors import LostLease
from gatehouse.talk.claims import Claimed
from gatehouse.talk.committing import write_down
from gatehouse.talk.owner import Owner
from gatehouse.talk.store import Store

from ...store.talk.stage import message, outcome

T = TypeVar("T")
KEYS = st.sampled_from("abcdefgh")
WORKERS = st.integers(0, 2)


class TurnMachine(RuleBasedStateMachine):
    """Three workers on one conversation, against a list of what was accepted and in which order."""

    database: Database
    url: str
    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.owner = uuid4().bytes * 2
        self.stores = [Store(self.database, Owner(), lease_seconds=30) for _ in range(3)]
        self.held: dict[int, Claimed] = {}
        self.accepted: list[str] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @rule(worker=WORKERS, key=KEYS)
    def a_message_arrives(self, worker: int, key: str) -> None:
        sent = message(key, owner=self.owner, key=key)
        accepted = self.run(self.stores[worker].accept(sent))
        assert accepted.is_replay == (key in self.accepted)
        if not accepted.is_replay:
            self.accepted.append(key)
        if accepted.claim is not None:
            self.held[worker] = accepted.claim

    @rule(worker=WORKERS)
    def a_worker_looks_for_work(self, worker: int) -> None:
        for conversation, dead in self.run(self.stores[worker].unattended()):
            claim = self.run(self.stores[worker].claim(conversation, dead=dead))
            if claim is not None and claim.thread.id == self._conversation():
                self.held[worker] = claim

    @rule(worker=WORKERS)
    def a_worker_commits(self, worker: int) -> None:
        claim = self.held.pop(worker, None)
        if claim is None:
            return
        written = write_down(claim, outcome(claim.thread), handler="rules")
        is_current = self._epoch() == claim.thread.epoch
        try:
            self.run(self.stores[worker].commit(claim, written.values, has_effects=False))
            assert is_current
        except LostLease:
            assert not is_current
        self.stores[worker].drop(claim)

    @rule(worker=WORKERS)
    def a_worker_dies(self, worker: int) -> None:
        self.held.pop(worker, None)
        self.stores[worker] = Store(self.database, Owner(), lease_seconds=30)
        self._sql("UPDATE talk_conversation SET lease_until = now() - interval '1 s' "
                  "WHERE owner_hash = %(owner)s AND lease_owner IS NOT NULL")  # fmt: skip

    @rule()
    def staff_write(self) -> None:
        self._sql("UPDATE talk_conversation SET epoch = epoch + 1, lease_until = NULL, "
                  "lease_owner = NULL WHERE owner_hash = %(owner)s")  # fmt: skip

    @invariant()
    def every_accepted_message_is_stored_in_order(self) -> None:
        assert [row[0] for row in self._inbox()] == self.accepted

    @invariant()
    def answers_are_in_order_and_remembered_once(self) -> None:
        answered = [row[1] is not None for row in self._inbox()]
        assert answered == sorted(answered, reverse=True)  # no answer before an earlier one
        told = self._sql("SELECT state->'slots'->'amenities'->'value' FROM talk_conversation "
                         "WHERE owner_hash = %(owner)s")  # fmt: skip
        remembered = (told[0][0] or []) if told else []
        assert remembered == self.accepted[: sum(answered)]

    def teardown(self) -> None:
        """Whatever happened, a living worker answers the rest."""
        self.a_worker_dies(0)
        for _ in range(len(self.accepted) + 1):
            self.a_worker_looks_for_work(0)
            self.a_worker_commits(0)
        assert all(turn is not None for _, turn in self._inbox())

    def _inbox(self) -> list[tuple[Any, ...]]:
        return self._sql("SELECT i.text, i.turn_id FROM talk_inbox i WHERE account = %(account)s "
                         "ORDER BY i.seq")  # fmt: skip

    def _conversation(self) -> Any:
        rows = self._sql("SELECT id FROM talk_conversation WHERE owner_hash = %(owner)s")
        return rows[0][0] if rows else None

    def _epoch(self) -> int:
        rows = self._sql("SELECT epoch FROM talk_conversation WHERE owner_hash = %(owner)s")
        return int(rows[0][0])

    def _sql(self, statement: str) -> list[tuple[Any, ...]]:
        values = {"owner": self.owner, "account": self.owner.hex()}
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


def test_no_order_of_events_loses_or_repeats_an_answer(clean: str) -> None:
    loop = asyncio.new_event_loop()
    limits = PoolLimits(size=2, statement_timeout_ms=2000)
    database = Database(clean, chat=limits, search=limits)
    loop.run_until_complete(database.open())
    TurnMachine.database, TurnMachine.url, TurnMachine.loop = database, clean, loop
    try:
        run_state_machine_as_test(
            TurnMachine,
            settings=settings(
                max_examples=25,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.run_until_complete(database.close())
        loop.close()
