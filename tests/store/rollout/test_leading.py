"""Who leads: one at a time, and nobody who has fallen silent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from gatehouse.base.errors import StoreDown
from gatehouse.rollout.connecting import Connection, connecting
from gatehouse.rollout.leading import Lead, is_led

PATIENCE_SECONDS = 60.0


def until(is_it: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_it():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def test_a_leader_that_falls_silent_is_succeeded_and_can_write_no_more(clean: str) -> None:
    """As a process that was stopped, or whose machine is gone."""
    frozen, other = Lead(connecting(clean), silent_seconds=0.5), Lead(connecting(clean))
    connection = frozen.take()
    assert connection is not None
    until(other.take)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    frozen.drop()
    other.drop()


def test_a_leader_is_given_a_minute(clean: str) -> None:
    """As long as its longest look may take, and no connection but its own ends for silence."""
    leader, other = Lead(connecting(clean)), Lead(connecting(clean))
    connection = leader.take()
    assert connection is not None
    assert connection.execute("SHOW idle_session_timeout").fetchone() == {
        "idle_session_timeout": "1min"
    }
    assert other.take() is None
    with connecting(clean)() as plain:
        assert plain.execute("SHOW idle_session_timeout").fetchone() == {
            "idle_session_timeout": "0"
        }
    leader.drop()


def test_a_connection_that_breaks_while_the_lead_is_asked_for_is_trouble_of_the_store(
    clean: str,
) -> None:
    """… and not a bug, which would cost a pause and a page; and it is closed."""
    made: list[Connection] = []

    @contextmanager
    def breaking() -> Iterator[Connection]:
        with connecting(clean)() as connection:
            made.append(connection)
            with connecting(clean)() as killer:
                killer.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
            yield connection

    with pytest.raises(StoreDown, match="lead"):
        Lead(breaking).take()
    assert made[0].closed


def test_a_lead_ends_with_its_holder(clean: str) -> None:
    lead = Lead(connecting(clean))
    with connecting(clean)() as connection:
        assert lead.take() is not None
        assert is_led(connection)
        lead.drop()
        until(lambda: not is_led(connection))


def test_whoever_holds_a_row_and_says_nothing_is_cut_off(clean: str) -> None:
    """A shell that was stopped in the middle of a lever must not keep a rollback waiting."""
    with connecting(clean)() as connection:
        row = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert row == {"idle_in_transaction_session_timeout": "10s"}
