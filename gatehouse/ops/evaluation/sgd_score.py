"""The metric of the Schema-Guided Dialogue challenge, for one service's frames.

After Rastogi et al. 2020 and the challenge's own `metrics.py`: closed slots by exact match, open
ones by the best fuzzy match over the references, a slot that is predicted but not there scores 0,
one that neither side has scores 1; joint goal accuracy is the product over all slots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

References = Mapping[str, Sequence[str]]  # slot -> surface forms, any of which is right


@dataclass(frozen=True, slots=True)
class Frame:
    """One user turn's state: what is known, wanted and asked."""

    state: References  # predictions have one form each
    intent: str
    requested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """The scores of one frame, 0..1; `average` is None where no slot is set in the gold state."""

    joint: float
    average: float | None
    intent: float
    requested: float


def mark(gold: Frame, said: Frame, closed: Mapping[str, bool]) -> Marks:
    """One frame judged; `closed` holds every slot of the service and whether it is closed."""
    scores = {s: _slot_score(gold.state, said.state, s, is_closed=c) for s, c in closed.items()}
    active = [scores[slot] for slot in closed if gold.state.get(slot)]
    return Marks(
        joint=prod(scores.values()),
        average=sum(active) / len(active) if active else None,
        intent=float(gold.intent == said.intent),
        requested=f1(gold.requested, said.requested),
    )


def _slot_score(gold: References, said: References, slot: str, *, is_closed: bool) -> float:
    references, told = gold.get(slot), said.get(slot)
    if not references:
        return 0.0 if told else 1.0
    if not told:
        return 0.0
    if is_closed:
        return float(references[0] == told[0])
    return max(likeness(reference, told[0]) for reference in references)


def likeness(reference: str, told: str) -> float:
    """How alike two surface forms are, whatever their case, signs and order of words, 0..1."""
    return round(fuzz.token_sort_ratio(reference, told, processor=default_process)) / 100


def f1(gold: Iterable[str], said: Iterable[str]) -> float:
    """F1 of two bags; two empty ones agree."""
    wanted, told = Counter(gold), Counter(said)
    both = (wanted & told).total()
    precision = both / told.total() if told else 1.0
    recall = both / wanted.total() if wanted else 1.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def differences(gold: Frame, said: Frame, closed: Mapping[str, bool]) -> Iterator[str]:
    """The kinds of errors of one frame, in words."""
    for slot, is_closed in closed.items():
        if _slot_score(gold.state, said.state, slot, is_closed=is_closed) < 1:
            kind = "wrong" if gold.state.get(slot) and said.state.get(slot) else "missing"
            yield f"{slot} {kind if gold.state.get(slot) else 'extra'}"
    if gold.intent != said.intent:
        yield f"intent {gold.intent} taken for {said.intent}"
    for slot in (Counter(gold.requested) - Counter(said.requested)).elements():
        yield f"requested {slot} missing"
    for slot in (Counter(said.requested) - Counter(gold.requested)).elements():
        yield f"requested {slot} extra"
