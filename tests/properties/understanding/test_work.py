"""The ear's work grows with the length of the text and no faster: calls counted, no clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tests.unit.understanding.notation import EAR, TALKING

HOSTILE = (
    "9 ", "1,", "kyrenia ", "blorfing ", "квартира ", "no ", "3 to ", "first two ", "500 pounds ",
    "+1 ", "a@", "a.a", "two hundred and ", "the one in lapta ", "not lapta or ", "'\"", "3 may ",
    "a\u0301\u0308", "from 3 to 17 may ", "havuz olmasın ", "cheaper ", "any ", "saturday at 3 ",
    "9", " ", "\n", "'", '"', "«", "\u0301", "\u064e", "\u200f", "ـ", "٥٠٠ ", "شقة ", "وبالمسبح ",
    "في كيرينيا ", "بدون ", "between girne and lapta ", "5 km of girne ", "the cheaper one ",
    "der die das ", "2-zimmer-wohnung ", "l'appartement ", "mieszkaniee ", "kwariraa ",
)  # fmt: skip
SHORT, MIDDLE, LONG = 2_000, 4_000, 8_000
ALLOWED = 1.35  # of proportional: caches and fixed costs move the ratio a little
FREE = 2_000  # calls: what is done once, at one length and not at another


def calls(text: str) -> int:
    """How many Python functions are entered while the text is heard."""
    return counted(lambda: EAR.hear(text, state=TALKING, language=None))


def counted(work: Callable[[], object]) -> int:
    """How many functions are entered by work done once before, so that caches are filled."""
    count = 0

    def tick(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    work()
    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def filled(piece: str, length: int) -> str:
    """About so many characters of whole pieces: a word cut short might mean something else."""
    return piece * (length // len(piece))


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_is_linear_in_the_length_of_the_text(piece: str) -> None:
    short, middle, long = (calls(filled(piece, n)) for n in (SHORT, MIDDLE, LONG))
    assert is_linear(short, middle, long)


def is_linear(short: int, middle: int, long: int) -> bool:
    """Does the second, twice as long stretch cost no more than twice the first?"""
    return long - middle <= 2 * max(0, middle - short) * ALLOWED + FREE


def test_the_measure_would_notice_quadratic_work() -> None:
    def quadratic(size: int) -> int:
        return sum(1 for i in range(size) for _ in range(i))

    assert not is_linear(quadratic(SHORT), quadratic(MIDDLE), quadratic(LONG))
