"""Floors and the sides of balconies, as home seekers wish for them."""

from __future__ import annotations

import pytest

from gatehouse.understanding.types import DialogueState, Filled, Op, Range, Slot, SlotChange
from tests.unit.understanding.notation import EAR

NO_STATE = DialogueState()


def heard(text: str, state: DialogueState = NO_STATE) -> tuple[SlotChange, ...]:
    return EAR.hear(text, state=state, language=None).changes


def floor(text: str, state: DialogueState = NO_STATE) -> tuple[float | None, float | None] | None:
    values = [c.value for c in heard(text, state) if c.slot is Slot.FLOOR]
    return (values[0].low, values[0].high) if values and isinstance(values[0], Range) else None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("a flat on the 5th floor", 5, 5),
        ("at least the third floor", 3, None),
        ("2nd floor or higher please", 2, None),
        ("it should be on floor 14 or higher", 14, None),
        ("a flat on level 6 and above", 6, None),
        ("nothing lower than the 4th floor", 4, None),
        ("not lower than the 4th floor", 4, None),
        ("not higher than the 4th floor", None, 4),
        ("below the 3rd floor", None, 3),
        ("between the 2nd and 5th floor", 2, 5),
        ("2nd to 4th floor", 2, 4),
        ("en az 2. kat daire", 2, None),
        ("3. kat veya üstü daire", 3, None),
        ("квартира не ниже 3 этажа", 3, None),
        ("хочу третий этаж или выше", 3, None),
        ("квартира на 5 поверсі", 5, 5),
    ],
)
def test_a_floor_is_heard_with_its_bounds(text: str, low: float | None, high: float | None) -> None:
    assert floor(text) == (low, high)


def test_a_bare_number_is_a_floor_where_one_was_asked_for() -> None:
    assert floor("3", DialogueState(awaiting=Slot.FLOOR)) == (3, 3)
    assert floor("3") is None


@pytest.mark.parametrize(
    "text", ["3 bedrooms please", "what floor is it on?", "not the ground floor", "the second one"]
)
def test_other_numbers_and_questions_set_no_floor(text: str) -> None:
    assert floor(text) is None


def test_the_rooms_beside_a_floor_are_rooms() -> None:
    changes = {c.slot: c.value for c in heard("3 bedrooms on the 5th floor")}
    assert changes[Slot.BEDROOMS] == Range(3, 3)
    assert changes[Slot.FLOOR] == Range(5, 5)


@pytest.mark.parametrize(
    ("text", "op", "code"),
    [
        ("a balcony facing south", Op.ADD, "facing_south"),
        ("a balcony that is not facing west", Op.REMOVE, "facing_west"),
        ("I don't want the balcony to face north", Op.REMOVE, "facing_north"),
        ("güneye bakan balkon", Op.ADD, "facing_south"),
    ],
)
def test_a_side_is_a_wish_and_the_balcony_with_it(text: str, op: Op, code: str) -> None:
    changes = [(c.slot, c.op, c.value) for c in heard(text)]
    assert (Slot.FEATURES, op, (code,)) in changes
    assert (Slot.AMENITIES, Op.ADD, ("balcony",)) in changes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("an apartment near a museum", "near_museum"),
        ("close to my office", "near_office"),
        ("müzeye yakın daire", "near_museum"),
        ("квартира рядом с парком", "near_park"),
        ("квартира біля парку", "near_park"),
    ],
)
def test_what_lies_near_is_noted_as_a_wish(text: str, code: str) -> None:
    assert (Slot.FEATURES, Op.ADD, (code,)) in [(c.slot, c.op, c.value) for c in heard(text)]


def test_a_floor_replaces_the_floor_said_before() -> None:
    state = DialogueState(slots={Slot.FLOOR: Filled(Range(2, None))})
    assert [c.op for c in heard("make it the 4th floor", state) if c.slot is Slot.FLOOR] == [Op.SET]
