"""Feature-flag clients under one face, so that `bench.assignment` can ask all of them the same.

Each holds its rules in memory and gives 10 % of the units the canary, by a sticky hash of the
unit's id. Their libraries are imported when one is made; they are no requirement of Gatehouse.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

SHARE = 0.1
WEIGHT = 10_000  # of 100,000


class Client(ABC):
    """One client with the one flag `agent`."""

    package: ClassVar[str]
    note: ClassVar[str] = ""

    @classmethod
    def told(cls) -> str:
        """Name, version, and how it is asked."""
        return f"{cls.package} {version(cls.package)}{cls.note}"

    @abstractmethod
    def __init__(self, folder: Path) -> None: ...

    @abstractmethod
    def decide(self, unit: str) -> Any:
        """The variant of one unit, with the reason if the library tells one."""

    @abstractmethod
    def is_canary(self, decided: Any) -> bool: ...

    def close(self) -> None:  # noqa: B027 - most have nothing running
        """Ends whatever it has running."""


class Growthbook(Client):
    package, note = "growthbook", ", one client"

    def __init__(self, _: Path) -> None:
        self.client = self.fresh("nobody")

    def fresh(self, unit: str) -> Any:
        from growthbook import GrowthBook

        rule = {"variations": ["stable", "canary"], "weights": [1 - SHARE, SHARE], "key": "ro_01",
                "hashAttribute": "id", "hashVersion": 2}  # fmt: skip
        features = {"agent": {"defaultValue": "stable", "rules": [rule]}}
        return GrowthBook(attributes={"id": unit}, features=features)

    def decide(self, unit: str) -> Any:
        self.client.set_attributes({"id": unit})
        return self.client.eval_feature("agent")

    def is_canary(self, decided: Any) -> bool:
        return bool(decided.value == "canary")


class FreshGrowthbook(Growthbook):
    note = ", one a request"  # as its documentation has it for web servers

    def decide(self, unit: str) -> Any:
        return self.fresh(unit).eval_feature("agent")


class Unleash(Client):
    package = "UnleashClient"

    def __init__(self, folder: Path) -> None:
        from UnleashClient import UnleashClient  # type: ignore[attr-defined]
        from UnleashClient.cache import FileCache

        parameters = {"rollout": "10", "stickiness": "userId", "groupId": "ro_01"}
        flag = {"name": "agent", "enabled": True, "type": "release", "variants": [],
                "strategies": [{"name": "flexibleRollout", "parameters": parameters}]}  # fmt: skip
        cache = FileCache("bench", directory=str(folder))
        cache.bootstrap_from_dict({"version": 1, "features": [flag]})
        self.client = UnleashClient(
            "http://127.0.0.1:9/api", "bench", disable_metrics=True, disable_registration=True,
            cache=cache,
        )  # fmt: skip
        self.client.initialize_client(fetch_toggles=False)

    def decide(self, unit: str) -> Any:
        return self.client.is_enabled("agent", {"userId": unit})

    def is_canary(self, decided: Any) -> bool:
        return bool(decided)

    def close(self) -> None:
        self.client.destroy()


class Launchdarkly(Client):
    package = "launchdarkly-server-sdk"

    def __init__(self, folder: Path) -> None:
        from ldclient import LDClient
        from ldclient.config import Config
        from ldclient.integrations import Files

        weights = [{"variation": 0, "weight": 100_000 - WEIGHT}, {"variation": 1, "weight": WEIGHT}]
        flag = {"key": "agent", "version": 1, "on": True, "salt": "ro_01",
                "variations": ["stable", "canary"], "offVariation": 0,
                "fallthrough": {"rollout": {"variations": weights}}}  # fmt: skip
        path = folder / "launchdarkly.json"
        path.write_text(json.dumps({"flags": {"agent": flag}}))
        source = Files.new_data_source(paths=[str(path)])
        config = Config("bench", update_processor_class=source, send_events=False)
        self.client = LDClient(config=config, start_wait=5)

    def decide(self, unit: str) -> Any:
        from ldclient import Context

        return self.client.variation_detail("agent", Context.create(unit), "stable")

    def is_canary(self, decided: Any) -> bool:
        return bool(decided.value == "canary")

    def close(self) -> None:
        self.client.close()  # type: ignore[no-untyped-call]


class OpenFeature(Client):
    package, note = "openfeature-sdk", ", in-memory provider with our hash"

    def __init__(self, _: Path) -> None:
        from openfeature import api
        from openfeature.flag_evaluation import FlagResolutionDetails, Reason
        from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

        from gatehouse.rollout.hashing import bucket_of

        def drawn(flag: Any, context: Any) -> Any:
            arm = "canary" if bucket_of("ro_01", context.targeting_key) < WEIGHT else "stable"
            return FlagResolutionDetails(flag.variants[arm], variant=arm, reason=Reason.SPLIT)

        arms = {"stable": "stable", "canary": "canary"}
        flag = InMemoryFlag("stable", arms, context_evaluator=drawn)
        provider = InMemoryProvider({"agent": flag})
        api.set_provider_and_wait(provider, domain="bench-memory")
        self.client = api.get_client(domain="bench-memory")

    def decide(self, unit: str) -> Any:
        from openfeature.evaluation_context import EvaluationContext

        return self.client.get_string_details("agent", "stable", EvaluationContext(unit))

    def is_canary(self, decided: Any) -> bool:
        return bool(decided.value == "canary")


PEERS: Sequence[type[Client]] = (Growthbook, FreshGrowthbook, Launchdarkly, OpenFeature, Unleash)


def be_quiet() -> None:
    """Their notices about missing servers are no part of the table."""
    for name in ("ldclient", "UnleashClient", "growthbook", "openfeature"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
