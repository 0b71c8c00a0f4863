"""Every measurement that a folder of data allows, one after the other, for the documents too."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation.report import Figure, Report, commonest
from gatehouse.ops.evaluation.sources import EvaluationError

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
_SCHEMA = "dialogues/schemas/Homes_1.json"
_TRAIN, _DEV = "dialogues/sgd_homes_train.jsonl.gz", "dialogues/sgd_homes_dev.jsonl"
_STAR = "dialogues/star_apartment.jsonl.gz"
_ASIDE = "    "  # begins the name of a figure that belongs to the one above


@dataclass(frozen=True, slots=True)
class Step:
    """One measurement: its kind, its files within the folder, and its other options."""

    kind: str
    files: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # those that name a file of the folder begin with "@"

    def arguments(self, folder: Path) -> list[str]:
        """As they would be typed, with the files where they are."""
        said = [str(folder / name) for name in self.files]
        return said + [str(folder / o[1:]) if o.startswith("@") else o for o in self.options]

    @property
    def command(self) -> str:
        """What a person types to see the same, inside the folder."""
        said = (*self.files, *(o.removeprefix("@") for o in self.options))
        return " ".join(("gatehouse evaluate understanding", self.kind, *said))


STEPS = (
    Step("sgd", (_DEV,), ("--schema", f"@{_SCHEMA}", "--context", "acts")),
    Step("sgd", (_DEV,), ("--schema", f"@{_SCHEMA}", "--context", "text")),
    Step("sgd", (_TRAIN,), ("--schema", f"@{_SCHEMA}", "--context", "acts")),
    Step("sgd", (_TRAIN,), ("--schema", f"@{_SCHEMA}", "--context", "text")),
    Step("star", (_STAR,)),
    Step("values", ("value_normalization",)),
    Step(
        "scope",
        ("out_of_scope/clinc150_oos.jsonl",),
        ("--sgd", f"@{_DEV}", f"@{_TRAIN}", f"@{_STAR}"),
    ),
    Step("parallel", (), ("--half", "even")),
    Step("parallel"),
    Step("typos"),
)


def add_arguments(parser: ArgumentParser) -> None:
    """Where the data lies, and which document is to hold the figures."""
    parser.add_argument("folder", type=Path, help="with dialogues/, value_normalization/ and so on")
    parser.add_argument("--write", type=Path, help=f"document whose part after {BEGIN} is renewed")


def run(options: Mapping[str, Any]) -> Report:
    """All figures, each with the command that prints it alone. Raises EvaluationError."""
    folder: Path = options["folder"]
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is no folder")
    reports = [_measured(step, folder) for step in STEPS]
    if options["write"] is not None:
        _renew(options["write"], list(_markdown(reports)))
    figures = [
        replace(figure, name=f"{step.kind}: {figure.name.strip()}")
        for step, report in zip(STEPS, reports, strict=True)
        for figure in report.figures
    ]
    return Report("everything", tuple(figures))


def _measured(step: Step, folder: Path) -> Report:
    module = import_module(f"{__package__}.{step.kind}")
    parser = ArgumentParser()
    module.add_arguments(parser)
    report: Report = module.run(vars(parser.parse_args(step.arguments(folder))))
    return report


def _renew(document: Path, lines: Sequence[str]) -> None:
    text = document.read_text("utf-8")
    if BEGIN not in text or END not in text:
        raise EvaluationError(f"{document} has no lines {BEGIN} and {END}")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text("\n".join((before + BEGIN, "", *lines, "", END)) + after, "utf-8")


def _markdown(reports: Sequence[Report]) -> Iterator[str]:
    for step, report in zip(STEPS, reports, strict=True):
        yield f"`{step.command}`"
        yield ""
        yield "| what | value | 95 % interval | of | target | reached |"
        yield "|---|---|---|---|---|---|"
        yield from (_row(figure) for figure in report.figures)
        yield ""
        if report.errors:
            kinds = ", ".join(f"{kind} {times}" for kind, times in commonest(report.errors))
            yield f"Commonest errors: {kinds}."
            yield ""


def _row(figure: Figure) -> str:
    between = f"{figure.low:.3f} – {figure.high:.3f}" if _has_interval(figure) else ""
    target, reached = "", ""
    if figure.target is not None:
        target = f"{'≤' if figure.is_limit else '≥'} {figure.target:g}"
        reached = "yes" if figure.is_reached else "**no**"
    name = figure.name.replace(_ASIDE, "· ").strip()
    value = f"{figure.value:.3f}" if figure.value <= 1 else f"{figure.value:g}"
    return f"| {name} | {value} | {between} | {figure.count} | {target} | {reached} |"


def _has_interval(figure: Figure) -> bool:
    return figure.low is not None and figure.high is not None
