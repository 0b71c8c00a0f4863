"""Simulated visitors behave as people do, and tell what they saw and nothing else."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gatehouse.base.errors import BadInput
from gatehouse.ops.visitors.crowd import Crowd, Gathering, gather
from gatehouse.ops.visitors.lasting import seconds_of
from gatehouse.ops.visitors.persona import FACTS, Persona, book, drawn
from gatehouse.ops.visitors.seen import Turn, Visit
from gatehouse.ops.visitors.tally import NOBODY, by_version, lines_of, sequence, spread, tally
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.types import LANGUAGES, DialogueState, Language, Slot
from tests.unit.understanding.notation import EAR

from .house import House

MANY = 60


async def gathered(house: House, **how: object) -> Gathering:
    crowd = Crowd(**{"visitors": MANY, "at_once": 5, "streaming": 0.3, **how})  # type: ignore[arg-type]
    async with house.client() as http:
        return await gather(crowd, http=http)


def persona(language: Language, number: int = 0) -> Persona:
    return drawn(1, number, languages=(language,))


def test_the_same_seed_gives_the_same_people_in_whatever_order_they_come() -> None:
    crowd = Crowd(seed=7, visitors=1)
    assert [crowd.persona(n) for n in (3, 1, 2)] == [crowd.persona(n) for n in (3, 1, 2)]
    assert crowd.persona(3) != Crowd(seed=8, visitors=1).persona(3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_they_say_is_understood_in_their_language(language: Language) -> None:
    said = persona(language)
    for topic, slot in zip(FACTS, (Slot.LOCATION, Slot.BUDGET, Slot.RENTAL_TYPE), strict=True):
        for way in range(2):
            heard = heard_by(EAR, said.says(topic, turn=way), language)
            assert slot in heard, said.says(topic, turn=way)


def heard_by(ear: RuleEar, text: str, language: Language) -> set[Slot]:
    return {c.slot for c in ear.hear(text, state=DialogueState(), language=language).changes}


def test_every_line_is_there_in_every_language() -> None:
    for topic, ways in book()["lines"].items():
        assert set(ways) == set(LANGUAGES), topic
    for place, names in book()["places"].items():
        assert set(names) == set(LANGUAGES), place


async def test_a_visitor_answers_what_is_asked_until_homes_are_shown() -> None:
    found = await gathered(House())
    seen = {sequence(v) for v in found.visits if v.ending == "served"}
    asks = ">".join(["ASK_SLOT"] * 3)
    assert any(each.startswith(f"{asks}>SEARCH_AND_RECOMMEND") for each in seen)
    assert all(len(v.turns) <= 8 for v in found.visits)


async def test_the_same_crowd_sees_the_same_in_the_same_house() -> None:
    first, second = await gathered(House(), at_once=2), await gathered(House(), at_once=9)

    def told(found: Gathering) -> list[tuple[object, ...]]:
        return sorted((v.number, v.ending, sequence(v), v.score) for v in found.visits)

    assert told(first) == told(second)


async def test_fewer_go_on_where_no_home_is_spoken_of() -> None:
    warm = tally((await gathered(House(), visitors=160)).visits)
    cool = tally((await gathered(House(names_home=False), visitors=160)).visits)
    assert warm.interest is not None and cool.interest is not None
    assert warm.interest > cool.interest + 0.1
    assert warm.thumbs_up > cool.thumbs_up
    assert warm.thumbs_down < cool.thumbs_down


async def test_whoever_is_interested_opens_a_card_and_some_leave_a_thumb() -> None:
    house = House()
    total = tally((await gathered(house)).visits)
    assert house.beside.count("/api/telemetry/ui") == total.interested
    assert house.beside.count("/api/chat/feedback") == total.thumbs_up + total.thumbs_down


async def test_what_was_degraded_and_forgotten_is_counted_exactly() -> None:
    found = tally((await gathered(House(forgets=True))).visits)
    sane = tally((await gathered(House())).visits)
    assert found.degraded == {"llm": found.degraded_turns}
    assert found.forgetful_turns > 0
    assert sane.forgetful_turns == 0


async def test_a_message_is_sent_again_as_the_page_does_it_and_that_is_counted() -> None:
    house = House(fails=[503, 503, 200])
    found = await gathered(house, visitors=1, streaming=0)
    first = found.visits[0].turns[0]
    assert (first.status, first.retries) == (200, 2)
    assert len({h["idempotency-key"] for h in house.headers[:3]}) == 1


async def test_a_house_that_stays_shut_is_told_as_such() -> None:
    found = await gathered(House(fails=[503] * 9), visitors=1, streaming=0)
    assert found.visits[0].ending == "refused"
    assert found.visits[0].turns[-1].trouble == "problems#store-down"
    assert NOBODY in by_version(found.visits)


async def test_nobody_at_home_is_what_each_visitor_saw() -> None:
    found = await gather(Crowd("http://127.0.0.1:9", visitors=3))
    assert [visit.ending for visit in found.visits] == ["broken"] * 3
    assert tally(found.visits).troubles == {"ConnectError": 3}


async def test_headers_and_addresses_go_with_every_message() -> None:
    house = House()
    await gathered(house, visitors=3, streaming=0, headers={"x-pass": "p"}, addresses=True)
    assert {each["x-pass"] for each in house.headers} == {"p"}
    assert {each["x-forwarded-for"] for each in house.headers} <= {
        f"2001:db8:0:{n}::1" for n in range(3)
    }


async def test_a_loyal_visitor_comes_again_with_the_same_token() -> None:
    house = House()
    found = await gathered(house, visitors=4, at_once=1, is_loyal=True, streaming=0)
    assert house.opened == 4
    assert len({visit.session for visit in found.visits}) == 4
    assert {each["authorization"] for each in house.headers} == {f"Bearer {'t' * 43}"}


async def test_they_come_at_even_intervals_and_no_more_than_fit() -> None:
    found = await gathered(House(), visitors=20, per_minute=60_000, at_once=1)
    assert len(found.visits) + found.turned_away == 20


async def test_a_crowd_ends_when_it_is_told_to() -> None:
    stop = asyncio.Event()
    stop.set()
    async with House().client() as http:
        found = await gather(Crowd(seconds=600), stop=stop, http=http)
    assert found.visits == []


@pytest.mark.parametrize(
    "how", [{}, {"visitors": 1, "per_minute": 0}, {"visitors": 1, "languages": ()},
            {"visitors": 1, "at_once": 0}],
)  # fmt: skip
def test_a_crowd_that_cannot_be_is_refused(how: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Crowd(**how)  # type: ignore[arg-type]


def test_quantiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    found = spread(values)
    assert (found.p50, found.p95, found.p99, found.most) == (50, 95, 99, 100)
    assert spread([7.0]).p95 == 7.0
    assert spread([]).p95 is None


def test_a_conversation_counts_for_the_version_that_answered_first() -> None:
    mixed = Visit(0, "en", "served", (Turn(200, 1, version="a"), Turn(200, 1, version="b")))
    found = by_version([mixed])
    assert list(found) == ["a"]
    assert found["a"].mixed == 1
    assert any("mixed versions 1" in line for line in lines_of(found["a"], "a"))


@pytest.mark.parametrize(
    ("text", "seconds"), [("600", 600), ("90s", 90), ("10m", 600), ("48h", 172_800), ("1.5h", 5400)]
)
def test_times_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-3", "0", "10 minutes"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        seconds_of(text)


def test_a_reply_that_was_not_is_no_reply() -> None:
    assert not Turn(0, 1, trouble=httpx.ConnectError.__name__).is_answered
