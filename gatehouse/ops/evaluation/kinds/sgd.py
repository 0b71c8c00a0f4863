"""Schema-guided dialogues about homes: joint goal accuracy, intents and requested slots."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation.report import Figure, Report, interval
from gatehouse.ops.evaluation.sgd_dialogues import (
    Predicted,
    follow,
    read_dialogues,
    read_places,
    read_service,
    with_gold,
)
from gatehouse.ops.evaluation.sgd_score import Frame, Marks, differences, mark
from gatehouse.understanding.tracking.english import English
from gatehouse.understanding.tracking.names import PlaceNames
from gatehouse.understanding.tracking.schema import Schema

TODAY = date(2019, 3, 1)  # when the dialogues take place
_TARGETS = {"acts": 0.93, "text": 0.88}
_TARGET_INTENT = _TARGET_REQUESTED = 0.97


def add_arguments(parser: ArgumentParser) -> None:
    """Options of `gatehouse evaluate understanding sgd`."""
    parser.add_argument("paths", nargs="+", type=Path, help="dialogues, .jsonl or .jsonl.gz")
    parser.add_argument("--schema", required=True, type=Path, help="the service's schema file")
    parser.add_argument(
        "--context",
        choices=sorted(_TARGETS),
        default="acts",
        help="of system turns, read the text or also their acts, calls and results",
    )
    parser.add_argument("--places", type=Path, help="names of places that the site knows")


def run(options: Mapping[str, Any]) -> Report:
    """Follows every dialogue; judges those turns whose gold is in the file."""
    schema = read_service(options["schema"])
    places = read_places(options["places"]) if options.get("places") else PlaceNames()
    english, context = English(lambda: TODAY), options["context"]
    dialogues = [
        list(follow(dialogue, schema, english=english, context=context, places=places))
        for dialogue in read_dialogues(options["paths"])
    ]
    judged = [with_gold(turns) for turns in dialogues]
    title = f"schema-guided dialogues, {schema.service}, context {context}"
    return Report(
        title=title,
        figures=tuple(figures([j for j in judged if j], schema, context)),
        errors=Counter(e for turns in judged for p in turns for e in _errors(p, schema)),
        predictions=[as_row(p) for turns in dialogues for p in turns],
    )


def figures(judged: Sequence[Sequence[Predicted]], schema: Schema, context: str) -> list[Figure]:
    """The four figures of the metric and two floors, with intervals by dialogue."""
    if not judged:
        return []
    closed = {slot.name: slot.is_closed for slot in schema.slots}
    marks = [[mark(gold, p.said, closed) for p in turns if (gold := p.gold)] for turns in judged]
    empty = [
        [mark(g, Frame({}, "", ()), closed) for p in turns if (g := p.gold)] for turns in judged
    ]
    figure = partial(_figure, marks)
    return [
        figure("joint goal accuracy", lambda m: m.joint, _TARGETS[context]),
        figure("average goal accuracy", lambda m: m.average, None),
        figure("intent accuracy", lambda m: m.intent, _TARGET_INTENT),
        figure("requested slots F1", lambda m: m.requested, _TARGET_REQUESTED),
        _figure(empty, "floor: joint goal accuracy of an empty state", lambda m: m.joint, None),
        _figure(_shuffled(judged, closed), "floor: joint, gold shuffled", lambda m: m.joint, None),
    ]


def _shuffled(
    judged: Sequence[Sequence[Predicted]], closed: Mapping[str, bool]
) -> list[list[Marks]]:
    """Each dialogue judged against the gold of another one."""
    golds = [[p.gold for p in turns if p.gold] for turns in judged]
    turned = golds[len(golds) // 2 :] + golds[: len(golds) // 2]
    return [
        [mark(gold, p.said, closed) for p, gold in zip(turns, other, strict=False)]
        for turns, other in zip(judged, turned, strict=True)
    ]


def _figure(
    marks: Sequence[Sequence[Marks]],
    name: str,
    of: Callable[[Marks], float | None],
    target: float | None,
) -> Figure:
    found = [[v for m in turns if (v := of(m)) is not None] for turns in marks]
    groups = [(sum(values), len(values)) for values in found if values]

    def mean(drawn: Sequence[tuple[float, int]]) -> float:
        return sum(s for s, _ in drawn) / max(1, sum(n for _, n in drawn))

    low, high = interval(groups, mean)
    return Figure(name, mean(groups), sum(n for _, n in groups), low, high, target)


def _errors(predicted: Predicted, schema: Schema) -> list[str]:
    if predicted.gold is None:
        return []
    closed = {slot.name: slot.is_closed for slot in schema.slots}
    return list(differences(predicted.gold, predicted.said, closed))


def as_row(predicted: Predicted) -> dict[str, Any]:
    """One line of the predictions file."""
    return {
        "dialogue_id": predicted.dialogue,
        "turn": predicted.turn,
        "state": {slot: forms[0] for slot, forms in predicted.said.state.items()},
        "intent": predicted.said.intent,
        "requested": list(predicted.said.requested),
    }
