"""`gatehouse migrate`: repeats safely, and waits for another one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from gatehouse.ops.management.commands.migrate import ONE_AT_A_TIME
from tests.conftest import scratch_database


@pytest.fixture
def empty(server_url: str) -> Iterator[str]:
    with scratch_database(server_url) as url:
        yield url


def migrate(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate"],
        env={**os.environ, "GATEHOUSE_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def applied(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()


def test_two_at_once_and_a_third_afterwards_apply_everything_once(empty: str) -> None:
    pair = [migrate(empty), migrate(empty)]
    outputs = [process.communicate()[0] for process in pair]
    assert [process.returncode for process in pair] == [0, 0], outputs
    first = applied(empty)
    assert len(first) == len(set(first)) > 5
    third = migrate(empty)
    assert "No migrations to apply" in third.communicate()[0]
    assert applied(empty) == first


def test_it_waits_for_another_one_and_then_does_its_work(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        waiting = migrate(empty)
        assert waiting.stdout
        assert "Another migrate is at work" in waiting.stdout.readline()
        assert waiting.poll() is None
    assert "OK" in waiting.communicate()[0]
    assert waiting.returncode == 0


def test_it_creates_the_vector_extension(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        if connection.info.user != "postgres":  # the bundled template has it already
            installed = "SELECT count(*) FROM pg_extension WHERE extname = 'vector'"
            migrate(empty).communicate()
            assert connection.execute(installed).fetchone() == (1,)
