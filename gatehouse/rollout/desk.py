"""The levers of a rollout, each with an actor and a reason; for the shell and the office alike."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import NotFound
from gatehouse.rollout import audit, book
from gatehouse.rollout.changing import Deed, change, has_ended
from gatehouse.rollout.connecting import Connect, Connection
from gatehouse.rollout.levers import (
    Refused,
    ended,
    entered,
    next_step,
    refuse_failed,
    said,
    shares_of,
    staged,
    stepped_back,
    waiver,
    who,
    withdrawn,
)
from gatehouse.rollout.types import RULES, WHOLE, Actor, Phase, Policy, Standing

Change = Callable[[Standing, float], Standing]  # the standing and now, in seconds since 1970


@dataclass(frozen=True, slots=True)
class Submission:
    """A change on its way: the version, and how it is to reach people."""

    version: str
    plan: Mapping[str, Any]  # as rollout.plans reads and writes it
    plan_name: str = ""
    facts: Mapping[str, Any] | None = None  # runbook, branch, commit, baseline
    waivers: Mapping[str, str] | None = None  # gate -> reason: needs the role admin


class Desk:
    """Every lever takes `actor` and `reason`; without an id it moves the rollout that is alive.

    Raises BadInput (no reason), NotFound (no such rollout), Refused, StoreDown. Roles are checked
    by the caller, with `roles.require`.
    """

    def __init__(
        self, connect: Connect, *, clock: Clock | None = None, outlets: tuple[str, ...] = ()
    ) -> None:
        self._connect = connect
        self._clock = clock or SystemClock()
        self._outlets = outlets

    def submit(self, submission: Submission, *, actor: Actor, reason: str) -> Standing:
        """Begins a rollout; one that is alive is superseded by it."""
        reason = said(reason)
        with self._connect() as connection, connection.transaction():
            self._supersede(connection, actor, f"superseded by a newer one: {reason}")
            begun = self._begun(submission, book.pointed(connection) or RULES)
            self._check(begun)
            book.insert(connection, begun, created_by=actor.name, plan_name=submission.plan_name)
            audit.append(
                connection,
                actor=actor,
                action="start",
                subject=begun.id,
                reason=reason,
                after=begun.revision,
                evidence={"version": begun.canary_version, "stable": begun.stable_version,
                          "plan": dict(begun.plan), "facts": dict(begun.facts)},
            )  # fmt: skip
        return begun

    def pause(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Holds it where it is until a person resumes; a bad canary is still rolled back."""

        def paused(standing: Standing, now: float) -> Standing:
            return replace(standing, is_paused=True, held="manual", held_since=now)

        return self._move("pause", rollout_id, paused, actor=actor, reason=reason)

    def resume(
        self,
        rollout_id: str | None = None,
        *,
        waive: Sequence[str] = (),
        actor: Actor,
        reason: str,
    ) -> Standing:
        """Takes a pause back; `waive` names gates that need no verdict at this step."""

        def resumed(standing: Standing, now: float) -> Standing:
            waived = {waiver(gate, standing.step): who(actor, reason, now) for gate in waive}
            return replace(
                standing,
                is_paused=False,
                held=None,
                held_since=None,
                approvals={**standing.approvals, **waived},
            )

        return self._move("resume", rollout_id, resumed, actor=actor, reason=reason)

    def approve(
        self, rollout_id: str | None = None, *, step: int | None = None, actor: Actor, reason: str
    ) -> Standing:
        """Lets it enter `step` (counted from 0; else the next one) where the plan asks for it."""

        def approved(standing: Standing, now: float) -> Standing:
            wanted = next_step(standing) if step is None else step
            given = {f"step:{wanted}": who(actor, reason, now)}
            return replace(standing, approvals={**standing.approvals, **given})

        return self._move("approve", rollout_id, approved, actor=actor, reason=reason)

    def waive(
        self, gate: str, *, rollout_id: str | None = None, actor: Actor, reason: str
    ) -> Standing:
        """This step needs no verdict of that gate; its failures still roll back."""

        def waived(standing: Standing, now: float) -> Standing:
            given = {waiver(gate, standing.step): who(actor, reason, now)}
            return replace(standing, approvals={**standing.approvals, **given})

        return self._move("waive", rollout_id, waived, actor=actor, reason=reason)

    def advance(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Goes to the next step now, without waiting for verdicts."""

        def advanced(standing: Standing, now: float) -> Standing:
            refuse_failed(standing)
            shares = shares_of(standing.plan)
            step = next_step(standing)
            if standing.phase not in (Phase.SOAKING, Phase.READY, Phase.RAMPING):
                raise Refused(f"{standing.id} is {standing.phase}: there is no next step")
            if step >= len(shares):
                raise Refused("This is the last step; promote it")
            return entered(standing, step, shares[step], now=now)

        return self._move("advance", rollout_id, advanced, actor=actor, reason=reason)

    def promote(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Everybody gets it, now and by this person's word; the engine never undoes that."""

        def promoted(standing: Standing, now: float) -> Standing:
            refuse_failed(standing)
            if standing.phase not in (Phase.SOAKING, Phase.READY, Phase.RAMPING):
                raise Refused(f"{standing.id} is {standing.phase}: it cannot be promoted")
            return replace(
                standing,
                phase=Phase.PROMOTING,
                share=WHOLE,
                held=None,
                held_since=None,
                is_paused=False,
                promoted_by=actor.name,
                phase_since=now,
                step_since=now,
                observing_since=None,
            )

        return self._move("promote", rollout_id, promoted, actor=actor, reason=reason)

    def rollback(
        self,
        rollout_id: str | None = None,
        *,
        to_share: int = 0,
        is_staged: bool = False,
        policy: Policy | None = None,
        actor: Actor,
        reason: str,
    ) -> Standing:
        """Takes people back: to nobody, or to `to_share` of them (1/100,000), where it then stays.

        Staged: in five stages of five minutes, for capacity alone; refused once a gate failed.
        """

        def rolled_back(standing: Standing, now: float) -> Standing:
            if is_staged:
                return staged(standing, now=now)
            if to_share:
                return stepped_back(standing, to_share, now=now)
            return withdrawn(standing, policy or standing.policy, now=now)

        return self._move("rollback", rollout_id, rolled_back, actor=actor, reason=reason)

    def abort(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Ends it without a verdict; nobody gets it any more."""

        def aborted(standing: Standing, now: float) -> Standing:
            refuse_failed(standing)
            return ended(standing, Phase.ABORTED, now=now)

        return self._move("abort", rollout_id, aborted, actor=actor, reason=reason)

    def kill(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Rolls back at once, turns under way included, and denies the version to everybody."""

        def killed(standing: Standing, now: float) -> Standing:
            return withdrawn(standing, "immediate", now=now)

        return self._move("kill", rollout_id, killed, actor=actor, reason=reason, is_denied=True)

    def _move(
        self,
        action: str,
        rollout_id: str | None,
        wanted: Change,
        *,
        actor: Actor,
        reason: str,
        is_denied: bool = False,
    ) -> Standing:
        """One lever: the row is locked, so nothing comes between the look and the writing."""
        deed = Deed(action, actor, said(reason), {})
        with self._connect() as connection, connection.transaction():
            before = self._chosen(connection, rollout_id)
            after = wanted(before, self._clock.now().timestamp())
            written = change(connection, before, after, deed=deed, outlets=self._outlets)
            if written is None:
                raise Refused("The rollout moved on at this very moment; look again")
            if is_denied:
                book.deny(connection, written.canary_version)
        return written

    def _chosen(self, connection: Connection, rollout_id: str | None) -> Standing:
        if rollout_id is None:
            found = book.alive(connection, for_update=True)
            if found is None:
                raise NotFound("No rollout is under way")
            return found
        found = book.find(connection, rollout_id, for_update=True)
        if found is None:
            raise NotFound(f"There is no rollout {rollout_id}")
        if has_ended(found):
            raise Refused(f"{rollout_id} is {found.phase}; a retry is a new rollout")
        return found

    def _supersede(self, connection: Connection, actor: Actor, reason: str) -> None:
        """Ends the one that is alive. What it had promoted already stays where it is."""
        if before := book.alive(connection, for_update=True):
            after = ended(before, Phase.SUPERSEDED, now=self._clock.now().timestamp())
            deed = Deed("supersede", actor, reason, {})
            change(connection, before, after, deed=deed, outlets=self._outlets)

    def _begun(self, submission: Submission, stable: str) -> Standing:
        now = self._clock.now().timestamp()
        return Standing(
            id=f"ro-{secrets.token_hex(5)}",
            phase=Phase.DRAFT,
            step=0,
            share=0,
            revision=1,
            stable_version=stable,
            canary_version=submission.version,
            plan=submission.plan,
            created_at=now,
            phase_since=now,
            step_since=now,
            policy=submission.plan.get("policy", "migrate_next_turn"),
            facts=dict(submission.facts or {}),
        )

    def _check(self, begun: Standing) -> None:
        if begun.canary_version == begun.stable_version:
            raise Refused(f"{begun.canary_version} is what everybody gets already")
