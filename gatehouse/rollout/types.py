"""The vocabulary of the control room: versions, arms, plans, readings, verdicts, moves, actors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Final, Literal, NamedTuple

WHOLE: Final = 100_000  # shares and buckets are counted in 1/100,000 of the conversations
HASH_VERSION: Final = 1
Arm = Literal["stable", "canary"]
Baseline = Literal["all", "equal", "none"]
Policy = Literal["migrate_next_turn", "drain", "immediate"]
Traffic = Literal["visitor", "bot", "staff", "soak"]  # only visitors count in a verdict
Reason = Literal[  # of an assignment, as OpenFeature names it
    "SPLIT", "TARGETING_MATCH", "CACHED", "DISABLED", "STALE", "ERROR", "STATIC"
]
RULES: Final = "rules"  # the version of the rules handler, which is always there


class Phase(StrEnum):
    """Of one rollout. `held` keeps the place of the phase it interrupts in `Standing.phase`."""

    DRAFT = "draft"
    SOAKING = "soaking"
    READY = "ready"
    RAMPING = "ramping"
    PROMOTING = "promoting"
    BAKING = "baking"
    ROLLING_BACK = "rolling_back"
    COMPLETED = "completed"
    ROLLED_BACK = "rolled_back"
    ABORTED = "aborted"
    SUPERSEDED = "superseded"


TERMINAL: Final = frozenset((Phase.COMPLETED, Phase.ROLLED_BACK, Phase.ABORTED, Phase.SUPERSEDED))
Held = Literal[
    "inconclusive", "nodata", "srm", "approval", "window_closed", "error_budget", "breaker",
    "manual", "dependency", "incident", "measurement", "ceiling",
]  # fmt: skip


class Verdict(IntEnum):
    """Of one gate; ordered from best to worst, so that the worst of many is their max()."""

    PASS = 0  # certified, or for a rule: kept
    RUNNING = 1  # nothing to say yet, and there is time
    NODATA = 2  # no observation at all
    INCONCLUSIVE = 3  # too little to say, and the time is over
    ERROR = 4  # could not be measured
    FAIL = 5  # measured, and bad


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. `kind`: a person (staff or at the shell), the engine, or another program."""

    kind: Literal["person", "engine", "token", "system"]
    name: str


ENGINE: Final = Actor("engine", "controller")


@dataclass(frozen=True, slots=True)
class Live:
    """The share of the one rollout that has one; `share` in 1/100,000 from bucket 0 upwards."""

    rollout_id: str  # also the salt
    stable_version: str
    canary_version: str
    share: int
    step: int = 0  # index in the plan
    baseline: Baseline = "all"
    hash_version: int = HASH_VERSION
    allow: tuple[str, ...] = ()  # unit ids that always get the canary, outside the statistics
    deny: tuple[str, ...] = ()  # … and those that never do


@dataclass(frozen=True, slots=True)
class StoredFlag:
    """A value set by a person; `until`: seconds since 1970, after which it counts no more."""

    value: bool | int | float | str
    owner: str = ""
    reason: str = ""
    set_by: str = ""
    set_at: float = 0.0
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """What each process acts on: read as a whole, replaced as a whole.

    `retreats`: ended rollouts whose canary conversations go back, and how. `denied`: versions
    that nobody may get. `read_at`: seconds since 1970 at which this was known to be true.
    """

    revision: int = 0
    stable_version: str | None = None  # None: none was promoted yet
    live: Live | None = None
    retreats: Mapping[str, Policy] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()
    flags: Mapping[str, StoredFlag] = field(default_factory=dict)
    read_at: float = 0.0
    source: Literal["database", "disk", "none"] = "none"


class Assignment(NamedTuple):  # made in every turn, in a third of a dataclass's time
    """Which version answers a conversation, and why; what is pinned at its first turn."""

    arm: Arm
    version: str
    reason: Reason
    rollout_id: str | None = None
    bucket: int | None = None
    share: int = 0  # of the canary when this was drawn, in 1/100,000
    step: int = 0
    hash_version: int = HASH_VERSION
    error_code: str | None = None  # as OpenFeature names it
    is_pinned: bool = False  # read from the conversation, not drawn


GateKind = Literal["slo", "worse", "rule", "invariant", "breaker"]


