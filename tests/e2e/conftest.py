"""Chromium, a pretended server that can be told to fail, and the real one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from .face import Face, face
from .mock.server import Stage, create_app
from .mock.threaded import free_port, serving

ROOT = Path(__file__).parents[2]
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_SECONDS = 90
SITE_PORT = free_port()  # of the agency's own site, which may embed the chat
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: install the package chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def pretended() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    app = create_app(stage, origins=(f"http://127.0.0.1:{SITE_PORT}",))
    with serving(app) as address:
        yield stage, address


@pytest.fixture
def stage(pretended: tuple[Stage, str]) -> Stage:
    """What the pretended server shall do in this test; empty at its start."""
    stage = pretended[0]
    stage.__init__()  # type: ignore[misc]  # the server holds this very object
    stage.examples = ["Flat in Girne", "Villa in Lapta", "Studio", "House"]
    return stage


@pytest.fixture
def mock_url(pretended: tuple[Stage, str], stage: Stage) -> str:
    return pretended[1]


@pytest.fixture
def visitor(browser: Browser, mock_url: str) -> Iterator[Face]:
    """A visitor on the pretended server's page, on a desktop."""
    with face(browser, mock_url, viewport=DESKTOP) as opened:
        yield opened.open(mock_url)


@pytest.fixture
def phone(browser: Browser, mock_url: str) -> Iterator[Face]:
    with face(browser, mock_url, viewport=PHONE, has_touch=True, is_mobile=True) as opened:
        yield opened.open(mock_url)


@pytest.fixture(scope="session")
def live_server() -> Iterator[str]:
    """`gatehouse serve` with its own data folder, one worker and 120 homes."""
    with tempfile.TemporaryDirectory(prefix="gh-e2e-") as folder:
        Path(folder).chmod(0o755)
        address = f"http://127.0.0.1:{free_port()}"
        process = _serve(address, Path(folder))
        try:
            _wait_until_ready(address, process, Path(folder) / "out")
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _serve(address: str, folder: Path) -> subprocess.Popen[bytes]:
    own = {
        "GATEHOUSE_DATA": str(folder / "data"),
        "DATABASE_URL": "",
        "GATEHOUSE_DATABASE_URL": "",
        "WEB_PORT": address.rpartition(":")[2],
        "WEB_WORKERS": "1",
        "LOG_FILE": str(folder / "app.log"),
        "CORS_ORIGINS": f"http://127.0.0.1:{SITE_PORT}",
    }
    command = [sys.executable, "manage.py", "serve", "--migrate", "--seed"]
    with (folder / "out").open("wb") as out:
        return subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own, stdout=out, stderr=subprocess.STDOUT
        )


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], out: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{address}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the server is not up: {out.read_text()[-2000:]}")


@pytest.fixture
def guest(browser: Browser, live_server: str) -> Iterator[Face]:
    """A visitor on the real server's page."""
    with face(browser, live_server, viewport=DESKTOP) as opened:
        yield opened.open(live_server)
