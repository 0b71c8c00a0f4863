"""From a mapping to a plan, with every trouble of it: what it says, and what cannot work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from gatehouse.rollout.calendar import DAYS, Calendar, Freeze, Window
from gatehouse.rollout.gate_reading import read_gates
from gatehouse.rollout.plan_fields import Fields
from gatehouse.rollout.plan_shapes import (
    AVERAGE_RUN,
    Bake,
    OnIncident,
    OnInconclusive,
    Plan,
    Soak,
    Step,
)
from gatehouse.rollout.types import WHOLE, Baseline, Policy

MOST_STEPS: Final = 20
MOST_LISTED: Final = 100  # units that are told by name: each new conversation is looked up
BAKE_SECONDS: Final = 7200.0
DAY: Final = 86400.0
_HOURS: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)")
_POLICIES: Final = ("migrate_next_turn", "drain", "immediate")


def read(raw: Mapping[str, Any], *, default_name: str) -> tuple[Plan, list[str]]:
    """The plan and its troubles; a plan with troubles must not be used."""
    troubles: list[str] = []
    top = Fields(raw, "", troubles)
    steps = tuple(_step(each) for each in top.each("steps"))
    plan = Plan(
        name=top.text("name", default_name),
        steps=steps,
        gates=read_gates(top, "gates"),
        bake=_bake(top),
        soak=_soak(top),
        calendar=_calendar(top),
        alpha=top.number("alpha", 0.05, low=1e-6, high=0.5) or 0.05,
        alpha_pass=top.number("alpha_pass", 0.05, low=1e-6, high=0.5) or 0.05,
        policy=cast(Policy, top.choice("policy", _POLICIES, "migrate_next_turn")),
        rollback_to=_share(top, "rollback_to", 0.0),
        is_auto_promoted=top.flag("auto_promote", default=False),
        on_incident=cast(OnIncident, top.choice("on_incident", ("hold", "rollback"), "hold")),
        mature_seconds=top.seconds("mature_after", 1800.0),
        settle_seconds=top.seconds("settle_after") if "settle_after" in raw else None,
        note=top.text("note", "") if raw.get("note") else "",
        allow=top.texts("allow", most=MOST_LISTED),
        deny=top.texts("deny", most=MOST_LISTED),
    )
    top.get("settle_after"), top.get("note")
    top.close()
    troubles.extend(_contradictions(plan))
    return plan, troubles


def _share(fields: Fields, name: str, default: float | None = None) -> int:
    """Percent, with or without its sign, in 1/100,000."""
    if isinstance(fields.values.get(name), str):
        return round((fields.number(name, default, low=0, high=1) or 0.0) * WHOLE)
    percent = fields.number(name, default, low=0, high=100)
    if percent is None and name not in fields.values:
        fields.refuse(name, "is missing")
    return round((percent or 0.0) * WHOLE / 100)


def _step(fields: Fields) -> Step:
    shortest = fields.seconds("min_duration")
    step = Step(
        share=_share(fields, "weight"),
        min_seconds=shortest,
        max_seconds=fields.seconds("max_duration", max(DAY, shortest)),
        min_units=fields.whole("min_units", 0) or 0,
        baseline=cast(Baseline, fields.choice("baseline", ("all", "equal", "none"), "all")),
        on_inconclusive=_on_inconclusive(fields),
        needs_approval=fields.flag("approval", default=False),
        is_monitored=fields.flag("monitored", default=True),
    )
    fields.close()
    return step


def _on_inconclusive(fields: Fields) -> OnInconclusive:
    allowed = ("hold", "rollback", "promote_with_approval")
    if fields.values.get("on_inconclusive") == "promote":
        fields.get("on_inconclusive")
        fields.refuse(
            "on_inconclusive", "nothing is promoted without a verdict; say promote_with_approval"
        )
        return "hold"
    return cast(OnInconclusive, fields.choice("on_inconclusive", allowed, "hold"))


def _bake(top: Fields) -> Bake:
    fields = top.inside("bake")
    if fields is None:
        return Bake(BAKE_SECONDS)
    run = fields.number("average_run", AVERAGE_RUN, low=100) or AVERAGE_RUN
    bake = Bake(fields.seconds("duration", BAKE_SECONDS), run)
    fields.close()
    return bake


def _soak(top: Fields) -> Soak | None:
    fields = top.inside("soak")
    if fields is None:
        return None
    seconds = fields.seconds("duration")
    soak = Soak(seconds, fields.seconds("max_duration", 7 * DAY), read_gates(fields, "gates"))
    fields.close()
    if not soak.gates:
        fields.refuse("gates", "a soak without gates shows nothing")
    if any(gate.kind not in ("rule", "invariant", "breaker") for gate in soak.gates):
        fields.refuse("gates", "a soak has no visitors: only rule, invariant and breaker")
    if soak.seconds > soak.max_seconds:
        fields.refuse("max_duration", "is shorter than duration")
    return soak


def _calendar(top: Fields) -> Calendar:
    fields = top.inside("calendar")
    if fields is None:
        return Calendar()
    zone = fields.text("zone", "UTC")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        fields.refuse("zone", f"{zone!r} is no time zone like Asia/Nicosia")
        zone = "UTC"
    windows = tuple(found for each in fields.each("windows") if (found := _window(each)))
    frozen = [_freeze(each) for each in fields.each("freezes")]
    freezes = tuple(each for each in frozen if each is not None)
    fields.close()
    return Calendar(zone, windows, freezes)


def _window(fields: Fields) -> Window | None:
    days = fields.get("days")
    hours = fields.text("hours", "00:00-24:00")
    fields.close()
    names = tuple(DAYS) if days is None else days
    if not isinstance(names, list | tuple) or not names or any(day not in DAYS for day in names):
        fields.refuse("days", f"must be a list of {', '.join(DAYS)}")
        return None
    found = _HOURS.fullmatch(hours)
    if found is None:
        fields.refuse("hours", f"{hours!r} is not like 09:00-17:00, in quotes")
        return None
    end = time(int(found[3]), int(found[4])) if found[3] else time(0)
    numbers = tuple(sorted({DAYS.index(day) for day in names}))
    return Window(numbers, time(int(found[1]), int(found[2])), end)


def _freeze(fields: Fields) -> Freeze | None:
    begin, end = _moment(fields, "from"), _moment(fields, "to")
    why = fields.text("why", "") if fields.values.get("why") else ""
    fields.get("why")
    fields.close()
    if begin is None or end is None:
        return None
    if end <= begin:
        fields.refuse("to", "must be later than from")
        return None
    return Freeze(begin, end, why)


def _moment(fields: Fields, name: str) -> datetime | None:
    """A local time of the calendar's zone; a date alone is its first moment."""
    value = fields.get(name)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(0))
    if not isinstance(value, datetime) or value.tzinfo is not None:
        fields.refuse(name, "must be a date or a local time, like 2026-12-24 or 2026-12-24T18:00")
        return None
    return value


