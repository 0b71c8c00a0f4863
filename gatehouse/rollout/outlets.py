"""How a notice leaves the house: signed webhook, Slack, mail, Grafana. Each raises Undelivered."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import httpx

from gatehouse.base.config import Settings
from gatehouse.base.errors import Misconfigured

SECONDS: Final = 5.0  # an outlet that takes longer is tried again later
USER_AGENT: Final = "gatehouse-notices"


class Undelivered(Exception):
    """The receiver did not take it; tried again later."""


@dataclass(frozen=True, slots=True)
class Message:
    """One notice as the outlets get it. `at`: when it happened."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    at: datetime

    @property
    def line(self) -> str:
        """What a person reads first: one line, whatever a reason or a title contains."""
        return " ".join(self._words().split())

    def _words(self) -> str:
        told = self.payload
        if "rollout_id" not in told:
            return f"Gatehouse: {self.kind}: {told.get('reason', '')}"
        share = f"{told['share_percent']:g} %"
        held = f", held: {told['held']}" if told.get("held") else ""
        return (
            f"Gatehouse rollout {told['rollout_id']} {self.kind}: {told['canary_version']} "
            f"for {share} ({told['phase']}{held}). {told['reason']}"
        )


Send = Callable[[Message], None]


def senders(settings: Settings) -> dict[str, Send]:
    """One for each outlet; which of them are used is the matter of `notices.outlets_of`."""
    return {
        "webhook": lambda message: webhook(message, settings),
        "slack": lambda message: slack(message, settings),
        "email": lambda message: email(message, settings),
        "grafana": lambda message: grafana(message, settings),
    }


def webhook(message: Message, settings: Settings) -> None:
    """As standardwebhooks.com: id, timestamp and signature in headers, type and data in JSON."""
    body = json.dumps(
        {
            "type": f"rollout.{message.kind}",
            "timestamp": message.at.isoformat(),
            "data": dict(message.payload),
        },
        separators=(",", ":"),
    ).encode()
    key = signing_secret(settings.notify_webhook_secret.get_secret_value())
    headers = signed_headers(
        f"msg_{message.id}", int(datetime.now(UTC).timestamp()), body=body, key=key
    )
    _post(settings.notify_webhook_url, body, headers=headers)


def signed_headers(message_id: str, timestamp: int, *, body: bytes, key: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks 1.0.0, symmetric signature v1."""
    content = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }


def signing_secret(text: str) -> bytes:
    """The bytes of `whsec_…`. Raises Misconfigured."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < 24:  # the least that the specification allows
        raise Misconfigured(
            "NOTIFY_WEBHOOK_SECRET is required with NOTIFY_WEBHOOK_URL: allowed is whsec_ and "
            "24 to 64 random bytes in base64"
        )
    return key


def slack(message: Message, settings: Settings) -> None:
    """The incoming webhook that Slack and Mattermost share. A reason is text: it links to nothing,
    and calls nobody by `<!channel>`."""
    text = message.line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    _post(settings.notify_slack_url, json.dumps({"text": text}).encode())


def grafana(message: Message, settings: Settings) -> None:
    """An annotation on every panel that shows the tag `gatehouse`."""
    token = settings.grafana_token.get_secret_value()
    body = {
        "time": int(message.at.timestamp() * 1000),
        "tags": ["gatehouse", "rollout", message.kind],
        "text": message.line,
    }
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{settings.grafana_url.rstrip('/')}/api/annotations"
    _post(url, json.dumps(body).encode(), headers=headers)


def email(message: Message, settings: Settings) -> None:
    """A plain mail to everybody who is listed; TLS wherever the server has it."""
    mail = EmailMessage()
    mail["Subject"] = message.line[:120]
    mail["From"] = settings.notify_email_from or f"gatehouse@{socket.gethostname()}"
    mail["To"] = ", ".join(part.strip() for part in settings.notify_email_to.split(","))
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = make_msgid(idstring=str(message.id), domain="gatehouse.invalid")
    mail.set_content(f"{message.line}\n\n{json.dumps(dict(message.payload), indent=2)}\n")
    try:
        with _mail_server(settings.smtp_url.get_secret_value()) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as trouble:
        raise Undelivered(f"mail: {type(trouble).__name__}: {trouble}") from trouble


def _mail_server(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, tls = parts.hostname or "localhost", ssl.create_default_context()
    us = socket.gethostname()  # asking the DNS for more could take longer than the mail
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, local_hostname=us, timeout=SECONDS, context=tls
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, local_hostname=us, timeout=SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=tls)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _post(url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> None:
    """What is answered is not read beyond its status: it may have no end."""
    sent = {"Content-Type": "application/json", "User-Agent": USER_AGENT, **(headers or {})}
    try:
        with httpx.stream("POST", url, content=body, headers=sent, timeout=SECONDS) as answer:
            status, is_taken = answer.status_code, answer.is_success
    except (httpx.HTTPError, httpx.InvalidURL) as trouble:
        raise Undelivered(f"{type(trouble).__name__}: {trouble}") from trouble
    if not is_taken:
        raise Undelivered(f"answered {status}")
