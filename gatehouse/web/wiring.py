"""The one place that chooses implementations and puts the house together."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from gatehouse.base.clock import SystemClock
from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.listings.guarded import SERVICE, GuardedCatalogue
from gatehouse.listings.stock_places import StockPlaces
from gatehouse.listings.store import SqlCatalogue
from gatehouse.listings.types import Catalogue
from gatehouse.llm.assembly import Voice, assemble, named
from gatehouse.llm.budget import Limits, MemoryBudget, SqlBudget
from gatehouse.llm.checking import Finding, check
from gatehouse.llm.spans import NoSpans, spans_of
from gatehouse.observe import journal, stdlib_logging
from gatehouse.observe.access import OpsAccess
from gatehouse.observe.parts import Agents
from gatehouse.observe.probes import PoolWaits, Turn, Watch
from gatehouse.observe.pulse import DatabasePulse
from gatehouse.observe.report import Report
from gatehouse.observe.traffic import TrafficRing
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.bulkhead import Bulkhead
from gatehouse.resilience.overrides import Overrides
from gatehouse.resilience.rules import CONTRACT
from gatehouse.resilience.seats import Admission
from gatehouse.rollout.breaker_turns import BreakerTurns
from gatehouse.rollout.compliance import Compliance
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.types import RULES, WHOLE, Control
from gatehouse.rollout.versions import Version
from gatehouse.talk.failpoints import is_mutant
from gatehouse.talk.guarding import GuardedHandler
from gatehouse.talk.moderating import SecondOpinion
from gatehouse.talk.past import Past, SqlPast
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.turn import TurnService
from gatehouse.talk.types import Handler, Market, Tools
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.web.agents import Handlers
from gatehouse.web.choosing import Chooser, Few, ceiling_of, effective_percent, version_of
from gatehouse.web.keeping import Keeping, keep
from gatehouse.web.own_version import own_version, settings_for
from gatehouse.web.standing import parts
from gatehouse.web.steering import Steering, steer
from gatehouse.web.tending import Work, tended
from gatehouse.web.tuning import Tuning, pool_limits, search_places, search_rules
from gatehouse.web.watching import watching
from gatehouse.web.workshop import Workshop


@dataclass(frozen=True, slots=True)
class House:
    """Everything that one process serves with."""

    settings: Settings
    database: Database
    gazetteer: Gazetteer
    stock: SqlCatalogue
    catalogue: Catalogue
    breakers: Breakers
    breaker_turns: BreakerTurns
    turns: TurnService
    report: Report
    access: OpsAccess
    watch: Watch
    pulse: DatabasePulse
    admission: Admission
    voice: Voice | None  # the models, where LLM_MODEL names one
    keeping: Keeping
    steering: Steering
    handlers: Handlers
    watching: dict[str, Work]  # the controller of rollouts, and notices
    versions: Connect  # where they are kept

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Opens the pools and starts the background work; undoes both, turns first.

        Each part is closed whatever becomes of the others.
        """
        async with AsyncExitStack() as closing:
            closing.push_async_callback(self.database.close)
            closing.push_async_callback(self.pulse.close)
            closing.push_async_callback(self.keeping.close)
            if self.voice:
                closing.push_async_callback(self.voice.close)
            await self.database.open()
            await self.steering.start()
            if self.steering.follower.control.source == "database":  # else it is away
                await self.handlers.start(self.versions)
            await closing.enter_async_context(tended(self._background()))
            closing.push_async_callback(self.turns.stop)
            await self.turns.start()
            yield

    def _background(self) -> dict[str, Work]:
        overrides = Overrides(self.settings.gatehouse_data)
        own: dict[str, Work] = {
            "watch": self.watch.run,
            "places": StockPlaces(self.stock, self.gazetteer).run,
            "breakers": lambda: self.breakers.run(lambda: overrides.follow(self.breakers)),
            "admission": self.admission.run,
            "versions": lambda: self.handlers.run(self.versions),
        }
        own["breaker turns"] = self.breaker_turns.run
        return own | self.keeping.background | self.steering.background | self.watching


