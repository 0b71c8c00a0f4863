"""The schema-guided dialogues are scored as upstream does, and nothing annotated is looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gatehouse.ops.evaluation.kinds import sgd
from gatehouse.ops.evaluation.report import Report
from gatehouse.ops.evaluation.sgd_score import Frame, differences, f1, mark
from gatehouse.ops.evaluation.sources import EvaluationError
from tests.unit.ops.evaluation.sgd_talks import SERVICE, talks

CLOSED = {"area": False, "number_of_beds": True, "pets_allowed": True}


def frame(
    state: dict[str, list[str]], intent: str = "Find", requested: tuple[str, ...] = ()
) -> Frame:
    return Frame(state, intent, requested)


GOLD = frame({"area": ["New York", "NYC"], "number_of_beds": ["2"]}, "Find", ("phone",))


@pytest.mark.parametrize(
    ("state", "joint", "average"),
    [
        ({"area": ["nyc"], "number_of_beds": ["2"]}, 1.0, 1.0),
        ({"area": ["York New"], "number_of_beds": ["2"]}, 1.0, 1.0),
        ({"area": ["New Yor"], "number_of_beds": ["2"]}, 0.93, 0.965),
        ({"number_of_beds": ["2"]}, 0.0, 0.5),
        ({"area": ["NYC"], "number_of_beds": ["3"]}, 0.0, 0.5),
        ({"area": ["NYC"], "number_of_beds": ["2"], "pets_allowed": ["True"]}, 0.0, 1.0),
        ({}, 0.0, 0.0),
    ],
)
def test_slots_score_as_upstream_scores_them(
    state: dict[str, list[str]], joint: float, average: float
) -> None:
    found = mark(GOLD, frame(state), CLOSED)
    assert found.joint == pytest.approx(joint)
    assert found.average == pytest.approx(average)


def test_a_frame_without_slots_has_no_average_and_an_empty_prediction_is_right() -> None:
    found = mark(frame({}), frame({}), CLOSED)
    assert (found.joint, found.average) == (1.0, None)


@pytest.mark.parametrize(
    ("gold", "said", "expected"),
    [
        ((), (), 1.0),
        (("a",), (), 0.0),
        ((), ("a",), 0.0),
        (("a", "b"), ("a",), 2 / 3),
        (("a",), ("a", "b"), 2 / 3),
        (("a", "b"), ("b", "a"), 1.0),
    ],
)
def test_requested_slots_are_compared_as_bags(
    gold: tuple[str, ...], said: tuple[str, ...], expected: float
) -> None:
    assert f1(gold, said) == pytest.approx(expected)


def test_errors_are_named_by_slot_and_kind() -> None:
    said = frame({"area": ["Rome"], "pets_allowed": ["True"]}, "Book", ("phone", "rent"))
    assert set(differences(GOLD, said, CLOSED)) == {
        "area wrong",
        "number_of_beds missing",
        "pets_allowed extra",
        "intent Find taken for Book",
        "requested rent extra",
    }


def write(folder: Path, records: list[dict[str, Any]]) -> dict[str, Any]:
    dialogues, schema = folder / "talks.jsonl", folder / "schema.json"
    dialogues.write_text("\n".join(json.dumps(record) for record in records))
    schema.write_text(json.dumps([SERVICE]))
    return {"paths": [dialogues], "schema": schema}


def measured(folder: Path, context: str, records: list[dict[str, Any]], **more: Any) -> Report:
    return sgd.run(write(folder, records) | {"context": context, "places": None} | more)


def value(report: Report, name: str) -> float:
    return next(figure.value for figure in report.figures if figure.name == name)


@pytest.mark.parametrize("context", ["acts", "text"])
def test_another_service_with_other_places_is_followed(tmp_path: Path, context: str) -> None:
    report = measured(tmp_path, context, talks())
    assert value(report, "joint goal accuracy") >= 0.97
    assert value(report, "intent accuracy") >= 0.97
    assert value(report, "requested slots F1") >= 0.97


@pytest.mark.parametrize("context", ["acts", "text"])
def test_annotations_of_user_turns_are_never_looked_at(tmp_path: Path, context: str) -> None:
    bare = measured(tmp_path, context, talks(is_annotated=False))
    assert [figure.name for figure in bare.figures] == ["user turns followed"]
    assert bare.predictions == measured(tmp_path, context, talks()).predictions


def test_system_acts_are_not_looked_at_in_text(tmp_path: Path) -> None:
    records = talks()
    expected = measured(tmp_path, "text", records).predictions
    for turn in (turn for record in records for turn in record["turns"]):
        if turn["speaker"] == "SYSTEM":
            turn.pop("homes", None)
    assert measured(tmp_path, "text", records).predictions == expected


def test_every_user_turn_about_homes_gets_one_line(tmp_path: Path) -> None:
    records = talks()
    wanted = [
        (record["id"], at)
        for record in records
        for at, turn in enumerate(record["turns"])
        if turn["speaker"] == "USER" and "homes" in turn
    ]
    rows = measured(tmp_path, "acts", records).predictions
    assert [(row["dialogue_id"], row["turn"]) for row in rows] == wanted
    assert set(rows[0]) == {"dialogue_id", "turn", "state", "intent", "requested"}


def test_each_dialogue_is_either_held_out_or_not(tmp_path: Path) -> None:
    records = [talk | {"id": f"{at}-{talk['id']}"} for at in range(30) for talk in talks()[:1]]
    whole, rest, held = (
        {row["dialogue_id"] for row in measured(tmp_path, "acts", records, part=part).predictions}
        for part in ("all", "develop", "held-out")
    )
    assert rest | held == whole == {record["id"] for record in records}
    assert not rest & held
    assert len(records) / 6 < len(held) < len(records) / 2


def test_empty_states_and_shuffled_gold_score_at_the_floor(tmp_path: Path) -> None:
    report = measured(tmp_path, "acts", talks())
    assert value(report, "floor: joint goal accuracy, empty states") < 0.1
    assert value(report, "floor: joint goal accuracy, shuffled gold") < 0.2


def test_a_paraphrased_schema_gives_the_same_states(tmp_path: Path) -> None:
    names = ["purpose", "town", "road", "complex", "hotline", "car_port", "washers", "cost"]
    names += ["tour_day", "sleeping_rooms", "restrooms"]
    slots = [slot | {"name": name} for slot, name in zip(SERVICE["slots"], names, strict=True)]
    other = tmp_path / "other.json"
    other.write_text(json.dumps([SERVICE | {"service_name": "Homes_20", "slots": slots}]))
    report = measured(tmp_path, "acts", talks(), paraphrases=[other])
    same = value(report, "joint goal accuracy")
    assert value(report, "joint goal accuracy, other") == same
    assert value(report, "slots and intents with the role of the original's") == 1.0


@pytest.mark.parametrize("name", ["places.txt", "places.csv", "places.jsonl"])
def test_places_that_the_site_knows_are_heard_wherever_they_stand(
    tmp_path: Path, name: str
) -> None:
    places = tmp_path / name
    rows = {"txt": "odd\n", "csv": "area,rent\nOdd,1\n", "jsonl": '{"name": "Odd"}\n'}
    places.write_text(rows[name.partition(".")[2]])
    talk = {"id": "1", "turns": [{"speaker": "USER", "utterance": "odd, 2 beds", "homes": {}}]}
    known = measured(tmp_path, "text", [talk], places=places).predictions
    assert known[0]["state"] == {"area": "odd", "number_of_beds": "2"}
    unknown = measured(tmp_path, "text", [talk]).predictions
    assert unknown[0]["state"] == {"number_of_beds": "2"}


def test_what_is_no_schema_is_refused_with_its_name(tmp_path: Path) -> None:
    options = write(tmp_path, talks()) | {"context": "acts"}
    options["schema"].write_text("[]")
    with pytest.raises(EvaluationError, match=r"schema\.json"):
        sgd.run(options)
