"""Out of scope: how many foreign questions are heard as such, at how many false alarms."""

from __future__ import annotations

import csv
import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from gatehouse.ops.evaluation.parallel.messages import messages as parallel
from gatehouse.ops.evaluation.report import Figure, Report, interval
from gatehouse.ops.evaluation.sources import EvaluationError, checked, read_json_lines, read_text
from gatehouse.ops.evaluation.star_words import asked_in
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import LANGUAGES, DialogueState, Heard, Intent

TODAY = date(2026, 4, 15)
FEWEST_RECALLED = 0.90
MOST_FALSE_ALARMS = 0.02
_UNANSWERED = "NO_NODES_DETECTED"  # how HINT3 marks what its bots could not answer
_IN_TALK = "STAR apartments, in their talk"
_PATIENT = "CLINC check, while a viewing is arranged"
_SAID = ("utter", "pick_suggestion")
_DWELLING = r"(?:apartments?|flats?|houses?|homes?|condos?|propert(?:y|ies)|real estate|rooms?)"
_DEALING = r"(?:rent|rents|rental|renting|sale|sell|selling|buy|buying|lease|agents?|realtors?)"
# Foreign questions that are not foreign to an estate agent: a dwelling together with letting,
# selling or an agent, whichever comes first, or a mortgage.
OF_OUR_TRADE = re.compile(
    rf"\b{_DWELLING}\b.*\b{_DEALING}\b|\b{_DEALING}\b.*\b{_DWELLING}\b|\bmortgages?\b"
)


class Message(NamedTuple):
    """One message, the set it belongs to, and what is resampled together.

    `is_arranging`: a viewing was spoken of before, as the product's own state would tell.
    """

    kind: str
    group: str
    text: str
    is_arranging: bool = False


def add_arguments(parser: ArgumentParser) -> None:
    """Options of `gatehouse evaluate understanding scope`."""
    parser.add_argument("paths", nargs="+", type=Path, help="CLINC150 .jsonl and HINT3 .csv files")
    parser.add_argument(
        "--in-scope",
        nargs="*",
        type=Path,
        help="messages of home seekers, one a line (what stands before a tab is left out)",
    )
    parser.add_argument(
        "--sgd", nargs="*", type=Path, default=[], help="dialogues whose users look for homes"
    )


def run(options: Mapping[str, Any]) -> Report:
    """Hears messages as the first of a talk; STAR's also while their viewing is arranged."""
    ear = RuleEar(Gazetteer.default(), today=lambda: TODAY, timezone="Asia/Nicosia")
    foreign = [m for path in options["paths"] for m in _read_foreign(path)]
    if not foreign:
        raise EvaluationError("the files hold no foreign messages")
    ours = [*_read_ours(options.get("in_scope")), *_read_dialogues(options["sgd"])]
    heard = {m: _hear(ear, m) for m in dict.fromkeys([*foreign, *ours])}
    calls = {m: h.wants(Intent.OUT_OF_SCOPE) for m, h in heard.items()}
    return Report(
        title="out of scope, messages heard as the first of a talk unless told otherwise",
        figures=tuple(figures(foreign, ours, calls=calls.__getitem__)),
        errors=Counter(_error(m, h) for m, h in heard.items() if _is_wrong(m, calls[m])),
        predictions=[
            {"kind": m.kind, "text": m.text, "out_of_scope": calls[m], "why": h.notes[-1]}
            for m, h in heard.items()
        ],
    )


def _hear(ear: RuleEar, message: Message) -> Heard:
    state = DialogueState(viewing=("home",)) if message.is_arranging else DialogueState()
    return ear.hear(message.text, state=state, language=None)


def figures(
    foreign: Sequence[Message], ours: Sequence[Message], *, calls: Callable[[Message], bool]
) -> Iterator[Figure]:
    """Recall of each set of foreign messages and false alarms of each set of our own."""
    for kind, messages in _by_kind(foreign):
        target = FEWEST_RECALLED if kind == "CLINC check" else None
        name = f"heard as out of scope: {kind}"
        yield _share(name, messages, calls, target=target)
    alone = [m for m in ours if m.kind != _IN_TALK]  # each message counts once in the whole
    for kind, messages in [*_by_kind(ours), ("all of them", alone)]:
        name = f"false alarms: {kind}"
        yield _share(name, messages, calls, target=MOST_FALSE_ALARMS, is_limit=True)


def _by_kind(messages: Iterable[Message]) -> list[tuple[str, list[Message]]]:
    kinds: dict[str, list[Message]] = {}
    for message in messages:
        kinds.setdefault(message.kind, []).append(message)
    return list(kinds.items())


