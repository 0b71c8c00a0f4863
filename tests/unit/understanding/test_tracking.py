"""The tracker of dialogues: roles of a schema, rooms, days, names, wishes and questions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gatehouse.understanding.tracking.english import English
from gatehouse.understanding.tracking.home_names import home_named
from gatehouse.understanding.tracking.moves import deal_said, hear_move
from gatehouse.understanding.tracking.names import PlaceNames, place_said
from gatehouse.understanding.tracking.replies import reply_from_text
from gatehouse.understanding.tracking.rooms import rooms_said
from gatehouse.understanding.tracking.scene import Act, Scene
from gatehouse.understanding.tracking.schema import read_schema, role_of_words
from gatehouse.understanding.tracking.spoken_days import day_said
from gatehouse.understanding.tracking.tracker import Tracker

ENGLISH = English(lambda: date(2019, 3, 1))
BOTH = ("bedrooms", "bathrooms")
FLAGS = ("garage", "laundry", "furnished", "pets")
FACTS = frozenset((*FLAGS, "phone", "address", "price"))
OFFERED = Scene(has_offer=True, flags=FLAGS, facts=FACTS)
FRESH = Scene(flags=FLAGS, facts=FACTS)


def slot(name: str, description: str, *values: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "is_categorical": bool(values),
        "possible_values": list(values),
    }


def service(*slots: dict[str, Any]) -> dict[str, Any]:
    intents = [
        {"name": "LookAround", "description": "Find a flat", "is_transactional": False},
        {"name": "ComeOver", "description": "Arrange a tour", "is_transactional": True},
    ]
    return {"service_name": "Dwellings_9", "slots": list(slots), "intents": intents}


@pytest.mark.parametrize(
    ("found", "role"),
    [
        (slot("where", "Town in which the flat lies"), "area"),
        (slot("spot", "Exact street address"), "address"),
        (slot("title", "What the building is called"), "name"),
        (slot("hotline", "Telephone of the caretaker"), "phone"),
        (slot("dues", "Cost per month"), "price"),
        (slot("slot_7", "Day on which you come for a viewing"), "visit_date"),
        (slot("q1", "How many sleeping rooms", "1", "2", "3"), "bedrooms"),
        (slot("q2", "How many lavatories", "1", "2", "3"), "bathrooms"),
        (slot("q3", "Renting or buying", "rent", "buy"), "deal"),
        (slot("q4", "Somewhere to keep a car or other vehicle", "True", "False"), "garage"),
        (slot("q5", "Are there washers and dryers", "True", "False"), "laundry"),
        (slot("q6", "Comes with furniture", "True", "False"), "furnished"),
        (slot("q7", "Animals may live here", "True", "False"), "pets"),
        (slot("q8", "Has an elevator", "True", "False"), "lift"),
        (slot("q9", "Nothing that we know of", "True", "False"), None),
    ],
)
def test_a_slot_has_the_role_that_its_description_tells(
    found: dict[str, Any], role: str | None
) -> None:
    assert read_schema(service(found)).slots[0].role == role


def test_no_role_is_given_twice_and_the_better_fit_wins() -> None:
    schema = read_schema(
        service(slot("place", "Where it is located"), slot("city", "City it is located in"))
    )
    assert schema.role("city") == "area"
    assert schema.role("place") != "area"


def test_a_visit_is_the_transaction_among_the_intents() -> None:
    schema = read_schema(service(slot("city", "City")))
    assert dict(schema.intents) == {"search": "LookAround", "visit": "ComeOver"}


def test_a_name_that_the_schema_lacks_is_guessed_by_its_words() -> None:
    assert role_of_words("number_of_baths") == "bathrooms"
    assert role_of_words("xyzzy") is None


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("3 bed 2 bath", (), {"bedrooms": "3", "bathrooms": "2"}),
        ("one bed, one bath", (), {"bedrooms": "1", "bathrooms": "1"}),
        ("3br/2ba", (), {"bedrooms": "3", "bathrooms": "2"}),
        ("2 and 1", BOTH, {"bedrooms": "2", "bathrooms": "1"}),
        ("two of each", BOTH, {"bedrooms": "2", "bathrooms": "2"}),
        ("3 bedrooms and bathrooms", (), {"bedrooms": "3", "bathrooms": "3"}),
        ("3 bedrooms and 2.", (), {"bedrooms": "3", "bathrooms": "2"}),
        ("2 beds and a bath", (), {"bedrooms": "2", "bathrooms": "1"}),
        ("at least 3 bedrooms", (), {"bedrooms": "3"}),
        ("just one", ("bathrooms",), {"bathrooms": "1"}),
        ("a two bedroom place, one that is quiet", ("bedrooms",), {"bedrooms": "2"}),
        ("on the 3rd", ("bedrooms",), {}),
        ("2 weeks from now", (), {}),
    ],
)
def test_rooms_are_counted_however_they_are_said(
    text: str, asked: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert rooms_said(text, ENGLISH, asked) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can I come on the 5th?", "the 5th"),
        ("Let's say the 5th of March", "5th of March"),
        ("March 12th at noon", "March 12th"),
        ("sometime later today", "later today"),
        ("the day after tomorrow suits me", "day after tomorrow"),
        ("Thursday next week is best", "Thursday next week"),
        ("the 9th of this month", "9th of this month"),
        ("how about this Saturday", "this Saturday"),
        ("the 2nd one is nice", None),
        ("I may come back", None),
        ("3 bedrooms and 2 baths", None),
    ],
)
def test_a_day_is_kept_as_it_was_said(text: str, expected: str | None) -> None:
    assert day_said(ENGLISH.reading(text), text) == expected


@pytest.mark.parametrize(
    ("text", "is_asked", "expected"),
    [
        ("I want a flat in Oxmoor with 2 beds", False, "Oxmoor"),
        ("somewhere around Upper Fendle please", False, "Upper Fendle"),
        ("We are moving to Grimsdale", False, "Grimsdale"),
        ("the Tolworth area", False, "Tolworth"),
        ("Grimsdale. And two baths.", True, "Grimsdale"),
        ("looking for a home in west fendle that takes dogs", False, "west fendle"),
        ("Oxmoor's fine with me", True, "Oxmoor"),
        ("Somewhere around St. Fendle, 3 beds", True, "St. Fendle"),
        ("a place in rio del mar", False, "rio del mar"),
        ("hows about grimsdale?", False, "grimsdale"),
        ("i think pleasant valley would do", True, "pleasant valley"),
        ("i was thinking of port fendle", True, "port fendle"),
        ("I need it in total by May", False, None),
        ("Is there laundry in the unit?", False, None),
        ("I am interested in finding a home", False, None),
        ("Thanks, Bye", False, None),
    ],
)
def test_an_unknown_place_is_found_by_where_it_stands(
    text: str, is_asked: bool, expected: str | None
) -> None:
    assert place_said(text, ENGLISH.may_have, is_asked=is_asked) == expected


def test_places_that_are_known_need_no_position() -> None:
    assert PlaceNames(["upper fendle", "fendle"]).find("Upper Fendle, 2 beds") == "Upper Fendle"
    assert PlaceNames().find("Upper Fendle") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How about Birch Row Apartments at 9 Mill Lane? It has 2 beds.", "Birch Row Apartments"),
        ("Sure. There is a nice one called Tern House, 12 Cliff Road.", "Tern House"),
        ("I found 7 apartments. Mallow is at 12 Cliff Road.", "Mallow"),
        ("at 4 Dell Street there's the Villas At Dell Homes", "Villas At Dell Homes"),
        ("there is mallow ridge apartments at 3 high road", "mallow ridge apartments"),
        ("I found 10 apartments for you.", None),
        ("Then Quarrel Homes at 15 Mill Road, 2 bedrooms", "Quarrel Homes"),
        ("In Oxmoor there's Plum Blossom at 40 Tarn Highway", "Plum Blossom"),
        ("how about garden view at 18 mill street? 3 bedrooms", "garden view"),
    ],
)
def test_the_home_offered_is_found_in_the_text(text: str, expected: str | None) -> None:
    assert home_named(text, ENGLISH.has) == expected


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("Which city do you prefer?", {Act.ASK}),
        ("Tern House at 12 Cliff Road has 2 beds and costs $900 a month.", {Act.OFFER}),
        ("You can reach them at 555-010-2233.", {Act.TELL}),
        ("Would you like to visit it?", {Act.OFFER_VISIT}),
        ("When would you like to visit?", {Act.ASK}),
        ("Which date suits you?", {Act.ASK}),
        ("Would you like to rent or to buy?", {Act.ASK}),
        ("They have a garage but no laundry.", {Act.TELL}),
        ("Please confirm your visit to Tern House on March 4th.", {Act.CONFIRM}),
        ("Your visit has been scheduled. Anything else?", {Act.BOOKED}),
        ("I'm sorry, I was not able to schedule the visit.", {Act.FAILED}),
        ("Can I help you with anything else?", {Act.ASK_MORE}),
        ("Have a nice day!", {Act.GOODBYE}),
        ("Should I add the viewing to your calendar?", {Act.TELL}),
    ],
)
def test_a_reply_is_read_from_its_text(text: str, acts: set[Act]) -> None:
    day = day_said(ENGLISH.reading(text), text)
    assert reply_from_text(text, ENGLISH.has, day=day, needs_name=False).acts == acts


@pytest.mark.parametrize(
    ("text", "wished", "asked"),
    [
        ("Is there a garage?", set(), {"garage"}),
        ("I need a garage", {"garage"}, set()),
        ("Can you find one with a garage?", {"garage"}, set()),
        ("Are there any with in-unit laundry?", {"laundry"}, set()),
        ("Does it have in-unit laundry, and what's the number?", set(), {"laundry", "phone"}),
        ("Do they take dogs? I have one.", set(), {"pets"}),
        ("Show me another that is furnished", {"furnished"}, set()),
        ("Is it funished?", set(), {"furnished"}),
        ("I don't need a garage", set(), set()),
        ("How can I contact them?", set(), {"phone"}),
        ("How much time do I have?", set(), set()),
        ("Is it possible to get a house with in-unit laundry?", {"laundry"}, set()),
        ("I'd rather have laundry in the unit. Anything like that?", {"laundry"}, set()),
        ("I am okay with no laundry.", set(), set()),
    ],
)
def test_a_question_about_a_home_is_no_wish(text: str, wished: set[str], asked: set[str]) -> None:
    move = hear_move(text, OFFERED, ENGLISH, PlaceNames())
    assert move.wishes.keys() & set(FLAGS) == wished
    assert set(move.asked) == asked


def test_before_anything_is_offered_a_question_is_a_wish() -> None:
    move = hear_move("Is there a place with a garage?", FRESH, ENGLISH, PlaceNames())
    assert move.wishes == {"garage": "True"}
    assert move.asked == ()


@pytest.mark.parametrize(
    ("text", "deal"),
    [
        ("I want to buy a house", "buy"),
        ("Renting.", "rent"),
        ("something to buy, not rent", "buy"),
        ("What is the rent?", None),
        ("to rent or to buy, I don't know", None),
        ("homes for sale", "buy"),
        ("at least one bathroom", None),
        ("homes on the market", "buy"),
        ("houses that are being sold", "buy"),
        ("I am tired of renting, I want to buy", "buy"),
        ("How much does it cost to rent it?", None),
    ],
)
def test_renting_and_buying_are_told_apart(text: str, deal: str | None) -> None:
    assert deal_said(text) == deal


HOMES = read_schema(
    service(
        slot("city", "City of the home"),
        slot("name", "Name of the home"),
        slot("day", "Date of the visit"),
        slot("beds", "Number of bedrooms", "1", "2", "3"),
    )
)


def told(*turns: str) -> Tracker:
    """A tracker after some turns: system ones begin with "S "."""
    tracker = Tracker(HOMES, ENGLISH)
    for turn in turns:
        if turn.startswith("S "):
            tracker.hear_system_text(turn[2:])
        else:
            tracker.hear_user(turn)
    return tracker


OFFER = "S Tern House at 12 Cliff Road has 2 beds and costs $900 a month."


def test_liking_an_offer_chooses_it() -> None:
    assert told("find me a home", OFFER).hear_user("I like it").values["name"] == "Tern House"


@pytest.mark.parametrize(
    "answer", ["Anything else?", "What's the number?", "No, I don't like it.", "3 beds, please."]
)
def test_asking_refusing_and_seeking_on_choose_nothing(answer: str) -> None:
    assert "name" not in told("find me a home", OFFER).hear_user(answer).values


def test_asking_to_see_a_home_chooses_it_and_turns_to_the_visit() -> None:
    found = told("find me a home", OFFER).hear_user("Can I see it on the 4th?")
    assert (found.intent, found.values["visit_date"]) == ("visit", "the 4th")


def test_an_earlier_home_can_be_chosen_by_its_name() -> None:
    other = "S Mallow Court at 3 High Road has 2 beds and costs $950 a month."
    tracker = told("find me a home", OFFER, "anything else?", other)
    assert tracker.hear_user("I prefer Tern House").values["name"] == "Tern House"


def test_rooms_can_be_corrected_while_a_visit_is_confirmed() -> None:
    tracker = told("find me a home with 3 beds", OFFER, "Book a visit on March 4th")
    tracker.hear_system_text("Please confirm your visit to Tern House on March 4th.")
    found = tracker.hear_user("Actually, make it 2 bedrooms, on the 10th").values
    assert (found["bedrooms"], found["visit_date"]) == ("2", "the 10th")


def test_a_correction_of_the_day_wins() -> None:
    tracker = told("find me a home", OFFER, "Book a visit on March 4th")
    tracker.hear_system_text("Please confirm your visit to Tern House on March 4th.")
    assert tracker.hear_user("No, make it the 6th of March").values["visit_date"] == "6th of March"


def test_what_was_said_of_something_else_is_taken_over_unless_it_is_asked_for() -> None:
    tracker = Tracker(HOMES, ENGLISH)
    tracker.overhear("Book a table in Oxmoor")
    assert tracker.hear_user("Find me a flat there").values == {"area": "Oxmoor"}
    tracker.hear_system_text("Which city are you looking in?")
    assert tracker.hear_user("Hm, let me think").values == {}


def test_turning_down_a_visit_ends_it_and_a_parting_too() -> None:
    tracker = told("find me a home", OFFER, "I like it", "S Would you like to visit it?")
    assert tracker.hear_user("Not right now").intent == "NONE"


def test_agreeing_to_a_day_that_is_proposed_is_a_visit_on_it() -> None:
    tracker = told("find me a home", OFFER, "I like it", "S Would you like to visit on March 4th?")
    agreed = tracker.hear_user("Yes, that day is fine.")
    assert (agreed.intent, agreed.values["visit_date"]) == ("visit", "March 4th")


def test_apostrophes_may_be_left_out() -> None:
    assert told("find me a home", OFFER).hear_user("ill take it").values["name"] == "Tern House"
    tracker = told("find me a home", OFFER, "I like it", "S Shall I schedule a visit?")
    assert tracker.hear_user("i dont want to").intent == "NONE"
