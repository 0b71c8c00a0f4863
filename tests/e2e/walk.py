"""A visitor while the model is well, hangs, babbles, is gone and is well again; nothing restarts.

`.venv/bin/python -m tests.e2e.walk` takes the pictures of docs/img/walk.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import expect, sync_playwright

from bench import machine
from bench.product import Product, Server, scratch

from .conftest import CHROMIUM, FLAGS, PHONE
from .face import Face, face

TARGET = Path(__file__).parents[2] / "docs" / "img" / "walk"
SETTLE_MS = 600
SHORT_FORM = "I'm answering in short form at the moment."
THINK_MS = 400
# Shorter than in production, so that nobody waits for a hanging model longer than needed.
LIMITS = {
    "LLM_FIRST_TOKEN_MS": "2500",
    "LLM_TIMEOUT_MS": "4000",
    "INTERIM_AFTER_MS": "700",
    "LLM_API_KEY": "none",
    "LLM_MODEL": "simulated",
}


@dataclass
class Voice:
    """The simulated model: one process, told how to behave, killed and started again."""

    folder: Path
    port: int = field(default_factory=machine.free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "manage.py", "simulate_model", f"--port={self.port}"]
        command += [f"--think-ms={THINK_MS}", "--tokens-per-second=60"]
        log = self.folder / "model.log"
        env = {"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
        self.process = machine.spawn(command, env=env, log=log)
        machine.await_http(f"{self.address}/v1/models", process=self.process, log=log, seconds=60)

    def behave(self, name: str) -> None:
        httpx.post(f"{self.address}/behaviour", json={"name": name}).raise_for_status()

    def die(self) -> None:
        if self.process is not None:
            machine.finish(self.process)


@dataclass(frozen=True, slots=True)
class Step:
    """What befalls the model, and what the visitor says then."""

    name: str
    before: Callable[[Voice], None]
    says: str
    has_interim: bool = False


def _steps() -> tuple[Step, ...]:
    return (
        Step("1-good", lambda voice: voice.behave("good"), "I need a flat in Kyrenia"),
        Step(
            "2-hanging",
            lambda voice: voice.behave("hang"),
            "about 700 pounds a month, long term",
            has_interim=True,
        ),
        Step("3-malformed", lambda voice: voice.behave("malformed"), "with two bedrooms"),
        Step("4-dead", lambda voice: voice.die(), "something cheaper"),
        Step("5-good-again", lambda voice: voice.start(), "any with a parking space?"),
    )


@contextmanager
def stage() -> Iterator[tuple[Product, Server, Voice]]:
    """The product on a scratch database, and the model it was told of."""
    with ExitStack() as closing:
        product = closing.enter_context(scratch("gatehouse-walk-"))
        voice = Voice(product.folder)
        closing.callback(voice.die)
        voice.start()
        extra = LIMITS | {"LLM_BASE_URL": f"{voice.address}/v1"}
        server = product.serve(machine.free_port(), extra=extra)
        server.await_ready()
        yield product, server, voice


def walk(visitor: Face, voice: Voice, *, shown: Callable[[Step], None]) -> list[str]:
    """The replies in their order. `shown` is called when each is on the screen."""
    replies = []
    for step in _steps():
        step.before(voice)
        before = visitor.replies.count()
        visitor.write(step.says)
        if step.has_interim:
            expect(visitor.page.get_by_text("One moment, I'm comparing homes…")).to_be_visible()
            shown(Step(f"{step.name}-interim", step.before, step.says))
        expect(visitor.replies).to_have_count(before + 1, timeout=30_000)
        replies.append(visitor.replies.last.inner_text())
        shown(step)
    return replies


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with stage() as (_, server, voice), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        address = f"http://127.0.0.1:{server.port}"
        with face(browser, address, viewport=PHONE) as visitor:
            visitor.open(address)

            def take(step: Step) -> None:
                visitor.page.wait_for_timeout(SETTLE_MS)
                visitor.page.screenshot(path=TARGET / f"{step.name}.png")

            for text in walk(visitor, voice, shown=take):
                sys.stdout.write(text.replace("\n", " ")[:300] + "\n\n")
        browser.close()


if __name__ == "__main__":
    main()
