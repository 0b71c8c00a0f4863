"""`python -m bench.readings`: what folding and reading a rollout costs at so many conversations.

A scratch PostgreSQL is filled with conversations of four turns, a tenth of them of the canary;
then the ledger is folded whole, folded again after a little news, and read as the controller
reads it at each look: twenty gates, the A/A guard and the units. Milliseconds, the median of
nine; the fold of everything happens once, when a rollout is resumed after a long absence.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.folding import fold
from gatehouse.rollout.readings import LedgerReadings
from gatehouse.rollout.types import WHOLE, GateSpec, Phase, Standing

SIZES = (10_000, 100_000)
TURNS, ROUNDS, NEWS = 4, 9, 50
DAY = 86_400.0
ROLLOUT = "ro_bench"

_TALKS = f"""
INSERT INTO talk_conversation (id, owner_hash, arm, version, rollout_id, bucket, share, step,
    hash_version, assign_reason, assigned_at, turn_no)
SELECT md5('talk' || i)::uuid, '\\x00', CASE WHEN b < 10000 THEN 'canary' ELSE 'stable' END, 'x',
       '{ROLLOUT}', b, 10000, 0, 1, 'SPLIT', to_timestamp(%(begin)s + i * %(gap)s), {TURNS}
FROM (SELECT i, (hashtext('b' || i) & 65535)::bigint * 100000 / 65536 AS b
      FROM generate_series(%(first)s::int, %(last)s::int) i) t
"""
_LEDGER = f"""
INSERT INTO turn_ledger (turn_id, conversation_id, turn_no, received_at, claimed_at, act, move,
    language, arm, handler, version, search_ms, commit_ms, total_ms, cards, messages, tokens_in,
    tokens_out, degraded, errors, outcome, is_recomputed, extra)
SELECT gen_random_uuid(), md5('talk' || i)::uuid, n, at, at,
    CASE WHEN n = 3 THEN 'SEARCH_AND_RECOMMEND' ELSE 'ASK_SLOT' END,
    CASE WHEN n = 3 THEN 'recommend' WHEN n = 4 THEN 'answer_home' ELSE 'ask' END, 'en',
    CASE WHEN b < 10000 THEN 'canary' ELSE 'stable' END, 'prompted', 'x',
    CASE WHEN n = 3 THEN 60 + h %% 300 END, 4, 500 + h %% 900,
    CASE WHEN n = 3 THEN 3 ELSE 0 END, 1, 800, 120, '{{}}',
    CASE WHEN h %% 400 = 0 THEN '{{search_timeout}}'::text[] ELSE '{{}}'::text[] END,
    'replied', false,
    jsonb_build_object('contract', CASE WHEN h %% 300 = 0 THEN 'repaired' ELSE 'ok' END,
                       'model_ms', 300 + h %% 800, 'cached', h %% 2 = 0)
    || CASE WHEN n >= 2 THEN '{{"slots_complete": true}}'::jsonb ELSE '{{}}'::jsonb END
FROM (SELECT i, n, (hashtext('b' || i) & 65535)::bigint * 100000 / 65536 AS b,
             hashtext(i || ':' || n) & 65535 AS h,
             to_timestamp(%(begin)s + i * %(gap)s + n * 25) AS at
      FROM generate_series(%(first)s::int, %(last)s::int) i, generate_series(1, {TURNS}) n) t
ORDER BY at
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one size; milliseconds."""

    talks: int
    fold_all: float
    fold_news: float
    read: float
    guard: float
    units: float

    @property
    def look(self) -> float:
        """One look of the controller: `read` folds for all three."""
        return self.read + self.guard + self.units


def gates() -> list[GateSpec]:
    """Twenty of a plan: the runbooks' hard rules beside the sequential ones."""
    plain = ("turn_error", "contract", "not_converted", "not_completed", "not_engaged",
             "validation", "model_error", "search_timeout", "cache_miss", "no_recommendation",
             "reask", "state_loss")  # fmt: skip
    timed = (("turn_slow", 1200), ("search_slow", 450), ("model_slow", 1000),
             ("end_to_end_slow", 10_000), ("store_slow", 1000))  # fmt: skip
    rules = ("contract", "turn_error")
    return [
        *(GateSpec(name, "slo", name) for name in plain),
        *(GateSpec(name, "slo", name, edge_ms=edge) for name, edge in timed),
        *(GateSpec(f"{name}_rule", "rule", name, limit=0.02) for name in rules),
        GateSpec("fuse", "breaker", "breaker_open", limit=0.5, service="llm_contract"),
    ]


def standing(now: float) -> Standing:
    return Standing(
        ROLLOUT, Phase.RAMPING, 0, WHOLE // 10, 1, "rules", "x", {"steps": [{}]},
        now - 2 * DAY, now - 2 * DAY, now - 2 * DAY, now - 2 * DAY,
    )  # fmt: skip


def fill(connect: Connect, first: int, last: int, *, begin: float, gap: float) -> None:
    """Conversations `first` to `last`, `gap` seconds apart, as of `begin` (Unix seconds)."""
    values = {"first": first, "last": last, "begin": begin, "gap": gap}
    with connect() as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute(_TALKS, values)
        connection.execute(_LEDGER, values)


def measure(connect: Connect, talks: int, *, now: float) -> Cost:
    """Adds up to so many conversations of the last day, and what each part costs then."""
    with connect() as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("TRUNCATE talk_conversation, turn_ledger, rollout_unit CASCADE")
    fill(connect, 1, talks, begin=now - DAY - 200, gap=DAY / talks)
    with connect() as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("VACUUM ANALYZE")
    readings, rollout = LedgerReadings(connect), standing(now)
    began = time.perf_counter()
    fold(connect, ROLLOUT, since=0)
    fold_all = (time.perf_counter() - began) * 1000
    news = median(lambda no: _news(connect, talks + 1 + no * NEWS, now=now))
    return Cost(
        talks,
        fold_all,
        news,
        read=median(lambda _: spent(lambda: readings.read(rollout, gates(), now=now))),
        guard=median(lambda _: spent(lambda: readings.guard(rollout, gates(), now=now))),
        units=median(lambda _: spent(lambda: readings.units(rollout))),
    )


def _news(connect: Connect, first: int, *, now: float) -> float:
    """What folding costs after so many conversations more; the filling is not counted."""
    fill(connect, first, first + NEWS - 1, begin=now - 110 - first * 0.001, gap=0.001)
    return spent(lambda: fold(connect, ROLLOUT))


def spent(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def median(work: Callable[[int], float]) -> float:
    return statistics.median(work(no) for no in range(ROUNDS))


def table(costs: list[Cost]) -> str:
    head = "| conversations | fold all | fold news | read 20 gates | guard | units | one look |"
    rows = (
        f"| {c.talks:,} | {c.fold_all:,.0f} | {c.fold_news:.1f} | {c.read:.1f} | {c.guard:.1f} "
        f"| {c.units:.1f} | {c.look:.1f} |"
        for c in costs
    )
    return "\n".join((head, "|---|---|---|---|---|---|---|", *rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    sizes = parser.parse_args().sizes
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        Path(folder).chmod(0o755)
        from gatehouse.ops import postgres

        with postgres.running(Path(folder)) as url:
            env = os.environ | {"GATEHOUSE_DATABASE_URL": url, "GATEHOUSE_DATA": folder}
            command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
            subprocess.run(command, env=env, check=True)
            connect = connecting(url, name="gatehouse-bench")
            print(table([measure(connect, size, now=time.time()) for size in sizes]))


if __name__ == "__main__":
    main()