@dataclass(frozen=True, slots=True)
class GateSpec:
    """One gate of a plan.

    slo: the share of bad conversations of the canary is at most `limit` (one arm; certified when
    shown to be below it). worse: no worse than the stable conversations of the same hours.
    rule: the runbooks' hard rule, `limit` exceeded for `minutes` with at least `least` events.
    invariant: one event fails. breaker: 2.6.
    """

    name: str
    kind: GateKind
    metric: str  # one of METRICS
    limit: float | None = None  # as a share, 0 to 1
    edge_ms: int | None = None  # of latency metrics: an observation above it is bad
    weight: float = 0.1  # of the error budget of the whole rollout
    required: bool = False  # must be certified (or `no_evidence`) before a step advances
    policy: Literal["certified", "no_evidence"] = "certified"
    # For no_evidence: what is shown must lie below it; of worse: a ratio of the arms' rates.
    delta_max: float | None = None
    tolerance: float = 1.0  # of worse: up to this ratio, canary's rate over stable's, it is fine
    minutes: int = 10  # of a rule
    least: int = 20  # observations that a rule needs in its window
    service: str | None = None  # of a breaker
    from_step: int = 0  # armed from this step on; earlier ones stay armed


# What can be read, one observation a conversation (matured where the outcome takes time).
METRICS: Final = (
    "turn_error",  # any turn of it failed or had an error of ours
    "contract",  # any answer of the model broke its contract
    "turn_slow",  # its designated turn took longer than edge_ms
    "search_slow",  # the search of its designated turn took longer than edge_ms
    "model_slow",  # the model call of its designated turn took longer than edge_ms
    "end_to_end_slow",
    "store_slow",  # the slowest commit of its designated turn
    "not_converted",  # all slots filled, and no homes within two turns
    "not_completed",  # neither homes and a next step, nor a hand-over, when it matured
    "not_engaged",  # homes were shown, and none was opened or asked about
    "no_recommendation",  # no turn of it recommended homes (share of acts)
    "reask",  # a filled slot was asked again
    "state_loss",  # what was known was forgotten
    "validation",  # an answer was refused after repair
    "model_error",  # a model call failed
    "ungrounded",  # a sentence had to be dropped
    "repaired",
    "negative_feedback",
    "search_timeout",
    "cache_miss",
    "breaker_open",
    "cost",  # dearer than `limit`… counted as tokens above edge_ms
)


@dataclass(frozen=True, slots=True)
class Count:
    """Conversations observed that were assigned under one step and share; `n` of them, `bad`."""

    step: int
    share: int  # of the canary among both arms, in 1/100,000
    canary_n: int
    canary_bad: int
    stable_n: int
    stable_bad: int


@dataclass(frozen=True, slots=True)
class Minute:
    """Events of one minute of the wall clock, per arm (not matured, for the hard rules)."""

    at: datetime
    canary_n: int
    canary_bad: int
    stable_n: int
    stable_bad: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen of one metric. Not being able to look is an answer: `trouble` says why."""

    metric: str
    counts: tuple[Count, ...] = ()
    minutes: tuple[Minute, ...] = ()  # newest last; rules and breakers
    bake: bytes = b""  # outcomes since baking began, in the order they matured; 1 is bad
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Units:
    """Conversations assigned by the draw (SPLIT, visitors) since the rollout began, per step."""

    step: int
    share: int
    canary: int
    stable: int
    slice: int = 0  # of the stable ones, those of the anchored baseline slice


@dataclass(frozen=True, slots=True)
class Evidence:
    """Enough to recompute a verdict bit for bit: what went in, and what came out."""

    gate: str
    verdict: Verdict
    params: Mapping[str, Any]  # of the gate and its mathematics
    inputs: Mapping[str, Any]  # counts per step and share
    outputs: Mapping[str, Any]  # log_e, thresholds, interval, certified, why


@dataclass(frozen=True, slots=True)
class Standing:
    """One rollout as its row says it. Times are seconds since 1970."""

    id: str
    phase: Phase
    step: int
    share: int  # in 1/100,000
    revision: int  # grows with each write; compare-and-set
    stable_version: str
    canary_version: str
    plan: Mapping[str, Any]  # as rollout.plans reads and writes it
    created_at: float
    phase_since: float
    step_since: float  # when this step was asked for
    observing_since: float | None = None  # when every worker had the share of this step
    held: Held | None = None
    held_since: float | None = None
    failure: Mapping[str, Any] | None = None  # latched: gate, evidence, at
    approvals: Mapping[str, Any] = field(default_factory=dict)  # "step:2", "waiver:gate@2": who
    promoted_by: str | None = None  # a person's promotion is never undone by the engine
    is_paused: bool = False
    policy: Policy = "migrate_next_turn"
    ended_at: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)  # runbook, branch, commit, baseline


@dataclass(frozen=True, slots=True)
class Move:
    """What is to be done next with a rollout; pure data. None of the optional fields: stay."""

    phase: Phase
    step: int
    share: int
    held: Held | None = None
    failure: Mapping[str, Any] | None = None
    reason: str = ""
    # True: the clock of the step (soak, bake) starts now. False: it is cleared, since a new share
    # has to reach every worker first, or what was measured does not count. None: as it was.
    is_observing: bool | None = None
    is_stage: bool = False  # of a staged way back: `facts["retreat"]["since"]` becomes now
