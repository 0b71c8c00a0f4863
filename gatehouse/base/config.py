"""Every setting, typed, declared once. Values come from the environment or from NAME_FILE."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails

from gatehouse.base.errors import Misconfigured
from gatehouse.base.values import (
    Flag,
    HttpUrl,
    Networks,
    Origins,
    PostgresUrl,
    RedisUrl,
    StrongSecret,
    Whole,
    Zone,
    allowed,
    masked,
    setting,
)

DEFAULT_KEYS = ("change", "secret", "insecure", "example", "default", "password", "gatehouse")
NETWORKS = "a comma-separated list of networks such as 10.0.0.0/8, ::1/128"
HTTP_URL = "empty or a URL such as https://api.example.com/v1"
POSTGRES_URL = "empty (the bundled PostgreSQL) or postgresql://user:password@host:port/name"


class Settings(BaseModel):
    """One field per variable; the variable's name is the field's in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: Literal["development", "test", "staging", "production"] = setting(
        "development", "Where this instance runs."
    )
    gatehouse_data: Path = setting(
        Path("data"), "Folder of everything Gatehouse stores.", allowed="the path of a folder"
    )
    database_url: PostgresUrl = setting(
        "", "PostgreSQL 15 or newer with pgvector; empty: the bundled one.", allowed=POSTGRES_URL
    )
    db_host: str = setting("", "Database server, if not given by DATABASE_URL, which wins.")
    db_port: Whole = setting(5432, "Port of DB_HOST.", span=(1, 65535))
    db_user: str = setting("gatehouse", "Role at DB_HOST.")
    db_password: SecretStr = setting(SecretStr(""), "Password of DB_USER.")
    db_name: str = setting("gatehouse", "Database at DB_HOST.")
    web_host: str = setting("127.0.0.1", "Address to listen on.")
    web_port: Whole = setting(8000, "Port to listen on.", span=(1, 65535))
    web_workers: Whole = setting(2, "Server processes.", span=(1, 64))
    secret_key: StrongSecret = setting(
        SecretStr(""),
        "Signs staff sessions. Required in production; elsewhere one is made and kept.",
        allowed="a random secret of 32 bytes or more",
    )
    cors_origins: Origins = setting(
        (),
        "Sites that may embed the chat.",
        allowed="a comma-separated list of sites such as https://agency.example:8443",
    )
    trusted_proxies: Networks = setting(
        (), "Networks whose X-Forwarded-For counts.", allowed=NETWORKS
    )
    ops_allow_cidrs: Networks = setting(
        ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
        "Networks that may read the ops endpoints; others get 404.",
        allowed=NETWORKS,
    )
    ops_token: SecretStr = setting(
        SecretStr(""), "Bearer token for the ops endpoints from elsewhere."
    )
    market_currency: Literal["GBP", "EUR", "USD", "TRY", "RUB", "UAH"] = setting(
        "GBP", "Currency when none is said."
    )
    market_timezone: Zone = setting(
        "Asia/Nicosia", "Time zone of the agency.", allowed="a time zone such as Asia/Nicosia"
    )
    default_language: Literal["en", "tr", "ru", "uk", "de", "pl", "fr", "ar"] = setting(
        "en", "Language when none is known."
    )
    enable_re_recommend_card: Flag = setting(
        True, "Cards in replies; off: the same homes as a table.", kind="ceiling"
    )
    feature_dynamic_prompts: Flag = setting(
        True, "Changing example questions on the landing page.", kind="ceiling"
    )
    feature_suggested_actions: Flag = setting(
        True, "Follow-up suggestions under replies.", kind="ceiling"
    )
    use_re_prompt_driven: Flag = setting(
        True, "The prompt-driven handler is permitted; off: rules everywhere.", kind="ceiling"
    )
    re_prompt_canary_percent: Whole = setting(
        100,
        "Share of new conversations for the prompt-driven handler, by sticky hash.",
        kind="ceiling",
        span=(0, 100),
    )
    re_search_timeout_ms: Whole = setting(
        800, "Total time of one listing search.", kind="live", span=(100, 5000)
    )
    re_search_circuit_breaker_open_after: Whole = setting(
        5, "Failed searches in a row that open the breaker.", kind="live", span=(1, 100)
    )
    search_cache_ttl: Whole = setting(
        30, "Seconds that a search stays fresh in the cache; 0: off.", kind="live", span=(0, 3600)
    )
    redis_url: RedisUrl = setting(
        "",
        "Redis for the cache and shared limits; empty: memory of each process.",
        allowed="empty or redis://[:password@]host[:port][/number], rediss:// for TLS",
    )
    llm_base_url: HttpUrl = setting(
        "", "OpenAI-compatible endpoint, with its /v1; empty: the provider's own.", allowed=HTTP_URL
    )
    llm_api_key: SecretStr = setting(SecretStr(""), "Key of the model's provider.")
    llm_model: str = setting(
        "",
        "Model of the prompt-driven handler, such as gpt-5-mini, anthropic:claude-haiku-4-5 or "
        "ollama:qwen3; empty: the rules handler alone.",
    )
    llm_model_repair: str = setting("", "Model that repairs a malformed answer; empty: LLM_MODEL.")
    llm_model_vision: str = setting("", "Model that looks at photos; empty: LLM_MODEL.")
    llm_model_embeddings: str = setting("", "Model of embeddings; empty: none.")
    llm_model_moderation: str = setting(
        "", "Model of the provider's moderation endpoint; empty: our own lists alone."
    )
    llm_fallback_base_url: HttpUrl = setting(
        "", "Endpoint of the second provider.", allowed=HTTP_URL
    )
    llm_fallback_api_key: SecretStr = setting(SecretStr(""), "Key of the second provider.")
    llm_fallback_model: str = setting("", "Model asked when the first one fails; empty: none.")
    llm_first_token_ms: Whole = setting(
        6000, "A model's first token by then.", kind="live", span=(100, 60000)
    )
    llm_gap_ms: Whole = setting(
        5000, "Longest silence between two tokens.", kind="live", span=(100, 60000)
    )
    llm_timeout_ms: Whole = setting(
        12000, "Total time of one model call.", kind="live", span=(100, 120000)
    )
    llm_max_history_messages: Whole = setting(
        20, "Earlier messages sent to the model; 0: none.", kind="live", span=(0, 200)
    )
    llm_tokens_per_session: Whole = setting(
        60000,
        "Model tokens of one conversation in 24 hours, then rules.",
        kind="live",
        span=(0, 10_000_000),
    )
    llm_daily_budget_usd: float = setting(
        0.0,
        "Cost of all model calls a day, then rules; 0: no limit.",
        kind="live",
        span=(0, 1_000_000),
    )
    llm_prices: str = setting(
        "",
        'JSON file of prices over the list: {"family:model": [in, out]}, US dollars per million '
        "tokens.",
        allowed="empty or the path of a JSON file",
    )
    llm_output: Literal["auto", "schema", "tool", "json"] = setting(
        "auto",
        "How the model is asked for JSON: its own schema mode, a tool call, or in the prompt; "
        "auto: the best that the provider is known to have.",
    )
    llm_in_flight: Whole = setting(
        16, "Model calls at once per process.", kind="live", span=(1, 4096)
    )
    rate_limit_per_session: Whole = setting(
        12, "Chat messages of one conversation per minute.", kind="live", span=(1, 100_000)
    )
    rate_limit_per_user: Whole = setting(
        30, "Chat messages of one visitor per minute.", kind="live", span=(1, 100_000)
    )
    rate_limit_per_ip: Whole = setting(
        100,
        "Chat messages from one address (/24, /64) per minute.",
        kind="live",
        span=(1, 1_000_000),
    )
    rate_limit_site: Whole = setting(
        600, "Chat messages of all visitors per minute.", kind="live", span=(1, 1_000_000)
    )
    rate_limit_new_sessions: Whole = setting(
        10, "New visitors from one address (/24, /64) per hour.", kind="live", span=(1, 1_000_000)
    )
    most_in_flight: Whole = setting(
        64, "Most requests at once per process; adapted below that.", kind="live", span=(8, 4096)
    )
    agency_name: str = setting("", "Name of the agency, as the assistant says it.")
    market_name: str = setting("North Cyprus", "Region of the homes, as a model is told it.")
    otel_exporter_otlp_endpoint: HttpUrl = setting(
        "",
        "OTLP/HTTP collector of traces (Langfuse, LangSmith, Jaeger); empty: none.",
        allowed=HTTP_URL,
    )
    otel_exporter_otlp_headers: SecretStr = setting(
        SecretStr(""), "Headers for it, as key=value,key=value."
    )
    otel_service_name: str = setting("gatehouse", "Name of this service in traces.")
    turn_deadline_ms: Whole = setting(20000, "A reply by then.", kind="live", span=(1000, 120000))
    interim_after_ms: Whole = setting(
        6000, "Holding text after this time.", kind="live", span=(100, 60000)
    )
    lease_seconds: Whole = setting(
        30, "How long one worker owns a conversation.", kind="live", span=(2, 300)
    )
    checkpointer_pool_max_size: Whole = setting(
        8, "Conversation-store connections per process.", kind="live", span=(1, 50)
    )
    checkpointer_pool_timeout_seconds: float = setting(
        0.25, "Wait for one of them.", kind="live", span=(0.01, 30)
    )
    checkpointer_statement_timeout_ms: Whole = setting(
        2000, "Cut of one statement.", kind="live", span=(100, 60000)
    )
    checkpointer_slow_log_seconds: float = setting(
        1.0, "Slower stays in the store are logged.", kind="live", span=(0.01, 60)
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "INFO", "Least level that is logged."
    )
    log_file: str = setting("logs/app.log", "Log file; '-' for standard output only.")
    log_compat_lines: Flag = setting(True, "Plain companion lines for the runbooks' greps.")
    log_raw_response: Literal["redacted", "off"] = setting(
        "redacted",
        "A model's answer that could not be read, in the log without numbers, addresses and known "
        "contact data; 'off': its hash alone.",
    )
    kill_file: str = setting(
        "",
        'JSON file that restricts without a database, such as {"USE_RE_PROMPT_DRIVEN": false}; '
        "empty: kill.json in GATEHOUSE_DATA.",
        allowed="empty or the path of a file",
    )
    use_unified_pipeline: Flag = setting(
        True,
        "Off: the stable version alone, no suggestions, no changing questions.",
        kind="ceiling",
    )
    canary_signing_key: StrongSecret = setting(
        SecretStr(""),
        "Signs the header and cookie that choose an arm; empty: nobody can choose.",
        allowed="a random secret of 32 bytes or more",
    )
    canary_cookie_open: Flag = setting(
        False, "The unsigned cookie canary=enabled counts; for staging, refused in production."
    )
    control_max_stale_seconds: Whole = setting(
        60,
        "Without news from the database for so long, nobody new gets a canary.",
        span=(5, 3600),
    )
    rollout_tick_seconds: float = setting(
        2.0, "Pause between two looks at a running rollout.", span=(0.1, 5)
    )
    openfeature_provider: str = setting(
        "",
        "Outside OpenFeature provider of flag values, as module:Class; they can only restrict.",
        allowed="empty or module:Class",
    )
    prometheus_url: HttpUrl = setting(
        "",
        "Prometheus that readings may be taken from; empty: the ledger alone.",
        allowed="empty or a URL such as http://prometheus:9090",
    )
    notify_webhook_url: HttpUrl = setting(
        "", "Gets what happens to rollouts, signed as Standard Webhooks.", allowed=HTTP_URL
    )
    notify_webhook_secret: SecretStr = setting(
        SecretStr(""), "Key of that signature, as whsec_ and base64; required with the URL."
    )
    notify_slack_url: HttpUrl = setting(
        "", "Incoming webhook of Slack, Mattermost and the like.", allowed=HTTP_URL
    )
    notify_email_to: str = setting("", "Addresses that get mail about rollouts, comma-separated.")
    notify_email_from: str = setting("", "Sender of that mail; empty: gatehouse@ this host.")
    smtp_url: SecretStr = setting(
        SecretStr(""), "Mail server, as smtp://user:password@host:587 or smtps://…; empty: none."
    )
    grafana_url: HttpUrl = setting(
        "", "Grafana that gets an annotation of each move.", allowed=HTTP_URL
    )
    grafana_token: SecretStr = setting(SecretStr(""), "Service account token for it.")
    slo_profile: Literal["fast", "slow-llm"] = setting(
        "fast", "Objectives of a model that answers in a second, or of a slow one."
    )
    git_commit: str = setting("", "Set by the build; shown by /version.")
    build_time: str = setting("", "Set by the build; shown by /version.")

    @property
    def postgres_url(self) -> str:
        """DATABASE_URL, or the same from the DB_ parts; empty means the bundled PostgreSQL."""
        if self.database_url or not self.db_host:
            return self.database_url
        login = f"{quote(self.db_user, '')}:{quote(self.db_password.get_secret_value(), '')}"
        return f"postgresql://{login}@{self.db_host}:{self.db_port}/{quote(self.db_name, '')}"

    @property
    def kill_path(self) -> Path:
        """Where the kill file is looked for."""
        return Path(self.kill_file) if self.kill_file else self.gatehouse_data / "kill.json"

    @model_validator(mode="after")
    def _production_has_a_secret(self) -> Settings:
        if self.environment == "production" and not _is_random(self.secret_key):
            raise ValueError(
                "SECRET_KEY is missing or a default, which production does not allow: "
                "allowed is a random secret of 32 bytes or more"
            )
        if self.environment == "production" and self.canary_cookie_open:
            raise ValueError(
                "CANARY_COOKIE_OPEN is true, which lets visitors choose their version: "
                "production allows only false"
            )
        return self


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody set. `source` is 'environment' or 'file'."""

    text: str
    source: str


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The effective settings. Raises Misconfigured with one plain line that names what is wrong."""
    texts = {name: given.text for name, given in read(environ).items()}
    values = {**texts, **overrides}
    try:
        settings = Settings(**values)
    except ValidationError as wrong:
        raise Misconfigured("; ".join(_plain_lines(wrong.errors(), values))) from None
    _refuse_the_lab(settings, os.environ if environ is None else environ)
    return settings


