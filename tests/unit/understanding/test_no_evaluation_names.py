"""The search for names of the evaluation data in the code finds one that is planted.

The data is not in the repository; `gatehouse evaluate understanding names PATH …` searches the
code for its names where it is at hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gatehouse.ops.evaluation.kinds import names
from gatehouse.ops.evaluation.report import Report
from gatehouse.ops.evaluation.sources import EvaluationError

TALK = {
    "id": "1",
    "turns": [
        {
            "speaker": "SYSTEM",
            "utterance": "There is Brindlewick Apartments at 12 Quarrel Street in Oxmoor.",
            "homes": {
                "acts": [{"act": "OFFER", "slot": "property_name", "values": ["Brindlewick Park"]}],
                "service_call": {"method": "Find", "parameters": {"area": "Oxmoor"}},
                "service_results": [{"address": "12 Quarrel Street", "phone_number": "555-0107"}],
            },
        },
        {"speaker": "USER", "homes": {"slot_values": {"area": ["Oxmoor", "old town"]}}},
    ],
}
VISIT = {"parsed": {"RenterName": {"op": "eq", "value": "Ulfrida"}}, "Name": "City Walk Homes"}
ORDINARY = "apartments park street city walk homes town # streets\n"


def searched(folder: Path, **files: str) -> Report:
    """The report on a folder of code with these files; dots of their names as underscores."""
    data, ordinary, code = folder / "talks.jsonl", folder / "ordinary.txt", folder / "code"
    data.write_text("\n".join(json.dumps(row) for row in (TALK, VISIT)))
    ordinary.write_text(ORDINARY)
    for name, text in files.items():
        path = code / "inner" / name.replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return names.run({"paths": [data], "code": code, "ordinary": ordinary})


def found(report: Report) -> list[tuple[Any, Any]]:
    return [(row["word"], row["kind"]) for row in report.predictions]


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ('CITIES = ("oxmoor",)', "oxmoor", "city"),
        ("# as in Brindlewick's garden", "brindlewick", "home"),
        ("x = 'QUARREL'", "quarrel", "street"),
        ("call 555-0107", "555-0107", "phone"),
        ("hello Ulfrida", "ulfrida", "person"),
        ("like City Walk Homes, all ordinary words", "city walk homes", "home"),
        ('["old town"]', "old town", "city"),
    ],
)
def test_a_planted_name_is_found(tmp_path: Path, text: str, word: str, kind: str) -> None:
    assert (word, kind) in found(searched(tmp_path, ear_py=text))


def test_ordinary_words_and_parts_of_words_are_no_names(tmp_path: Path) -> None:
    report = searched(tmp_path, ear_py="city homes walk street oxmoors", words_json='["park"]')
    assert found(report) == []
    assert all(figure.is_reached for figure in report.figures)


def test_a_find_misses_the_target_and_tells_the_file(tmp_path: Path) -> None:
    report = searched(tmp_path, lexicon_json='{"place": ["Oxmoor"]}')
    assert not all(figure.is_reached for figure in report.figures)
    assert list(report.errors) == ["oxmoor (of the city Oxmoor) in inner/lexicon.json"]


def test_data_without_names_proves_nothing(tmp_path: Path) -> None:
    data = tmp_path / "empty.jsonl"
    data.write_text('{"turns": []}\n')
    with pytest.raises(EvaluationError, match="no names"):
        names.run({"paths": [data], "code": tmp_path, "ordinary": names.ORDINARY})
