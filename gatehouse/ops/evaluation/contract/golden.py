"""The corpus as it is kept: each answer with the verdict that it must get."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from gatehouse.ops.evaluation.contract.families import all_made
from gatehouse.ops.evaluation.contract.stage import Ending, Played, play, slots_said

CORPUS = "corpus.jsonl"


@dataclass(frozen=True, slots=True)
class Item:
    """One answer, what must never be shown of it, and how its turn must end."""

    id: str
    family: str
    output: str
    never: tuple[str, ...]
    ending: Ending
    reason: str | None


def read() -> tuple[Item, ...]:
    """The corpus that is delivered."""
    text = resources.files(__package__).joinpath(CORPUS).read_text("utf-8")
    return tuple(_item(line) for line in text.splitlines() if line)


def _item(line: str) -> Item:
    parts = json.loads(line)
    return Item(**{**parts, "never": tuple(parts["never"])})


async def judged() -> tuple[Item, ...]:
    """The families with the verdicts as they fall now: for whoever adds one, to be looked at."""
    slots = await slots_said()
    items: list[Item] = []
    for number, made in enumerate(all_made(), start=1):
        played = await play(made.output, never=made.never, slots=slots)
        items.append(
            Item(
                f"c{number:03}",
                made.family,
                made.output,
                made.never,
                played.ending,
                played.verdict.reason,
            )
        )
    return tuple(items)


def write(items: Iterable[Item], path: Path) -> None:
    """One JSON line per item; letters beyond ASCII escaped, for some are halves of pairs."""
    path.write_text("".join(f"{json.dumps(asdict(item))}\n" for item in items), "ascii")


def mistakes(item: Item, played: Played) -> tuple[str, ...]:
    """What is not as the corpus says."""
    found = list(played.wrongs)
    if played.ending != item.ending:
        found.append(f"ends as {played.ending}, not {item.ending}")
    if played.verdict.reason != item.reason:
        found.append(f"is judged {played.verdict.reason}, not {item.reason}")
    return tuple(found)