def build(settings: Settings) -> House:
    """The house as the settings want it. Opens nothing yet."""
    journal.configure(settings)
    stdlib_logging.capture()
    clock = SystemClock()
    url = os.environ.get("GATEHOUSE_DATABASE_URL") or settings.postgres_url
    waits = PoolWaits()
    database = open_database(url, settings, waits=waits)
    gazetteer = Gazetteer.default()
    breakers = fuse_box(settings)
    stock = SqlCatalogue(database, timeout_ms=settings.re_search_timeout_ms)
    fused = guarded(stock, breakers, settings)
    steering = steer(settings, url)
    breaker_turns = BreakerTurns(connecting(url), steering.follower.name, clock)
    breakers.heard_by(breaker_turns.heard)
    keeping = keep(stock, fused, url=url, settings=settings, breakers=breakers)
    catalogue = keeping.catalogue
    voice = voice_of(settings, database, breakers)
    pulse = DatabasePulse(url, clock)
    traffic = TrafficRing.of_instance(clock)
    opinion = opinion_of(voice, breakers)
    handlers = handlers_of(
        voice,
        database,
        breakers,
        settings=settings,
        second_opinion=opinion,
        in_force=lambda: steering.flags.settings,
    )
    steering.follower.on_change(handlers.follow)
    turns = turn_service(
        database,
        catalogue,
        gazetteer=gazetteer,
        settings=settings,
        second_opinion=opinion,
        steering=steering,
        handlers=handlers,
    )
    admission = Admission.of(settings.most_in_flight, sheds=not is_mutant("no_shedding"))
    steering.flags.on_change(
        Tuning(database, stock, fused, catalogue, breakers, admission, turns, voice)
    )
    return House(
        settings=settings,
        database=database,
        gazetteer=gazetteer,
        stock=stock,
        catalogue=catalogue,
        breakers=breakers,
        breaker_turns=breaker_turns,
        turns=turns,
        report=Report(
            settings,
            pulse,
            traffic,
            clock,
            parts=lambda: parts(
                breakers, llm=voice.health if voice else "disabled", redis=keeping.redis
            ),
            agents=lambda: agents(handlers, steering),
            compliance=Compliance(connecting(url), settings.slo_profile).told,
            in_force=lambda: steering.flags.settings,
            sources=lambda: {n: asdict(each) for n, each in steering.flags.sources().items()},
        ),
        access=OpsAccess.of(settings),
        watch=Watch(
            clock,
            pulse,
            database,
            traffic,
            Turn(metrics_folder()),
            waits,
            data=settings.gatehouse_data,
        ),
        pulse=pulse,
        admission=admission,
        voice=voice,
        keeping=keeping,
        steering=steering,
        handlers=handlers,
        versions=connecting(url),
        watching=watching(settings, url, steering),
    )


def voice_of(settings: Settings, database: Database, breakers: Breakers) -> Voice | None:
    """The models, or None without LLM_MODEL: then their libraries are not even loaded."""
    if not named(settings):
        return None
    from gatehouse.llm.client import Connections

    return assemble(
        settings,
        Connections(),
        breakers=breakers,
        budget=SqlBudget(database, Limits.of(settings)),
        spans=spans_of(settings),
    )


@asynccontextmanager
async def on_trial(version: Version, settings: Settings, past: Past) -> AsyncIterator[Handler]:
    """A version's handler outside of any house, with its own model and no budget.

    Raises Misconfigured, BadInput where it cannot run here.
    """
    from gatehouse.llm.client import Connections

    own, breakers = settings_for(version.bundle, settings), fuse_box(settings)
    free = MemoryBudget(Limits(10**9))
    voice = assemble(own, Connections(), breakers=breakers, budget=free, spans=NoSpans())
    try:
        yield Workshop(own, voice, breakers, past).make(version)
    finally:
        await voice.close()


def opinion_of(voice: Voice | None, breakers: Breakers) -> SecondOpinion | None:
    """The provider's moderation beside our own lists, if one is set."""
    if voice is None or voice.moderator is None:
        return None
    return SecondOpinion(voice.moderator, breakers.of("moderation"))


async def check_models(settings: Settings) -> list[Finding]:
    """One small request to each configured model."""
    if not named(settings):
        return []
    from gatehouse.llm.client import Connections

    return await check(settings, Connections())


def fuse_box(settings: Settings) -> Breakers:
    """One breaker a dependency, as the settings want them."""
    return Breakers({SERVICE: search_rules(settings), "llm_contract": CONTRACT})


