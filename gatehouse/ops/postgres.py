"""The bundled PostgreSQL: started when needed, shared by every process, stopped by the last."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
from psycopg import pq, sql

from gatehouse.ops.cluster import SOCKET, Cluster, ClusterTrouble, locate, private_folder

RECOVERY_SECONDS = 900.0
STARTS = 5  # a start may fail while the remains of a killed server still go away
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "300",
    "jit": "off",  # compiling costs more than our short statements take
    "cluster_name": "gatehouse",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
}

_registrations: dict[Path, int] = {}
_children: dict[Path, subprocess.Popen[bytes]] = {}


def ensure(data: Path, *, unless: Event | None = None) -> str:
    """The URL of a running server with this data folder, started if it was not running.

    This process counts as a user of the server until `release` or its end. Raises ClusterTrouble,
    also when `unless` is set while a long recovery is waited for.
    """
    cluster = locate(data)
    try:
        with _only_one(cluster):
            _register(cluster)
            if not (cluster.folder / "PG_VERSION").exists():
                _create(cluster)
            _await_answer(cluster, unless or Event())
            _furnish(cluster)
        return cluster.url()
    except (OSError, psycopg.Error) as trouble:
        reason = str(trouble).strip().replace("\n", " ")
        raise ClusterTrouble(f"the bundled PostgreSQL cannot be used: {reason}") from trouble


def release(data: Path, *, seconds: float = 2.0) -> bool:
    """This process needs the server no more; the last user stops it. True when it was stopped."""
    cluster = locate(data)
    with _only_one(cluster):
        if (file := _registrations.pop(cluster.home, None)) is not None:
            os.close(file)
        with cluster.opened(cluster.home / "users") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            _stop(cluster, seconds)
    return True


@contextmanager
def running(data: Path) -> Iterator[str]:
    """A server for the length of the block: watched, restarted when it dies, then released."""
    over = Event()
    watch = Thread(target=keep_alive, args=(data,), kwargs={"until": over}, daemon=True)
    try:
        url = ensure(data)
        watch.start()
        yield url
    finally:
        over.set()
        if watch.is_alive():
            watch.join()
        release(data)


def keep_alive(data: Path, *, until: Event, every_seconds: float = 0.2) -> None:
    """Starts the server again whenever it has died, until told to end. Runs in a thread."""
    cluster = locate(data)
    while not until.wait(every_seconds):
        if _is_running(cluster):
            continue
        _say("PostgreSQL has stopped; starting it again")
        try:
            ensure(data, unless=until)
        except ClusterTrouble as trouble:
            _say(f"PostgreSQL does not start: {trouble}")
            until.wait(2)


@contextmanager
def _only_one(cluster: Cluster) -> Iterator[None]:
    """Starting and stopping are done by one process at a time."""
    with cluster.opened(cluster.home / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _register(cluster: Cluster) -> None:
    """A shared lock that the kernel takes back when this process ends, however it ends."""
    if cluster.home not in _registrations:
        file = cluster.open(cluster.home / "users")
        fcntl.flock(file, fcntl.LOCK_SH)
        _registrations[cluster.home] = file


def _create(cluster: Cluster) -> None:
    """initdb beside the final place, then one rename: a crash leaves nothing half made."""
    shutil.rmtree(cluster.home / "draft", ignore_errors=True)
    draft = private_folder(cluster.home / "draft", cluster.account)
    with tempfile.NamedTemporaryFile("w", dir=cluster.sockets) as password:
        password.write(cluster.secret("superuser-password"))
        password.flush()
        os.chown(password.name, cluster.account.uid, cluster.account.gid)
        made = cluster.command(
            "initdb", "-D", str(draft), "-U", "postgres", f"--pwfile={password.name}",
            "--auth-local=scram-sha-256", "--auth-host=reject", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            "--no-instructions",
        ).wait()  # fmt: skip
    if made != 0:
        raise ClusterTrouble(f"PostgreSQL cannot create its files: {cluster.last_words()}")
    draft.rename(cluster.folder)


def _await_answer(cluster: Cluster, unless: Event) -> None:
    """Starts the server if nobody did, and waits out a crash recovery of any usual length."""
    began, told, starts = time.monotonic(), 0.0, 0
    while (answer := _ping(cluster)) != pq.Ping.OK:
        waited = time.monotonic() - began
        if answer == pq.Ping.NO_RESPONSE and not _is_running(cluster):
            if starts == STARTS:
                raise ClusterTrouble(
                    f"PostgreSQL does not start: {cluster.last_words()} (see {cluster.log})"
                )
            starts += 1
            _start(cluster, pause=0.0 if starts == 1 else 0.5)
        if waited > RECOVERY_SECONDS:
            raise ClusterTrouble(f"PostgreSQL gives no answer for {waited:.0f} s: {cluster.log}")
        if waited - told > 5:
            told = waited
            _say(f"waiting for PostgreSQL, {waited:.0f} s so far: {cluster.last_words()}")
        if unless.wait(0.02):
            raise ClusterTrouble("PostgreSQL is no longer wanted")


def _ping(cluster: Cluster) -> pq.Ping:
    where = f"host='{cluster.sockets}' user=gatehouse dbname=postgres connect_timeout=2"
    return pq.Ping(pq.PGconn.ping(where.encode()))


def _start(cluster: Cluster, *, pause: float) -> None:
    time.sleep(pause)
    _clear_remains(cluster)
    with suppress(FileNotFoundError):
        if cluster.log.stat().st_size > 10_000_000:
            cluster.log.replace(cluster.log.with_suffix(".log.1"))
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    _children[cluster.home] = cluster.command(
        "postgres", "-D", str(cluster.folder), "-k", str(cluster.sockets), *options
    )


def _clear_remains(cluster: Cluster) -> None:
    """Removes what a killed server left: first its processes, only then its lock files.

    The order matters: a new server beside an old backend would destroy the data.
    """
    deadline = time.monotonic() + 10
    while remains := _processes(cluster):
        late = time.monotonic() > deadline
        for process in remains if late else ():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)
    for path in (cluster.pid_file, *cluster.sockets.glob(f"{SOCKET}*")):
        path.unlink(missing_ok=True)


def _processes(cluster: Cluster) -> list[int]:
    """Living server processes that work in the cluster's folder."""
    import psutil

    ours = str(cluster.folder)
    return [p.pid for p in psutil.process_iter() if _works_in(p, ours)]


