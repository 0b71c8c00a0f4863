"""Measuring what is heard as out of scope, on small files of the same shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gatehouse.ops.evaluation.kinds import scope
from gatehouse.ops.evaluation.report import Report
from gatehouse.ops.evaluation.sources import EvaluationError

FOREIGN = [
    {"split": "oos_test", "text": "who invented the telescope"},
    {"split": "oos_test", "text": "how much rent does a flat cost here"},
    {"split": "oos_val", "text": "write a limerick about a penguin"},
]
SHOP = "sentence,label\nwhere is my parcel,NO_NODES_DETECTED\nhow much is the blue pillow,PRICE\n"
SGD = {
    "id": "a",
    "turns": [
        {"speaker": "USER", "utterance": "I need a flat with 2 bedrooms", "homes": {}},
        {"speaker": "USER", "utterance": "looking for a house", "homes": {"service": "Homes_9"}},
        {
            "speaker": "USER",
            "utterance": "what is the weather like",
            "homes": {"service": "Homes_9"},
            "other_services": ["Weather_9"],
        },
    ],
}
STAR = {
    "id": 7,
    "events": [
        {"agent": "User", "action": "utter", "text": "a flat with a balcony please"},
        {"agent": "Wizard", "action": "pick_suggestion", "text": "How many rooms?", "label": "ask"},
        {"agent": "User", "action": "utter", "text": "who invented the telescope?"},
        {"agent": "Wizard", "action": "pick_suggestion", "text": "Sorry", "label": "out_of_scope"},
    ],
}


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def measured(folder: Path) -> Report:
    (folder / "shop.csv").write_text(SHOP, "utf-8")
    (folder / "ours.txt").write_text("1\ta flat in Girne\n2\twho invented the telescope\n", "utf-8")
    return scope.run(
        {
            "paths": [lines(folder / "clinc.jsonl", *FOREIGN), folder / "shop.csv"],
            "in_scope": [folder / "ours.txt"],
            "sgd": [lines(folder / "sgd.jsonl", SGD), lines(folder / "star.jsonl", STAR)],
        }
    )


def test_each_set_has_its_share(tmp_path: Path) -> None:
    figures = {f.name: (f.value, f.count) for f in measured(tmp_path).figures}
    assert figures["heard as out of scope: CLINC check"] == (1.0, 1)
    assert figures["heard as out of scope: CLINC develop"] == (1.0, 1)
    assert figures["false alarms: messages of ours.txt"] == (0.5, 2)
    assert figures["false alarms: SGD Homes"][1] == 1
    assert figures["false alarms: STAR apartments"] == (0.0, 1)
    assert figures["heard as out of scope: HINT3 not answered by its bot"][1] == 1


def test_false_alarms_are_a_limit_and_recall_is_a_target(tmp_path: Path) -> None:
    reached = {f.name: f.is_reached for f in measured(tmp_path).figures}
    assert reached["heard as out of scope: CLINC check"]
    assert not reached["false alarms: messages of ours.txt"]


def test_a_prediction_says_why(tmp_path: Path) -> None:
    [row] = [p for p in measured(tmp_path).predictions if p["text"] == FOREIGN[0]["text"]][:1]
    assert row["out_of_scope"] and row["why"].startswith("out of scope")


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        ("are there houses for sale", True),
        ("who can sell my house", True),
        ("what does a realtor do with an apartment", True),
        ("what is a mortgage", True),
        ("how do i clean my house", False),
        ("where can i rent a car", False),
    ],
)
def test_questions_of_our_trade_are_sorted_out(text: str, is_ours: bool) -> None:
    assert bool(scope.OF_OUR_TRADE.search(text)) == is_ours


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "odd.jsonl", {"utterance": "hi"})
    with pytest.raises(EvaluationError, match="CLINC150"):
        scope.run({"paths": [path], "in_scope": [], "sgd": []})
