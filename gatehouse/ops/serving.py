"""The web server's processes: started together, replaced when one dies, stopped within a limit."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Thread
from types import FrameType

from uvicorn import Config, Server

from gatehouse.base.config import Settings
from gatehouse.base.errors import Misconfigured
from gatehouse.ops.guarding import Guarded, check_all
from gatehouse.talk.failpoints import is_mutant

GRACE_SECONDS = 12  # for requests under way; the rest of the promised 15 is for the database
COLLECT_AFTER_OBJECTS = 20_000
TICKS_A_SECOND = 10  # of uvicorn
UNSENT_BYTES = 64 * 1024  # of one connection in the kernel, so that a slow reader is seen
UNREAD_MS = 15_000  # what the other side does not take for so long ends its connection
BIND_SECONDS = 3  # the workers of a server killed by force take a moment to let go
_spawn = get_context("spawn")


@dataclass(slots=True)
class Worker:
    """One server process. `news` carries one message: it is ready."""

    process: SpawnProcess
    news: Connection
    is_ready: bool = False

    @property
    def pid(self) -> int:
        return self.process.pid or 0


@dataclass(slots=True)
class Crew:
    """The worker processes on one bound socket."""

    config: Config
    bound: socket.socket
    on_ready: Callable[[], None]
    on_death: Callable[[int], None]
    workers: list[Worker] = field(default_factory=list)
    signals: int = 0
    was_ready: bool = False

    def run(self) -> int:
        """Serves until a signal; returns the exit code: 1 when the application cannot start."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        self.workers = [self._start() for _ in range(self.config.workers)]
        while not self.signals and not self._is_broken():
            self._wait(0.2)
            self._greet()
            self._replace_dead()
        self._stop()
        return 0 if self.signals else 1

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.signals += 1

    def _start(self) -> Worker:
        news, tell = _spawn.Pipe(duplex=False)
        process = _spawn.Process(target=work, args=(self.config, self.bound, tell))
        process.start()
        tell.close()
        return Worker(process, news)

    def _wait(self, seconds: float) -> None:
        """Returns at once when a worker becomes ready or ends."""
        unheard = [worker.news for worker in self.workers if not worker.is_ready]
        connection.wait([*unheard, *(w.process.sentinel for w in self.workers)], seconds)

    def _greet(self) -> None:
        for worker in self.workers:
            with suppress(EOFError):
                worker.is_ready = worker.is_ready or (worker.news.poll() and worker.news.recv())
        if not self.was_ready and all(worker.is_ready for worker in self.workers):
            self.was_ready = True
            self.on_ready()

    def _is_broken(self) -> bool:
        """Before the first greeting a death means that the application does not start at all."""
        return not self.was_ready and any(not w.process.is_alive() for w in self.workers)

    def _replace_dead(self) -> None:
        if not self.was_ready:
            return
        for place, worker in enumerate(self.workers):
            if not worker.process.is_alive():
                _say(f"server process {worker.pid} has ended; starting another")
                self.on_death(worker.pid)
                if not worker.is_ready:
                    time.sleep(0.5)  # it cannot start just now: do not spin
                self.workers[place] = self._start()

    def _stop(self) -> None:
        """Asks politely, once. The grace over, or at a second signal, whoever is left is cut."""
        asked, heard = time.monotonic(), self.signals
        for worker in self.workers:
            worker.process.terminate()
        while any(worker.process.is_alive() for worker in self.workers):
            if time.monotonic() - asked > GRACE_SECONDS + 1 or self.signals > heard:
                for worker in self.workers:
                    worker.process.kill()
            connection.wait([w.process.sentinel for w in self.workers], 0.1)


def work(config: Config, bound: socket.socket, tell: Connection) -> None:
    """The life of one worker process."""
    Thread(target=_end_with_parent, daemon=True).start()
    with suppress(KeyboardInterrupt):
        _ReadyServer(config, tell).run([bound])


class _ReadyServer(Server):
    def __init__(self, config: Config, tell: Connection) -> None:
        super().__init__(config)
        self._tell = tell

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_A_SECOND == 0:
            check_all(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _settle_memory()
        with suppress(BrokenPipeError):
            self._tell.send(True)


def _settle_memory() -> None:
    """What start-up made lives as long as the process, and a turn makes few cycles: to search for
    them as often as Python does by default costs an eighth of a turn (bench/turn.py)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS, 20, 50)


def _end_with_parent() -> None:
    """No orphans: a parent killed by force takes its workers, and the port, along."""
    if (parent := parent_process()) is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS + 1)
        os._exit(1)


def configure(app: str, settings: Settings) -> Config:
    """uvicorn as the reliability numbers want it. Our own edge does proxies and the access log."""
    return Config(
        app,
        host=settings.web_host,
        port=settings.web_port,
        workers=settings.web_workers,
        loop="uvloop",
        http="httptools" if is_mutant("no_guard") else Guarded,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def bind(settings: Settings) -> socket.socket:
    """The listening address. Raises Misconfigured when it is taken or impossible."""
    patience = time.monotonic() + BIND_SECONDS
    while True:
        try:
            return _bound(settings.web_host, settings.web_port)
        except OSError as trouble:
            if trouble.errno == errno.EADDRINUSE and time.monotonic() < patience:
                time.sleep(0.1)
                continue
            raise Misconfigured(
                f"WEB_HOST {settings.web_host!r}, WEB_PORT {settings.web_port}: cannot listen "
                f"there ({trouble.strerror}); end the other program or give another WEB_PORT"
            ) from trouble


def _bound(host: str, port: int) -> socket.socket:
    """Listens already, so that early visitors wait for the workers instead of being refused."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bound_unread(bound)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError:
        bound.close()
        raise
    return bound


def _bound_unread(bound: socket.socket) -> None:
    """What a connection inherits where the system knows it."""
    if is_mutant("no_guard"):
        return
    for name, value in (("TCP_NOTSENT_LOWAT", UNSENT_BYTES), ("TCP_USER_TIMEOUT", UNREAD_MS)):
        if (option := getattr(socket, name, None)) is not None:
            bound.setsockopt(socket.IPPROTO_TCP, option, value)


def _say(line: str) -> None:
    sys.stderr.write(f"gatehouse: {line}\n")
