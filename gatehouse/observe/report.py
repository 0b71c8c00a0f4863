"""What the house says of itself: health, readiness, version, effective settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any

from gatehouse import __version__
from gatehouse.base import config
from gatehouse.base.clock import Clock
from gatehouse.base.config import Settings
from gatehouse.observe.observability import figures
from gatehouse.observe.parts import Agents, Parts
from gatehouse.observe.pulse import Pulse
from gatehouse.observe.traffic import TrafficRing

SCHEMA_VERSION = "2.0.0"  # of a reply's JSON
ECHOED = ("re_search_timeout_ms", "enable_re_recommend_card", "turn_deadline_ms",
          "interim_after_ms", "feature_dynamic_prompts", "feature_suggested_actions",
          "re_search_circuit_breaker_open_after", "search_cache_ttl")  # fmt: skip
# Echoed as they take effect, under the names that the runbooks use: the setting of each.
_SETTING_OF = {
    **{name: name for name in ECHOED},
    "unified_pipeline": "use_unified_pipeline",
    "re_prompt_driven": "use_re_prompt_driven",
    "re_prompt_canary_percent": "re_prompt_canary_percent",
}
_NOTHING_ELSE = {"stored": None, "kill": None}


@dataclass(frozen=True, slots=True)
class Report:
    """Puts the answers together; asks only the pulse and what is known without asking."""

    settings: Settings
    pulse: Pulse
    traffic: TrafficRing
    clock: Clock
    parts: Callable[[], Parts] = Parts
    agents: Callable[[], Agents] = Agents
    compliance: Callable[[], dict[str, Any]] = lambda: {"overall": "no_data", "items": {}}
    in_force: Callable[[], Settings] | None = None  # None: the settings themselves
    sources: Callable[[], Mapping[str, Mapping[str, Any]]] = dict  # stored, kill … by setting

    @property
    def _now(self) -> Settings:
        return self.in_force() if self.in_force else self.settings

    @property
    def release(self) -> str:
        return self.settings.git_commit[:12] or __version__

    def timestamp(self) -> str:
        return self.clock.now().astimezone(UTC).isoformat(timespec="milliseconds")

    async def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Can a conversation be taken up now? Redis and a model are not needed for that."""
        beat, parts = await self.pulse.feel(), self.parts()
        checks = {
            "database": "ok" if beat.is_up else "down",
            "conversation_store": "ok" if beat.can_store else "down",
            "schema_guard": "disabled",
            "configuration": "ok",
            **parts.checks,
        }
        is_ready = beat.is_up and beat.can_store
        status = "ready" if is_ready else "not_ready"
        degraded = list(parts.degraded)
        return is_ready, {"status": status, "health_checks": checks, "degraded": degraded}

    async def health(self) -> tuple[bool, dict[str, Any]]:
        """The roll-up: healthy, degraded (serves, but not fully) or unhealthy."""
        beat, parts = await self.pulse.feel(), self.parts()
        is_well = beat.is_up and beat.can_store
        degraded = [*([] if is_well else ["database"]), *parts.degraded]
        served = "degraded" if degraded else "healthy"
        return is_well, {
            "status": served if is_well else "unhealthy",
            "version": self.release,
            "environment": self.settings.environment,
            "redis": parts.redis,
            "database": "connected" if beat.is_up else "disconnected",
            "llm": parts.llm,
            "degraded": degraded,
            "timestamp": self.timestamp(),
        }

    def breakers(self) -> dict[str, Any]:
        """How each breaker of this process stands: state, reason, opens_total, retry_after."""
        return dict(self.parts().breakers)

    def config_echo(self) -> dict[str, Any]:
        """The effective values of settings that no one could misuse by knowing them."""
        agents, now = self.agents(), self._now
        return {
            "re_prompt_driven": agents.is_prompted,
            "re_prompt_canary_percent": agents.percent,
            **{name: getattr(now, name) for name in ECHOED},
            "unified_pipeline": now.use_unified_pipeline,
            "conv_store_primary": "postgres",
        }

    def config_source(self) -> dict[str, dict[str, Any]]:
        """Where each echoed value comes from: environment, stored flag, kill file."""
        given, sources = config.read(), self.sources()
        return {
            name: {
                "env": given[field].text if (field := _SETTING_OF.get(name)) in given else None,
                **_NOTHING_ELSE,
                **sources.get(field or "", {}),
                "effective": value,
            }
            for name, value in self.config_echo().items()
        }

    def observability(self) -> dict[str, Any]:
        """The figures of R3's page, and how the objectives are kept. May ask the database."""
        kept = self.compliance()
        missed = [name for name, item in kept["items"].items() if item["is_alerting"]]
        return figures() | {
            "breaker": self.breakers(),
            "alerts": {"active_alerts": missed},
            "slo_profile": self.settings.slo_profile,
            "slo_compliance": kept,
        }

    def config_digest(self) -> str:
        """Equal for two workers exactly when their echoed settings are."""
        echo = json.dumps(self.config_echo(), sort_keys=True)
        return sha256(echo.encode()).hexdigest()[:12]

    def version(self) -> dict[str, Any]:
        agents, now = self.agents(), self._now
        return {
            "release": self.release,
            "commit": self.settings.git_commit,
            "built_at": self.settings.build_time,
            "schema_version": SCHEMA_VERSION,
            "environment": self.settings.environment,
            "config_digest": self.config_digest(),
            "agent": {
                "stable": agents.stable,
                "canary": agents.canary,
                "canary_percent": agents.percent,
            },
            "feature_flags": {
                "unified_pipeline": now.use_unified_pipeline,
                "dynamic_prompts": now.feature_dynamic_prompts,
                "suggested_actions": now.feature_suggested_actions,
                "re_prompt_driven": agents.is_prompted,
                "re_recommend_card": now.enable_re_recommend_card,
            },
        }
