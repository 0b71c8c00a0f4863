"""Twins of those outside who get notices: a web hook and a mail server, on loopback."""

from __future__ import annotations

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Hook:
    """What was posted to it; `status` is what it answers, and whether that ever ends."""

    url: str = ""
    status: int = 200
    is_endless: bool = False
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.posts]


@contextmanager
def hook() -> Iterator[Hook]:
    """A server that takes posts until the end of the block."""
    made = Hook()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.posts.append((self.path, headers, body))
            self.send_response(made.status)
            self.send_header("Content-Length", str(10**12 if made.is_endless else 0))
            self.end_headers()
            with suppress(OSError):  # until nobody listens
                while made.is_endless:
                    self.wfile.write(bytes(65_536))

        def log_message(self, *_: object) -> None:
            return

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Taking)) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made


@contextmanager
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """Its URL and the mails it was given."""
    mails: list[str] = []

    class Taking(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 twin\r\n")
            while line := self.rfile.readline().strip().upper():
                if line.startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    mails.append(self._mail())
                self.wfile.write(b"221 bye\r\n" if line == b"QUIT" else b"250 ok\r\n")

        def _mail(self) -> str:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.decode())
            return "".join(lines)

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Taking)) as port:
        yield f"smtp://127.0.0.1:{port}", mails


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