def _works_in(process: Any, folder: str) -> bool:
    import psutil

    try:
        return bool(
            process.status() != psutil.STATUS_ZOMBIE
            and process.name().startswith("postgres")
            and process.cwd() == folder
        )
    except psutil.Error:
        return False


def _is_running(cluster: Cluster) -> bool:
    return _server(cluster) is not None


def _server(cluster: Cluster) -> int | None:
    """The living server's process: our child, or that of the pid file if it really is one."""
    import psutil

    if (child := _children.get(cluster.home)) is not None and child.poll() is None:
        return child.pid
    try:
        pid = int(cluster.pid_file.read_text().split("\n", 1)[0])
        return pid if _works_in(psutil.Process(pid), str(cluster.folder)) else None
    except (OSError, ValueError, psutil.Error):
        return None


def _stop(cluster: Cluster, seconds: float) -> None:
    """Fast shutdown; when that takes too long an immediate one, which costs only a recovery."""
    if (pid := _server(cluster)) is None:
        return
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if _server(cluster) != pid:
                _children.pop(cluster.home, None)
                return
            time.sleep(0.02)


def _furnish(cluster: Cluster) -> None:
    """The application's role, database and extension, if a first start was cut short or is now."""
    with suppress(psycopg.OperationalError), psycopg.connect(cluster.url(), connect_timeout=5):
        return
    name, password = sql.Identifier("gatehouse"), sql.Literal(cluster.secret("password"))
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as admin:
        roles = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'gatehouse'").fetchone()
        verb = sql.SQL("ALTER" if roles else "CREATE")
        admin.execute(sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}").format(verb, name, password))
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = 'gatehouse'").fetchone():
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
    for database in ("template1", "gatehouse"):
        with psycopg.connect(cluster.superuser_url(database), autocommit=True) as admin:
            admin.execute("CREATE EXTENSION IF NOT EXISTS vector")


def _say(line: str) -> None:
    sys.stderr.write(f"gatehouse: {line}\n")
    sys.stderr.flush()
