"""exact slots of 200 messages in each language, against one gold for all of them

The messages are part of the product's source; no PATH is needed. Failures are shown of odd
numbers only: even numbers measure and are not for reading.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from gatehouse.ops.evaluation.parallel.hearing import (
    Outcome,
    complete_languages,
    default_ear,
    error_kinds,
    listen,
)
from gatehouse.ops.evaluation.parallel.messages import HALVES, messages
from gatehouse.ops.evaluation.report import Figure, Report, interval
from gatehouse.ops.evaluation.sources import EvaluationError
from gatehouse.understanding.types import Language

EXACT, RELATIVE, AGREEMENT = 0.95, 0.95, 0.97


def add_arguments(parser: ArgumentParser) -> None:
    """Which language, which half, and whether failures are shown."""
    parser.add_argument("--lang", help="only this language is judged (all are told apart)")
    parser.add_argument("--half", choices=HALVES, default="all", help="odd or even numbers only")
    parser.add_argument("--failures", action="store_true", help="show the failures of odd numbers")


def run(options: Mapping[str, Any]) -> Report:
    """The figures of every language asked for. Raises EvaluationError for an unknown one."""
    known = complete_languages()
    ear = default_ear(known)
    found = {
        language: [listen(ear, m) for m in messages(language, half=options["half"])]
        for language in chosen(known, options["lang"])
    }
    everything = [outcome for outcomes in found.values() for outcome in outcomes]
    return Report(
        f"parallel messages, {options['half']} numbers",
        tuple(figures(found)),
        error_kinds(everything),
        [o.as_line() for o in everything],
        details=tuple(failures(everything)) if options["failures"] else (),
    )


def chosen(known: Sequence[Language], wanted: str | None) -> tuple[Language, ...]:
    """The languages to judge. Raises EvaluationError where there is no lexicon."""
    found = tuple(language for language in known if wanted in (None, language))
    if not found:
        raise EvaluationError(f"there is no lexicon of {wanted!r}; there are {', '.join(known)}")
    return found


def figures(found: Mapping[Language, Sequence[Outcome]]) -> Iterator[Figure]:
    """Exact slots, agreement on the language, and the figures beside the slots."""
    shares = {language: exact_share(outcomes) for language, outcomes in found.items()}
    for language, outcomes in found.items():
        low, high = interval(outcomes, exact_share)
        yield Figure(
            f"exact slots {language}", shares[language], len(outcomes), low, high, target=EXACT
        )
    if "en" in shares and len(shares) > 1 and shares["en"]:
        worst = min(shares, key=lambda language: shares[language])
        yield Figure(
            f"worst language ({worst}) relative to en",
            shares[worst] / shares["en"],
            len(found[worst]),
            target=RELATIVE,
        )
    for language, outcomes in found.items():
        yield from _beside(language, outcomes)


def exact_share(outcomes: Sequence[Outcome]) -> float:
    """The share of messages of which just what was meant was heard."""
    return fmean(o.is_exact for o in outcomes)


def _beside(language: Language, outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    judged = {
        "language told": ([o.guessed == language for o in outcomes if o.guessed], AGREEMENT),
        "intents": ([o.intends_right for o in outcomes if o.message.meaning.intents], None),
        "asked": ([o.asks_right for o in outcomes if o.message.meaning.asked], None),
    }
    for name, (right, target) in judged.items():
        if right:
            yield Figure(f"{name} {language}", fmean(right), len(right), target=target)


def failures(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What went wrong in messages with odd numbers."""
    for outcome in outcomes:
        message = outcome.message
        told = outcome.guessed in (None, message.language)
        if message.meaning.half == "even" or (outcome.is_exact and told):
            continue
        meaning, heard = message.meaning, outcome.changes
        yield f"{message.language} {meaning.number} ({meaning.situation}): {outcome.heard.text}"
        yield from (f"    missing  {atom}" for atom in sorted(meaning.changes - heard))
        yield from (f"    extra    {atom}" for atom in sorted(heard - meaning.changes))
        if not told:
            yield f"    taken for {outcome.guessed}"
