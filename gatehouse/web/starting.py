"""What `rollout plan` and `rollout start` put together: plan, version, traffic, and the record."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gatehouse import __version__
from gatehouse.base.config import Settings
from gatehouse.base.errors import BadInput
from gatehouse.rollout import plans, site, versions
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.desk import Submission
from gatehouse.rollout.forecast import SiteTraffic
from gatehouse.rollout.limits import limits
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.versions import Version
from gatehouse.web.drafting import based_on


def plan_text(named: str) -> str:
    """The YAML of a shipped plan, or of a file. Raises BadInput."""
    if named in plans.SHIPPED:
        return plans.text_of(named)
    try:
        return Path(named).read_text()
    except (OSError, ValueError) as trouble:
        why = getattr(trouble, "strerror", None) or "it is not text"
        raise BadInput(
            f"{named}: no plan of ours ({', '.join(plans.SHIPPED)}), and no file to read: {why}"
        ) from trouble


def plan_of(named: str) -> Plan:
    """A shipped plan, or one of a file. Raises BadInput."""
    return plans.load(plan_text(named), name=Path(named).stem)


def begun_with(plan: Plan, percent: float | None) -> Plan:
    """The plan whose first step has so many percent instead of its own. Raises BadInput."""
    if percent is None:
        return plan
    written = plans.to_json(plan)
    written["steps"][0]["weight"] = percent
    return plans.from_json(written, name=plan.name)


def site_of(connect: Connect, per_hour: float | None) -> SiteTraffic:
    """As the ledger shows it, with the pace that was given instead of the one seen."""
    if per_hour is not None:
        if not 0 < per_hour < 1e9:
            raise BadInput("--per-hour: must be above 0")
        return SiteTraffic(per_hour)
    with connect() as connection:
        return site.traffic(connection)


def check_plan(plan: Plan, connect: Connect, settings: Settings) -> None:
    """Raises PlanRefused for a step above what the environment allows now."""
    with connect() as connection:
        allowed = limits(connection, settings, now=time.time())
    plans.check_ceiling(plan, allowed.most_share, is_permitted=allowed.is_permitted)


def version_of(named: str, connect: Connect, settings: Settings) -> Version:
    """The version that is meant; the house's own one is stored if it was not yet."""
    return versions.keep(connect, based_on(named, connect, settings))[0]


def submission(
    version: Version, plan: Plan, asked: Mapping[str, Any], settings: Settings
) -> Submission:
    """With what the record of a rollout wants to know: runbook, release, branch, commit."""
    facts = {
        "runbook": asked["runbook"],
        "release": __version__,
        "branch": asked["branch"] or _git("rev-parse", "--abbrev-ref", "HEAD"),
        "commit": asked["commit"] or settings.git_commit or _git("rev-parse", "HEAD"),
        "label": version.label,
    }
    return Submission(
        version.id,
        plans.to_json(plan),
        plan.name,
        facts={name: value for name, value in facts.items() if value},
        waived=tuple(asked["waive"]),
    )


def _git(*words: str) -> str:
    """What git says of the folder we stand in; nothing where there is no git or no repository."""
    try:
        done = subprocess.run(
            ("git", *words), capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
