"""The figures of the schema-guided dialogues, with intervals by dialogue and floors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from gatehouse.ops.evaluation.report import Figure, interval
from gatehouse.ops.evaluation.sgd_dialogues import Predicted
from gatehouse.ops.evaluation.sgd_score import Frame, Marks, differences, mark
from gatehouse.understanding.tracking.schema import Schema

TARGET_INTENT = TARGET_REQUESTED = 0.97
_EMPTY = Frame({}, "", ())
Judged = Sequence[Sequence[Predicted]]  # turns with gold, by dialogue


def figures(judged: Judged, schema: Schema, target: float) -> Iterator[Figure]:
    """The four figures of the metric, and two that must lie at the floor; none without gold."""
    if not judged:
        return
    marks = _marks(judged, schema)
    yield _figure(marks, "joint goal accuracy", lambda m: m.joint, target)
    yield _figure(marks, "average goal accuracy", lambda m: m.average, None)
    yield _figure(marks, "intent accuracy", lambda m: m.intent, TARGET_INTENT)
    yield _figure(marks, "requested slots F1", lambda m: m.requested, TARGET_REQUESTED)
    empty = _marks(judged, schema, lambda _: _EMPTY)
    yield _figure(empty, "floor: joint goal accuracy, empty states", lambda m: m.joint, None)
    mixed = _marks(_shuffled(judged), schema)
    yield _figure(mixed, "floor: joint goal accuracy, shuffled gold", lambda m: m.joint, None)


def joint(judged: Judged, schema: Schema, name: str, target: float) -> Figure:
    """Joint goal accuracy alone."""
    return _figure(_marks(judged, schema), name, lambda m: m.joint, target)


def errors(predicted: Predicted, schema: Schema) -> list[str]:
    """The kinds of errors of one turn."""
    gold = predicted.gold
    return list(differences(gold, predicted.said, _closed(schema))) if gold else []


def _closed(schema: Schema) -> dict[str, bool]:
    return {slot.name: slot.is_closed for slot in schema.slots}


def _marks(
    judged: Judged, schema: Schema, say: Callable[[Predicted], Frame] = lambda p: p.said
) -> list[list[Marks]]:
    closed: Mapping[str, bool] = _closed(schema)
    return [[mark(p.gold, say(p), closed) for p in turns if p.gold] for turns in judged]


def _shuffled(judged: Judged) -> list[list[Predicted]]:
    """Each dialogue with the gold of another one."""
    half = len(judged) // 2
    others = [*judged[half:], *judged[:half]]
    return [
        [Predicted(p.dialogue, p.turn, p.said, q.gold) for p, q in zip(turns, other, strict=False)]
        for turns, other in zip(judged, others, strict=True)
    ]


def _figure(
    marks: Sequence[Sequence[Marks]],
    name: str,
    of: Callable[[Marks], float | None],
    target: float | None,
) -> Figure:
    found = [[value for m in turns if (value := of(m)) is not None] for turns in marks]
    groups = [(sum(values), len(values)) for values in found if values]
    low, high = interval(groups, _mean)
    return Figure(name, _mean(groups), sum(n for _, n in groups), low, high, target)


def _mean(groups: Sequence[tuple[float, int]]) -> float:
    return sum(total for total, _ in groups) / max(1, sum(n for _, n in groups))
