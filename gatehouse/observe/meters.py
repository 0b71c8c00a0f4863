"""Every metric, declared once. No other module makes one; each is the attribute of its name."""
# ruff: noqa: E501 - a table reads best with one row a line

from __future__ import annotations

from collections.abc import Iterable

from gatehouse.observe import labels as v
from gatehouse.observe import meter
from gatehouse.observe.meter import (
    CounterMeter,
    Declaration,
    GaugeMeter,
    HistogramMeter,
    Labels,
    Meter,
)

# fmt: off
# Upper edges in milliseconds, one on every target and threshold of the objectives.
TURN = (250, 450, 600, 800, 1000, 1200, 1500, 1600, 2000, 3000, 5000, 7000, 10000, 12000, 18000, 20000)
SEARCH = (50, 100, 150, 250, 450, 600, 800, 1000, 1200, 2000, 5000)
STORE = (50, 100, 250, 500, 1000, 1500, 2000, 3000, 5000)
HTTP = (50, 100, 250, 500, 800, 1000, 1200, 1500, 1600, 2000, 3000, 5000, 10000, 20000)
MODEL = (500, 1000, 2000, 3000, 5000, 7000, 10000, 12000, 20000)
FIRST = (100, 250, 500, 800, 1000, 2000, 3000, 6000)
PAINT = (16, 50, 100, 150, 250, 500, 1000, 2000)
# fmt: on

ROUTES: dict[str, None] = {v.OTHER: None}  # grows by declare_routes() alone, in order
ROUTES_AT_MOST = 300

_TABLE: list[Meter[meter.Counted] | Meter[meter.Gauged] | Meter[meter.Observed]] = []
_ARM: Labels = {"arm": v.ARMS}
_HTTP: Labels = {"route": ROUTES, "method": v.METHODS, "status": v.STATUSES}


def _counter(name: str, labels: Labels, about: str) -> CounterMeter:
    made = meter.counter(Declaration(name, "counter", labels, about))
    _TABLE.append(made)
    return made


def _gauge(name: str, labels: Labels, about: str) -> GaugeMeter:
    made = meter.gauge(Declaration(name, "gauge", labels, about))
    _TABLE.append(made)
    return made


def _millis(name: str, ladder: tuple[int, ...], labels: Labels, about: str) -> HistogramMeter:
    edges = tuple(float(edge) for edge in ladder)
    made = meter.histogram(Declaration(name, "histogram", labels, f"{about}, in ms", edges))
    _TABLE.append(made)
    return made


# fmt: off
# The turn
re_turn_total_ms = _millis("re_turn_total_ms", TURN, {**_ARM, "handler": v.HANDLERS}, "Claim of a turn to its committed reply")
end_to_end_latency_ms = _millis("end_to_end_latency_ms", TURN, {"state": v.STATES, "intent": v.INTENTS}, "Receipt of a message to the reply handed to its channel")
re_backend_search_ms = _millis("re_backend_search_ms", SEARCH, _ARM, "Executed listing searches, cut ones included")
agent_step_latency_ms = _millis("agent_step_latency_ms", TURN, {"step": v.STEPS}, "One step of a turn")
tool_latency_ms = _millis("tool_latency_ms", SEARCH, {"tool": v.TOOLS, "status": v.TOOL_STATUSES}, "One call of a turn to a tool")
checkpointer_latency_ms = _millis("checkpointer_latency_ms", STORE, {"operation": v.OPERATIONS}, "One visit to the conversation store")
chat_request_duration_ms = _millis("chat_request_duration_ms", HTTP, {"lane": v.LANES, **_ARM}, "One chat request")
chat_time_to_first_token_ms = _millis("chat_time_to_first_token_ms", FIRST, _ARM, "Request to the first delta of a stream")
re_agent_act_total = _counter("re_agent_act_total", {"act": v.ACTS, **_ARM}, "Accepted acts, one a turn")
re_card_emitted_total = _counter("re_card_emitted_total", {"variant": v.VARIANTS, **_ARM}, "Cards shown")
re_card_clicked_total = _counter("re_card_clicked_total", {"variant": v.VARIANTS, **_ARM}, "Cards clicked")
re_router_pinned_total = _counter("re_router_pinned_total", {"reason": v.PIN_REASONS}, "Turns kept in the property domain")
re_handoff_total = _counter("re_handoff_total", {"to_domain": v.TO_DOMAINS}, "Turns that left the property domain")
re_error_total = _counter("re_error_total", {"type": v.ERROR_TYPES, **_ARM}, "Trouble, once per turn and cause")
re_slot_reask_total = _counter("re_slot_reask_total", _ARM, "Filled slots asked again; must stay 0")
invariant_reask_total = _counter("invariant_reask_total", _ARM, "Re-asks that the last check stopped before they were said")
conversation_state_loss_total = _counter("conversation_state_loss_total", _ARM, "Conversations whose context was lost; must stay 0")
chat_context_turns_total = _counter("chat_context_turns_total", {"result": v.CONTEXT_RESULTS}, "Turns from the second on, by whether they saw the earlier ones")
agent_step_total = _counter("agent_step_total", {"step": v.STEPS}, "Steps of turns; decide is the denominator of turn ratios")
turn_recomputed_total = _counter("turn_recomputed_total", {}, "Turns thought again after a lost lease or a crash")

