"""Which rollout a lever means, locked so that nothing comes between the look and the writing."""

from __future__ import annotations

from gatehouse.base.errors import NotFound
from gatehouse.rollout import book
from gatehouse.rollout.changing import has_ended
from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.levers import Refused
from gatehouse.rollout.types import Phase, Standing


def chosen(connection: Connection, rollout_id: str | None) -> Standing:
    """By its id, else the one that is alive. Raises NotFound, Refused where it has ended."""
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


def completed(connection: Connection) -> Standing:
    """The last rollout, which has given everybody its version; none begins meanwhile.

    Raises NotFound, Refused.
    """
    book.pointed(connection, for_update=True)
    last = book.last(connection)
    if last is None:
        raise NotFound("No rollout yet")
    if not has_ended(last):
        raise Refused("Another rollout began at this very moment; look again")
    if last.phase != Phase.COMPLETED:
        raise Refused(f"{last.id} is {last.phase}: everybody has {last.stable_version} already")
    return last
