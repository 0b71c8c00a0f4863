"""The OpenFeature provider says what the house acts on, and an outside one can only restrict it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEvent, ProviderEventDetails
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import load
from gatehouse.base.errors import Misconfigured
from gatehouse.rollout.flags import Flags
from gatehouse.rollout.follower import Follower, Following
from gatehouse.rollout.hashing import bucket_of
from gatehouse.rollout.kill_file import Kill, KillFile
from gatehouse.rollout.last_known import LastKnown
from gatehouse.rollout.openfeature import AGENT, GatehouseProvider
from gatehouse.rollout.outside import OutsideFlags, outside_flags
from gatehouse.rollout.types import WHOLE, Control, Live, StoredFlag

KEY = "a key that nobody guesses, at least 32 long"
LIVE = Live("ro_01", "v-old", "v-new", 50_000, 2)


class Room:
    """What one process follows, in memory, behind the SDK's own client."""

    def __init__(self, folder: Path) -> None:
        self.clock = TurnableClock()
        self.file = KillFile(folder / "kill.json")
        LastKnown(folder, KEY).write(Control(read_at=self.clock.now().timestamp()))
        self.follower = Follower(
            "", LastKnown(folder, KEY), how=Following(60.0), clock=self.clock,
            killed=lambda: self.file.kill.versions_denied,
        )  # fmt: skip
        self.flags = Flags(
            load({}), control=lambda: self.follower.control, kill_file=self.file, clock=self.clock
        )
        self.follower.on_change(self.flags.refresh)
        self.provider = GatehouseProvider(self.follower, self.flags, newest=lambda: "v-own")

    @property
    def client(self) -> OpenFeatureClient:
        return api.get_client(domain="tested")

    def listen(self) -> list[tuple[ProviderEvent, list[str] | None]]:
        """What the provider emits from here on, in its order; the SDK tells it in threads."""
        heard: list[tuple[ProviderEvent, list[str] | None]] = []

        def note(_: Any, event: ProviderEvent, details: ProviderEventDetails) -> None:
            heard.append((event, details.flags_changed))

        self.provider.attach(note)
        return heard

    def follow(self, **control: Any) -> None:
        self.follower._replace(Control(**control))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    api.set_provider_and_wait(made.provider, domain="tested")
    yield made
    api.clear_providers()


def unit(*, inside: bool) -> EvaluationContext:
    """Somebody whose bucket lies inside, or outside of, the canary's half."""
    names = (f"conv-{n}" for n in range(100))
    return EvaluationContext(
        next(n for n in names if (bucket_of("ro_01", n) < LIVE.share) is inside)
    )


def test_flags_have_the_values_that_are_in_force(room: Room) -> None:
    room.follow(revision=3, flags={"SEARCH_CACHE_TTL": StoredFlag(60)})
    told = room.client.get_integer_details("SEARCH_CACHE_TTL", 1)
    assert (told.value, told.reason) == (60, "STATIC")
    assert told.flag_metadata["version"] == "3"
    assert room.client.get_boolean_value("USE_RE_PROMPT_DRIVEN", False) is True


def test_a_killed_flag_says_so(room: Room) -> None:
    room.file.write(Kill({"use_re_prompt_driven": False}))
    room.file.look()
    room.flags.refresh()
    told = room.client.get_boolean_details("USE_RE_PROMPT_DRIVEN", True)
    assert (told.value, told.reason) == (False, "DISABLED")


@pytest.mark.parametrize(("inside", "arm"), [(True, "canary"), (False, "stable")])
def test_a_conversation_gets_its_version_with_everything_that_explains_it(
    inside: bool, arm: str, room: Room
) -> None:
    room.follow(revision=9, live=LIVE)
    context = unit(inside=inside)
    told = room.client.get_string_details(AGENT, "none", context)
    assert (told.variant, told.reason) == (arm, "SPLIT")
    assert told.value == (LIVE.canary_version if inside else LIVE.stable_version)
    assert context.targeting_key is not None
    assert told.flag_metadata == {
        "flagSetId": "development",
        "version": "9",
        "rollout_id": "ro_01",
        "hash_version": 1,
        "bucket": bucket_of("ro_01", context.targeting_key),
        "contextId": told.flag_metadata["contextId"],
    }
    assert context.targeting_key not in str(told.flag_metadata)
    as_object = room.client.get_object_details(AGENT, {}, context)
    assert as_object.value == {"version": told.value, "arm": arm}


def test_a_pin_is_kept_and_told_as_cached(room: Room) -> None:
    room.follow(live=LIVE)
    pinned = {"pinned_arm": "canary", "pinned_version": "v-new", "pinned_rollout": "ro_01"}
    told = room.client.get_string_details(AGENT, "none", EvaluationContext("x", pinned))
    assert (told.value, told.reason, told.flag_metadata["pinned"]) == ("v-new", "CACHED", True)
    room.follow(live=None, retreats={"ro_01": "migrate_next_turn"}, stable_version="v-old")
    told = room.client.get_string_details(AGENT, "none", EvaluationContext("x", pinned))
    assert (told.value, told.reason) == ("v-old", "DISABLED")


