"""A server from outside is used only if it is new enough and durable."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from gatehouse.base.errors import Misconfigured
from gatehouse.ops import external
from tests.conftest import scratch_database


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    with scratch_database(server_url) as url:
        yield url


def test_a_durable_one_with_pgvector_is_taken_without_a_word(url: str) -> None:
    assert external.inspect(url) == []


def test_one_that_could_lose_acknowledged_messages_is_refused(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        database = sql.Identifier(connection.info.dbname)
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(database)
        )
    with pytest.raises(Misconfigured, match="runs with synchronous_commit = off: allowed is on"):
        external.inspect(url)


def test_one_that_is_too_old_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external, "OLDEST", 990000)
    with pytest.raises(Misconfigured, match="allowed is 15 or newer"):
        external.inspect(url)


def test_one_that_cannot_be_reached_is_named_in_one_line() -> None:
    with pytest.raises(Misconfigured) as refusal:
        external.inspect("postgresql://me:word@127.0.0.1:1/x")
    assert "cannot be used" in str(refusal.value)
    assert "word" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
