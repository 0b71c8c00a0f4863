"""This site's traffic as its ledger shows it, for the forecast of a plan."""

from __future__ import annotations

from typing import Final

from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.forecast import SiteTraffic

_HOURS: Final = """
SELECT count(*)::float8 AS talks,
       greatest(extract(epoch FROM now() - min(created_at)) / 3600, 1)::float8 AS hours
FROM talk_conversation
WHERE created_at > now() - interval '7 days' AND traffic = 'visitor'
"""


def traffic(connection: Connection) -> SiteTraffic:
    """Visitors' conversations an hour, over the last week or since there are any."""
    row = connection.execute(_HOURS).fetchone()
    return SiteTraffic(row["talks"] / row["hours"] if row and row["talks"] else 0.0)
