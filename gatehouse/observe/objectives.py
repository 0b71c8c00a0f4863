"""The service objectives, declared once (runbooks' targets and alert thresholds).

Each is a share of bad events among all, so "p95 at most 1200 ms" is "at most 5 % above 1200". The
edges of latencies stand on edges of the histograms of `meters`, which tell the same.
"""
# ruff: noqa: E501 - a table reads best with one row a line

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

LEAST: Final = 50  # events in the window, or there is nothing to say
LEAST_P99: Final = 200
MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400

Source = Literal["ledger", "breaker", "metrics", "rollout", "absent"]
Profile = Literal["fast", "slow-llm"]


@dataclass(frozen=True, slots=True)
class Objective:
    """One promise. `target` and `alert`: the greatest share of bad events, 0 to 1.

    `window`: seconds. `total` and `bad`: of the ledger, conditions on one turn `l`; of metrics,
    names of counters, or of a histogram with its edge. `edge_ms`, `alert_edge_ms`: of latencies.
    `phases`: of a rollout (1 canary, 2 widen, 3 full, 4 watch) that it must hold in.
    """

    name: str
    about: str
    target: float
    alert: float
    window: int
    source: Source = "ledger"
    total: str = "true"
    bad: str = "false"
    edge_ms: int | None = None
    alert_edge_ms: int | None = None
    least: int = LEAST
    phases: tuple[int, ...] = ()
    alert_name: str = ""
    rows: tuple[str, ...] = ()  # of the runbooks' catalogue


def _slow(
    name: str, about: str, figure: str, edges: tuple[int, int], share: float = 0.05, **more: object
) -> Objective:
    target, alert = edges
    least = LEAST_P99 if share < 0.05 else LEAST
    return replace(
        Objective(
            name,
            about,
            share,
            share,
            10 * MINUTE,
            total=f"{figure} IS NOT NULL",
            bad=f"{figure} > {{edge}}",
            edge_ms=target,
            alert_edge_ms=alert,
            least=least,
        ),
        **more,  # type: ignore[arg-type]
    )


_ASKED = "l.extra ? 'contract'"
_MODEL = "(l.extra ->> 'model_ms')::float8"
_CALLED = f"({_ASKED} OR l.extra ? 'model_ms' OR 'llm_call_failed' = ANY(l.errors))"
_WAITED = "(extract(epoch FROM l.claimed_at - l.received_at) * 1000 + l.total_ms)"
_ALL = (1, 2, 3, 4)

