"""Following made-up dialogues of STAR's shape, and scoring what was understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gatehouse.ops.evaluation.kinds import star
from gatehouse.ops.evaluation.report import Report
from gatehouse.ops.evaluation.sources import EvaluationError
from gatehouse.ops.evaluation.star_dialogues import Dialogue, Event
from gatehouse.ops.evaluation.star_follow import Followed, Follower
from gatehouse.ops.evaluation.star_names import HomeNames, visitor_name

HOMES = ("Two at Harbour Apartments", "Maple Court Apartments", "Greyfield Apartments")
MONDAY = 0


def followed(*said: str, homes: tuple[str, ...] = HOMES) -> Followed:
    """Lines "U: …" of the visitor, "P: …" of ours, "F: …" found; "B" booked, "T" taken, "A" not."""
    kinds = {
        "U": "user", "P": "product", "B": "booked", "T": "taken", "A": "free", "F": "found"
    }  # fmt: skip
    events = [Event(kinds[s[0]], s[3:], MONDAY) for s in said]  # type: ignore[arg-type]
    dialogue = Dialogue("1", "u", True, tuple(events), None, None)
    return Follower(HomeNames(homes)).follow(dialogue)


def test_a_visit_is_booked_as_it_was_asked_for() -> None:
    found = followed(
        "U: I'd like to see Maple Court on Tuesday at 4 pm",
        "P: Could you give me your name, please?",
        "U: it's Osric",
        "B",
    )
    assert found.booking == {
        "Name": "Maple Court Apartments",
        "Day": "Tuesday",
        "StartTimeHour": "4 pm",
        "RenterName": "Osric",
    }


def test_the_goal_keeps_what_was_wanted_first_and_the_booking_what_was_agreed() -> None:
    found = followed(
        "U: a viewing at Greyfield on Friday at 9 am please",
        "P: I am sorry, there is nothing at 9 am. There is a slot at 11 am on Saturday.",
        "U: fine, book it",
        "B",
    )
    assert (found.goal["Day"], found.goal["StartTimeHour"]) == ("Friday", "9 am")
    assert found.booking is not None
    assert (found.booking["Day"], found.booking["StartTimeHour"]) == ("Saturday", "11 am")


def test_a_day_that_clashes_is_not_booked() -> None:
    found = followed(
        "U: Maple Court on Wednesday at 3 pm",
        "U: oh, I have an interview on Thursday, so Wednesday is perfect",
        "B",
    )
    assert found.booking is not None and found.booking["Day"] == "Wednesday"


def test_talk_of_the_weather_moves_no_visit() -> None:
    found = followed(
        "U: Maple Court on Wednesday at 3 pm",
        "U: what will the weather be like on Sunday?",
        "P: It will be sunny on Sunday.",
        "B",
    )
    assert found.booking is not None and found.booking["Day"] == "Wednesday"


def test_the_home_found_last_is_the_one_visited() -> None:
    found = followed("F: Greyfield Apartments", "U: can I see it on Monday at 2 pm?", "B")
    assert found.booking is not None and found.booking["Name"] == "Greyfield Apartments"


def test_a_number_in_a_home_s_name_is_no_hour() -> None:
    found = followed("U: a viewing at Two at Harbour Apartments", "U: on Monday", "B")
    assert found.booking == {
        "Name": "Two at Harbour Apartments",
        "Day": "Monday",
        "StartTimeHour": "9 am",  # nobody named one: the first of the day
    }


def test_a_search_goal_has_rooms_floor_price_and_balcony() -> None:
    found = followed(
        "U: I need a 3 bedroom apartment on the 5th floor or higher, near a museum",
        "P: What is your budget?",
        "U: 900 credits. And a balcony not facing north.",
    )
    assert found.goal == {
        "NumRooms": 3,
        "Level_min": 5,
        "Price_max": 900,
        "HasBalcony": True,
        "BalconySide_not": "north",
        "NearbyPOI": "museum",
    }


@pytest.mark.parametrize(
    ("text", "fee"),
    [("yes, I paid it", "Yes"), ("not yet", "No"), ("I can't remember", "unknown")],
)
def test_the_answer_about_the_fee_is_yes_no_or_unknown(text: str, fee: str) -> None:
    found = followed("U: a visit on Monday", "P: Have you paid the application fee?", f"U: {text}")
    assert found.goal["ApplicationFeePaid"] == fee


@pytest.mark.parametrize(
    ("text", "is_asked", "name"),
    [
        ("My name is Osric", False, "Osric"),
        ("Hi, this is Wilhelmina and I need a flat", False, "Wilhelmina"),
        ("Osric", True, "Osric"),
        ("sure, it is osric", True, "osric"),
        ("it's fine", True, None),
        ("I am looking for a flat", False, None),
    ],
)
def test_a_name_is_what_no_word_of_the_language_is(
    text: str, is_asked: bool, name: str | None
) -> None:
    known = {"it", "is", "fine", "looking", "sure", "my", "name", "hi", "this", "i", "am", "a"}
    assert visitor_name(text, known.__contains__, is_asked=is_asked) == name


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def row(number: int, day: str, *, booked: str) -> dict[str, Any]:
    goal = {"task": "x", "Name": HOMES[1], "Day": day, "StartTimeHour": "4 pm"}
    answer = {"APIName": "apartment_schedule", "Message": "successfully scheduled"}
    found = {"APIName": "apartment_search", "Name": HOMES[1]}
    events = [
        {"agent": "KnowledgeBase", "action": "return_item", "item": found},
        {"agent": "User", "action": "utter", "text": f"Maple Court on {day} at 4 pm, I'm Osric"},
        {"agent": "Wizard", "action": "request_suggestions", "text": "Sunday at 9 am"},
        {"agent": "Wizard", "action": "query", "parsed": {"Day": "Sunday"}},
        {"agent": "KnowledgeBase", "action": "return_item", "item": answer},
    ]
    booking = {"Name": HOMES[1], "Day": [booked], "StartTimeHour": "4 pm", "RenterName": "osric "}
    return {"id": number, "user_worker": f"w{number}", "happy": True, "events": events,
            "gold_goal": goal, "final_booking": booking}  # fmt: skip


def figures(report: Report) -> dict[str, float]:
    return {f.name: f.value for f in report.figures}


def test_gold_is_compared_but_for_case_spaces_and_lists(tmp_path: Path) -> None:
    path = write(tmp_path / "s.jsonl", row(1, "Monday", booked="Monday"))
    assert figures(star.run({"paths": [path]}))["final booking correct"] == 1.0


def test_neither_queries_nor_drafts_nor_gold_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "s.jsonl", row(1, "Monday", booked="Sunday"))
    report = star.run({"paths": [path]})
    assert report.predictions[0]["booking"]["Day"] == "Monday"
    assert figures(report)["final booking, Day"] == 0.0


def test_shuffled_gold_scores_low(tmp_path: Path) -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday")
    path = write(tmp_path / "s.jsonl", *[row(n, d, booked=d) for n, d in enumerate(days)])
    found = figures(star.run({"paths": [path]}))
    assert found["final booking correct"] == 1.0
    assert found["control: final booking, gold shuffled"] == 0.0


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no STAR dialogues"):
        star.run({"paths": [write(tmp_path / "s.jsonl", {"turns": []})]})


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        (("T", "U: any time that day works", "A", "B"), "6 pm"),
        (("T", "U: any time that day works", "T", "A", "B"), "7 pm"),
        (("T", "U: any time between 5 and 6 pm", "T", "T", "A", "B"), "6 pm"),
        (("T", "U: try an earlier time", "T", "A", "B"), "3 pm"),
        (("T", "U: then at 8 pm", "A", "B"), "8 pm"),
        (("A", "B"), "5 pm"),
    ],
)
def test_a_taken_hour_moves_on_as_far_as_the_visitor_lets_it(
    said: tuple[str, ...], hour: str
) -> None:
    found = followed("U: Maple Court on Tuesday at 5 pm", *said)
    assert found.booking is not None
    assert found.booking["StartTimeHour"] == hour


def test_a_taken_hour_stands_where_nobody_moved_it() -> None:
    found = followed("U: Maple Court on Tuesday at 5 pm", "T", "T", "B")
    assert found.booking is not None
    assert found.booking["StartTimeHour"] == "5 pm"


def test_a_slot_that_we_only_ask_about_is_not_agreed_by_another_question() -> None:
    talk = ("U: Maple Court on Tuesday at 10 pm", "P: Tuesday at 10 am?")
    left = followed(*talk, "U: Is there a lift?", "B")
    agreed = followed(*talk, "U: yes", "B")
    assert left.booking is not None and left.booking["StartTimeHour"] == "10 pm"
    assert agreed.booking is not None and agreed.booking["StartTimeHour"] == "10 am"


def test_the_visitor_tells_which_day_is_today() -> None:
    found = followed(
        "U: a viewing at Maple Court",
        "P: What day would you like?",
        "U: today or tomorrow on Sunday",
        "B",
    )
    assert found.booking is not None
    assert found.booking["Day"] == "Saturday"
