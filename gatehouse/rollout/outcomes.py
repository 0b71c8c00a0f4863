"""What became of a conversation, metric by metric, as SQL over its rows in the turn ledger.

Within the statement `l` is a turn of the ledger, `f` the visitor's thumb on it, `c` the
conversation, `s` what is known of the whole talk: the turn that filled the last slot, the first
one that showed homes, and whether a card was clicked.
"""

from __future__ import annotations

from typing import Final

REPLIED_TURNS: Final = 2  # homes within so many turns after the slots are full (R1-25)

_ASKED_MODEL = "(l.extra ? 'contract' OR l.extra ? 'model_ms' OR 'llm_call_failed' = ANY(l.errors))"
_SHOWED = "(l.act = 'SEARCH_AND_RECOMMEND' AND l.cards > 0)"
_INTEREST = """l.move IN ('answer_home', 'compare', 'which_home', 'ask_contact', 'viewing_stored',
    'handed_over', 'contact_kept')"""
_HANDED = "(l.act = 'ESCALATE' OR l.move IN ('viewing_stored', 'handed_over', 'contact_kept'))"
_CLOSING = "('goodbye', 'handed_over')"


def _any(condition: str) -> str:
    return f"coalesce(bool_or({condition}), false)"


# metric -> (can it be told of this conversation?, did it come out badly?)
BINARY: Final[dict[str, tuple[str, str]]] = {
    "turn_error": ("true", _any("l.outcome = 'failed' OR cardinality(l.errors) > 0")),
    "contract": (
        _any("l.extra ? 'contract'"),
        _any("l.extra ->> 'contract' IN ('repaired', 'failed')"),
    ),
    "validation": (_any("l.extra ? 'contract'"), _any("l.extra ->> 'contract' = 'failed'")),
    "repaired": (_any("l.extra ? 'contract'"), _any("l.extra ->> 'contract' = 'repaired'")),
    "model_error": (_any(_ASKED_MODEL), _any("'llm_call_failed' = ANY(l.errors)")),
    "ungrounded": (_any("l.extra ? 'contract'"), _any("l.extra -> 'ungrounded' = 'true'")),
    "search_timeout": (
        _any("l.search_ms IS NOT NULL"),
        _any("'search_timeout' = ANY(l.errors)"),
    ),
    "cache_miss": (_any("l.extra ? 'cached'"), _any("l.extra -> 'cached' = 'false'")),
    "reask": ("true", _any("l.extra -> 'reask' = 'true'")),
    "state_loss": ("true", _any("l.extra -> 'lost' = 'true'")),
    "not_converted": (
        "s.full_turn IS NOT NULL",
        f"NOT {_any(f'{_SHOWED} AND l.turn_no BETWEEN s.full_turn AND s.full_turn + 2')}",
    ),
    "no_recommendation": ("true", f"NOT {_any(_SHOWED)}"),
    "not_completed": (
        "true",
        f"NOT ({_any(_HANDED)} OR {_any(f'({_INTEREST}) AND l.turn_no > s.shown_turn')})",
    ),
    "not_engaged": (
        "s.shown_turn IS NOT NULL",
        f"NOT (s.is_clicked OR {_any(f'({_INTEREST}) AND l.turn_no > s.shown_turn')})",
    ),
    "negative_feedback": ("count(f.score) > 0", _any("f.score < 0")),
    "closed": ("true", f"(array_agg(l.move ORDER BY l.turn_no DESC))[1] IN {_CLOSING}"),
}
BIT: Final = {name: 1 << place for place, name in enumerate(BINARY)}

# metric -> the milliseconds of one turn; null where that step did not run
TIMED: Final = {
    "turn_slow": "l.total_ms",
    "search_slow": "l.search_ms",
    "model_slow": "(l.extra ->> 'model_ms')::float8",
    "end_to_end_slow": "extract(epoch FROM l.claimed_at - l.received_at) * 1000 + l.total_ms",
    "store_slow": "l.commit_ms",
}
TOKENS: Final = "cost"  # the sum of the whole talk
# The outcome of these takes time: they count when the visitor has been silent for long, or left.
LATE: Final = frozenset(
    (
        "not_converted",
        "not_completed",
        "not_engaged",
        "no_recommendation",
        "negative_feedback",
        "cost",
    )
)
AT_ONCE: Final = frozenset(("reask", "state_loss"))  # one is too many: nothing is waited for


def bits(index: int) -> str:
    """All `seen` (0) or `bad` (1) outcomes as one number; what cannot be told is never bad."""
    parts = (
        f"CASE WHEN {' AND '.join(dict.fromkeys(rule[: index + 1]))} THEN {BIT[name]} ELSE 0 END"
        for name, rule in BINARY.items()
    )
    return "(" + "\n    + ".join(parts) + ")::bigint"


def designated(milliseconds: str, *, rank: str, is_early: str) -> str:
    """Of one turn, chosen by `rank` among the early ones that have the figure; null if none."""
    return (
        f"(min(ARRAY[{rank}, {milliseconds}]::float8[]) "
        f"FILTER (WHERE {milliseconds} IS NOT NULL AND {is_early}))[2]"
    )
