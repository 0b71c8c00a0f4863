"""The handler of each version: made of its bundle when it is needed, and kept while it may be."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from gatehouse.base.config import Settings
from gatehouse.base.errors import GatehouseError, Misconfigured, StoreDown
from gatehouse.llm.assembly import Voice
from gatehouse.llm.tuned import TunedModel
from gatehouse.llm.types import ChatModel
from gatehouse.observe import journal
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.deadline import Deadline
from gatehouse.rollout import versions
from gatehouse.rollout.bundles import Bundle
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.types import RULES, Control
from gatehouse.rollout.versions import RULES_VERSION, Version
from gatehouse.talk.past import Past
from gatehouse.talk.prompted import PromptedHandler
from gatehouse.talk.prompts.places import refuse_unfit
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import Handler, Outcome, Say, Thread, Tools, say_nothing
from gatehouse.web.own_version import has_own_chain, prompts_of, settings_for

MOST_KEPT = 32  # handlers; those that nobody asks for are made again when somebody does
MOST_READ = 200  # versions at a time, the newest
LOOK_SECONDS = 30.0
AGAIN_SECONDS = 5.0
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


class Handlers:
    """Answers from memory. What it does not know yet is read in the background, never in a turn."""

    def __init__(self, make: Callable[[Version], Handler], *, own: Version | None = None) -> None:
        self._make = make
        self._own, self._own_id = own, own.id if own else None
        self._known = {version.id: version for version in (RULES_VERSION, own) if version}
        self._made: OrderedDict[str, Handler] = OrderedDict()
        self._unfit: set[str] = set()
        self._wanted: set[str] = set()
        self._news = asyncio.Event()

    @property
    def newest(self) -> str | None:
        """The house's own prompt-driven version; None: no model, or it cannot run."""
        own_id = self._own_id  # asked for at each turn: hashing the content takes 40 µs
        return own_id if own_id is not None and self.of(own_id) is not None else None

    @property
    def ready(self) -> tuple[str, ...]:
        """The versions that this process can answer with at once."""
        return tuple(sorted(self._made))

    @property
    def wanted(self) -> tuple[str, ...]:
        """Those that it will have ready next."""
        return tuple(sorted(self._wanted))

    def of(self, version_id: str) -> Handler | None:
        """None: it is not known here, or cannot run here; then somebody else must answer."""
        if (made := self._made.get(version_id)) is not None:
            self._made.move_to_end(version_id)
            return made
        if version_id in self._unfit:
            return None
        if version_id not in self._known:
            self._ask_for(version_id)
            return None
        return self._prepare(self._known[version_id])

    def follow(self, control: Control) -> None:
        """Has ready what the control room may send people to; for `Follower.on_change`."""
        live = control.live
        named = (live.stable_version, live.canary_version) if live else (control.stable_version,)
        for version_id in named:
            if version_id and version_id not in self._made:
                self._wanted.add(version_id)
        self._news.set()

    def learn(self, found: Iterable[Version]) -> None:
        """Versions that may be asked for from now on."""
        fresh = {version.id: version for version in found if version.id not in self._known}
        self._unfit -= fresh.keys()
        self._known |= fresh

    async def run(self, connect: Connect) -> None:
        """Registers the house's own version, then reads what is new; until cancelled."""
        while True:
            self._news.clear()
            try:
                await self._look(connect)
                pause = LOOK_SECONDS
            except StoreDown:
                pause = AGAIN_SECONDS  # readiness says so
            await self._wait(pause)

    async def _look(self, connect: Connect) -> None:
        wanted = sorted(self._wanted)  # what is asked for meanwhile is looked for next time
        if self._own is not None:
            await asyncio.to_thread(versions.keep, connect, self._own)
        known = tuple(self._known)
        found = await asyncio.to_thread(versions.newest, connect, most=MOST_READ, but=known)
        self.learn(found)
        for version_id in wanted:
            if version_id not in self._known:
                await self._read(connect, version_id)
        for version_id in wanted:
            self.of(version_id)
        self._wanted.difference_update(wanted)

    async def _read(self, connect: Connect, version_id: str) -> None:
        try:
            self.learn([await asyncio.to_thread(versions.read, connect, version_id)])
        except StoreDown:
            raise
        except GatehouseError as wrong:
            self._cannot(version_id, wrong)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    def _ask_for(self, version_id: str) -> None:
        self._wanted.add(version_id)
        self._news.set()

    def _prepare(self, version: Version) -> Handler | None:
        try:
            made = self._make(version)
        except GatehouseError as wrong:
            self._cannot(version.id, wrong)
            return None
        self._made[version.id] = made
        while len(self._made) > MOST_KEPT:
            self._drop_oldest()
        return made

    def _drop_oldest(self) -> None:
        kept = (RULES, self._own_id)
        oldest = next(version_id for version_id in self._made if version_id not in kept)
        del self._made[oldest]

    def _cannot(self, version_id: str, wrong: GatehouseError) -> None:
        self._unfit.add(version_id)
        journal.event("version_unfit", message=str(wrong), level="ERROR", version=version_id)
