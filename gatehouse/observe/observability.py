"""The figures of /api/metrics/observability, from the metrics of all processes since the start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from gatehouse.observe.slo_metrics import Counts, Shot, quantile, read, take

SCHEMA: Final = "1.0"
_QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def figures() -> dict[str, Any]:
    """Everything but the objectives. Milliseconds; null where nothing happened yet,
    or where nobody counts it."""
    shot = take()
    regular, enhanced = (_latency(shot, f'chat_request_duration_ms{{lane="{lane}"}}')
                         for lane in ("regular", "enhanced"))  # fmt: skip
    ops, errors = _sum(shot, "checkpointer_ops_total"), _sum(shot, "checkpointer_errors_total")
    clicks = _sum(shot, 'ui_event_total{event="suggested_action_clicked"}')
    return {
        "schema": SCHEMA,
        "persistence": {
            "ops": int(ops),
            "errors": int(errors),
            "error_rate_percent": _percent(errors, ops),
        },
        "latency": {
            "regular": regular,
            "enhanced": enhanced,
            "delta_p95_ms": _minus(enhanced["p95"], regular["p95"]),
        },
        "ttft": _latency(shot, "chat_time_to_first_token_ms"),
        "context": {"success_percent": _percent(*_kept_context(shot))},
        "sessions": _sessions(shot),
        "cache": _cache(shot),
        "dynamic_prompts": {"served": None, "clicks": int(clicks), "ctr": None},
    }


def _sum(shot: Shot, selector: str) -> float:
    return sum(each.value for each in read(shot, selector).values())


def _percent(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 4) if whole else None


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, 1)


def _latency(shot: Shot, selector: str) -> dict[str, float | None]:
    buckets: dict[float, float] = defaultdict(float)
    for counts in read(shot, selector).values():
        for edge, count in counts.buckets.items():
            buckets[edge] += count
    n = max(buckets.values(), default=0.0)
    return {
        name: round(quantile(buckets, share), 1) if n else None
        for name, share in _QUANTILES.items()
    }


def _kept_context(shot: Shot) -> tuple[float, float]:
    return _sum(shot, 'chat_context_turns_total{result="ok"}'), _sum(
        shot, "chat_context_turns_total"
    )


def _sessions(shot: Shot) -> dict[str, dict[str, int]]:
    """The funnel, per arm."""
    steps = ("started", "slots_complete", "converted")
    seen = {step: read(shot, f"re_sessions_{step}_total") for step in steps}
    return {arm: {step: _whole(seen[step], arm) for step in steps} for arm in ("stable", "canary")}


def _whole(counts: Mapping[str, Counts], arm: str) -> int:
    return int(counts[arm].value) if arm in counts else 0


def _cache(shot: Shot) -> dict[str, float | int | None]:
    lookups, hits = (
        _sum(shot, "re_search_cache_lookups_total"),
        _sum(shot, "re_search_cache_hits_total"),
    )
    rate = hits / lookups if lookups else None
    return {"lookups": int(lookups), "hits": int(hits), "hit_rate": rate}
