"""The contract of the model's answer: what is kept, what is mended, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.observe.labels import CONTRACT_REASONS
from gatehouse.talk.contract import Reason, as_json, parse, schema
from gatehouse.talk.dictation import Dictation
from gatehouse.talk.types import Act

GOOD: dict[str, Any] = {
    "act": "ASK_SLOT",
    "slots_delta": {"location": ["Girne"], "check_in": "2026-12-01", "amenities": ["pool"]},
    "next_needed": ["budget"],
    "notes": {"normalizations": [], "continuity_reason": "sticky", "to_domain": None},
    "speak": "Girne is lovely. What is your budget?",
}


def text(**parts: Any) -> str:
    return json.dumps({**GOOD, **parts})


def test_a_good_answer_is_accepted_as_it_is() -> None:
    verdict = parse(text())
    assert verdict.standing == "accepted"
    assert verdict.answer and verdict.answer.act is Act.ASK_SLOT
    assert verdict.answer.slots_delta.location == ("Girne",)


@pytest.mark.parametrize("form", ["```json\n{}\n```", "```\n{}```", "\ufeff{}", " \n{}\n", "```{}"])
def test_fences_and_a_byte_order_mark_are_no_fault(form: str) -> None:
    assert parse(form.replace("{}", text())).standing == "accepted"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Sure! Here it is: " + text(), "not_json"),
        ("<think>budget {?}</think>" + text(), "not_json"),
        (text().replace('"pool"]', '"pool",]'), "not_json"),
        (text(act="DANCE"), "unknown_act"),
        (text(act=7), "unknown_act"),
        (text(speak="See https://example.com"), "unsafe_text"),
        (text(speak="![home](x)"), "unsafe_text"),
        (text(speak="<b>cheap</b>"), "unsafe_text"),
        (text(speak="bold \ud800"), "unsafe_text"),
        (text(speak="a\u202eb"), "unsafe_text"),
        (text(speak="{slots}"), "unsafe_text"),
        (text(speak=" "), "missing_field"),
        (text(speak="Lovely. " * 200), "too_long"),
        (json.dumps({"act": "CLARIFY", "speak": "Hello."}), "missing_field"),
        (text()[:-12], "truncated"),
    ],
)
def test_what_code_can_mend_is_mended_and_counted(answer: str, reason: Reason) -> None:
    verdict = parse(answer)
    assert (verdict.standing, verdict.reason) == ("repaired", reason)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "empty"),
        ("```", "empty"),
        ("I cannot help with that.", "not_json"),
        ("{'act': 'ASK_SLOT'}", "not_json"),
        (text() + text(), "not_json"),
        (text()[:60], "truncated"),
        ("[]", "not_object"),
        ("7", "not_object"),
        ("{}", "missing_field"),
        (text(price=1), "unknown_key"),
        (text(slots_delta={"colour": "red"}), "unknown_key"),
        (text().replace('"act"', '"act": "CLARIFY", "act"'), "unknown_key"),
        (text(speak=["a"]), "wrong_type"),
        (text(next_needed="budget"), "wrong_type"),
        (text(slots_delta={"budget": {"amount": -5}}), "bad_value"),
        (text(slots_delta={"amenities": ["dragon"]}), "bad_value"),
        (text(slots_delta={"check_in": "tomorrow"}), "bad_value"),
        (text().replace('"sticky"', "NaN"), "bad_value"),
        (text().replace('"sticky"', "1e999"), "bad_value"),
        ("{" + '"a":{' * 9 + "}" * 10, "too_deep"),
        ("[" * 100_000, "too_long"),
    ],
)
def test_what_is_no_answer_has_a_reason(answer: str, reason: Reason) -> None:
    verdict = parse(answer)
    assert (verdict.standing, verdict.answer, verdict.reason) == ("bad", None, reason)


def test_every_reason_is_a_label() -> None:
    assert set(Reason.__args__) == set(CONTRACT_REASONS)  # type: ignore[attr-defined]


def test_an_unknown_act_asks_instead_and_says_nothing() -> None:
    answer = parse(text(act="SELL_EVERYTHING")).answer
    assert answer and answer.act is Act.ASK_SLOT
    assert answer.speak == ""
    assert answer.slots_delta.location == ("Girne",)


def test_the_schema_is_closed_and_in_the_order_of_speaking() -> None:
    told = schema()
    assert list(told["properties"]) == ["act", "slots_delta", "next_needed", "notes", "speak"]
    assert told["additionalProperties"] is False
    assert all(part.get("additionalProperties") is not True for part in told["$defs"].values())


def test_an_answer_written_out_is_accepted_again() -> None:
    answer = parse(text()).answer
    assert answer and parse(as_json(answer)).answer == answer


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_sentences_are_heard_as_soon_as_something_follows_them(size: int) -> None:
    heard, whole = Dictation(), text(speak="One is here. Two. Is three?")
    said = [s for at in range(0, len(whole), size) for s in heard.hear(whole[at : at + size])]
    assert said == ["One is here.", "Two."]
    assert heard.head and heard.head.next_needed == ("budget",)
    assert heard.text == whole


def test_a_speech_before_its_act_is_not_heard_early() -> None:
    heard = Dictation()
    assert heard.hear('{"speak":"One. Two. Three.","act":"CLARIFY"') == []
    assert heard.head is None


def test_a_place_holder_is_heard_whole() -> None:
    heard = Dictation()
    pieces = ('{"act":"CLARIFY","slots_delta":{},"speak":"Look at {ho', "me:1}. It is", ' fine. "}')
    assert [heard.hear(piece) for piece in pieces] == [[], ["Look at {home:1}."], ["It is fine."]]


def test_unsafe_speech_is_never_heard() -> None:
    heard = Dictation()
    assert heard.hear('{"act":"CLARIFY","slots_delta":{},"speak":"Go to www.x.com now. Then') == []
