"""One change of a rollout: row, pointer, audit and notices in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gatehouse.rollout import audit, book, notices
from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.failpoints import reach
from gatehouse.rollout.types import TERMINAL, Actor, Phase, Standing

POINTED: Final = frozenset((Phase.PROMOTING, Phase.BAKING, Phase.COMPLETED))
RETREATED: Final = frozenset((Phase.ROLLING_BACK, Phase.ROLLED_BACK, Phase.ABORTED))


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done, by whom and why; `evidence` goes into the audit as it is."""

    action: str
    actor: Actor
    reason: str
    evidence: Mapping[str, Any]


def change(
    connection: Connection,
    before: Standing,
    after: Standing,
    *,
    deed: Deed,
    outlets: tuple[str, ...] = (),
) -> Standing | None:
    """Writes `after` over `before`; None if the row has moved on meanwhile, and nothing is written.

    The triggers tell every process at the commit, so there is no moment between the writing and
    the telling; what must follow in the same transaction (which version the pointer shows, the
    audit's entry, notices) is in it.
    """
    with connection.transaction():
        reach("before_write")
        written = book.write(connection, after)
        if written is None:
            return None
        reach("after_write")
        _point(connection, before, written)
        reach("after_pointer")
        audit.append(
            connection,
            actor=deed.actor,
            action=deed.action,
            subject=written.id,
            reason=deed.reason,
            before=before.revision,
            after=written.revision,
            evidence={**deed.evidence, "from": summary(before), "to": summary(written)},
        )
        reach("after_audit")
        notices.note(connection, before, written, deed.reason, outlets=outlets)
        reach("after_notices")
        reach("before_commit")
    reach("after_commit")
    return written


def summary(standing: Standing) -> dict[str, Any]:
    """What an entry of the audit says of a standing."""
    return {
        "phase": str(standing.phase),
        "step": standing.step,
        "share": standing.share,
        "held": standing.held,
        "is_paused": standing.is_paused,
        "policy": standing.policy,
    }


def _point(connection: Connection, before: Standing, after: Standing) -> None:
    """The pointer follows the phase.

    A retreat sets it to the stable version even if it was never set: else the share that the
    environment gives to the house's own version would come back after its rollback.
    """
    if before.phase == after.phase:
        return
    if after.phase in POINTED:
        book.point(connection, after.canary_version)
    elif after.phase in RETREATED or (
        after.phase == Phase.SUPERSEDED and before.phase not in POINTED
    ):
        book.point(connection, after.stable_version)


def has_ended(standing: Standing) -> bool:
    """Is it in a phase that nothing leaves?"""
    return standing.phase in TERMINAL
