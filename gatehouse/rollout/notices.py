"""Messages to people outside: written with the change they tell of, delivered afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gatehouse.base.config import Settings
from gatehouse.rollout.connecting import Connection, Row
from gatehouse.rollout.types import WHOLE, Phase, Standing


def outlets_of(settings: Settings) -> tuple[str, ...]:
    """Where this instance tells people: webhook, slack, email, grafana."""
    wanted = {
        "webhook": settings.notify_webhook_url,
        "slack": settings.notify_slack_url,
        "email": settings.notify_email_to and settings.smtp_url.get_secret_value(),
        "grafana": settings.grafana_url,
    }
    return tuple(name for name, value in wanted.items() if value)


def note(
    connection: Connection,
    before: Standing,
    after: Standing,
    reason: str,
    *,
    outlets: tuple[str, ...],
) -> None:
    """Queues a notice of what people want to know of this change, if there is any."""
    if kind := kind_of(before, after):
        queue(connection, kind, payload_of(after, reason), outlets=outlets)


def kind_of(before: Standing, after: Standing) -> str | None:
    """What people are told: a phase, a step, a hold, the end of one; None: nothing new."""
    if after.phase != before.phase:
        return str(after.phase)
    if after.phase == Phase.RAMPING and after.share != before.share:
        return "step" if after.share > before.share else "step_back"
    if after.held != before.held:
        return "held" if after.held else "resumed"
    if after.failure and not before.failure:
        return "alarm"
    return None


def payload_of(standing: Standing, reason: str) -> dict[str, Any]:
    """What a receiver gets of a rollout; no visitor's words, no addresses."""
    return {
        "rollout_id": standing.id,
        "phase": str(standing.phase),
        "step": standing.step,
        "share_percent": standing.share * 100 / WHOLE,
        "held": standing.held,
        "stable_version": standing.stable_version,
        "canary_version": standing.canary_version,
        "reason": reason,
        "failure": standing.failure,
    }


def queue(
    connection: Connection, kind: str, payload: Mapping[str, Any], *, outlets: tuple[str, ...]
) -> list[int]:
    """One row an outlet; delivered by whichever process comes first. Gives their ids."""
    ids = []
    for outlet in outlets:
        row = connection.execute(
            "INSERT INTO rollout_notice (kind, outlet, payload) VALUES (%s, %s, %s::jsonb)"
            " RETURNING id",
            (kind, outlet, json.dumps(payload)),
        ).fetchone()
        ids.append(row["id"] if row else 0)
    return ids


def log(connection: Connection, most: int) -> list[str]:
    """The last notices and what became of them, oldest first, a line each."""
    rows = connection.execute(_LOG, {"most": most}).fetchall()
    return [
        f"{row['id']}  {row['created_at']:%Y-%m-%d %H:%M:%S}  {row['outlet']}  {row['kind']}  "
        + _fate(row)
        for row in rows
    ]


def _fate(row: Row) -> str:
    if row["sent_at"] is not None:
        return f"delivered {row['sent_at']:%Y-%m-%d %H:%M:%S}"
    tried = f"{row['attempts']} attempts" if row["attempts"] else "not tried yet"
    return f"{tried}: {row['trouble']}" if row["trouble"] else tried


_LOG = """
SELECT * FROM (SELECT * FROM rollout_notice ORDER BY id DESC LIMIT %(most)s) newest ORDER BY id
"""