def _refuse_the_lab(settings: Settings, environ: Mapping[str, str]) -> None:
    if settings.environment == "production" and environ.get("LAB") == "1":
        raise Misconfigured(
            "LAB is '1', which switches on deliberate faults: production allows only LAB unset"
        )


def read(environ: Mapping[str, str] | None = None) -> dict[str, Given]:
    """What is set, by field name. Empty values count as not set."""
    environ = os.environ if environ is None else environ
    return dict(_given(environ))


def _given(environ: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    for name in Settings.model_fields:
        variable = name.upper()
        text, path = environ.get(variable), environ.get(f"{variable}_FILE")
        if text and path:
            raise Misconfigured(f"{variable} and {variable}_FILE are both set: allowed is only one")
        if path:
            yield name, Given(_content(variable, path), "file")
        elif text:
            yield name, Given(text, "environment")


def _content(variable: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise Misconfigured(
            f"{variable}_FILE is {path!r}: allowed is a readable file ({reason})"
        ) from None


def _plain_lines(errors: list[ErrorDetails], values: Mapping[str, Any]) -> Iterator[str]:
    names = dict.fromkeys(str(error["loc"][0]) if error["loc"] else "" for error in errors)
    for name in names:
        if field := Settings.model_fields.get(name):
            shown = repr(masked(field, values[name]))
            shown = shown if len(shown) <= 80 else f"{shown[:77]}…"
            yield f"{name.upper()} is {shown}: allowed is {allowed(field)}"
        elif name:
            yield f"{name.upper()} is no setting"
        else:
            yield from (str(e["ctx"]["error"]) for e in errors if not e["loc"])


def _is_random(key: SecretStr) -> bool:
    text = key.get_secret_value()
    has_default_word = any(word in text.lower() for word in DEFAULT_KEYS)
    return len(set(text)) >= 12 and not has_default_word