def guarded(stock: Catalogue, breakers: Breakers, settings: Settings) -> GuardedCatalogue:
    """The catalogue behind its fuse."""
    return GuardedCatalogue(
        stock,
        breakers.of(SERVICE),
        bulkhead=Bulkhead("search", search_places(settings)),
        timeout_ms=settings.re_search_timeout_ms,
    )


def metrics_folder() -> Path | None:
    """Where the processes of this instance meet; None when there is only one."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(folder) if folder else None


def open_database(url: str, settings: Settings, *, waits: PoolWaits) -> Database:
    """The lane's two pools, bounded as the settings say."""
    chat, search = pool_limits(settings)
    return Database(url, chat=chat, search=search, on_wait=waits.on_wait)


def handlers_of(
    voice: Voice | None,
    database: Database,
    breakers: Breakers,
    *,
    settings: Settings,
    second_opinion: SecondOpinion | None = None,
    in_force: Callable[[], Settings] | None = None,
) -> Handlers:
    """The handlers of all versions: the house's own, where a model is configured, the rules', and
    those that are stored."""
    guard = partial(
        GuardedHandler, agency=settings.agency_name.strip(), second_opinion=second_opinion
    )
    workshop = Workshop(settings, voice, breakers, SqlPast(database), guard, in_force)
    own = own_version(settings) if voice else None
    return Handlers(workshop.make, own=own, on_drop=breakers.retire)


def agents(handlers: Handlers, steering: Steering) -> Agents:
    """Who answers, as health and version tell it."""
    control, ceiling = (
        steering.follower.control,
        ceiling_of(steering.flags.settings, newest=handlers.newest),
    )
    live = control.live
    percent = effective_percent(ceiling)
    if live is not None:
        share = min(live.share * 100 // WHOLE, percent)
        return Agents(live.stable_version, live.canary_version, share)
    if control.stable_version is not None:
        is_rules = control.stable_version == RULES
        return Agents(control.stable_version, percent=0 if is_rules else percent)
    return Agents(canary=ceiling.newest, percent=percent)


def chooser_of(
    rules: Handler,
    prompted: Handler | None,
    settings: Settings,
    *,
    steering: Steering | None = None,
    handlers: Handlers | None = None,
) -> Chooser:
    """Who answers: as the control room wants it, within what is permitted now. Without steering
    the settings' share of new talks by `prompted`, the rest by the rules."""
    if steering is None or handlers is None:
        newest = version_of(prompted) if prompted else None
        few = Few({RULES: rules} | ({newest: prompted} if prompted and newest else {}))
        control, ceiling = Control(), ceiling_of(settings, newest=newest)
        return Chooser(lambda: control, lambda: ceiling, few)
    follower, flags = steering.follower, steering.flags
    return Chooser(
        lambda: follower.control,
        lambda: ceiling_of(flags.settings, newest=handlers.newest),
        handlers,
        lambda: follower.is_stale,
    )


def turn_service(
    database: Database,
    catalogue: Catalogue,
    *,
    gazetteer: Gazetteer,
    settings: Settings,
    prompted: Handler | None = None,
    second_opinion: SecondOpinion | None = None,
    steering: Steering | None = None,
    handlers: Handlers | None = None,
) -> TurnService:
    """The conversation: as the control room wants it by `handlers`; without them a share by
    `prompted`, the rest by the rules."""
    zone = ZoneInfo(settings.market_timezone)
    ear = RuleEar(
        gazetteer, today=lambda: datetime.now(zone).date(), timezone=settings.market_timezone
    )
    guard = partial(
        GuardedHandler, agency=settings.agency_name.strip(), second_opinion=second_opinion
    )
    choose = chooser_of(
        guard(RulesHandler()),
        guard(prompted) if prompted else None,
        settings,
        steering=steering,
        handlers=handlers,
    )
    tools = Tools(
        catalogue=catalogue,
        ear=ear,
        market=Market(
            currency=settings.market_currency,
            default_language=settings.default_language,
            timezone=settings.market_timezone,
        ),
        cards_on=settings.enable_re_recommend_card,
        suggested_actions_on=settings.feature_suggested_actions,
    )
    turns = TurnService(database, choose, tools, settings=settings)

    def stop_what_must(_: Control | Settings) -> None:
        turns.rethink(choose.must_stop)

    if steering is not None:
        steering.follower.on_change(stop_what_must)
        steering.flags.on_change(stop_what_must)
    return turns
