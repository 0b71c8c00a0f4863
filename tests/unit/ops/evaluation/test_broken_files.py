"""Files that are missing, broken or of something else: one plain line, whatever is wrong."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gatehouse.ops.evaluation.sources import EvaluationError, read_json, read_json_lines
from gatehouse.ops.management.commands import evaluate

SCHEMA = {"service_name": "Homes", "slots": [], "intents": []}
BROKEN = {
    "empty.jsonl": b"",
    "half_a_line.jsonl": b'{"id": \n',
    "a_list.jsonl": b"[1, 2]\n",
    "a_number.jsonl": b"3\n",
    "nested.jsonl": b"[" * 100_000,
    "a_long_number.jsonl": b'{"id": ' + b"9" * 6000 + b"}\n",
    "no_text.jsonl": b"\xff\xfe\x00\x01",
    "zeros.jsonl": b"\x00" * 100,
    "something_else.jsonl": b'{"a": 1}\n',
    "not_zipped.jsonl.gz": b"hello",
    "cut_off.jsonl.gz": gzip.compress(b'{"id": 1}\n' * 1000)[:40],
    "flipped.jsonl.gz": gzip.compress(b'{"id": 1}\n' * 1000)[:20] + b"\xff" * 40,
    "turns.jsonl": b'{"id": 1, "turns": 3, "events": 3, "text": 3, "split": 3}\n',
    "a_turn.jsonl": b'{"id": 1, "turns": [3], "events": [3]}\n',
    "a_frame.jsonl": b'{"turns": [{"homes": 5}], "events": [{"agent": 5}]}\n',
    "an_act.jsonl": b'{"turns": [{"homes": {"acts": [3]}}]}\n',
    "values_of_an_act.jsonl": b'{"turns": [{"homes": {"acts": [{"values": 3}]}}]}\n',
    "a_state.jsonl": b'{"turns": [{"homes": {"slot_values": [1]}}]}\n',
    "columns.csv": b"a,b\n1,2\n",
    "duckling_en.jsonl": b'{"dim": 3}\n',
    "price_parser_cases.jsonl": b'{"price_raw": 3}\n',
    "number_parser_en_x.csv": b"a,b\n3,x\n",
    "recognizers_english_NumberModel.json": b'[{"Input": 3}]',
    "recognizers_martian_NumberModel.json": b"[]",
}


def _fails(folder: Path, kind: str, name: str) -> str:
    schema = folder / "schema.json"
    schema.write_text(json.dumps(SCHEMA), "utf-8")
    options = ("--schema", str(schema)) if kind == "sgd" else ()
    with pytest.raises(CommandError) as trouble:
        call_command(evaluate.Command(), "understanding", kind, str(folder / name), *options)
    return str(trouble.value)


@pytest.mark.parametrize("kind", ["sgd", "star", "scope", "values"])
@pytest.mark.parametrize("name", [*BROKEN, "missing.jsonl", "."])
def test_a_broken_file_is_told_in_one_line(tmp_path: Path, kind: str, name: str) -> None:
    if name in BROKEN:
        (tmp_path / name).write_bytes(BROKEN[name])
    told = _fails(tmp_path, kind, name)
    assert told
    assert "\n" not in told


@pytest.mark.parametrize(
    "schema", ["[]", "3", "{", '{"slots": 3}', json.dumps({**SCHEMA, "slots": [3]})]
)
def test_a_broken_schema_is_told_in_one_line(tmp_path: Path, schema: str) -> None:
    talk, path = tmp_path / "talks.jsonl", tmp_path / "schema.json"
    talk.write_text('{"id": 1, "turns": []}\n', "utf-8")
    path.write_text(schema, "utf-8")
    with pytest.raises(CommandError, match=r"schema\.json"):
        call_command(evaluate.Command(), "understanding", "sgd", str(talk), "--schema", str(path))


def test_half_a_pair_of_code_units_reaches_the_predictions_as_it_came(tmp_path: Path) -> None:
    talk, schema, out = (tmp_path / name for name in ("talks.jsonl", "schema.json", "out.jsonl"))
    talk.write_text(
        '{"id": "\\ud800", "turns": [{"speaker": "USER", "utterance": "\\ud800", "homes": {}}]}\n',
        "utf-8",
    )
    schema.write_text(json.dumps(SCHEMA), "utf-8")
    options = ("--schema", str(schema), "--predictions", str(out))
    call_command(evaluate.Command(), "understanding", "sgd", str(talk), *options)
    assert next(read_json_lines(out))["dialogue_id"] == "\ud800"


def test_trouble_names_the_file_and_the_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n\n{"a": "x"}\n', "utf-8")
    with pytest.raises(EvaluationError, match=r"rows\.jsonl, line 3, has a `a` that is no number"):
        list(read_json_lines(path, {"a": int}))
    with pytest.raises(EvaluationError, match=r"rows\.jsonl is not JSON"):
        read_json(path)
