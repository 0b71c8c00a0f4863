"""`gatehouse X`: the database comes and goes with the command that needs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gatehouse.ops import postgres


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "data"


def gatehouse(data: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("GATEHOUSE_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env={**kept, "GATEHOUSE_DATA": str(data), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_command_starts_the_bundled_server_and_stops_it_again(data: Path) -> None:
    ended = gatehouse(data, "migrate")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    assert (data / "postgres" / "cluster" / "PG_VERSION").exists()
    assert not (data / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_command_leaves_a_server_alone_that_another_process_uses(data: Path) -> None:
    with postgres.running(data) as url:
        assert gatehouse(data, "migrate").returncode == 0
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) > 5 FROM django_migrations").fetchone() == (
                True,
            )


@pytest.mark.parametrize("words", [("settings",), ("help",), ("migrate", "--help")])
def test_what_needs_no_database_starts_none(data: Path, words: tuple[str, ...]) -> None:
    assert gatehouse(data, *words).returncode == 0
    assert not data.exists()


def test_a_server_that_cannot_be_used_stops_the_command_with_one_line(data: Path) -> None:
    ended = gatehouse(data, "migrate", DATABASE_URL="postgresql://me:word@127.0.0.1:1/x")
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("gatehouse: the PostgreSQL of DATABASE_URL or DB_HOST cannot")
    assert "word" not in ended.stderr


def test_a_misspelt_variable_is_pointed_out_and_the_command_goes_on(data: Path) -> None:
    ended = gatehouse(data, "settings", GATEHOUSE_DATTA="x")
    assert ended.returncode == 0
    assert "GATEHOUSE_DATTA is no setting and is ignored" in ended.stderr


def test_a_reader_that_goes_away_is_no_crash(data: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "manage.py", "settings"],
        env={**os.environ, "GATEHOUSE_DATA": str(data)},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert "Traceback" not in ended.stderr