def _share(
    name: str,
    messages: Sequence[Message],
    calls: Callable[[Message], bool],
    *,
    target: float | None,
    is_limit: bool = False,
) -> Figure:
    groups: dict[str, list[bool]] = {}
    for message in messages:
        groups.setdefault(message.group, []).append(calls(message))
    counts = [(sum(found), len(found)) for found in groups.values()]

    def mean(drawn: Sequence[tuple[int, int]]) -> float:
        return sum(n for n, _ in drawn) / max(1, sum(n for _, n in drawn))

    low, high = interval(counts, mean)
    return Figure(name, mean(counts), len(messages), low, high, target, is_limit)


def _is_wrong(message: Message, is_out: bool) -> bool:
    return is_out != message.kind.startswith("CLINC") and not message.kind.startswith("HINT3")


def _error(message: Message, heard: Heard) -> str:
    """What an unnoticed foreign question was taken for; for a false alarm, where."""
    if not message.kind.startswith("CLINC"):
        return f"false alarm, {message.kind}"
    intents = ", ".join(heard.intents) or "nothing"
    return f"{message.kind}: taken for {intents}"


def _read_foreign(path: Path) -> Iterator[Message]:
    """Foreign messages of a file, without those of our trade; upstream's own parts."""
    if path.suffix == ".csv":
        rows = csv.DictReader(read_text(path).splitlines())
        if "sentence" not in (rows.fieldnames or ()):
            raise EvaluationError(f"{path} has no column `sentence`: is it HINT3?")
        for row in rows:
            is_unanswered = row.get("label") == _UNANSWERED
            kind = f"HINT3 {'not answered' if is_unanswered else 'answered'} by its bot"
            yield Message(kind, row.get("sentence") or "", row.get("sentence") or "")
        return
    for row in read_json_lines(path):
        if not {"split", "text"} <= row.keys():
            raise EvaluationError(f"{path} has no `split` and `text`: is it CLINC150?")
        checked(row, f"a row of {path}", {"split": str, "text": str})
        if not OF_OUR_TRADE.search(row["text"]):
            part = "check" if row["split"] == "oos_test" else "develop"
            yield Message(f"CLINC {part}", row["text"], row["text"])
            if part == "check":  # the price of patience: the same while a viewing is arranged
                yield Message(_PATIENT, row["text"], row["text"], is_arranging=True)


def _read_ours(paths: Sequence[Path] | None) -> Iterator[Message]:
    """The messages given, or our own set in every language, but for its foreign ones."""
    for language in LANGUAGES if paths is None else ():
        for said in parallel(language):
            if Intent.OUT_OF_SCOPE not in said.meaning.intents:
                yield Message(
                    f"own set, {language}", f"{language} {said.meaning.number}", said.text
                )
    for path in paths or ():
        for line in read_text(path).splitlines():
            text = line.rpartition("\t")[2].strip()
            if text:
                yield Message(f"messages of {path.name}", text, text)


def _read_dialogues(paths: Sequence[Path]) -> Iterator[Message]:
    """What users say of homes: turns with a Homes frame alone; STAR but for foreign talk."""
    for path in paths:
        for row in read_json_lines(path):
            if "turns" in row:
                yield from _sgd_turns(row)
            elif "events" in row and not row.get("multitask"):
                yield from _star_turns(row)


def _sgd_turns(row: Mapping[str, Any]) -> Iterator[Message]:
    for turn in row["turns"]:
        if turn["speaker"] == "USER" and turn.get("homes") and not turn.get("other_services"):
            yield Message("SGD Homes", str(row["id"]), turn["utterance"])


def _star_turns(row: Mapping[str, Any]) -> Iterator[Message]:
    """User utterances, without those that the person behind the bot called out of scope.

    Each is heard twice: by itself, and as the product would once its own words were of a viewing.
    """
    events, is_arranging = row["events"], False
    for at, event in enumerate(events):
        if event["agent"] == "Wizard" and event["action"] in _SAID:
            is_arranging = is_arranging or _is_of_viewing(event.get("text") or "")
        if event["agent"] == "User" and event["action"] == "utter":
            picked = (e for e in events[at + 1 :] if e["action"] == "pick_suggestion")
            if next((e.get("label") for e in picked), None) != "out_of_scope":
                yield Message("STAR apartments", str(row["id"]), event["text"])
                yield Message(_IN_TALK, str(row["id"]), event["text"], is_arranging)


def _is_of_viewing(text: str) -> bool:
    """Do our own words ask for what a viewing needs, or speak of one?"""
    return bool(asked_in(text) & {"name", "day", "hour", "fee"}) or "viewing" in text.casefold()
