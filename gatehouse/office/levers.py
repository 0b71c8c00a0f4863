"""The levers as the office offers them: who may pull which, when, and what it will do in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.office import words
from gatehouse.office.glance import plan_of
from gatehouse.rollout import roles
from gatehouse.rollout.desk import Desk
from gatehouse.rollout.plans import Plan
from gatehouse.rollout.roles import Action
from gatehouse.rollout.types import TERMINAL, WHOLE, Actor, Phase, Policy, Standing

Look = Literal["danger", "main", "plain"]
FORWARD: Final = frozenset((Phase.SOAKING, Phase.READY, Phase.RAMPING))
POLICIES: Final[tuple[Policy, ...]] = ("migrate_next_turn", "drain", "immediate")


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull of a lever: by whom, why, and the fields of its form."""

    rollout_id: str
    actor: Actor
    reason: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lever:
    """`is_offered`: it makes sense now. `effects`: what will happen, sentence by sentence."""

    name: str
    action: Action
    words: str
    look: Look
    hint: str
    is_offered: Callable[[Standing, Plan | None], bool]
    effects: Callable[[Standing, Plan | None], list[str]]
    pull: Callable[[Desk, Pull], Standing]
    is_urgent: bool = False  # done even if the rollout moved on while the form was open

    @property
    def is_big(self) -> bool:
        """What one needs at night stands first and large."""
        return self.name in ("rollback", "pause") or self.look == "main"


def offered(standing: Standing, role: str) -> list[Lever]:
    """The levers for this role in this state."""
    plan = plan_of(standing)
    return [
        lever
        for lever in LEVERS.values()
        if roles.may((role,), lever.action) and lever.is_offered(standing, plan)
    ]


def lever_of(name: str) -> Lever:
    """Raises NotFound."""
    if name not in LEVERS:
        raise NotFound(f"There is no lever {name!r}; there are {', '.join(LEVERS)}.")
    return LEVERS[name]


def _is_alive(standing: Standing, _: Plan | None) -> bool:
    return standing.phase not in TERMINAL


def _can_go_back(standing: Standing, _: Plan | None) -> bool:
    return standing.phase not in TERMINAL and standing.phase != Phase.ROLLING_BACK


def _can_go_on(standing: Standing, _: Plan | None) -> bool:
    return standing.phase in FORWARD and not standing.failure


def _can_advance(standing: Standing, plan: Plan | None) -> bool:
    return (
        _can_go_on(standing, plan) and plan is not None and _following(standing) < len(plan.steps)
    )


def _can_pause(standing: Standing, plan: Plan | None) -> bool:
    return _can_go_back(standing, plan) and not standing.is_paused and not standing.failure


def _can_resume(standing: Standing, plan: Plan | None) -> bool:
    return _can_go_back(standing, plan) and (standing.is_paused or standing.held is not None)


def _can_approve(standing: Standing, plan: Plan | None) -> bool:
    """There is an approval that the plan asks for and nobody has given yet."""
    if plan is None or not _can_go_on(standing, plan):
        return False
    following = _following(standing)
    if f"step:{following}" in standing.approvals:
        return False
    if following < len(plan.steps):
        return plan.steps[following].needs_approval
    return not plan.is_auto_promoted


def _can_give_up(standing: Standing, plan: Plan | None) -> bool:
    return _can_go_back(standing, plan) and not standing.failure


def _following(standing: Standing) -> int:
    return standing.step + 1 if standing.phase == Phase.RAMPING else 0


def _share_after(standing: Standing, plan: Plan | None) -> str:
    following = _following(standing)
    if plan is None or following >= len(plan.steps):
        return "everybody"
    return f"{words.percent(plan.steps[following].share)} of new conversations"


def _back(standing: Standing, _: Plan | None) -> list[str]:
    after = words.POLICIES[standing.policy]
    told = [
        f"No new conversation gets {standing.canary_version} from the next second on.",
        f"Conversations that have it {after}, unless you choose otherwise below.",
        f"Everybody gets {standing.stable_version}. This rollout ends; a retry is a new one.",
    ]
    if standing.phase in (Phase.PROMOTING, Phase.BAKING):
        told.insert(0, f"{standing.stable_version} becomes the version for everybody again.")
    return told


def _kill(standing: Standing, _: Plan | None) -> list[str]:
    return [
        f"Nobody may get {standing.canary_version} any more, in this rollout or a later one.",
        "Its turns under way are cut off and thought again by the stable version, now.",
        f"Everybody gets {standing.stable_version}. This rollout ends.",
    ]


def _pause(standing: Standing, _: Plan | None) -> list[str]:
    return [
        f"It stays at {words.percent(standing.share)} until somebody resumes it.",
        "Its gates go on being judged: one that fails still rolls it back.",
    ]


