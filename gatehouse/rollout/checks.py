"""The lists that people go through before and after a change, each item with its evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gatehouse import __version__
from gatehouse.base.config import Settings
from gatehouse.base.errors import GatehouseError
from gatehouse.observe.objectives import objectives
from gatehouse.observe.slo import Kept
from gatehouse.rollout import incidents, log_errors, plans
from gatehouse.rollout.baselines import ACTION as BASELINE
from gatehouse.rollout.compliance import kept
from gatehouse.rollout.connecting import Connect, Connection
from gatehouse.rollout.types import WHOLE, Standing

DAY: Final = 86_400.0
REHEARSED_DAYS: Final = 90
_OF_A_WINDOW: Final = ("ledger", "breaker")
WATCHED_HOURS: Final = 24  # the canary is healthy for so long before everybody gets it (R3-25)


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `is_ok`: None where nothing can be said yet."""

    name: str
    is_ok: bool | None
    evidence: str

    def __str__(self) -> str:
        return f"{ {True: 'ok     ', False: 'MISSING', None: 'unknown'}[self.is_ok] }  {self.name}: {self.evidence}"  # noqa: E501


@dataclass(frozen=True, slots=True)
class Asked:
    """What the lists look at. `now`: seconds since 1970; `plan`: as JSON, as rollouts keep it."""

    connect: Connect
    settings: Settings
    now: float
    plan: Mapping[str, Any] | None = None
    version: str = ""  # of the canary
    changelog: Path = Path("CHANGELOG.md")
    release: str = __version__
    log: Path = Path("logs/app.log")


def is_all_ok(items: Iterable[Item]) -> bool:
    return all(item.is_ok for item in items)


def preflight(asked: Asked) -> tuple[Item, ...]:
    """Before the first step (R2-46, R3-01). Raises StoreDown."""
    with asked.connect() as connection:
        return tuple(item(connection, asked) for item in _PREFLIGHT)


def preflight_last(asked: Asked, standing: Standing) -> tuple[Item, ...]:
    """Before everybody gets it (R3-25). Raises StoreDown."""
    with asked.connect() as connection:
        rehearsed = _rehearsed(connection, asked)
        watched = _watched(connection, asked, standing)
        calm = _calm(connection, asked)
    return (watched, rehearsed, calm, changelog(asked.changelog, asked.release))


def postcheck(asked: Asked, *, minutes: float = 30) -> tuple[Item, ...]:
    """After a change (R2-47). Raises StoreDown, BadInput."""
    since = asked.now - minutes * 60
    seen = kept(asked.connect, profile=asked.settings.slo_profile, now=asked.now, since=since)
    own = [each for each in seen if each.arm == "all" and each.objective.source == "ledger"]
    slow = [each for each in own if each.objective.edge_ms is not None]
    store = [each for each in own if each.objective.name.startswith("checkpointer")]
    rest = [each for each in own if each.objective.edge_ms is None]
    return (
        _metrics_seen(own, minutes),
        _all_kept("latency in its objectives", slow),
        _all_kept("errors in their targets", rest),
        _unexpected(asked.log, since),
        _all_kept("conversation store stable", store),
    )


def _metrics(connection: Connection, asked: Asked) -> Item:
    row = connection.execute(
        "SELECT count(*) AS n FROM turn_ledger WHERE claimed_at > to_timestamp(%s)",
        (asked.now - DAY,),
    ).fetchone()
    turns = row["n"] if row else 0
    return Item("metrics work", turns > 0, f"{turns} turns in the ledger in 24 h")


def _objectives(_: Connection, asked: Asked) -> Item:
    known = objectives(asked.settings.slo_profile)
    gates = (asked.plan or {}).get("gates") or ()
    required = [gate for gate in gates if gate.get("required")]
    told = f"{len(known)} objectives, {len(required)} of {len(gates)} gates required"
    return Item("objectives fixed", bool(known and required), told)


def _plan(_: Connection, asked: Asked) -> Item:
    if asked.plan is None:
        return Item("plan ready", False, "no plan is given")
    try:
        plan = plans.from_json(asked.plan)
        plans.check_ceiling(
            plan,
            asked.settings.re_prompt_canary_percent * WHOLE // 100,
            is_permitted=asked.settings.use_re_prompt_driven,
        )
    except GatehouseError as refused:
        return Item("plan ready", False, str(refused))
    shares = " -> ".join(f"{step.share / 1000:g} %" for step in plan.steps)
    return Item("plan ready", True, f"{plan.name}: {shares}")


def _version(connection: Connection, asked: Asked) -> Item:
    row = connection.execute(
        "SELECT label FROM rollout_version WHERE id = %s", (asked.version,)
    ).fetchone()
    told = f"{asked.version} {row['label']}".strip() if row else f"{asked.version or 'none'}"
    return Item("version stored", row is not None, told)