# The voice
re_prompt_end_to_end_ms = _millis("re_prompt_end_to_end_ms", MODEL, _ARM, "One model call of the prompt-driven handler")
llm_latency_ms = _millis("llm_latency_ms", MODEL, {"provider": v.PROVIDERS, "task": v.LLM_TASKS}, "One model call")
llm_first_token_ms = _millis("llm_first_token_ms", FIRST, {"provider": v.PROVIDERS}, "Request to a model to its first token")
llm_calls_total = _counter("llm_calls_total", {"provider": v.PROVIDERS, "task": v.LLM_TASKS}, "Model calls begun")
llm_completed_total = _counter("llm_completed_total", {"provider": v.PROVIDERS, "task": v.LLM_TASKS}, "Model calls that came to their end")
llm_errors_total = _counter("llm_errors_total", {"provider": v.PROVIDERS, "kind": v.LLM_TROUBLE}, "Model calls that failed")
llm_tokens_total = _counter("llm_tokens_total", {"provider": v.PROVIDERS, "direction": v.DIRECTIONS}, "Tokens of model calls")
llm_cost_usd_total = _counter("llm_cost_usd_total", {"provider": v.PROVIDERS}, "Cost of model calls in US dollars, where the price is known")
llm_ungrounded_total = _counter("llm_ungrounded_total", _ARM, "Turns whose model text stated a fact that the database does not")
re_json_parse_attempts_total = _counter("re_json_parse_attempts_total", _ARM, "Model answers read as the contract")
re_json_parse_fail_total = _counter("re_json_parse_fail_total", {**_ARM, "reason": v.CONTRACT_REASONS}, "Model answers that failed the contract, repaired ones too")
contract_ok_total = _counter("contract_ok_total", _ARM, "Turns whose model answer kept the contract")
contract_repaired_total = _counter("contract_repaired_total", _ARM, "Turns whose model answer was repaired")
contract_fallback_total = _counter("contract_fallback_total", _ARM, "Turns answered by rules after a bad model answer")
moderation_checks_total = _counter("moderation_checks_total", {}, "Messages and replies looked at by moderation")
moderation_blocks_total = _counter("moderation_blocks_total", {"category": v.MODERATION_CATEGORIES}, "Messages and replies refused by moderation")
ai_disclosure_total = _counter("ai_disclosure_total", {}, "Conversations that were told they talk with a machine")

