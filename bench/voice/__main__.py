"""`python -m bench.voice`: a thousand conversations with a 2 s model, and the first words."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench import load, machine
from bench.product import Product, Server, scratch
from bench.voice import crowd, first_words

SERVER_CORE, OTHER_CORE = 0, 1
MOST_OWN_MS, MOST_FIRST_MS = 60.0, 30.0
PLENTY = "100000"


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m bench.voice", description=__doc__)
    reader.add_argument("--conversations", type=int, default=1000)
    reader.add_argument("--turns", type=int, default=3, help="of each conversation")
    reader.add_argument("--pause", type=float, default=30, help="seconds between two messages")
    reader.add_argument("--think-ms", type=float, default=2000, help="before the first token")
    reader.add_argument("--talks", type=int, default=200, help="measured for the first words")
    asked = reader.parse_args()
    _allow_open_files(8 * asked.conversations)
    machine.favour([os.getpid()])
    with scratch() as product:
        _say(f"the first words of {asked.talks} talks")
        first = asyncio.run(first_words.measure(product.database_url, asked.talks))
        with _model(product, asked.think_ms) as url:
            seen = asyncio.run(_crowd(product, url, asked))
    own = sorted(ms - asked.think_ms for ms in seen.latencies_ms)
    _say(
        f"{asked.conversations} conversations, {len(own)} turns in {seen.seconds:.0f} s "
        f"({len(own) / seen.seconds:.0f} a second), at most {seen.most_at_once} turns at once, "
        f"errors {len(seen.errors)}, {1000 * seen.cpu_seconds / max(len(own), 1):.1f} ms of the "
        f"server's core a turn, in the model's words {seen.enhanced}, degraded {seen.degraded}"
    )
    _say(f"our own share of a turn in ms: {_told(seen.outside_ms)} (limit p95 {MOST_OWN_MS:g})")
    _say(f"all but the model's {asked.think_ms:g} ms, its server and the way there: {_told(own)}")
    _say(f"first words after the model's first sentence in ms: {_told(first)} "
         f"(limit p95 {MOST_FIRST_MS:g})")  # fmt: skip
    for error in sorted(set(seen.errors))[:5]:
        _say(f"  {error}")
    is_good = not seen.errors and not seen.degraded and _share(seen.outside_ms, 0.95) <= MOST_OWN_MS
    return 0 if is_good and _share(first, 0.95) <= MOST_FIRST_MS else 1


async def _crowd(product: Product, url: str, asked: argparse.Namespace) -> crowd.Seen:
    server = _serve(product, url)
    sessions = await load.open_sessions(server.port, asked.conversations)
    before = machine.cpu_seconds(server.pids)
    seen = await crowd.talk(server.port, sessions, turns=asked.turns, pause=asked.pause)
    seen.cpu_seconds = machine.cpu_seconds(server.pids) - before
    return seen


def _serve(product: Product, url: str) -> Server:
    plenty = (
        "RATE_LIMIT_PER_SESSION", "RATE_LIMIT_PER_USER", "RATE_LIMIT_PER_IP", "RATE_LIMIT_SITE",
        "RATE_LIMIT_NEW_SESSIONS",
    )  # fmt: skip
    extra = {
        "LLM_BASE_URL": f"{url}/v1",
        "LLM_API_KEY": "none",
        "LLM_MODEL": "simulated",
        "LLM_IN_FLIGHT": "4096",
        "MOST_IN_FLIGHT": "4096",
        "LLM_TOKENS_PER_SESSION": "10000000",
        "LOG_LEVEL": "ERROR",
        **dict.fromkeys(plenty, PLENTY),
    }
    server = product.serve(machine.free_port(), extra=extra)
    server.await_ready()
    machine.pin(server.pids, SERVER_CORE)
    others = [*machine.family(product.postgres_pid), os.getpid()]
    machine.pin(others, OTHER_CORE)
    machine.favour([*server.pids, *others])
    return server


@contextmanager
def _model(product: Product, think_ms: float) -> Iterator[str]:
    """The simulated model on the other core."""
    port = machine.free_port()
    log = product.folder / "model.log"
    command = [
        sys.executable, "manage.py", "simulate_model", f"--port={port}", "--behaviour=light",
        f"--think-ms={think_ms}", "--tokens-per-second=0",
    ]  # fmt: skip
    process: subprocess.Popen[bytes] = machine.spawn(command, env=product.environment(0), log=log)
    url = f"http://127.0.0.1:{port}"
    try:
        machine.await_http(f"{url}/stats", process=process, log=log, seconds=60)
        machine.pin(machine.family(process.pid), OTHER_CORE)
        machine.favour(machine.family(process.pid))
        yield url
    finally:
        machine.finish(process)


def _told(values: Sequence[float]) -> str:
    shares = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"), (1.0, "worst"))
    return "  ".join(f"{name} {_share(values, share):.1f}" for share, name in shares)


def _share(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _allow_open_files(wanted: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, most), most))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
