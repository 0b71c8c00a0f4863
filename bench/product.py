"""The product in a scratch folder: bundled PostgreSQL, migrated, seeded, served on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench import machine
from gatehouse.ops import cluster, postgres

HOMES = 120


@dataclass(slots=True)
class Server:
    """One `gatehouse serve`, its port, and where it writes."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def pids(self) -> list[int]:
        """Its processes, PostgreSQL's left out."""
        everyone = machine.family(self.process.pid)
        return [pid for pid in everyone if not machine.name_of(pid).startswith("postgres")]

    @property
    def workers(self) -> list[int]:
        """Of its processes those that answer requests."""
        return [pid for pid in self.pids if "spawn_main" in machine.command_of(pid)]

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        return machine.answers(f"http://127.0.0.1:{self.port}/readyz")

    def await_ready(self, seconds: float = 120) -> None:
        """Raises machine.NotUp."""
        url = f"http://127.0.0.1:{self.port}/readyz"
        machine.await_http(url, process=self.process, log=self.log, seconds=seconds)

    def stop(self) -> None:
        machine.finish(self.process)


@dataclass(slots=True)
class Product:
    """A scratch installation. Every server it starts is ended with it."""

    folder: Path
    servers: list[Server] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def database_url(self) -> str:
        """Makes this process a user of the bundled server, so that it outlives its servers."""
        return postgres.ensure(self.data)

    @property
    def postgres_pid(self) -> int:
        """Process number of the database server itself. Raises LookupError while none runs."""
        with suppress(FileNotFoundError, ValueError):  # gone, or not written yet
            text = cluster.locate(self.data).pid_file.read_text()
            pid = int(text.partition("\n")[0])
            if machine.name_of(pid):
                return pid
        raise LookupError(f"no database server runs in {self.data}")

    def manage(self, *arguments: str) -> None:
        """Runs one command of the product to its end. Raises CalledProcessError."""
        command = [sys.executable, "manage.py", *arguments]
        env = self.environment(0)
        subprocess.run(command, env=env, cwd=machine.ROOT, check=True, capture_output=True)

    def serve(
        self, port: int, *, workers: int = 1, extra: Mapping[str, str] | None = None
    ) -> Server:
        """Starts a server; it may not be ready yet."""
        env = self.environment(port) | {"WEB_WORKERS": str(workers)} | dict(extra or {})
        log = self.folder / f"server-{port}.log"
        process = machine.spawn([sys.executable, "manage.py", "serve"], env=env, log=log)
        server = Server(process, port, log)
        self.servers.append(server)
        return server

    def environment(self, port: int) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "GATEHOUSE_DATA": str(self.data),
            "WEB_HOST": "127.0.0.1",
            "WEB_PORT": str(port or 1),
            "LOG_FILE": str(self.folder / "app.log"),
            "PYTHONUNBUFFERED": "1",
        }


@contextmanager
def scratch(prefix: str = "gatehouse-bench-") -> Iterator[Product]:
    """A migrated and seeded installation that leaves nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)  # the database's own account must be able to pass
    product = Product(folder)
    try:
        postgres.ensure(product.data)
        product.manage("migrate")
        product.manage("seed_listings", f"--count={HOMES}")
        yield product
    finally:
        for server in product.servers:
            server.stop()
        postgres.release(product.data)
        shutil.rmtree(folder, ignore_errors=True)
