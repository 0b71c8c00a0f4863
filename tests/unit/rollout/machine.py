"""Every state that a rollout can reach, with every look and every lever, and what must hold there.

The states are explored from the draft on. Time is counted in the only way that moves look at it:
not observed, just begun, the shortest time over, the longest time over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from gatehouse.rollout import levers
from gatehouse.rollout.gates import Judged
from gatehouse.rollout.limits import Limits
from gatehouse.rollout.move_shapes import OpenIncident, Surroundings, is_stay
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.stepping import moved
from gatehouse.rollout.types import TERMINAL, WHOLE, Actor, Move, Phase, Standing, Verdict
from tests.unit.rollout.looks import T0, judged, small, standing

NextMove = Callable[[Standing, Plan, Judged | None, Surroundings, float], Move]
Step = Callable[[Standing], Standing]
FREE = Limits(is_permitted=True, most_share=WHOLE, denied=frozenset(), stable=None, revision=1)
SIGNED = {"by": "Alice", "kind": "person", "reason": "seen", "at": T0 + 1e6}
ALICE = Actor("person", "Alice")
BACKWARD = frozenset((Phase.ROLLING_BACK, Phase.ROLLED_BACK, Phase.ABORTED, Phase.SUPERSEDED))
FORWARD = frozenset((Phase.PROMOTING, Phase.BAKING, Phase.COMPLETED))


@dataclass(frozen=True)
class Seen:
    """One look: what was judged, what is around, how much of the step's time is over."""

    name: str
    judged: Judged | None
    around: Surroundings
    is_clean: bool  # nothing speaks against going forward
    is_late: bool = True


@dataclass
class Explored:
    states: int = 0
    looks: int = 0
    broken: list[str] = field(default_factory=list)


def judgements(plan: Plan) -> dict[str, tuple[Judged | None, bool]]:
    """Everything that gates can say; True: it is fit to go forward."""
    required = next(gate.name for gate in plan.gates if gate.required)
    other = next(gate.name for gate in plan.gates if not gate.required)
    return {
        "pass": (judged(plan), True),
        "other still running": (judged(plan, {other: Verdict.RUNNING}), True),
        "required running": (judged(plan, {required: Verdict.RUNNING}), False),
        "required nodata": (judged(plan, {required: Verdict.NODATA}), False),
        "required inconclusive": (judged(plan, {required: Verdict.INCONCLUSIVE}), False),
        "required error": (judged(plan, {required: Verdict.ERROR}), False),
        "required missing": (judged(plan, missing=(required,)), False),
        "other error": (judged(plan, {other: Verdict.ERROR}), False),
        "few units": (judged(plan, units=3), False),
        "no units": (judged(plan, units=0), False),
        "required fails": (judged(plan, {required: Verdict.FAIL}), False),
        "other fails": (judged(plan, {other: Verdict.FAIL}), False),
        "all together fail": (judged(plan, {"combined": Verdict.FAIL}), False),
        "srm": (judged(plan, srm=Verdict.ERROR), False),
        "guard": (judged(plan, guard=Verdict.ERROR), False),
        "shared": (judged(plan, shared=(other,)), False),
        "nothing read": (None, False),
    } | _soaks(plan)


def _soaks(plan: Plan) -> dict[str, tuple[Judged | None, bool]]:
    first = [gate.name for gate in plan.soak.gates][:1] if plan.soak else []
    wrong = (Verdict.INCONCLUSIVE, Verdict.NODATA, Verdict.RUNNING, Verdict.ERROR)
    return {
        f"soak {each.name}": (judged(plan, {name: each}), True) for each in wrong for name in first
    }


AROUND = {
    "fine": (Surroundings(workers=4, workers_on_revision=4), True),
    "behind": (Surroundings(workers=4, workers_on_revision=3), True),
    "closed": (Surroundings(workers=4, workers_on_revision=4, is_window_open=False), False),
    "incident": (
        Surroundings(4, 4, incidents=(OpenIncident(1, "fire", T0 + 1),)),
        False,
    ),
    "low ceiling": (Surroundings(4, 4, most_share=5_000), False),
    "killed": (Surroundings(4, 4, kill="killed"), False),
}


def seen(plan: Plan) -> Iterator[Seen]:
    for name, (told, is_good) in judgements(plan).items():
        for where, (around, is_free) in AROUND.items():
            if is_good or where in ("fine", "killed", "behind"):
                yield Seen(f"{name}, {where}", told, around, is_good and is_free)


