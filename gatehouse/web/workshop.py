"""Makes the handler of a version out of its bundle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from gatehouse.base.config import Settings
from gatehouse.base.errors import Misconfigured
from gatehouse.llm.assembly import Voice
from gatehouse.llm.tuned import TunedModel
from gatehouse.llm.types import ChatModel
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.deadline import Deadline
from gatehouse.rollout.bundles import Bundle
from gatehouse.rollout.versions import Version
from gatehouse.talk.past import Past
from gatehouse.talk.prompted import PromptedHandler
from gatehouse.talk.prompts.places import refuse_unfit
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import Handler, Outcome, Say, Thread, Tools, say_nothing
from gatehouse.web.own_version import has_own_chain, prompts_of, settings_for

Guard = Callable[[Handler], Handler]


@dataclass(frozen=True, slots=True)
class VersionedHandler:
    """A handler as one version has it: under its name, and with no more than its features."""

    inner: Handler
    version: str
    bundle: Bundle

    @property
    def name(self) -> Literal["rules", "prompted"]:
        return self.inner.name

    async def think(
        self, thread: Thread, tools: Tools, *, deadline: Deadline, say: Say = say_nothing
    ) -> Outcome:
        return await self.inner.think(thread, self.fewer(tools), deadline=deadline, say=say)

    def fewer(self, tools: Tools) -> Tools:
        """A version can leave out what the house has; it can switch nothing on."""
        features = self.bundle.features
        if not features:
            return tools
        return replace(
            tools,
            cards_on=tools.cards_on and features.get("cards", True),
            suggested_actions_on=tools.suggested_actions_on
            and features.get("suggested_actions", True),
        )


@dataclass(frozen=True, slots=True)
class Workshop:
    """Makes handlers. `guard` puts the house's screening around each."""

    settings: Settings
    voice: Voice | None
    breakers: Breakers
    past: Past
    guard: Guard = lambda handler: handler
    in_force: Callable[[], Settings] | None = None  # live settings; None: those of the start

    def make(self, version: Version) -> Handler:
        """Raises Misconfigured, BadInput where it cannot run here."""
        bundle = version.bundle
        inner = RulesHandler() if bundle.handler == "rules" else self._prompted(version)
        return self.guard(VersionedHandler(inner, version.id, bundle))

    def _prompted(self, version: Version) -> Handler:
        refuse_unfit(version.bundle.prompts)
        settings, parameters = self.settings, version.bundle.parameters
        return PromptedHandler(
            self._chat(version),
            past=self.past,
            breaker=self.breakers.of("llm_contract", version.id),
            most_messages=parameters.get("history_messages", self._history),
            agency=settings.agency_name.strip(),
            market=settings.market_name.strip(),
            prompts=prompts_of(version),
        )

    def _history(self) -> int:
        settings = self.in_force() if self.in_force else self.settings
        return settings.llm_max_history_messages

    def _chat(self, version: Version) -> ChatModel:
        bundle = version.bundle
        wanted = settings_for(bundle, self.settings)
        if self.voice is None:
            raise Misconfigured("LLM_MODEL is empty: this process has no model")
        has_own = has_own_chain(bundle, self.settings)
        chat = self.voice.chat_for(wanted, version.id) if has_own else self.voice.chat
        warm = bundle.parameters.get("temperature")
        most = bundle.parameters.get("most_tokens")
        return chat if warm is most is None else TunedModel(chat, warm, most)
