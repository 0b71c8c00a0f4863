"""Schema-guided dialogues about homes: joint goal accuracy, intents and requested slots."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation.report import Figure, Report
from gatehouse.ops.evaluation.sgd_dialogues import (
    PARTS,
    Predicted,
    follow,
    of_part,
    read_dialogues,
    read_places,
    read_service,
    service_of,
    with_gold,
)
from gatehouse.ops.evaluation.sgd_figures import errors, figures, joint
from gatehouse.ops.evaluation.sgd_renamed import agreement, renamed, renaming
from gatehouse.understanding.tracking.english import English
from gatehouse.understanding.tracking.names import PlaceNames
from gatehouse.understanding.tracking.schema import Schema

TODAY = date(2019, 3, 1)  # when the dialogues take place
TARGETS = {"acts": 0.93, "text": 0.88}
Dialogues = Sequence[Mapping[str, Any]]


def add_arguments(parser: ArgumentParser) -> None:
    """Options of `gatehouse evaluate understanding sgd`."""
    parser.add_argument("paths", nargs="+", type=Path, help="dialogues, .jsonl or .jsonl.gz")
    parser.add_argument("--schema", required=True, type=Path, help="the service's schema file")
    parser.add_argument(
        "--context",
        choices=sorted(TARGETS),
        default="acts",
        help="of system turns, read the text or also their acts, calls and results",
    )
    parser.add_argument(
        "--part",
        choices=PARTS,
        default="all",
        help="of the dialogues: a third, by their names, is held out",
    )
    parser.add_argument("--places", type=Path, help="names of places that the site knows")
    parser.add_argument(
        "--paraphrases",
        nargs="*",
        type=Path,
        default=(),
        help="schemas of the same service in other words: measured too, names by position",
    )


def run(options: Mapping[str, Any]) -> Report:
    """Follows every dialogue; judges those turns whose gold is in the file."""
    schema = read_service(options["schema"])
    part = options.get("part", "all")
    dialogues = of_part(read_dialogues(options["paths"]), part)
    followed = _followed(dialogues, schema, options)
    judged = [turns for turns in map(with_gold, followed) if turns]
    found = list(figures(judged, schema, TARGETS[options["context"]]))
    if judged:
        found += _paraphrased(dialogues, schema, options)
    turns = sum(map(len, followed))
    return Report(
        title=_title(schema.service, options["context"], part),
        figures=(*found, Figure("user turns followed", float(turns), turns)),
        errors=Counter(kind for talk in judged for p in talk for kind in errors(p, schema)),
        predictions=[as_row(p) for talk in followed for p in talk],
    )


def _title(service: str, context: str, part: str) -> str:
    told = "" if part == "all" else f", part {part}"
    return f"schema-guided dialogues, {service}, context {context}{told}"


def _followed(
    dialogues: Dialogues, schema: Schema, options: Mapping[str, Any]
) -> list[list[Predicted]]:
    places = read_places(options["places"]) if options.get("places") else PlaceNames()
    english = English(lambda: TODAY)
    context = options["context"]
    return [
        list(follow(dialogue, schema, english=english, context=context, places=places))
        for dialogue in dialogues
    ]


def _paraphrased(
    dialogues: Dialogues, schema: Schema, options: Mapping[str, Any]
) -> Iterator[Figure]:
    """Joint goal accuracy with each paraphrase of the schema, and how many roles agree."""
    paths = options.get("paraphrases") or ()
    schemas = [read_service(path) for path in paths]
    for path, other in zip(paths, schemas, strict=True):
        names = renaming(service_of(options["schema"]), service_of(path))
        turned = [renamed(dialogue, names) for dialogue in dialogues]
        judged = [t for t in map(with_gold, _followed(turned, other, options)) if t]
        yield joint(judged, other, f"joint goal accuracy, {path.stem}", TARGETS[options["context"]])
    if schemas:
        right, total = agreement([schema, *schemas])
        yield Figure("slots and intents with the role of the original's", right / total, total)


def as_row(predicted: Predicted) -> dict[str, Any]:
    """One line of the predictions file."""
    return {
        "dialogue_id": predicted.dialogue,
        "turn": predicted.turn,
        "state": {slot: forms[0] for slot, forms in predicted.said.state.items()},
        "intent": predicted.said.intent,
        "requested": list(predicted.said.requested),
    }
