"""Who watches a rollout: reads, judges, decides, writes; safe to repeat and to lose anywhere."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

import psycopg

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.config import Settings
from gatehouse.base.errors import StoreDown
from gatehouse.observe import journal, meters
from gatehouse.rollout import book, gates, gauges, judgements, moves, plans, verifying
from gatehouse.rollout.around import surroundings
from gatehouse.rollout.budget import Budget
from gatehouse.rollout.changing import Deed, change
from gatehouse.rollout.clock_jumps import Hands
from gatehouse.rollout.connecting import Connect, Connection
from gatehouse.rollout.gates import Judged
from gatehouse.rollout.leading import Lead
from gatehouse.rollout.looking import Eyes
from gatehouse.rollout.moves import Surroundings
from gatehouse.rollout.notices import outlets_of
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.stepping import action_of, moved
from gatehouse.rollout.types import ENGINE, Move, Phase, Standing

MOST_MOVES: Final = 4  # of one tick: a chain of moves that never ends is a fault, not a plan


@dataclass(frozen=True, slots=True)
class Tick:
    """What one look did. `is_waiting`: processes have yet to follow, so look again soon."""

    is_leading: bool
    standing: Standing | None = None
    moves: int = 0
    is_waiting: bool = False


class Controller:
    """One per process; whoever gets the advisory lock works, the others stand by.

    Each move is one transaction with compare-and-set: a second controller, a repeated tick or a
    crash between any two writes leaves either all of a move or nothing of it.
    """

    def __init__(
        self,
        connect: Connect,
        settings: Settings,
        eyes: Eyes,
        *,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._eyes = eyes
        self._clock = clock or SystemClock()
        self._hands = Hands(self._clock)
        self._lead = Lead(connect)
        self._budget = Budget(connect)
        self._outlets = outlets_of(settings)
        self._plans: dict[str, Plan] = {}
        self._last_look: dict[str, float] = {}
        self._head = 0
        self._at_work = Lock()
        self._is_closed = False

    def tick(self) -> Tick:
        """One look, and the moves that follow from it; nothing once it is closed.

        Raises StoreDown.
        """
        with self._at_work:
            return Tick(is_leading=False) if self._is_closed else self._tick()

    def _tick(self) -> Tick:
        was_leading = self._lead.is_held
        connection = self._lead.take()
        if connection is None:
            if was_leading:
                gauges.step_down(self._now())
            return Tick(is_leading=False)
        try:
            return self._look(connection)
        except psycopg.Error as trouble:
            self._lead.drop()
            gauges.step_down(self._now())
            raise StoreDown(f"The controller lost its database: {trouble}".strip()) from trouble
        except BaseException:
            self._lead.drop()
            raise

    def close(self) -> None:
        """Lets another process lead, for good: a look that is under way ends before."""
        with self._at_work:
            self._is_closed = True
            self._lead.drop()

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _look(self, connection: Connection) -> Tick:
        standing = book.alive(connection)
        if (jump := self._hands.jumped()) and standing is not None:
            standing = self._begin_anew(connection, standing, jump)
        done = 0
        while standing is not None and done < MOST_MOVES:
            written = self._step(connection, standing)
            if written is None:
                break
            done, standing = done + 1, book.alive(connection)
        gauges.show(standing, now=self._now())
        self._remember_head(connection)
        return Tick(True, standing, done, is_waiting=_is_waiting(standing))

    def _begin_anew(
        self, connection: Connection, standing: Standing, jump: float
    ) -> Standing | None:
        """The clock was set, so nobody knows how long this step has been observed: no time yet."""
        if standing.observing_since is None:
            return standing
        after = replace(standing, observing_since=self._now())
        reason = f"the clock was set by {jump:+.0f} s: the time of this step begins anew"
        deed = Deed("clock_set", ENGINE, reason, {"seconds": jump})
        written = change(connection, standing, after, deed=deed, outlets=self._outlets)
        if written is not None:
            _tell(standing, written, reason)
        return written or book.alive(connection)

    def _step(self, connection: Connection, standing: Standing) -> Standing | None:
        """One move; None: there is nothing to do, or somebody else did it."""
        now = self._now()
        plan = self._plan(standing)
        around = surroundings(
            connection,
            standing,
            plan,
            settings=self._settings,
            now=now,
            is_budget_spent=self._budget.is_spent(now),
            last_look_at=self._last_look.get(standing.id),
        )
        judged = self._judged(connection, standing, plan, now=now)
        move = moves.next_move(standing, plan, judged, around, now)
        self._last_look = {standing.id: now}
        if moves.is_stay(standing, move):
            return None
        return self._write(connection, standing, move, judged=judged, around=around)

    def _judged(
        self, connection: Connection, standing: Standing, plan: Plan, *, now: float
    ) -> Judged | None:
        """All gates; None where the rollout has none to be judged by yet."""
        if standing.phase in (Phase.DRAFT, Phase.ROLLING_BACK):
            return None
        observed = self._eyes.look(standing, gates.specs_of(plan, standing), now=now)
        judged = gates.judge_rollout(plan, standing, observed, now=now)
        with connection.transaction():
            judgements.keep(connection, standing, judged.everything)
        gauges.weigh(judged.everything, observed.units)
        _weigh(judged)
        return judged

    def _write(
        self,
        connection: Connection,
        standing: Standing,
        move: Move,
        *,
        judged: Judged | None,
        around: Surroundings,
    ) -> Standing | None:
        after = moved(standing, move, now=self._now())
        evidence = {
            "gates": [judgements.told(each) for each in judged.everything] if judged else [],
            "workers": around.workers,
            "workers_on_revision": around.workers_on_revision,
        }
        action = action_of(standing, after)
        deed = Deed(action, ENGINE, move.reason or action.replace("_", " "), evidence)
        written = change(connection, standing, after, deed=deed, outlets=self._outlets)
        if written is not None:
            _tell(standing, written, deed.reason)
        return written

    def _plan(self, standing: Standing) -> Plan:
        if standing.id not in self._plans:
            self._plans = {standing.id: plans.from_json(standing.plan)}
        return self._plans[standing.id]

    def _remember_head(self, connection: Connection) -> None:
        """Outside the database, so that a cut end of the audit is noticed."""
        head = verifying.head(connection)
        if head.seq == self._head:
            return
        self._head, folder = head.seq, self._settings.gatehouse_data
        if not verifying.is_continued(connection, folder):
            journal.event("audit_not_as_seen", level="ERROR", message="run gatehouse audit verify")
            return
        with suppress(OSError):
            verifying.witness(folder, head)


def _is_waiting(standing: Standing | None) -> bool:
    if standing is None:
        return False
    if standing.phase in (Phase.PROMOTING, Phase.ROLLING_BACK, Phase.DRAFT, Phase.READY):
        return standing.held is None
    return standing.phase == Phase.RAMPING and standing.observing_since is None


def _weigh(judged: Judged) -> None:
    boundary = float(judged.combined.outputs.get("boundary") or 0.0)
    if boundary:
        meters.rollout_evidence_ratio.set(judged.log_e / boundary)
    meters.rollout_srm_log_evalue.set(float(judged.srm.outputs.get("log_e") or 0.0))


def _tell(before: Standing, after: Standing, reason: str) -> None:
    if before.phase != after.phase:
        to = str(after.phase)
        meters.rollout_transitions_total.labels(to=to, actor=ENGINE.kind).inc()
    journal.event(
        "rollout_moved",
        level="WARNING" if after.failure or after.held else "INFO",
        rollout=after.id,
        phase=str(after.phase),
        step=after.step,
        share=after.share,
        held=after.held or "",
        reason=reason,
    )