def orders() -> dict[str, Step]:
    """Every lever of a person; one that is refused changes nothing."""
    now = T0 + 1e6
    given = {
        "pause": levers.pause,
        "resume": levers.resume((), SIGNED),
        "waive": levers.resume(("errors",), SIGNED),
        "approve": levers.approve(None, SIGNED),
        "advance": levers.advance,
        "promote": levers.promote(ALICE),
        "rollback": levers.rollback(0, is_staged=False, policy=None),
        "abort": levers.abort,
        "kill": levers.kill,
    }
    return {name: _pulled(lever, now) for name, lever in given.items()}


def _pulled(lever: levers.Lever, now: float) -> Step:
    def pulled(before: Standing) -> Standing:
        try:
            return lever(before, now, FREE)
        except levers.Refused:
            return before

    return pulled


def key(at: Standing) -> tuple[object, ...]:
    """What a move looks at: times count as begun or not, approvals of what is past as none."""
    return (
        at.phase,
        at.step,
        at.share,
        at.held,
        bool(at.failure),
        at.is_paused,
        at.promoted_by,
        at.observing_since is None,
        tuple(sorted(name for name in at.approvals if not _is_past(name, at))),
    )


def _is_past(approval: str, at: Standing) -> bool:
    number = approval.replace("@", ":").rpartition(":")[2]
    if not number.isdigit() or at.phase in (Phase.DRAFT, Phase.READY):
        return False
    is_waiver = approval.startswith("waiver:")
    if at.phase is not Phase.RAMPING:
        return True
    return int(number) < at.step if is_waiver else int(number) <= at.step


def plainly(at: Standing) -> Standing:
    """The state with its times brought to the few values that moves tell apart."""
    return replace(
        at,
        revision=1,
        phase_since=T0,
        step_since=T0,
        observing_since=None if at.observing_since is None else T0,
        held_since=None,
        ended_at=None,
        failure={"gate": "errors"} if at.failure else None,
        policy="migrate_next_turn",
        approvals={name: SIGNED for name in at.approvals if not _is_past(name, at)},
    )


def explore(next_move: NextMove, *, most_broken: int = 1, plan: Plan | None = None) -> Explored:
    """Breadth first, until nothing new is reached or `most_broken` promises are broken."""
    plan = plan or small()
    first = standing(plan, Phase.DRAFT)
    told = Explored()
    known = {key(first)}
    waiting = [first]
    looks, pulls = tuple(seen(plan)), orders()
    while waiting and len(told.broken) < most_broken:
        at = waiting.pop()
        told.states += 1
        for after in _following(next_move, plan, at, looks=looks, pulls=pulls, told=told):
            if key(after) not in known:
                known.add(key(after))
                waiting.append(plainly(after))
    return told


def _following(
    next_move: NextMove,
    plan: Plan,
    at: Standing,
    *,
    looks: tuple[Seen, ...],
    pulls: dict[str, Step],
    told: Explored,
) -> Iterator[Standing]:
    for look in looks:
        for elapsed in _elapsed(plan, at):
            now = T0 + elapsed
            told.looks += 1
            move = next_move(at, plan, look.judged, look.around, now)
            after = at if is_stay(at, move) else moved(at, move, now=now)
            why = f"{at.phase}/{at.step}/{at.held} at {elapsed:g} s, {look.name} -> {after.phase}"
            for broken in broken_by(plan, at, after, look=look, elapsed=elapsed):
                told.broken.append(f"{broken}: {why}/{after.step}")
            again = next_move(after, plan, look.judged, look.around, now)
            if after.phase is at.phase and after.step == at.step and not is_stay(after, again):
                settled = moved(after, again, now=now)
                if (settled.phase, settled.step) == (at.phase, at.step):
                    told.broken.append(f"asked twice, does twice: {why}")
            yield after
    if at.phase not in TERMINAL:
        for pull in pulls.values():
            yield pull(at)


def _elapsed(plan: Plan, at: Standing) -> tuple[float, ...]:
    if at.observing_since is None:
        return (0.0,)
    step = plan.steps[at.step]
    soaked = (plan.soak.seconds + 1,) if plan.soak and at.phase is Phase.SOAKING else ()
    return (1.0, step.min_seconds + 1, step.max_seconds + 1, *soaked)


