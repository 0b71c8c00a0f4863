"""How the office reaches the control room's tables, and writes into its audit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from gatehouse.base.config import load
from gatehouse.rollout import audit
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.types import Actor


def connect() -> Connect:
    """Short visits to the database of this server or command."""
    url = os.environ.get("GATEHOUSE_DATABASE_URL") or load().postgres_url
    return connecting(url, name="gatehouse-office")


def note(
    actor: Actor,
    action: str,
    subject: str,
    *,
    reason: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """One entry of the audit, in a transaction of its own."""
    with connect()() as visit, visit.transaction():
        audit.append(
            visit, actor=actor, action=action, subject=subject, reason=reason, evidence=evidence
        )