# fmt: off
TABLE: Final[tuple[Objective, ...]] = (
    _slow("turn_latency_p95", "Turns, claim to committed reply", "l.total_ms", (1200, 1500), phases=_ALL, alert_name="TurnLatencyHigh", rows=("R1-19",)),
    _slow("search_latency_p95", "Listing searches", "l.search_ms", (450, 600), phases=_ALL, alert_name="SearchLatencyHigh", rows=("R1-20",)),
    Objective("search_timeouts", "Searches cut at their time-out", 0.05, 0.05, 10 * MINUTE, total="l.search_ms IS NOT NULL", bad="'search_timeout' = ANY(l.errors)", alert_name="SearchTimeoutsHigh", rows=("R1-20",)),
    Objective("contract_failures", "Model answers that broke the contract, repaired ones too", 0.005, 0.01, 10 * MINUTE, total=_ASKED, bad="l.extra ->> 'contract' IN ('repaired', 'failed')", phases=_ALL, alert_name="AgentContractFailures", rows=("R1-21", "R1-45")),
    Objective("search_breaker_closed", "Time in which the search breaker is not closed", 0.05, 0.5, 60 * MINUTE, source="breaker", total="backend_search", least=1, phases=(2, 3, 4), alert_name="BreakerOpenProlonged", rows=("R1-22", "R1-33")),
    Objective("conversion", "Conversations with full slots and no homes within two turns", 0.2, 0.2, 24 * HOUR, total="talk", bad="not_converted", phases=(1, 2, 3, 4), alert_name="ConversionLow", rows=("R1-25",)),
    Objective("search_cache_misses", "Searches that had to ask the database", 0.7, 0.8, 10 * MINUTE, total="l.extra ? 'cached'", bad="l.extra -> 'cached' = 'false'", phases=(2, 3, 4), alert_name="CacheHitRateLow", rows=("R1-32",)),
    Objective("slot_reasks", "Turns that asked a filled slot again", 0.0, 0.0, 24 * HOUR, bad="l.extra -> 'reask' = 'true'", least=1, phases=_ALL, alert_name="SlotReask", rows=("R1-41",)),
    Objective("state_losses", "Turns that had lost what was known", 0.0, 0.0, 24 * HOUR, bad="l.extra -> 'lost' = 'true'", least=1, phases=_ALL, alert_name="StateLoss", rows=("R2-21",)),
    _slow("end_to_end_p95", "Receipt of a message to its reply", _WAITED, (10_000, 12_000), window=5 * MINUTE, phases=_ALL, alert_name="HighEndToEndLatency", rows=("R2-19",)),
    _slow("end_to_end_p99", "Receipt of a message to its reply", _WAITED, (18_000, 20_000), 0.01, window=5 * MINUTE, alert_name="HighEndToEndLatency"),
    _slow("checkpointer_p95", "Commits of turns", "l.commit_ms", (1000, 1500), window=5 * MINUTE, phases=_ALL, alert_name="HighCheckpointerLatency", rows=("R2-19",)),
    _slow("checkpointer_p99", "Commits of turns", "l.commit_ms", (2000, 3000), 0.01, window=5 * MINUTE, alert_name="HighCheckpointerLatency"),
    _slow("llm_p95", "Model calls of a turn together", _MODEL, (5000, 7000), window=5 * MINUTE, phases=_ALL, alert_name="HighLLMLatency"),
    _slow("llm_p99", "Model calls of a turn together", _MODEL, (10_000, 12_000), 0.01, window=5 * MINUTE, alert_name="HighLLMLatency"),
    Objective("vision_p95", "Photo jobs over 35 s", 0.05, 0.05, 15 * MINUTE, source="absent", edge_ms=35_000, alert_edge_ms=40_000, alert_name="HighVisionLatency"),
    Objective("vision_p99", "Photo jobs over 60 s", 0.01, 0.01, 15 * MINUTE, source="absent", edge_ms=60_000, alert_edge_ms=70_000, least=LEAST_P99, alert_name="HighVisionLatency"),
    Objective("validation_errors", "Turns whose model answer could not be used", 0.01, 0.02, 5 * MINUTE, total=_ASKED, bad="l.extra ->> 'contract' = 'failed'", phases=_ALL, alert_name="HighErrorRate", rows=("R2-20",)),
    Objective("moderation_blocks", "Messages and replies refused by moderation", 0.005, 0.01, 30 * MINUTE, source="metrics", total="moderation_checks_total", bad="moderation_blocks_total", alert_name="ModerationBlocksHigh"),
    Objective("store_errors", "Visits to the conversation store that failed", 0.001, 0.005, 5 * MINUTE, source="metrics", total="checkpointer_ops_total", bad="checkpointer_errors_total", alert_name="PersistenceErrorsHigh", rows=("R3-11",)),
    Objective("llm_errors", "Turns whose model call failed", 0.005, 0.01, 5 * MINUTE, total=_CALLED, bad="'llm_call_failed' = ANY(l.errors)", phases=_ALL, alert_name="LlmErrorsHigh", rows=("R2-20",)),
    Objective("availability", "Probes of readiness that failed", 0.005, 0.01, 24 * HOUR, source="metrics", total="availability_probe_total", bad='availability_probe_total{result="failed"}', alert_name="AvailabilityLow"),
    Objective("chat_p95", "Requests to the chat", 0.05, 0.05, 10 * MINUTE, source="metrics", total='chat_request_duration_ms{lane="regular"}', edge_ms=1500, alert_edge_ms=2000, phases=(3, 4), alert_name="ChatLatencyHigh", rows=("R3-04",)),
    Objective("chat_enhanced_p95", "Requests to the enhanced chat", 0.05, 0.05, 10 * MINUTE, source="metrics", total='chat_request_duration_ms{lane="enhanced"}', edge_ms=1600, alert_edge_ms=2000, phases=(3, 4), alert_name="ChatLatencyHigh", rows=("R3-05",)),
    Objective("enhanced_delta", "Share of enhanced requests beyond the regular p95 and 100 ms more", 0.05, 0.05, 15 * MINUTE, source="metrics", total="delta", edge_ms=100, alert_edge_ms=100, alert_name="EnhancedDeltaHigh"),
    Objective("server_errors", "Requests answered with 5xx", 0.003, 0.003, 5 * MINUTE, source="metrics", total="http_requests_total", bad='http_requests_total{status="5"}', phases=(3, 4), alert_name="ServerErrorsHigh"),
    Objective("schema_repairs", "Model answers that were repaired", 0.005, 0.005, 24 * HOUR, total=_ASKED, bad="l.extra ->> 'contract' = 'repaired'", phases=(4,), alert_name="SchemaRepairsHigh"),
    Objective("schema_failures", "Model answers that no repair could save", 0.0, 0.0, 10 * MINUTE, total=_ASKED, bad="l.extra ->> 'contract' = 'failed'", least=1, alert_name="SchemaFailures"),
    Objective("context_lost", "Turns from the second on that did not see the earlier ones", 0.001, 0.001, 30 * MINUTE, total="l.turn_no >= 2", bad="l.extra -> 'lost' = 'true'", phases=(3, 4), alert_name="ContextLost"),
    Objective("render_p95", "Blocks painted by browsers", 0.05, 0.05, 30 * MINUTE, source="metrics", total="ui_render_ms", edge_ms=150, alert_edge_ms=150, phases=(4,), alert_name="RenderSlow"),
    Objective("completion", "Not worse than stable: judged in a rollout", 1.0, 1.0, DAY, source="rollout", alert_name="CanaryWorse", rows=("R3-23",)),
    Objective("first_token", "Not worse than stable: judged in a rollout", 1.0, 1.0, DAY, source="rollout", alert_name="CanaryWorse"),
    Objective("engagement", "Not worse than stable: judged in a rollout", 1.0, 1.0, DAY, source="rollout", alert_name="CanaryWorse", rows=("R1-38",)),
    Objective("request_errors", "Requests answered with 5xx, as R5 counts them", 0.01, 0.05, 10 * MINUTE, source="metrics", total="http_requests_total", bad='http_requests_total{status="5"}', alert_name="HttpErrorRateHigh"),
    Objective("response_time", "Requests that took over 2 s", 0.05, 0.05, 10 * MINUTE, source="metrics", total="http_request_duration_ms", edge_ms=2000, alert_edge_ms=5000, alert_name="ResponseTimeHigh"),
    Objective("api_p95", "Requests to the listings that took over 500 ms", 0.05, 0.05, 10 * MINUTE, source="metrics", total='http_request_duration_ms{route="/api/v1/"}', edge_ms=500, alert_edge_ms=1000, alert_name="ApiLatencyHigh"),
    Objective("free_text_search_p95", "Searches of the listings by words over 1 s", 0.05, 0.05, 10 * MINUTE, source="metrics", total='http_request_duration_ms{route="/api/v1/real_estate/search"}', edge_ms=1000, alert_edge_ms=2000, alert_name="ApiLatencyHigh"),
    Objective("backup_age", "Verified backup older than a day", 0.0, 0.0, DAY, source="absent", alert_name="BackupStale"),
)
# fmt: on
# A slow model takes R2's outer bound where R1 and R3 assume one that answers in a second.
_SLOW: Final = {
    "turn_latency_p95": (10_000, 12_000),
    "chat_p95": (10_000, 20_000),
    "chat_enhanced_p95": (10_000, 20_000),
    "response_time": (10_000, 20_000),
}
Objectives = tuple[Objective, ...]


