"""What every cell promises, whatever it is made of."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from gatehouse.resilience.cells import Cell, Held

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def held(value: str, **facts: float) -> Held[str]:
    return Held(value, NOON, **facts)


async def test_what_was_put_is_given_back_with_its_time_and_spread(cell: Cell[str]) -> None:
    await cell.put("re:search:girne", held("Merhaba, Кирения ☀", spread=1.07), seconds=60)
    found = await cell.get("re:search:girne")
    assert found is not None
    assert (found.value, found.as_of, found.spread) == ("Merhaba, Кирения ☀", NOON, 1.07)
    assert 0 <= found.age < 30


async def test_an_age_goes_on_from_where_it_was(cell: Cell[str]) -> None:
    await cell.put("a", held("x", age=100.0), seconds=60)
    found = await cell.get("a")
    assert found is not None and 100 <= found.age < 130


async def test_an_entry_grows_older(cell: Cell[str]) -> None:
    await cell.put("a", held("x"), seconds=60)
    ages = []
    for _ in range(2):
        await asyncio.sleep(0.02)  # it is the cell's own clock that must move
        found = await cell.get("a")
        ages.append(found.age if found else -1.0)
    assert 0 < ages[0] < ages[1]


async def test_what_nobody_put_is_a_miss(cell: Cell[str]) -> None:
    assert await cell.get("a") is None


async def test_the_last_one_put_counts(cell: Cell[str]) -> None:
    await cell.put("a", held("old"), seconds=60)
    await cell.put("a", held("new"), seconds=60)
    found = await cell.get("a")
    assert found is not None and found.value == "new"
    assert await cell.keys() == ("a",)


async def test_an_entry_without_a_life_is_not_kept(cell: Cell[str]) -> None:
    await cell.put("a", held("x"), seconds=0)
    await cell.put("b", held("x"), seconds=-1)
    assert await cell.keys() == ()


async def test_an_entry_ends(cell: Cell[str]) -> None:
    await cell.put("a", held("x"), seconds=0.02)
    async with asyncio.timeout(10):
        while await cell.get("a") is not None:
            await asyncio.sleep(0.01)
    assert await cell.keys() == ()


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*", set()),
        ("re:search:*", {"re:photo:1", "odd[1]"}),
        ("re:search:girne:*", {"re:search:iskele:b", "re:photo:1", "odd[1]"}),
        ("re:search:?irne:a", {"re:search:iskele:b", "re:photo:1", "odd[1]"}),
        ("nothing", {"re:search:girne:a", "re:search:iskele:b", "re:photo:1", "odd[1]"}),
        ("odd[[]1]", {"re:search:girne:a", "re:search:iskele:b", "re:photo:1"}),
        ("re:[!s]*", {"re:search:girne:a", "re:search:iskele:b", "odd[1]"}),
    ],
)
async def test_clear_forgets_what_matches_and_counts_it(
    cell: Cell[str], pattern: str, left: set[str]
) -> None:
    keys = ("re:search:girne:a", "re:search:iskele:b", "re:photo:1", "odd[1]")
    for key in keys:
        await cell.put(key, held(key), seconds=60)
    assert await cell.clear(pattern) == len(keys) - len(left)
    assert set(await cell.keys()) == left


async def test_many_entries_are_all_listed_and_cleared(cell: Cell[str]) -> None:
    for number in range(1200):
        await cell.put(f"re:search:{number}", held("x"), seconds=60)
    assert len(await cell.keys()) == 1200
    assert await cell.clear("*") == 1200
