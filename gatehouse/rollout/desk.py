"""The levers of a rollout, each with an actor and a reason; for the shell and the office alike."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.errors import UniqueViolation

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.config import Settings
from gatehouse.base.errors import NotFound
from gatehouse.rollout import audit, book, judgements, levers, plans
from gatehouse.rollout import status as telling
from gatehouse.rollout.audit import Entry
from gatehouse.rollout.changing import Deed, change, has_ended
from gatehouse.rollout.connecting import Connect, Connection
from gatehouse.rollout.judgements import Kept
from gatehouse.rollout.levers import Refused, said
from gatehouse.rollout.limits import Limits, limits
from gatehouse.rollout.notices import outlets_of
from gatehouse.rollout.types import RULES, Actor, Phase, Policy, Standing
from gatehouse.rollout.which import chosen, completed

Lever = Callable[[Standing, float, Limits], Standing]  # at this time, in seconds since 1970


@dataclass(frozen=True, slots=True)
class Submission:
    """A change on its way: the version, and how it is to reach people."""

    version: str
    plan: Mapping[str, Any]  # as `plans.to_json` writes it
    plan_name: str = ""
    facts: Mapping[str, Any] | None = None  # runbook, branch, commit, baseline
    waived: Sequence[str] = ()  # gates that cannot fail this rollout: an admin's word


class Desk:
    """Every lever takes `actor` and `reason`; without an id it moves the rollout that is alive.

    Raises BadInput (no reason, a bad plan), NotFound (no such rollout or version), Refused and
    PlanRefused, StoreDown. Roles are checked by the caller, with `roles.require`.
    """

    def __init__(self, connect: Connect, settings: Settings, *, clock: Clock | None = None) -> None:
        self._connect = connect
        self._settings = settings
        self._clock = clock or SystemClock()
        self._outlets = outlets_of(settings)

    def submit(self, submission: Submission, *, actor: Actor, reason: str) -> Standing:
        """Begins a rollout; one that is alive is superseded by it."""
        try:
            return self._submit(submission, actor, said(reason))
        except UniqueViolation as twin:
            raise Refused("Another rollout began at this very moment; look again") from twin

    def _submit(self, submission: Submission, actor: Actor, reason: str) -> Standing:
        with self._connect() as connection, connection.transaction():
            self._supersede(connection, actor, f"superseded by a newer one: {reason}")
            signed = levers.signature(actor, reason, self._now())
            stable = book.pointed(connection, for_update=True) or RULES
            begun = self._begun(submission, stable, signed)
            self._check(connection, begun)
            book.insert(connection, begun, created_by=actor.name, plan_name=submission.plan_name)
            audit.append(
                connection,
                actor=actor,
                action="start",
                subject=begun.id,
                reason=reason,
                after=begun.revision,
                evidence=_told(begun),
            )
        return begun

    def pause(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Holds it where it is until a person resumes; a bad canary is still rolled back."""
        return self._move("pause", rollout_id, levers.pause, actor=actor, reason=reason)

    def resume(
        self,
        rollout_id: str | None = None,
        *,
        waive: Sequence[str] = (),
        actor: Actor,
        reason: str,
    ) -> Standing:
        """Takes a pause back; `waive` names gates that need no verdict at this step (a releaser's
        right: check `waive` too)."""
        signed = levers.signature(actor, reason, self._now())
        lever = levers.resume(waive, signed)
        return self._move("resume", rollout_id, lever, actor=actor, reason=reason)

    def approve(
        self, rollout_id: str | None = None, *, step: int | None = None, actor: Actor, reason: str
    ) -> Standing:
        """Lets it enter `step` (from 0; else the next one); one past the last is the promotion."""
        lever = levers.approve(step, levers.signature(actor, reason, self._now()))
        return self._move("approve", rollout_id, lever, actor=actor, reason=reason)

    def waive(
        self, gate: str, *, rollout_id: str | None = None, actor: Actor, reason: str
    ) -> Standing:
        """This step needs no verdict of that gate; its failures still roll back."""
        lever = levers.waive((gate,), levers.signature(actor, reason, self._now()))
        return self._move("waive", rollout_id, lever, actor=actor, reason=reason)

    def advance(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Goes to the next step now, without waiting for verdicts."""
        return self._move("advance", rollout_id, levers.advance, actor=actor, reason=reason)

    def promote(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Everybody gets it, now and by this person's word; the engine never undoes that."""
        lever = levers.promote(actor)
        return self._move("promote", rollout_id, lever, actor=actor, reason=reason)

    def rollback(
        self,
        rollout_id: str | None = None,
        *,
        to_share: int | None = None,
        is_staged: bool = False,
        policy: Policy | None = None,
        actor: Actor,
        reason: str,
    ) -> Standing:
        """Takes people back: to nobody, or to `to_share` of them (1/100,000; None: the plan's),
        where it then stays until a person resumes.

        Staged: 75, 50, 25, 10, 0 % at five minutes each, for capacity alone; refused once a gate
        failed.
        """
        lever = levers.rollback(to_share, is_staged=is_staged, policy=policy)
        return self._move("rollback", rollout_id, lever, actor=actor, reason=reason)

    def abort(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Ends it without a verdict; nobody gets it any more."""
        return self._move("abort", rollout_id, levers.abort, actor=actor, reason=reason)

    def kill(self, rollout_id: str | None = None, *, actor: Actor, reason: str) -> Standing:
        """Rolls back at once, turns under way included, and denies the version to everybody.

        Of a rollout that has ended, by its id, only the latter: conversations may drain on it yet,
        or everybody may have it; then they get the stable version, or the rules.
        """
        if rollout_id is not None and has_ended(ended := self.standing(rollout_id)):
            return self._deny(ended, actor, said(reason))
        return self._move(
            "kill", rollout_id, levers.kill, actor=actor, reason=reason, is_denied=True
        )

    def restore(self, *, actor: Actor, reason: str) -> Standing:
        """The version before the last rollout, at once and for everybody, whatever became of it.

        One that is under way is rolled back. One that was completed has ended, so its version is
        denied instead: that also moves the conversations that are pinned to it.
        """
        if not has_ended(self.standing()):
            return self.rollback(to_share=0, policy="migrate_next_turn", actor=actor, reason=reason)
        with self._connect() as connection, connection.transaction():
            last = completed(connection)
            book.point(connection, last.stable_version)
            book.deny(connection, last.canary_version)
            audit.append(
                connection,
                actor=actor,
                action="restore",
                subject=last.id,
                reason=said(reason),
                evidence={"denied": last.canary_version, "restored": last.stable_version},
            )
        return last

    def status(self) -> telling.Status:
        """What is live, who gets it, why it is held, and when a verdict can be expected."""
        with self._connect() as connection:
            return telling.status(connection, self._settings, now=self._now())

    def rollouts(self, limit: int = 20) -> list[Standing]:
        """The last rollouts, newest first."""
        with self._connect() as connection:
            return book.newest(connection, limit)

    def standing(self, rollout_id: str | None = None) -> Standing:
        """One rollout; without an id the one that is alive, else the last one."""
        with self._connect() as connection:
            found = book.find(connection, rollout_id) if rollout_id else book.last(connection)
        if found is None:
            raise NotFound(f"There is no rollout {rollout_id}" if rollout_id else "No rollout yet")
        return found

    def history(self, rollout_id: str) -> list[Entry]:
        """Everything that was done with a rollout, oldest first, as the audit has it."""
        with self._connect() as connection:
            return audit.entries(connection, subject=rollout_id, limit=10_000)

    def judgements(self, rollout_id: str, *, gate: str | None = None) -> list[Kept]:
        """Stored verdicts with their evidence, oldest first."""
        with self._connect() as connection:
            return judgements.history(connection, rollout_id, gate=gate)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _move(
        self,
        action: str,
        rollout_id: str | None,
        lever: Lever,
        *,
        actor: Actor,
        reason: str,
        is_denied: bool = False,
    ) -> Standing:
        """One lever: the row is locked, so nothing comes between the look and the writing."""
        deed = Deed(action, actor, said(reason), {})
        with self._connect() as connection, connection.transaction():
            before = chosen(connection, rollout_id)
            now = self._now()
            after = lever(before, now, limits(connection, self._settings, now=now))
            written = change(connection, before, after, deed=deed, outlets=self._outlets)
            if written is None:
                raise Refused("The rollout moved on at this very moment; look again")
            if is_denied:
                book.deny(connection, written.canary_version)
        return written

    def _deny(self, ended: Standing, actor: Actor, reason: str) -> Standing:
        with self._connect() as connection, connection.transaction():
            book.deny(connection, ended.canary_version)
            audit.append(
                connection,
                actor=actor,
                action="kill",
                subject=ended.id,
                reason=reason,
                evidence={"denied": ended.canary_version},
            )
        return ended

    def _supersede(self, connection: Connection, actor: Actor, reason: str) -> None:
        """Ends the one that is alive. What it had promoted already stays where it is."""
        if before := book.alive(connection, for_update=True):
            after = levers.ended(before, Phase.SUPERSEDED, now=self._now())
            deed = Deed("supersede", actor, reason, {})
            change(connection, before, after, deed=deed, outlets=self._outlets)

    def _begun(self, submission: Submission, stable: str, signed: levers.Signature) -> Standing:
        now = self._now()
        plan = plans.from_json(submission.plan, name=submission.plan_name or "plan")
        return Standing(
            id=f"ro-{secrets.token_hex(5)}",
            phase=Phase.DRAFT,
            step=0,
            share=0,
            revision=1,
            stable_version=stable,
            canary_version=submission.version,
            plan=plans.to_json(plan),
            created_at=now,
            phase_since=now,
            step_since=now,
            policy=plan.policy,
            approvals={f"waiver:{gate}@*": dict(signed) for gate in submission.waived},
            facts=dict(submission.facts or {}),
        )

    def _check(self, connection: Connection, begun: Standing) -> None:
        """Raises what speaks against it before anybody gets it."""
        if begun.canary_version == begun.stable_version:
            raise Refused(f"{begun.canary_version} is what everybody gets already")
        if begun.canary_version != RULES and not book.knows(connection, begun.canary_version):
            raise NotFound(
                f"there is no version {begun.canary_version}: see gatehouse version list"
            )
        allowed = limits(connection, self._settings, now=self._now())
        if begun.canary_version in allowed.denied:
            raise Refused(
                f"{begun.canary_version} is denied to everybody; a fixed one is a new one"
            )
        plan = plans.from_json(begun.plan)
        plans.check_ceiling(plan, allowed.most_share, is_permitted=allowed.is_permitted)


def _told(begun: Standing) -> dict[str, Any]:
    return {
        "version": begun.canary_version,
        "stable": begun.stable_version,
        "plan": dict(begun.plan),
        "facts": dict(begun.facts),
    }
