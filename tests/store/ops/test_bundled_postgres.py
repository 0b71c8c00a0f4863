"""The bundled PostgreSQL: starts by itself, survives a kill, is shared, closed, and cleaned up."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import psutil
import psycopg
import pytest

from gatehouse.ops import cluster, postgres
from gatehouse.ops.cluster import ClusterTrouble, locate

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs a second account, so root")


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "data"
        if (Path(folder) / "data").exists():
            postgres.release(Path(folder) / "data")


@pytest.fixture(scope="module")
def running() -> Iterator[Path]:
    """The data folder of a server that no test disturbs."""
    with tempfile.TemporaryDirectory(prefix="gh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres.running(Path(folder) / "data"):
            yield Path(folder) / "data"


def pid_of(data: Path) -> int:
    return int(locate(data).pid_file.read_text().split()[0])


def kill_and_bury(pid: int) -> None:
    """Kills the server and waits until the kernel says that it is gone."""
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)


def has_ended(pid: int) -> bool:
    """Gone, or dead and waiting to be buried by whoever is its parent now."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def eventually(is_so: Callable[[], bool], *, seconds: float = 8) -> bool:
    deadline = time.monotonic() + seconds
    while not (so := is_so()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return so


def as_nobody(attempt: Callable[[], object]) -> bool:
    """Whether the attempt succeeds in a child process with another account."""
    if (child := os.fork()) == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            attempt()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_it_runs_with_vector_and_with_the_durability_that_the_promises_need(running: Path) -> None:
    with psycopg.connect(postgres.ensure(running)) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == ("on",)
        assert connection.execute("SELECT '[1,2]'::vector <-> '[1,3]'").fetchone() == (1.0,)
        assert connection.execute("SHOW is_superuser").fetchone() == ("off",)


def test_after_a_kill_with_stale_lock_files_it_starts_again_with_all_that_was_committed(
    data: Path,
) -> None:
    url = postgres.ensure(data)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill_and_bury(pid_of(data))
    where = locate(data)
    lines = where.pid_file.read_text().splitlines()
    where.pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))  # alive, but no server
    (where.sockets / f"{cluster.SOCKET}.lock").write_text(f"{os.getpid()}\n")
    with psycopg.connect(postgres.ensure(data)) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_private_folder_is_not_to_be_seen_before_it_has_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, seen = tmp_path / "run", []
    monkeypatch.setattr(os, "chown", lambda *_: seen.append(folder.exists()))
    someone = cluster.Account(os.geteuid() + 1, os.getegid())
    with pytest.raises(ClusterTrouble, match="must be a folder of"):  # it was not handed over
        cluster.private_folder(folder, someone)
    assert seen == [False]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_two_processes_that_start_at_the_same_instant_share_one_server(data: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from gatehouse.ops import postgres;"
        "data = Path(sys.argv[1]); postgres.ensure(data);"
        "print((data / 'postgres/cluster/postmaster.pid').read_text().split()[0], flush=True);"
        "sys.stdin.readline(); print(postgres.release(data), flush=True)"
    )
    pair = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    pids = {process.stdout.readline().strip() for process in pair if process.stdout}
    assert len(pids) == 1
    stopped = [process.communicate("\n")[0].strip() for process in pair]
    assert stopped == ["False", "True"]  # the first leaves it to the second, the last one stops it
    assert has_ended(int(pids.pop()))


