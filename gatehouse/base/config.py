"""Every setting, typed, declared once. Values come from the environment or from NAME_FILE."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from gatehouse.base.errors import Misconfigured


class FileSource(PydanticBaseSettingsSource):
    """NAME_FILE holds the path of a file whose content is the value of NAME."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{field_name.upper()}_FILE")
        return (Path(path).read_text().strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {n: self.get_field_value(f, n)[0] for n, f in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    """One field per variable; the variable's name is the field's in capitals."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    environment: Literal["development", "test", "staging", "production"] = Field(
        "development", description="Where this instance runs."
    )
    gatehouse_data: Path = Field(Path("data"), description="Folder of everything Gatehouse stores.")
    database_url: str = Field("", description="PostgreSQL ≥ 15 with pgvector; empty: the bundled one.")
    web_host: str = Field("127.0.0.1", description="Address to listen on.")
    web_port: Annotated[int, Field(ge=1, le=65535)] = Field(8000, description="Port to listen on.")
    web_workers: Annotated[int, Field(ge=1, le=64)] = Field(2, description="Server processes.")
    secret_key: SecretStr = Field(SecretStr(""), description="≥ 32 bytes; signs staff sessions.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field((), description="Sites that may embed the chat.")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field((), description="Networks whose X-Forwarded-For counts.")
    ops_allow_cidrs: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
        description="Networks that may read the ops endpoints.",
    )
    ops_token: SecretStr = Field(SecretStr(""), description="Bearer token for the ops endpoints from elsewhere.")
    market_currency: Literal["GBP", "EUR", "USD", "TRY", "RUB", "UAH"] = Field("GBP", description="Currency when none is said.")
    market_timezone: str = Field("Asia/Nicosia", description="Time zone of the agency.")
    default_language: Literal["en", "tr", "ru", "uk"] = Field("en", description="Language when none is known.")
    enable_re_recommend_card: bool = Field(True, description="Cards in replies; off: the same homes as a table.")
    feature_dynamic_prompts: bool = Field(True, description="Changing example questions on the landing page.")
    feature_suggested_actions: bool = Field(True, description="Follow-up suggestions under replies.")
    re_search_timeout_ms: Annotated[int, Field(ge=100, le=5000)] = Field(800, description="Total time of one listing search.")
    turn_deadline_ms: Annotated[int, Field(ge=1000, le=120000)] = Field(20000, description="A reply by then.")
    interim_after_ms: Annotated[int, Field(ge=100, le=60000)] = Field(6000, description="Holding text after.")
    lease_seconds: Annotated[int, Field(ge=2, le=300)] = Field(30, description="How long one worker owns a conversation.")
    checkpointer_pool_max_size: Annotated[int, Field(ge=1, le=50)] = Field(8, description="Conversation-store connections per process.")
    checkpointer_pool_timeout_seconds: Annotated[float, Field(ge=0.01, le=30)] = Field(0.25, description="Wait for one of them.")
    checkpointer_statement_timeout_ms: Annotated[int, Field(ge=100, le=60000)] = Field(2000, description="Cut of one statement.")
    checkpointer_slow_log_seconds: Annotated[float, Field(ge=0.01, le=60)] = Field(1.0, description="Slower stays are logged.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    log_file: str = Field("logs/app.log", description="Log file; '-' for standard output only.")
    log_compat_lines: bool = Field(True, description="Plain companion lines for the runbooks' greps.")
    git_commit: str = Field("", description="Set by the build; shown by /version.")
    build_time: str = Field("", description="Set by the build; shown by /version.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSource(settings_cls)


def load(**overrides: Any) -> Settings:
    """The effective settings. Raises Misconfigured with one plain line per wrong value."""
    try:
        return Settings(**overrides)
    except ValidationError as wrong:
        lines = [
            f"{str(e['loc'][0]).upper()}={e['input']!r}: {e['msg']}" for e in wrong.errors()
        ]
        raise Misconfigured("; ".join(lines)) from wrong
