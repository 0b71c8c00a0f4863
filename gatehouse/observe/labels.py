"""The closed lists of label values. A value outside its list never reaches a metric."""

from __future__ import annotations

OTHER = "other"

ARMS = ("stable", "canary")
HANDLERS = ("rules", "prompted")
LANES = ("regular", "enhanced")
ACTS = ("ASK_SLOT", "ACK_AND_SEARCH", "SEARCH_AND_RECOMMEND", "CLARIFY", "ESCALATE")
STATES = ("greeting", "collecting", "presenting", "detail", "handover", "closing", OTHER)
INTENTS = (
    "search", "refine", "ask_about_home", "compare", "more_options", "book_viewing",
    "move_viewing", "cancel_viewing", "leave_contact", "talk_to_person", "sell_or_let",
    "valuation", "complaint", "greeting", "thanks", "goodbye", "small_talk", "trust",
    "out_of_scope", "yes", "no", "start_over", OTHER,
)  # fmt: skip
STEPS = ("understand", "decide", "search", "render", "commit")
OPERATIONS = ("aget_tuple", "aput", "aput_writes")
STORE_TROUBLE = ("unavailable", "timeout", "conflict", "lost_lease", OTHER)
BLOCKS = ("markdown", "list", "table", "callout", "code", "image", "cards", OTHER)
VARIANTS = ("short_term", "long_term", "sale")
PIN_REASONS = ("slot_filling_guard", "refinement", "continuity")
TO_DOMAINS = ("staff", "viewing", "valuation", "general", OTHER)
ERROR_TYPES = (
    "json_contract", "llm_call_failed", "search_timeout", "search_http_error",
    "search_unexpected", "card_emit", "circuit_open", "memory_unavailable",
)  # fmt: skip
# Dependencies behind a breaker, and what each breaker may turn to.
SERVICES = (
    "backend_search", "llm_primary", "llm_fallback", "llm_contract", "moderation", "embeddings",
    "vision", "redis",
)  # fmt: skip
BREAKER_STATES = ("closed", "half_open", "open", "forced_open", "forced_closed")
BULKHEADS = ("llm", "vision", "embeddings", "search", "pdf")
PROVIDERS = ("primary", "fallback", "scripted")
LLM_TASKS = ("turn", "repair", "vision", "embeddings", "moderation")
LLM_TROUBLE = (
    "connect", "timeout", "first_token", "gap", "http_5xx", "throttled", "unauthorised",
    "bad_request", "protocol", "filtered", "circuit_open", "busy", "budget", OTHER,
)  # fmt: skip
DIRECTIONS = ("in", "out")
CONTRACT_REASONS = (
    "empty", "not_json", "not_object", "truncated", "unknown_key", "missing_field", "wrong_type",
    "bad_value", "unknown_act", "too_long", "too_deep", "unsafe_text", "ungrounded", OTHER,
)  # fmt: skip
MODERATION_CATEGORIES = (
    "injection", "fair_housing", "abuse", "sexual", "violence", "self_harm", "illegal", OTHER,
)  # fmt: skip
CACHE_RESULTS = ("fresh", "stale", "stale_error", "miss", "joined", "off")
WORK_CLASSES = ("ack", "staff", "existing", "new", "vision", "pdf", "backfill")
CONTEXT_RESULTS = ("ok", "lost")
PROBE_RESULTS = ("ok", "failed")
LIMIT_KEYS = ("session", "user", "ip", "site", "new_session", OTHER)
SEARCH_STATUSES = ("ok", "empty", "invalid", "timeout", "error")
TOOLS = ("listing_search",)
TOOL_STATUSES = ("ok", "empty", "timeout")
ROLLOUT_PHASES = (
    "none", "draft", "soaking", "ready", "ramping", "promoting", "baking", "rolling_back",
    "completed", "rolled_back", "aborted", "superseded",
)  # fmt: skip
VERDICTS = ("pass", "running", "nodata", "inconclusive", "error", "fail")
ASSIGN_REASONS = (
    "SPLIT", "TARGETING_MATCH", "CACHED", "DISABLED", "STALE", "ERROR", "STATIC",
)  # fmt: skip
ACTOR_KINDS = ("person", "engine", "token", "system")
CONTROL_CHANNELS = ("push", "poll", "disk")
OUTLETS = ("webhook", "slack", "email", "grafana")
DELIVERIES = ("sent", "failed", "given_up")
VOLUMES = ("data",)
SCORES = ("-1", "1")
UI_EVENTS = ("example_clicked", "suggested_action_clicked", "card_clicked", "render", OTHER)
USER_WINDOWS = ("5m", "1h", "24h")
POOLS = ("chat", "search")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER)
STATUSES = (
    "200", "201", "202", "204", "206", "301", "302", "303", "304", "307", "308",
    "400", "401", "403", "404", "405", "406", "408", "409", "410", "413", "414", "415", "421",
    "422", "429", "431", "499", "500", "501", "502", "503", "504", "507", OTHER,
)  # fmt: skip

# The state of a conversation as R2's panels name it, from the move of the turn.
STATE_OF_MOVE = {
    "greet": "greeting",
    "ask": "collecting",
    "recommend": "presenting",
    "nothing_found": "presenting",
    "answer_home": "detail",
    "compare": "detail",
    "which_home": "detail",
    "ask_contact": "handover",
    "viewing_stored": "handover",
    "handed_over": "handover",
    "out_of_domain": "closing",
    "thank": "closing",
    "goodbye": "closing",
    "not_understood": "collecting",
    "more": "presenting",
    "small_talk": "greeting",
    "contact_kept": "handover",
    "start_over": "collecting",
    "declined": "collecting",
    "trouble": OTHER,
    "refused": "closing",
}
