"""What one sees at a glance: who gets what, how it is going, why it is held, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.base.errors import BadInput
from gatehouse.office import today, words
from gatehouse.office.today import Seen, named
from gatehouse.office.words import Tone, clock, lasting, percent
from gatehouse.rollout import plans
from gatehouse.rollout.plans import Plan
from gatehouse.rollout.types import TERMINAL, GateSpec, Phase, Standing


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the ramp as the track shows it."""

    words: str
    state: str  # done, here, ahead


@dataclass(frozen=True, slots=True)
class Glance:
    """The top of the page."""

    tone: Tone
    phase: str
    headline: str
    verdict: str
    held: str
    following: str  # what happens next, and when
    stages: tuple[Stage, ...]
    today: str = ""  # who has what now, after this rollout has ended


def plan_of(standing: Standing) -> Plan | None:
    """None: it was written under rules of another release."""
    try:
        return plans.from_json(standing.plan, name="plan")
    except BadInput:
        return None


def glance(standing: Standing, seen: Seen) -> Glance:
    """All of it, in words."""
    plan = plan_of(standing)
    phase, tone = words.PHASES[standing.phase]
    if standing.failure and standing.phase not in TERMINAL:
        tone = "bad"
    elif standing.held:
        tone = "wait"
    return Glance(
        tone=tone,
        phase="held" if standing.held and tone == "wait" else phase,
        headline=_headline(standing, seen),
        verdict=_verdict(standing, plan, seen),
        held=_held(standing, seen),
        following=_following(standing, plan, seen),
        stages=_stages(standing, plan),
        today=today.told(standing, seen) if standing.phase in TERMINAL else "",
    )


def required(plan: Plan, step: int) -> tuple[GateSpec, ...]:
    """The gates that must have been certified before a step is left."""
    return tuple(gate for gate in plan.gates if gate.required and gate.from_step <= step)


def _headline(standing: Standing, seen: Seen) -> str:
    new, old = (named(each, seen) for each in (standing.canary_version, standing.stable_version))
    share, is_so = percent(standing.share), today.is_everybodys(standing, seen)
    if barred := today.barred(standing, seen):
        return f"Nobody gets {new}: {barred}"
    told = {
        Phase.DRAFT: f"{new} is about to be tried",
        Phase.SOAKING: f"Simulated visitors try {new}; nobody else gets it",
        Phase.READY: f"{new} is ready; nobody gets it yet",
        Phase.RAMPING: f"{share} of new conversations get {new}",
        Phase.PROMOTING: f"Everybody is being given {new}",
        Phase.BAKING: f"Everybody gets {new}",
        Phase.COMPLETED: f"Everybody gets {new}" if is_so else f"{new} was completed",
        Phase.ROLLING_BACK: f"{new} is being taken back"
        + (f"; {share} of new conversations get it" if standing.share else f"; {old} answers"),
        Phase.ROLLED_BACK: f"{new} was taken back" + (f"; everybody gets {old}" if is_so else ""),
        Phase.ABORTED: f"{new} was given up" + (f"; everybody gets {old}" if is_so else ""),
        Phase.SUPERSEDED: f"A newer version took the place of {new}",
    }
    return told[standing.phase]


def _verdict(standing: Standing, plan: Plan | None, seen: Seen) -> str:
    if standing.failure:
        gate = str(standing.failure.get("gate", "a gate"))
        spec = next((each for each in plan.gates if each.name == gate), None) if plan else None
        name = words.title(spec) if spec else gate
        why = f" ({standing.failure['why']})" if standing.failure.get("why") else ""
        if standing.phase in TERMINAL:
            return f"Failed: {name}{why}."
        return f"Failed: {name}{why}. That is latched: the way leads back, whatever comes after."
    if plan is None or standing.phase in (Phase.DRAFT, Phase.READY):
        return "No verdict yet."
    if standing.phase in (Phase.PROMOTING, Phase.BAKING):
        return "No late harm seen so far."
    if standing.phase == Phase.COMPLETED:
        return "No gate failed."
    if standing.phase in TERMINAL or standing.phase == Phase.ROLLING_BACK:
        return "No gate failed; a person decided."
    return _so_far(standing, plan, seen)


def _so_far(standing: Standing, plan: Plan, seen: Seen) -> str:
    needed = required(plan, standing.step)
    certified = sum(seen.verdicts.get(gate.name) == "PASS" for gate in needed)
    blind = [seen.titles.get(name, name) for name, it in seen.verdicts.items() if it == "ERROR"]
    trouble = f" In doubt: {', '.join(blind).lower()}." if blind else ""
    if not needed:
        return f"No gate has failed.{trouble}"
    if certified == len(needed):
        return f"No gate has failed; all {len(needed)} required gates are certified.{trouble}"
    return f"No gate has failed; {certified} of {len(needed)} required gates certified.{trouble}"


def _held(standing: Standing, seen: Seen) -> str:
    if not standing.held or standing.phase in TERMINAL:
        return ""
    why = words.HELD.get(standing.held, standing.held)
    since = f" for {lasting(seen.now - standing.held_since)}" if standing.held_since else ""
    return f"Held{since}: {why}. {words.RELEASED.get(standing.held, '')}".strip()


