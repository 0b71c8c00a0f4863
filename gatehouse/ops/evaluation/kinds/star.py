"""STAR's dialogues about apartments: the goal a visitor came with, and the visit booked last."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from gatehouse.ops.evaluation.report import Figure, Report, interval
from gatehouse.ops.evaluation.sources import EvaluationError
from gatehouse.ops.evaluation.star_dialogues import Dialogue, read_dialogues, stock
from gatehouse.ops.evaluation.star_follow import Followed, Follower
from gatehouse.ops.evaluation.star_names import HomeNames

LEAST_GOALS, LEAST_BOOKINGS = 0.90, 0.85
_BOOKED = ("Name", "Day", "StartTimeHour", "RenterName")
_FEE, _UNKNOWN = "ApplicationFeePaid", "unknown"
_LIKE = 80  # of 100: messages for the agency that say the same, by `token_sort_ratio`


def add_arguments(parser: ArgumentParser) -> None:
    """Options of `gatehouse evaluate understanding star`."""
    parser.add_argument("paths", nargs="+", type=Path, help="dialogues, .jsonl or .jsonl.gz")


@dataclass(frozen=True, slots=True)
class Judged:
    """A dialogue with what was understood of it."""

    dialogue: Dialogue
    found: Followed


def run(options: Mapping[str, Any]) -> Report:
    """Follows every dialogue knowing the stock, never the gold or what the wizard typed."""
    dialogues = list(read_dialogues(options["paths"]))
    if not dialogues:
        raise EvaluationError("the files hold no dialogues")
    follower = Follower(HomeNames(stock(dialogues)))
    judged = [Judged(dialogue, follower.follow(dialogue)) for dialogue in dialogues]
    return Report(
        title="STAR apartments, halves by the person who spoke",
        figures=(*_goal_figures(judged), *_booking_figures(judged)),
        errors=Counter(e for j in judged for e in (*_goal_errors(j), *_booking_errors(j))),
        predictions=[
            {"id": j.dialogue.id, "goal": dict(j.found.goal), "booking": j.found.booking}
            for j in judged
        ],
    )


def _goal_figures(judged: Sequence[Judged]) -> Iterator[Figure]:
    """F1 over slots; where a goal changes on the way (unhappy), gold is what it was at first."""
    have = [j for j in judged if j.dialogue.goal is not None]
    happy = [j for j in have if j.dialogue.is_happy]
    yield _f1("goal slots F1, happy dialogues", happy, target=LEAST_GOALS)
    for half in ("develop", "check"):
        part = [j for j in happy if j.dialogue.half == half]
        yield _f1(f"goal slots F1, happy, {half} half", part)
    yield _f1("goal slots F1, happy, a fee not known left out", happy, keeps_unknown=False)
    yield _f1("goal slots F1, unhappy", [j for j in have if not j.dialogue.is_happy])
    yield _f1("goal slots F1, happy and unhappy", have)
    searches = [j for j in have if "NumRooms" in (j.dialogue.goal or {})]
    yield _f1("goal slots F1, searches", searches)
    yield _f1("control: goal slots F1, gold shuffled", _shuffled(happy))


def _f1(
    name: str,
    judged: Sequence[Judged],
    *,
    target: float | None = None,
    keeps_unknown: bool = True,
) -> Figure:
    counts = [_counts(j, keeps_unknown=keeps_unknown) for j in judged]

    def f1(drawn: Sequence[tuple[int, int, int]]) -> float:
        right, gold, said = (sum(c[i] for c in drawn) for i in range(3))
        return 2 * right / max(1, gold + said)

    low, high = interval(counts, f1)
    return Figure(name, f1(counts), sum(c[1] for c in counts), low, high, target)


def _counts(judged: Judged, *, keeps_unknown: bool) -> tuple[int, int, int]:
    """Slots right, slots in the gold, slots found."""
    gold, found = goal_of(judged.dialogue), dict(judged.found.goal)
    if not keeps_unknown:
        gold, found = (
            {k: v for k, v in g.items() if (k, v) != (_FEE, _UNKNOWN)} for g in (gold, found)
        )
    right = sum(is_same(key, found[key], value) for key, value in gold.items() if key in found)
    return right, len(gold), len(found)


def goal_of(dialogue: Dialogue) -> dict[str, Any]:
    """The gold goal without the name of the task."""
    return {k: v for k, v in (dialogue.goal or {}).items() if k != "task"}


def is_same(key: str, found: Any, gold: Any) -> bool:
    """Equal but for case and spaces around; of several values in the gold one will do.

    Messages need only say the same, in nearly the same words.
    """
    values = gold if isinstance(gold, list) else [gold]
    if key == "Message":
        return any(fuzz.token_sort_ratio(str(found), str(v)) >= _LIKE for v in values)
    return _plain(found) in {_plain(value) for value in values}


def _plain(value: Any) -> str:
    return str(value).strip().casefold()


def _booking_figures(judged: Sequence[Judged]) -> Iterator[Figure]:
    booked = [j for j in judged if j.dialogue.booking]
    yield _share("final booking correct", booked, _is_booked, target=LEAST_BOOKINGS)
    for half in ("develop", "check"):
        part = [j for j in booked if j.dialogue.half == half]
        yield _share(f"final booking correct, {half} half", part, _is_booked)
    for key in _BOOKED:
        yield _share(f"final booking, {key}", booked, partial(_has_field, key=key))
    told = [j for j in booked if is_told(j.dialogue)]
    yield _share("final booking, where somebody told its day and hour", told, _is_booked)
    yield _share("control: final booking, gold shuffled", _shuffled(booked), _is_booked)


def _share(
    name: str,
    judged: Sequence[Judged],
    is_right: Callable[[Judged], bool],
    *,
    target: float | None = None,
) -> Figure:
    hits = [is_right(j) for j in judged]

    def mean(drawn: Sequence[bool]) -> float:
        return sum(drawn) / max(1, len(drawn))

    low, high = interval(hits, mean)
    return Figure(name, mean(hits), len(hits), low, high, target)


def _has_field(judged: Judged, *, key: str) -> bool:
    booking, found = judged.dialogue.booking or {}, judged.found.booking or {}
    return key in found and is_same(key, found[key], booking.get(key))


def _is_booked(judged: Judged) -> bool:
    return all(_has_field(judged, key=key) for key in _BOOKED)


def is_told(dialogue: Dialogue) -> bool:
    """Did anybody say the day and the hour booked? The person behind the bot need not."""
    said = " ".join(e.text for e in dialogue.events if e.speaker in ("user", "product")).casefold()
    booking = dialogue.booking or {}
    days, hours = ([*v] if isinstance(v, list) else [v] for v in _times(booking))
    has_day = any(day.casefold()[:3] in said for day in days)
    return has_day and any(re.search(_hour_pattern(hour), said) for hour in hours)


def _times(booking: Mapping[str, Any]) -> tuple[Any, Any]:
    return booking.get("Day") or [], booking.get("StartTimeHour") or []


_IN_WORDS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
             "eleven", "twelve|noon|midnight")  # fmt: skip


def _hour_pattern(hour: str) -> str:
    number = hour.partition(" ")[0]
    return rf"\b{number}\b|\b{number} ?[ap]\.?m|\b(?:{_IN_WORDS[int(number)]})\b"


def _shuffled(judged: Sequence[Judged]) -> list[Judged]:
    """Each dialogue with what was understood of another one."""
    half = len(judged) // 2
    others = [*judged[half:], *judged[:half]]
    return [Judged(j.dialogue, o.found) for j, o in zip(judged, others, strict=True)]


def _goal_errors(judged: Judged) -> Iterator[str]:
    if judged.dialogue.goal is None:
        return
    gold, found = goal_of(judged.dialogue), judged.found.goal
    mood = "happy" if judged.dialogue.is_happy else "unhappy"
    for key in {*gold, *found}:
        if key not in found:
            yield f"goal, {mood}: {key} not heard"
        elif key not in gold:
            yield f"goal, {mood}: {key} heard for nothing"
        elif not is_same(key, found[key], gold[key]):
            yield f"goal, {mood}: another {key}"


def _booking_errors(judged: Judged) -> Iterator[str]:
    if not judged.dialogue.booking or _is_booked(judged):
        return
    if not is_told(judged.dialogue):
        yield "booking: nobody told its day or hour"
        return
    for key in _BOOKED:
        if not _has_field(judged, key=key):
            yield f"booking: another {key}, or none"
