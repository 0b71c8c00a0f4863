"""What the house says of itself: health, readiness, version, effective settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any

from gatehouse import __version__
from gatehouse.base import config
from gatehouse.base.clock import Clock
from gatehouse.base.config import Settings
from gatehouse.observe.pulse import Pulse
from gatehouse.observe.traffic import TrafficRing

SCHEMA_VERSION = "2.0.0"  # of a reply's JSON
ECHOED = ("re_search_timeout_ms", "enable_re_recommend_card", "turn_deadline_ms",
          "interim_after_ms", "feature_dynamic_prompts", "feature_suggested_actions")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """Puts the answers together; asks only the pulse."""

    settings: Settings
    pulse: Pulse
    traffic: TrafficRing
    clock: Clock

    @property
    def release(self) -> str:
        return self.settings.git_commit[:12] or __version__

    def timestamp(self) -> str:
        return self.clock.now().astimezone(UTC).isoformat(timespec="milliseconds")

    async def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Can a conversation be taken up now? Redis and a model are not needed for that."""
        beat = await self.pulse.feel()
        checks = {
            "database": "ok" if beat.is_up else "down",
            "conversation_store": "ok" if beat.can_store else "down",
            "schema_guard": "disabled",
            "configuration": "ok",
            "redis": "disabled",
            "llm": "disabled",
        }
        is_ready = beat.is_up and beat.can_store
        status = "ready" if is_ready else "not_ready"
        return is_ready, {"status": status, "health_checks": checks, "degraded": []}

    async def health(self) -> tuple[bool, dict[str, Any]]:
        """The roll-up: healthy, degraded (serves, but not fully) or unhealthy."""
        beat = await self.pulse.feel()
        is_well = beat.is_up and beat.can_store
        return is_well, {
            "status": "healthy" if is_well else "unhealthy",
            "version": self.release,
            "environment": self.settings.environment,
            "redis": "disabled",
            "database": "connected" if beat.is_up else "disconnected",
            "llm": "disabled",
            "degraded": [] if is_well else ["database"],
            "timestamp": self.timestamp(),
        }

    def config_echo(self) -> dict[str, Any]:
        """The effective values of settings that no one could misuse by knowing them."""
        return {
            "re_prompt_driven": False,  # no prompt handler exists yet
            "re_prompt_canary_percent": 0,
            **{name: getattr(self.settings, name) for name in ECHOED},
            "re_search_circuit_breaker_open_after": None,  # this release has no breaker
            "search_cache_ttl": None,  # and no cache of searches
            "unified_pipeline": True,
            "conv_store_primary": "postgres",
        }

    def config_source(self) -> dict[str, dict[str, Any]]:
        """Where each echoed value comes from. Nothing is stored or killed yet."""
        given = config.read()
        return {
            name: {
                "env": given[name].text if name in given and name in ECHOED else None,
                "stored": None,
                "kill": None,
                "effective": value,
            }
            for name, value in self.config_echo().items()
        }

    def config_digest(self) -> str:
        """Equal for two workers exactly when their echoed settings are."""
        echo = json.dumps(self.config_echo(), sort_keys=True)
        return sha256(echo.encode()).hexdigest()[:12]

    def version(self) -> dict[str, Any]:
        return {
            "release": self.release,
            "commit": self.settings.git_commit,
            "built_at": self.settings.build_time,
            "schema_version": SCHEMA_VERSION,
            "environment": self.settings.environment,
            "config_digest": self.config_digest(),
            "agent": {"stable": "rules", "canary": None, "canary_percent": 0},
            "feature_flags": {
                "unified_pipeline": True,
                "dynamic_prompts": self.settings.feature_dynamic_prompts,
                "suggested_actions": self.settings.feature_suggested_actions,
                "re_prompt_driven": False,
                "re_recommend_card": self.settings.enable_re_recommend_card,
            },
        }