def _following(standing: Standing, plan: Plan | None, seen: Seen) -> str:
    if standing.phase == Phase.ROLLING_BACK:
        after = words.POLICIES.get(standing.policy, standing.policy)
        return f"Conversations that have it {after}. Then the rollout ends as rolled back."
    if standing.phase in TERMINAL:
        at = clock(standing.ended_at or standing.phase_since, seen.zone, now=seen.now)
        took = lasting((standing.ended_at or standing.phase_since) - standing.created_at)
        after = f"At {at}, after {took}."
        return after if standing.phase == Phase.COMPLETED else f"{after} A retry is a new rollout."
    if plan is None:
        return "Its plan cannot be read by this release."
    if standing.observing_since is None and standing.phase in (Phase.RAMPING, Phase.PROMOTING):
        return f"Waits until every process has this share: {seen.followers} of {seen.workers} do."
    if standing.phase == Phase.BAKING:
        until = (standing.observing_since or standing.phase_since) + plan.bake.seconds
        return f"Completed {_at(until, seen)}, unless late harm is found."
    if standing.phase == Phase.RAMPING:
        return _next_step(standing, plan, seen)
    first = percent(plan.steps[0].share)
    if standing.phase == Phase.SOAKING and plan.soak:
        until = (standing.observing_since or standing.phase_since) + plan.soak.seconds
        return f"{first} {_at(until, seen)} at the earliest, if all soak gates were kept."
    return f"{first} as soon as the window is open and nothing else is missing."


def _next_step(standing: Standing, plan: Plan, seen: Seen) -> str:
    step = plan.steps[standing.step]
    began = standing.observing_since or standing.step_since
    onward = _onward(standing, plan)
    earliest, latest = began + step.min_seconds, began + step.max_seconds
    missing = _missing(standing, plan, seen)
    when = f"{_at(earliest, seen)} at the earliest" if earliest > seen.now else "as soon as"
    if not missing and standing.held and earliest <= seen.now:
        return f"{onward} as soon as it is no longer held."
    if not missing:
        return f"{onward} {when if earliest > seen.now else 'at the next look'}."
    joined = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
    told = f"{onward} {when}{', once' if earliest > seen.now else ''} {joined}."
    if step.is_monitored and latest > seen.now:
        told += f" Without that {_at(latest, seen)}: {_otherwise(step.on_inconclusive)}."
    return told


def _onward(standing: Standing, plan: Plan) -> str:
    following = standing.step + 1
    if following < len(plan.steps):
        return f"{percent(plan.steps[following].share)}"
    return "Promotion"


def _missing(standing: Standing, plan: Plan, seen: Seen) -> list[str]:
    """What the next step still lacks."""
    step, told = plan.steps[standing.step], []
    few = [gate for gate in required(plan, standing.step) if not _is_certain(gate, standing, seen)]
    if few:
        names = [words.title(gate).lower() for gate in few]
        told.append(f"{_joined(names)} {'is' if len(names) == 1 else 'are'} certified")
    here = [unit for unit in seen.units if unit.step == standing.step]
    fewest = min(sum(unit.canary for unit in here), sum(unit.stable for unit in here))
    if fewest < step.min_units:
        told.append(f"each arm has {step.min_units:,} conversations ({fewest:,} now)")
    if _needs_approval(standing, plan):
        told.append("a releaser has approved it")
    return told


def _is_certain(gate: GateSpec, standing: Standing, seen: Seen) -> bool:
    is_waived = f"waiver:{gate.name}@{standing.step}" in standing.approvals
    return is_waived or seen.verdicts.get(gate.name) == "PASS"


def _needs_approval(standing: Standing, plan: Plan) -> bool:
    following = standing.step + 1
    if f"step:{following}" in standing.approvals:
        return False
    if following < len(plan.steps):
        return plan.steps[following].needs_approval
    return not plan.is_auto_promoted


def _otherwise(rule: str) -> str:
    told = {"rollback": "it is rolled back", "promote_with_approval": "a releaser decides"}
    return told.get(rule, "it is held")


def _at(moment: float, seen: Seen) -> str:
    return f"at {clock(moment, seen.zone, now=seen.now)}, in {lasting(moment - seen.now)}"


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _stages(standing: Standing, plan: Plan | None) -> tuple[Stage, ...]:
    if plan is None:
        return ()
    names = ["soak"] if plan.soak else []
    names += [percent(step.share) for step in plan.steps] + ["everybody", "done"]
    first = len(names) - 2 - len(plan.steps)
    here = {
        Phase.DRAFT: 0,
        Phase.SOAKING: 0,
        Phase.READY: first,
        Phase.RAMPING: first + standing.step,
        Phase.PROMOTING: len(names) - 2,
        Phase.BAKING: len(names) - 2,
        Phase.COMPLETED: len(names),
    }.get(standing.phase, -1)
    return tuple(Stage(name, _state(place, here)) for place, name in enumerate(names))


def _state(place: int, here: int) -> str:
    if place == here:
        return "here"
    return "done" if place < here else "ahead"