# The fuse box
re_circuit_breaker_state = _gauge("re_circuit_breaker_state", {"service": v.SERVICES}, "Breaker: 0 closed, 0.5 half-open, 1 open, 3 forced open, 4 forced closed")
re_circuit_breaker_transitions_total = _counter("re_circuit_breaker_transitions_total", {"service": v.SERVICES, "to": v.BREAKER_STATES}, "Changes of a breaker, at the time of the change")
retry_total = _counter("retry_total", {"service": v.SERVICES}, "Second attempts")
retry_refused_total = _counter("retry_refused_total", {"service": v.SERVICES}, "Second attempts that the budget or the deadline forbade")
bulkhead_in_flight = _gauge("bulkhead_in_flight", {"bulkhead": v.BULKHEADS}, "Calls at once")
bulkhead_refused_total = _counter("bulkhead_refused_total", {"bulkhead": v.BULKHEADS}, "Calls refused because all places were taken")
re_search_cache_lookups_total = _counter("re_search_cache_lookups_total", _ARM, "Searches asked of the cache")
re_search_cache_hits_total = _counter("re_search_cache_hits_total", _ARM, "Searches answered without the database")
cache_results_total = _counter("cache_results_total", {"result": v.CACHE_RESULTS}, "Searches by how the cache answered")
redis_up = _gauge("redis_up", {}, "Redis: 1 answers, 0 does not, -1 none is configured")
admission_limit = _gauge("admission_limit", {}, "Requests that may be in flight at once, as adapted")
admission_in_flight = _gauge("admission_in_flight", {}, "Requests in flight")
shed_total = _counter("shed_total", {"class": v.WORK_CLASSES}, "Requests refused for overload")
follow_ups_owed = _gauge("follow_ups_owed", {}, "Searches promised to visitors and not yet answered")

# The funnel
re_sessions_started_total = _counter("re_sessions_started_total", _ARM, "Conversations begun")
re_sessions_slots_complete_total = _counter("re_sessions_slots_complete_total", _ARM, "Conversations whose required slots became full")
re_sessions_converted_total = _counter("re_sessions_converted_total", _ARM, "Conversations with cards within two turns of full slots")

# The store
checkpointer_ops_total = _counter("checkpointer_ops_total", {"operation": v.OPERATIONS}, "Visits to the conversation store")
checkpointer_errors_total = _counter("checkpointer_errors_total", {"operation": v.OPERATIONS, "kind": v.STORE_TROUBLE}, "Visits to the conversation store that failed")
db_roundtrip_ms = _millis("db_roundtrip_ms", SEARCH, {}, "Round trip of the database probe")
pool_wait_ms = _gauge("pool_wait_ms", {"pool": v.POOLS}, "Longest wait for a connection in the last 15 s, in ms")

# The door
http_request_duration_ms = _millis("http_request_duration_ms", HTTP, _HTTP, "One HTTP request")
http_requests_total = _counter("http_requests_total", _HTTP, "HTTP requests")
rate_limited_total = _counter("rate_limited_total", {"key": v.LIMIT_KEYS}, "Requests refused by a rate limit")
availability_probe_total = _counter("availability_probe_total", {"result": v.PROBE_RESULTS}, "Readiness as judged once a minute")
event_loop_lag_ms = _gauge("event_loop_lag_ms", {}, "Greatest lateness of the event loop in the last 15 s, in ms")
disk_free_ratio = _gauge("disk_free_ratio", {"volume": v.VOLUMES}, "Free part of the volume, 0 to 1, looked at once a minute")