def broken_by(
    plan: Plan, at: Standing, after: Standing, *, look: Seen, elapsed: float
) -> Iterator[str]:
    """The promises that this move of the engine breaks."""
    if at.phase in TERMINAL:
        if after != at:
            yield "an end is left"
        return
    if look.around.kill and at.phase is not Phase.ROLLING_BACK:
        if after.phase is not Phase.ROLLING_BACK:
            yield "a kill is not obeyed"
        return
    yield from _of_failure(at, after, look)
    yield from _of_people(at, after, look)
    if at.phase is Phase.SOAKING and after.phase is Phase.READY:
        yield from _of_soak(plan, at, look, elapsed)
    if _is_forward(at, after):
        yield from _of_advance(plan, at, after, look=look, elapsed=elapsed)


def _of_soak(plan: Plan, at: Standing, look: Seen, elapsed: float) -> Iterator[str]:
    gates = (
        [look.judged.of(gate.name) for gate in plan.soak.gates] if plan.soak and look.judged else []
    )
    is_kept = bool(gates) and all(gate and gate.verdict is Verdict.PASS for gate in gates)
    if not is_kept or at.observing_since is None or (plan.soak and elapsed < plan.soak.seconds):
        yield "a soak ends that was not kept for its whole time"


def _is_forward(at: Standing, after: Standing) -> bool:
    if after.phase in BACKWARD:
        return False
    if after.share > at.share or after.step > at.step:
        return True
    return after.phase is not at.phase and after.phase in FORWARD


def _of_failure(at: Standing, after: Standing, look: Seen) -> Iterator[str]:
    has_failed = bool(at.failure) or (look.judged is not None and look.judged.failed is not None)
    if at.failure and not after.failure:
        yield "a failure is forgotten"
    if not has_failed or at.promoted_by or at.phase is Phase.ROLLING_BACK:
        return
    if after.phase is not Phase.ROLLING_BACK:
        yield "a failure does not roll back"
    elif not after.failure:
        yield "a failure is not latched"


def _of_people(at: Standing, after: Standing, look: Seen) -> Iterator[str]:
    has_failed = bool(after.failure)
    if at.is_paused and _is_forward(at, after):
        yield "a person's hold is undone"
    if at.is_paused and not after.is_paused and after.phase not in BACKWARD:
        yield "a person's hold is taken away"
    if at.promoted_by and at.phase in FORWARD and after.phase in BACKWARD:
        yield "a person's promotion is undone"
    if after.phase is Phase.COMPLETED and has_failed and "bake" not in at.approvals:
        yield "completed with a failure that no person answered for"


def _of_advance(
    plan: Plan, at: Standing, after: Standing, *, look: Seen, elapsed: float
) -> Iterator[str]:
    if at.phase is Phase.PROMOTING:  # everybody has it already; only the processes are waited for
        if look.around.workers_on_revision < look.around.workers:
            yield "baking begins before every process has it"
        return
    if at.phase is Phase.BAKING:
        if look.judged is None and "bake" not in at.approvals:
            yield "completed unseen"
        return
    if at.phase is Phase.RAMPING and elapsed < plan.steps[at.step].min_seconds:
        yield "a step is left before its shortest time"
    if at.observing_since is None and at.phase is Phase.RAMPING:
        yield "a step is left that nobody observed"
    is_ramping = at.phase is Phase.RAMPING
    if is_ramping and not look.is_clean and not _is_excused(plan, at, elapsed):
        yield "it goes forward although something speaks against it"
    if is_ramping and look.name.split(", ")[0] in ("srm", "guard"):
        yield "it goes forward with numbers that nobody can believe"
    if is_ramping and after.step > at.step + 1:
        yield "a step is skipped"
    enters = after.phase is Phase.RAMPING and after.step > at.step
    approval = f"step:{after.step}"
    if enters and plan.steps[after.step].needs_approval and approval not in at.approvals:
        yield "a step begins without its approval"


def _is_timed(plan: Plan, at: Standing) -> bool:
    return not plan.steps[at.step].is_monitored


def _is_excused(plan: Plan, at: Standing, elapsed: float) -> bool:
    """By a step that goes by time alone, or a person who answers for the gate at this step, or
    (where the plan allows it) who let it go on without a verdict when the time was over."""
    step = plan.steps[at.step]
    is_asked = step.on_inconclusive == "promote_with_approval" and elapsed >= step.max_seconds
    is_approved = is_asked and f"step:{at.step + 1}" in at.approvals
    return _is_timed(plan, at) or f"waiver:errors@{at.step}" in at.approvals or is_approved