def _contradictions(plan: Plan) -> Iterator[str]:
    """What is well-formed and cannot work."""
    if not plan.steps:
        yield "steps: there is none"
    if len(plan.steps) > MOST_STEPS:
        yield f"steps: more than {MOST_STEPS}"
    for number, step in enumerate(plan.steps):
        before = plan.steps[number - 1].share if number else 0
        yield from (f"steps[{number}].{why}" for why in _of_step(step, before))
    if plan.steps and not (plan.steps[0].is_monitored and plan.steps[-1].is_monitored):
        yield "steps: the first and the last one must be monitored"
    if plan.rollback_to and plan.rollback_to not in [step.share for step in plan.steps]:
        yield "rollback_to: must be 0 or the weight of a step"
    if not any(gate.required for gate in plan.gates):
        yield "gates: none is required, so nothing could ever be shown to be good"
    for unit in plan.allow:
        if unit in plan.deny:
            yield f"allow: {unit} is in deny as well"
    for number, gate in enumerate(plan.gates):
        if gate.from_step >= len(plan.steps) > 0:
            yield f"gates[{number}].from_step: there is no such step"
        if gate.kind == "worse" and all(step.baseline == "none" for step in plan.steps):
            yield f"gates[{number}]: is judged against stable conversations, and baseline is none"


def _of_step(step: Step, before: int) -> Iterator[str]:
    if step.share <= before:
        yield "weight: must be larger than the step before it"
    if step.max_seconds < step.min_seconds:
        yield "max_duration: is shorter than min_duration"
    if step.baseline == "equal" and step.share > WHOLE // 2:
        yield "baseline: equal needs as many stable conversations; possible up to 50 %"
    if step.is_monitored and step.min_units < 1:
        yield "min_units: must be at least 1 where it is monitored"