def test_a_user_that_was_killed_does_not_keep_the_server_alive(data: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from gatehouse.ops import postgres;"
        "postgres.ensure(Path(sys.argv[1])); print(flush=True); sys.stdin.readline()"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", code, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert user.stdout
    user.stdout.readline()
    postgres.ensure(data)
    assert not _is_released_by_a_third(data)  # negative control: it has two users
    user.kill()
    user.communicate()
    assert postgres.release(data)


def _is_released_by_a_third(data: Path) -> bool:
    code = "import sys; from pathlib import Path; from gatehouse.ops import postgres;"
    code += "sys.exit(not postgres.release(Path(sys.argv[1])))"
    return subprocess.run([sys.executable, "-c", code, str(data)], check=False).returncode == 0


def test_nothing_listens_on_the_network(running: Path) -> None:
    postgres.ensure(running)
    server = psutil.Process(pid_of(running))
    assert not [c for c in server.net_connections("inet") if c.status == "LISTEN"]
    assert [c for c in server.net_connections("unix") if c.laddr]  # it does listen, on its socket


def test_nobody_comes_in_without_the_password(running: Path) -> None:
    postgres.ensure(running)
    where = locate(running)
    for role in ("gatehouse", "postgres"):
        for password in ("", "wrong"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(host=str(where.sockets), user=role, password=password or None)


@as_root
def test_another_local_account_reaches_neither_socket_nor_files(running: Path) -> None:
    url = postgres.ensure(running)
    where = locate(running)

    def connect() -> None:
        psycopg.connect(url).close()

    assert not as_nobody(connect)
    assert not as_nobody((where.home / "password").read_text)
    assert not as_nobody(lambda: list(where.folder.iterdir()))
    connect()  # negative control: the URL is right
    where.sockets.chmod(0o755)
    (where.sockets / cluster.SOCKET).chmod(0o777)
    assert as_nobody(connect)  # negative control: it was the folder that kept the account out
    where.sockets.chmod(0o700)


def test_passwords_and_folders_are_closed(running: Path) -> None:
    postgres.ensure(running)
    where = locate(running)
    for path in (where.home / "password", where.home / "superuser-password", where.log):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for path in (where.folder, where.sockets):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


@as_root
def test_an_ordinary_account_runs_its_own(data: Path) -> None:
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)

    def start_and_stop() -> None:
        with postgres.running(data) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            assert psutil.Process(pid_of(data)).uids().effective == NOBODY

    assert as_nobody(start_and_stop)
    with psycopg.connect(postgres.ensure(data)) as connection:  # root leaves it to its owner
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert psutil.Process(pid_of(data)).uids().effective == NOBODY
    postgres.release(data)
    assert as_nobody(start_and_stop)  # and root has left nothing that its owner cannot use


@as_root
def test_root_lends_it_another_account(running: Path) -> None:
    postgres.ensure(running)
    assert psutil.Process(pid_of(running)).uids().effective != 0


def test_a_data_path_too_long_for_a_socket_gets_a_short_private_folder(data: Path) -> None:
    long = data / ("x" * 60) / ("y" * 60)
    try:
        with psycopg.connect(postgres.ensure(long)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        sockets = locate(long).sockets
        assert long not in sockets.parents
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    finally:
        postgres.release(long)
        locate(long).sockets.rmdir()


def test_a_socket_folder_prepared_by_somebody_else_is_refused(data: Path) -> None:
    where = locate(data)
    where.sockets.chmod(0o755)
    with pytest.raises(ClusterTrouble, match=r"must be a folder of .* with mode 0700"):
        locate(data)
    where.sockets.rmdir()
    where.sockets.symlink_to(where.home)
    with pytest.raises(ClusterTrouble, match="must be a folder of"):
        locate(data)
    where.sockets.unlink()


@as_root
def test_a_data_folder_that_the_account_cannot_reach_is_moved_and_linked(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = data.parent / "state"
    monkeypatch.setattr(cluster, "STATE", state)
    data.mkdir(mode=0o700)
    with psycopg.connect(postgres.ensure(data)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert (data / "postgres").is_symlink()
    assert state in locate(data).home.parents


@as_root
def test_programs_that_the_account_cannot_reach_are_copied_once(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = data.parent / "hidden"
    hidden.mkdir(mode=0o700)
    package = cluster._package()
    for folder in (package / "pginstall18", package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, hidden / folder.relative_to(package.parent), symlinks=True)
    monkeypatch.setattr(cluster, "_package", lambda: hidden / package.name)
    monkeypatch.setattr(cluster, "STATE", data.parent / "state")
    with psycopg.connect(postgres.ensure(data)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert hidden not in Path(psutil.Process(pid_of(data)).exe()).parents
    postgres.release(data)
    postgres.ensure(data)
    assert len(list((data.parent / "state").iterdir())) == 1


@as_root
def test_an_ordinary_account_is_told_whose_data_it_is(data: Path) -> None:
    locate(data)
    reader, writer = os.pipe()

    def attempt() -> None:
        try:
            locate(data)
        except ClusterTrouble as trouble:
            os.write(writer, str(trouble).encode())

    as_nobody(attempt)
    told = os.read(reader, 1000).decode()
    assert "belongs to another account (root)" in told
    assert "GATEHOUSE_DATA" in told
    os.close(reader)
    os.close(writer)


def test_a_watched_server_comes_back_within_five_seconds(data: Path) -> None:
    with postgres.running(data) as url:
        first = pid_of(data)
        kill_and_bury(first)
        assert eventually(lambda: _answers(url), seconds=5)
        assert pid_of(data) != first
    assert has_ended(first)


def test_a_start_that_is_no_longer_wanted_ends_at_once(data: Path) -> None:
    never = Event()
    never.set()
    with pytest.raises(ClusterTrouble, match="no longer wanted"):
        postgres.ensure(data, unless=never)


def test_without_a_watch_a_killed_server_stays_down(data: Path) -> None:
    url = postgres.ensure(data)
    kill_and_bury(pid_of(data))
    assert not _answers(url)


def test_a_first_start_cut_short_is_finished_by_the_next(data: Path) -> None:
    where = locate(data)
    (where.home / "draft").mkdir(mode=0o700)
    (where.home / "draft" / "PG_VERSION").write_text("18\n")
    with psycopg.connect(postgres.ensure(data)) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("gatehouse",)


def test_data_of_an_unknown_version_is_refused(data: Path) -> None:
    where = locate(data)
    where.folder.mkdir(mode=0o700)
    (where.folder / "PG_VERSION").write_text("12\n")
    with pytest.raises(ClusterTrouble, match="was made by PostgreSQL 12, which is not bundled"):
        postgres.ensure(data)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