def objectives(profile: str = "fast") -> Objectives:
    """All of them, with the edges of that profile (SLO_PROFILE)."""
    if profile == "fast":
        return TABLE
    return tuple(_with(each, *_SLOW[each.name]) if each.name in _SLOW else each for each in TABLE)


def _with(objective: Objective, edge_ms: int, alert_edge_ms: int) -> Objective:
    return replace(objective, edge_ms=edge_ms, alert_edge_ms=alert_edge_ms)


def of_phase(all_: Objectives, phase: int | None) -> Objectives:
    """Those that must hold in that phase of a rollout; all without one."""
    chosen: Callable[[Objective], bool] = lambda each: phase is None or phase in each.phases  # noqa: E731
    return tuple(filter(chosen, all_))


def render_docs() -> str:
    """docs/objectives.md, whole."""
    rows = "\n".join(
        _row(each, slow) for each, slow in zip(TABLE, objectives("slow-llm"), strict=True)
    )
    return (
        "# Objectives\n\nWritten out by `gatehouse docs` from `gatehouse/observe/objectives.py`. "
        "Each is the share of bad events among all; with fewer events in the window than *least* "
        'nothing is said. A latency\'s target "p95 at most 1200 ms" is "at most 5 % above 1200". '
        "`gatehouse slo check` tells how each stands now, in each arm, with or without a rollout; "
        "`gatehouse slo check --phase 2` those that phase 2 of a rollout must keep; "
        "`/api/metrics/observability` the same as JSON. Those of the ledger and the breakers are "
        "of the window; those of the metrics are since the instance was started. The slow edges "
        "are those of `SLO_PROFILE=slow-llm`.\n\n"
        "| objective | of | at most | edge (slow) ms | alert above | window | least | from | phases "
        f"| alert |\n|---|---|---|---|---|---|---|---|---|---|\n{rows}\n"
    )


def _row(each: Objective, slow: Objective) -> str:
    edge = "–" if each.edge_ms is None else f"{each.edge_ms}"
    if slow.edge_ms != each.edge_ms:
        edge += f" ({slow.edge_ms})"
    alert = f"{each.alert:.2%}" + (f" over {each.alert_edge_ms} ms" if each.alert_edge_ms else "")
    phases = " ".join(map(str, each.phases)) or "–"
    window = (
        f"{each.window // MINUTE} min" if each.window < 2 * HOUR else f"{each.window // HOUR} h"
    )
    return (
        f"| `{each.name}` | {each.about} | {each.target:.2%} | {edge} | {alert} | {window} "
        f"| {each.least} | {each.source} | {phases} | `{each.alert_name}` |"
    )