def _rehearsed(connection: Connection, asked: Asked) -> Item:
    row = connection.execute(
        "SELECT at, actor FROM rollout_audit WHERE (action LIKE '%%rollback%%' "
        "OR action LIKE '%%roll_back%%' OR action = 'drill') "
        "AND at::timestamptz > to_timestamp(%s) ORDER BY seq DESC LIMIT 1",
        (asked.now - REHEARSED_DAYS * DAY,),
    ).fetchone()
    told = f"last at {row['at']} by {row['actor']}" if row else f"not in {REHEARSED_DAYS} days"
    return Item("rollback rehearsed", row is not None, told)


def _alerting(_: Connection, asked: Asked) -> Item:
    given = asked.settings
    ways = [
        name
        for name, is_set in (
            ("webhook", given.notify_webhook_url),
            ("slack", given.notify_slack_url),
            ("e-mail", given.notify_email_to and given.smtp_url.get_secret_value()),
        )
        if is_set
    ]
    return Item("alerting set", bool(ways), ", ".join(ways) or "nobody would be told")


def _processes(connection: Connection, asked: Asked) -> Item:
    row = connection.execute(
        "SELECT count(*) AS n, count(*) FILTER (WHERE w.revision >= c.revision) AS current "
        "FROM rollout_worker w, rollout_control c WHERE w.seen_at > to_timestamp(%s)",
        (asked.now - 60,),
    ).fetchone() or {"n": 0, "current": 0}
    told = f"{row['current']} of {row['n']} processes follow the control room"
    return Item("processes follow", 0 < row["n"] == row["current"], told)


def _quiet(connection: Connection, _: Asked) -> Item:
    open_ = incidents.holding(connection)
    told = "; ".join(f"SEV{each.severity} {each.title}" for each in open_)
    return Item("no severe incident", not open_, told or "none is open")


def _calm(_: Connection, asked: Asked) -> Item:
    """Those of the metrics are since the instance was started: what is mended would block."""
    seen = kept(asked.connect, profile=asked.settings.slo_profile, now=asked.now)
    loud = [each for each in seen if each.is_alerting and each.objective.source in _OF_A_WINDOW]
    told = (f"{each.objective.alert_name} ({each.arm}, {each.value:.2%})" for each in loud)
    return Item("no alert is active", not loud, ", ".join(told) or "none")


def _baseline(connection: Connection, asked: Asked) -> Item:
    row = connection.execute(
        "SELECT at FROM rollout_audit WHERE action = %s AND at::timestamptz > to_timestamp(%s) "
        "ORDER BY seq DESC LIMIT 1",
        (BASELINE, asked.now - DAY),
    ).fetchone()
    told = f"of {row['at']}" if row else "none in 24 h: gatehouse rollout baseline"
    return Item("baseline captured", row is not None, told)


_PREFLIGHT: Final[tuple[Callable[[Connection, Asked], Item], ...]] = (
    _metrics, _objectives, _plan, _version, _rehearsed, _alerting, _processes, _quiet, _calm,
    _baseline,
)  # fmt: skip


def _watched(connection: Connection, asked: Asked, standing: Standing) -> Item:
    hours = (asked.now - (standing.observing_since or asked.now)) / 3600
    row = connection.execute(
        "SELECT count(DISTINCT gate) AS n FROM rollout_judgement WHERE rollout_id = %s "
        "AND lower(verdict) IN ('fail', 'error') AND at > to_timestamp(%s)",
        (standing.id, asked.now - WATCHED_HOURS * 3600),
    ).fetchone()
    failed = row["n"] if row else 0
    is_well = hours >= WATCHED_HOURS and not failed and standing.failure is None
    told = f"{hours:.1f} h at this step, {failed} gates failed or could not be read"
    return Item(f"canary healthy for {WATCHED_HOURS} h", is_well, told)


def changelog(path: Path, release: str) -> Item:
    """The first heading of a release names the one that goes out."""
    try:
        text = path.read_text()
    except OSError as trouble:
        return Item("changelog updated", False, str(trouble))
    heading = re.search(r"^## \[?([^\]\s]+)", text, re.MULTILINE)
    first = heading[1] if heading else "none"
    return Item("changelog updated", first == release, f"first heading {first}, release {release}")


def _metrics_seen(seen: list[Kept], minutes: float) -> Item:
    n = max((each.measured.n for each in seen), default=0)
    return Item("metrics arrive", n > 0, f"{n} turns in {minutes:g} min")


def _all_kept(name: str, seen: list[Kept]) -> Item:
    missed = [each for each in seen if each.status == "fail"]
    known = [each for each in seen if each.status == "pass"]
    if missed:
        told = ", ".join(f"{m.objective.name} {m.value:.2%} of {m.measured.n}" for m in missed)
        return Item(name, False, told)
    return Item(
        name, True if known else None, f"{len(known)} kept, {len(seen) - len(known)} too few events"
    )


def _unexpected(log: Path, since: float) -> Item:
    name = "no unexpected errors in the log"
    found = log_errors.errors_since(log, since)
    if not found.is_readable:
        return Item(name, None, f"{log} cannot be read")
    if found.new:
        told = ", ".join(f"{each} ({found.counts[each]})" for each in found.new)
        return Item(name, False, f"new: {told}")
    return Item(name, True, f"{sum(found.counts.values())} errors, all of known kinds")