def test_without_a_unit_the_caller_hears_why_and_gets_the_default(room: Room) -> None:
    room.follow(live=LIVE)
    told = room.client.get_string_details(AGENT, "mine")
    assert told.error_code == "TARGETING_KEY_MISSING"
    assert told.reason == "ERROR"


@pytest.mark.parametrize(
    ("flag", "code"), [("NONSENSE", "FLAG_NOT_FOUND"), ("SEARCH_CACHE_TTL", "TYPE_MISMATCH")]
)
def test_what_cannot_be_answered_gives_the_default(flag: str, code: str, room: Room) -> None:
    told = room.client.get_boolean_details(flag, True)
    assert (told.value, told.reason, told.error_code) == (True, "ERROR", code)


def test_changes_are_told_by_name(room: Room) -> None:
    heard = room.listen()
    room.follow(revision=1, flags={"SEARCH_CACHE_TTL": StoredFlag(60)})
    room.follow(revision=2, live=LIVE)
    changed = ProviderEvent.PROVIDER_CONFIGURATION_CHANGED
    assert heard == [(changed, ["SEARCH_CACHE_TTL"]), (changed, ["SEARCH_CACHE_TTL", AGENT])]


def test_the_sdk_hands_a_change_on_to_its_clients(room: Room) -> None:
    heard: Queue[list[str] | None] = Queue()
    changed = ProviderEvent.PROVIDER_CONFIGURATION_CHANGED
    room.client.add_handler(changed, lambda told: heard.put(told.flags_changed))
    room.follow(revision=1, live=LIVE)
    assert heard.get(timeout=60) == [AGENT]


def test_lost_news_are_told_and_nobody_new_gets_a_canary(room: Room) -> None:
    room.follow(live=LIVE)
    heard = room.listen()
    room.clock.turn(61)
    room.provider.look()
    told = room.client.get_string_details(AGENT, "none", unit(inside=True))
    assert (told.value, told.reason) == ("v-old", "STALE")
    room.follower._seen_at = room.clock.monotonic()
    room.provider.look()
    kinds = [event for event, _ in heard]
    assert kinds == [ProviderEvent.PROVIDER_STALE, ProviderEvent.PROVIDER_READY]


def test_many_threads_get_the_same_answers_while_everything_changes(room: Room) -> None:
    shares = (0, 20_000, WHOLE)

    def ask(number: int) -> bool:
        name = f"conv-{number % 50}"
        told = room.client.get_string_details(AGENT, "none", EvaluationContext(name))
        return told.value in (LIVE.stable_version, LIVE.canary_version)

    room.follow(live=LIVE)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(ask, n) for n in range(2000)]
        for n in range(300):
            room.follow(live=replace(LIVE, share=shares[n % 3]))
        assert all(each.result() for each in answers)


def outside(**flags: object) -> OutsideFlags:
    held: dict[str, InMemoryFlag[Any]] = {
        name: InMemoryFlag("on", {"on": value}) for name, value in flags.items()
    }
    return OutsideFlags(InMemoryProvider(held), load({}, re_prompt_canary_percent=50))


def test_an_outside_provider_is_asked_for_ceilings_alone() -> None:
    told = outside(USE_RE_PROMPT_DRIVEN=False, RE_PROMPT_CANARY_PERCENT=5, SEARCH_CACHE_TTL=0)
    assert told.ask() == {"use_re_prompt_driven": False, "re_prompt_canary_percent": 5}


def test_an_outside_value_never_permits_more(tmp_path: Path) -> None:
    asked = outside(RE_PROMPT_CANARY_PERCENT=90)
    asked.values = asked.ask()
    flags = Flags(
        load({}, re_prompt_canary_percent=50),
        control=Control,
        kill_file=KillFile(tmp_path / "kill.json"),
        outside=lambda: asked.values,
    )
    assert flags.settings.re_prompt_canary_percent == 50
    assert flags.sources()["re_prompt_canary_percent"].outside == 90


def test_a_wrong_type_from_outside_is_an_error_and_no_value() -> None:
    with pytest.raises(LookupError, match="USE_RE_PROMPT_DRIVEN"):
        outside(USE_RE_PROMPT_DRIVEN="maybe").ask()


@pytest.mark.parametrize("path", ["nonsense", "no.such:Thing", "json:Nothing", ":", "x:"])
def test_a_provider_that_is_not_there_stops_the_start_with_one_line(path: str) -> None:
    with pytest.raises(Misconfigured, match="OPENFEATURE_PROVIDER"):
        outside_flags(load({}, openfeature_provider=path))


def test_without_the_setting_there_is_none() -> None:
    assert outside_flags(load({})) is None