def _resume(standing: Standing, _: Plan | None) -> list[str]:
    why = words.HELD.get(standing.held or "", "")
    told = [f"It was held: {why}."] if why else []
    return [*told, "The engine moves it on again as the plan says, at the next look."]


def _approve(standing: Standing, plan: Plan | None) -> list[str]:
    return [
        f"The engine may give it to {_share_after(standing, plan)}, once its gates allow that.",
        "Nothing moves at this moment if a gate still lacks its verdict.",
    ]


def _advance(standing: Standing, plan: Plan | None) -> list[str]:
    return [
        f"{_share_after(standing, plan).capitalize()} get {standing.canary_version} now, "
        f"instead of {words.percent(standing.share)}.",
        "The gates that have no verdict yet are not waited for. One that fails rolls it back.",
    ]


def _promote(standing: Standing, _: Plan | None) -> list[str]:
    return [
        f"All new conversations get {standing.canary_version}, now, instead of "
        f"{words.percent(standing.share)} of them.",
        "Gates without a verdict are not waited for.",
        "The engine never undoes what a person promoted: late harm is told, and you decide.",
    ]


def _give_up(standing: Standing, _: Plan | None) -> list[str]:
    return [
        f"Nobody gets {standing.canary_version} any more; it is not said to be bad.",
        f"Everybody gets {standing.stable_version}. This rollout ends without a verdict.",
    ]


def _waive(standing: Standing, _: Plan | None) -> list[str]:
    return [
        "This step needs no verdict of that gate to be left.",
        "If the gate fails, the rollout is rolled back all the same.",
    ]


def _roll_back(desk: Desk, pull: Pull) -> Standing:
    """To nobody, by stages, or to a smaller share, as the form says."""
    how = pull.fields.get("how", "")
    to = pull.fields.get("to_percent", "").strip()
    if how and how not in (*POLICIES, "staged"):
        raise BadInput(f"how: {how!r} is none of {', '.join((*POLICIES, 'staged'))}")
    return desk.rollback(
        pull.rollout_id,
        to_share=_share(to) if to else 0,
        is_staged=how == "staged",
        policy=next((each for each in POLICIES if each == how), None),
        actor=pull.actor,
        reason=pull.reason,
    )


def _share(text: str) -> int:
    try:
        percents = float(text.rstrip("% "))
    except ValueError:
        raise BadInput(f"to_percent: {text!r} is no number of percent") from None
    if not 0 <= percents < 100:
        raise BadInput("to_percent: allowed is 0 to less than 100")
    return round(percents * WHOLE / 100)


def _waived(desk: Desk, pull: Pull) -> Standing:
    gate = pull.fields.get("gate", "").strip()
    if not gate:
        raise BadInput("gate: name the gate")
    return desk.waive(gate, rollout_id=pull.rollout_id, actor=pull.actor, reason=pull.reason)


def _plainly(name: str) -> Callable[[Desk, Pull], Standing]:
    """A lever of the desk that takes nothing but actor and reason."""

    def pulled(desk: Desk, pull: Pull) -> Standing:
        lever: Any = getattr(desk, name)
        moved: Standing = lever(pull.rollout_id, actor=pull.actor, reason=pull.reason)
        return moved

    return pulled


_ALL: Final = (
    Lever("rollback", "rollback", "Roll back", "danger", "Nobody new gets it; people go back.",
          _can_go_back, _back, _roll_back, is_urgent=True),
    Lever("pause", "pause", "Pause", "plain", "It stays where it is.",
          _can_pause, _pause, _plainly("pause"), is_urgent=True),
    Lever("resume", "resume", "Resume", "main", "It goes on as planned.",
          _can_resume, _resume, _plainly("resume")),
    Lever("approve", "approve", "Approve the next step", "main", "It may go on, once gates allow.",
          _can_approve, _approve, _plainly("approve")),
    Lever("advance", "advance", "Next step now", "plain", "Without waiting for verdicts.",
          _can_advance, _advance, _plainly("advance")),
    Lever("promote", "promote", "Promote to everybody", "plain", "Without waiting for verdicts.",
          _can_go_on, _promote, _plainly("promote")),
    Lever("waive", "waive", "Waive a gate", "plain", "This step does without its verdict.",
          _can_go_on, _waive, _waived),
    Lever("abort", "abort", "Give up", "plain", "It ends without a verdict.",
          _can_give_up, _give_up, _plainly("abort")),
    Lever("kill", "kill", "Kill", "danger", "At once, and the version is denied for good.",
          _is_alive, _kill, _plainly("kill"), is_urgent=True),
)  # fmt: skip
LEVERS: Final[Mapping[str, Lever]] = {lever.name: lever for lever in _ALL}