# The control room
assignment_total = _counter("assignment_total", {**_ARM, "reason": v.ASSIGN_REASONS}, "Conversations assigned at their first turn")
config_revision = _gauge("config_revision", {}, "Revision of flags and rollout that this process acts on")
config_age_seconds = _gauge("config_age_seconds", {}, "Seconds since this process last knew that revision to be true")
config_changes_total = _counter("config_changes_total", {"channel": v.CONTROL_CHANNELS}, "New revisions, by how they arrived")
rollout_info = _gauge("rollout_info", {"phase": v.ROLLOUT_PHASES}, "1 for the phase of the rollout that is alive")
rollout_share_ratio = _gauge("rollout_share_ratio", {}, "Planned share of the canary, 0 to 1")
rollout_step = _gauge("rollout_step", {}, "Step of the plan, from 0; -1 without a rollout")
rollout_step_duration_seconds = _gauge("rollout_step_duration_seconds", {}, "Seconds since the step began")
rollout_units = _gauge("rollout_units", {**_ARM}, "Conversations that count in the running rollout")
rollout_gates = _gauge("rollout_gates", {"verdict": v.VERDICTS}, "Gates of the running rollout by their last verdict")
rollout_evidence_ratio = _gauge("rollout_evidence_ratio", {}, "Combined evidence against the canary over its boundary, logarithms; 1 rolls back")
rollout_srm_log_evalue = _gauge("rollout_srm_log_evalue", {}, "Evidence that the arms do not get their planned shares; 6.9 holds")
rollout_engine_lag_seconds = _gauge("rollout_engine_lag_seconds", {}, "Seconds since the last complete look at the running rollout")
rollout_transitions_total = _counter("rollout_transitions_total", {"to": v.ROLLOUT_PHASES, "actor": v.ACTOR_KINDS}, "Changes of phase")
rollout_notice_total = _counter("rollout_notice_total", {"outlet": v.OUTLETS, "result": v.DELIVERIES}, "Notices to people outside")

# The business
property_search_total = _counter("property_search_total", {"status": v.SEARCH_STATUSES}, "Listing searches")
chat_feedback_total = _counter("chat_feedback_total", {"score": v.SCORES, **_ARM}, "Thumbs up and down")
ui_event_total = _counter("ui_event_total", {"event": v.UI_EVENTS}, "Events that the page reports")
ui_render_ms = _millis("ui_render_ms", PAINT, {"block": v.BLOCKS}, "Painting of one block, as the browser reports it")
active_users = _gauge("active_users", {"window": v.USER_WINDOWS}, "Conversations with a turn in the window")

# The windows themselves
journal_lost_total = _counter("journal_lost_total", {"sink": ("file", "stdout")}, "Log lines that could not be written")
meter_refused_total = _counter("meter_refused_total", {"metric": tuple(m.declaration.name for m in _TABLE)}, "Samples refused for a label value outside its list")
# fmt: on


def declare_routes(templates: Iterable[str]) -> None:
    """Adds the application's route templates; past ROUTES_AT_MOST they count as "other"."""
    for template in templates:
        if len(ROUTES) < ROUTES_AT_MOST:
            ROUTES.setdefault(template)


def table() -> tuple[Declaration, ...]:
    """All declarations, in the order of this file."""
    return tuple(each.declaration for each in _TABLE)


def render_docs() -> str:
    """docs/metrics.md, whole."""
    rows = "\n".join(_row(each) for each in table())
    return (
        "# Metrics\n\nWritten out by `gatehouse docs` from `gatehouse/observe/meters.py`. Values "
        "cover all worker processes; names in `_ms` are milliseconds; label values come from "
        "closed lists and start at 0.\n\n| metric | type | labels | counts | upper edges |\n"
        f"|---|---|---|---|---|\n{rows}\n"
    )


def _row(each: Declaration) -> str:
    labels = "; ".join(_label(name, values) for name, values in each.labels.items()) or "–"
    edges = " ".join(f"{edge:g}" for edge in each.ladder) or "–"
    return f"| `{each.name}` | {each.kind} | {labels} | {each.help} | {edges} |"


def _label(name: str, values: Iterable[str]) -> str:
    if values is ROUTES:
        return f"`{name}` (route templates of the application, other)"
    listed = list(values)
    shown = ", ".join(listed) if len(listed) <= 22 else f"{len(listed)} values"
    return f"`{name}` ({shown})"


def _count_refusal(name: str) -> None:
    meter_refused_total.labels(metric=name).inc()


Meter.on_refusal = staticmethod(_count_refusal)
for _each in _TABLE:
    _each.zero()
