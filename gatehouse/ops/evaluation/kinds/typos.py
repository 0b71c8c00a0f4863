"""exact slots lost when each longer word of the parallel messages has one typing error"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from statistics import fmean
from typing import Any

from gatehouse.ops.evaluation.kinds.parallel import chosen, exact_share, failures
from gatehouse.ops.evaluation.parallel.hearing import (
    Outcome,
    complete_languages,
    default_ear,
    error_kinds,
    listen,
)
from gatehouse.ops.evaluation.parallel.messages import HALVES, Message, messages
from gatehouse.ops.evaluation.parallel.typing_errors import mistype
from gatehouse.ops.evaluation.report import Figure, Report
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.types import Language

LOST = 0.05
_DRAWS = 5
_SEED = 20260415


def add_arguments(parser: ArgumentParser) -> None:
    """Which language and half, how often, and where chance starts."""
    parser.add_argument("--lang", help="only this language is judged (all are told apart)")
    parser.add_argument("--half", choices=HALVES, default="all", help="odd or even numbers only")
    parser.add_argument("--seed", type=int, default=_SEED, help="where chance starts")
    parser.add_argument("--draws", type=int, default=_DRAWS, help="how often all is typed anew")
    parser.add_argument("--failures", action="store_true", help="show what odd numbers lost")


def run(options: Mapping[str, Any]) -> Report:
    """Shares lost, averaged over the draws. Raises EvaluationError for an unknown language."""
    known = complete_languages()
    ear = default_ear(known)
    found: dict[Language, tuple[list[Outcome], list[Outcome]]] = {}
    for language in chosen(known, options["lang"]):
        said = messages(language, half=options["half"])
        clean = [listen(ear, message) for message in said]
        found[language] = (clean, list(_mistyped(ear, said, options=options)))
    lost = [o for clean, typed in found.values() for o in _lost(clean, typed)]
    details = tuple(failures(lost)) if options["failures"] else ()
    return Report("typing errors", tuple(_figures(found)), error_kinds(lost), details=details)


def _mistyped(
    ear: RuleEar, said: Sequence[Message], *, options: Mapping[str, Any]
) -> Iterator[Outcome]:
    for draw in range(options["draws"]):
        for message in said:
            seed = f"{options['seed']}:{draw}:{message.language}:{message.meaning.number}"
            dice = Random(seed)  # noqa: S311  typing errors, no secrets
            yield listen(ear, message, text=mistype(message.text, message.language, dice))


def _lost(clean: Sequence[Outcome], typed: Sequence[Outcome]) -> Iterator[Outcome]:
    """What was heard exactly and, mistyped, no longer is."""
    exact = {outcome.message for outcome in clean if outcome.is_exact}
    return (o for o in typed if o.message in exact and not o.is_exact)


def _figures(
    found: Mapping[Language, tuple[Sequence[Outcome], Sequence[Outcome]]],
) -> Iterator[Figure]:
    shares = {lang: (exact_share(c), exact_share(t)) for lang, (c, t) in found.items()}
    count = sum(len(typed) for _, typed in found.values())
    lost = fmean(clean - typed for clean, typed in shares.values())
    yield Figure("share lost, all languages", lost, count, target=LOST, is_limit=True)
    for language, (clean, typed) in shares.items():
        count = len(found[language][1])
        yield Figure(f"share lost {language}", clean - typed, count, target=LOST, is_limit=True)
        yield Figure(f"exact slots mistyped {language}", typed, count)
