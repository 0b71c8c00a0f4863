"""The gazetteer: names, cases, slips, and what it must not take for a place."""

from __future__ import annotations

import pytest

from gatehouse.understanding.places import Gazetteer, Place
from gatehouse.understanding.types import LANGUAGES

GAZETTEER = Gazetteer.default()


def _place(key: str, names: dict[str, str]) -> Place:
    return Place(key, "city", 50.0, 20.0, names)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kyrenia", "girne"),
        ("KYRENIA", "girne"),
        ("Girne’ye", "girne"),
        ("girnedeki", "girne"),
        ("Кіренії", "girne"),
        ("Nicosia", "lefkosa"),
        ("Lefkoşa'da", "lefkosa"),
        ("Нікосія", "lefkosa"),
        ("Famagusta", "gazimagusa"),
        ("mağusaya", "gazimagusa"),
        ("Фамагусте", "gazimagusa"),
        ("Trikomo", "iskele"),
        ("Morphou", "guzelyurt"),
        ("Lapithos", "girne/lapta"),
        ("лапте", "girne/lapta"),
        ("Karavas", "girne/alsancak"),
        ("Alsancağa", "girne/alsancak"),
        ("Trimithi", "girne/edremit"),
        ("long beach", "iskele/long-beach"),
        ("Лонг-Биче", "iskele/long-beach"),
        ("the harbour", "girne/liman"),
        ("the university", "gazimagusa/emu"),
        ("old town", "gazimagusa/surici"),
    ],
)
def test_a_name_in_any_language_or_case_finds_its_place(name: str, key: str) -> None:
    assert GAZETTEER.resolve(name) == key


@pytest.mark.parametrize(
    ("slip", "key"),
    [("Kyrena", "girne"), ("Famgusta", "gazimagusa"), ("Nicosai", "lefkosa"), ("Кирнеия", "girne"),
     ("Фамагуте", "gazimagusa"), ("Alsncak", "girne/alsancak")],
)  # fmt: skip
def test_one_slip_is_forgiven_but_can_be_refused(slip: str, key: str) -> None:
    assert GAZETTEER.resolve(slip) == key
    assert GAZETTEER.resolve(slip, slips=False) is None


@pytest.mark.parametrize("word", ["", "house", "villa", "London", "Лондон", "in", "x" * 5000, "'"])
def test_other_words_are_no_places(word: str) -> None:
    assert GAZETTEER.resolve(word) is None


def test_every_place_has_names_and_lies_on_the_island() -> None:
    assert len(GAZETTEER) >= 40
    for place in GAZETTEER:
        assert 34.9 < place.latitude < 35.8
        assert 32.6 < place.longitude < 34.7
        for language in LANGUAGES:
            assert GAZETTEER.resolve(GAZETTEER.display(place.key, language)) is not None


def test_districts_belong_to_a_known_city_and_lie_near_it() -> None:
    for place in GAZETTEER:
        city = GAZETTEER.place(place.city)
        assert city.kind == "city"
        assert abs(city.latitude - place.latitude) < 0.35
        assert abs(city.longitude - place.longitude) < 0.55
    assert all(p.key.startswith("girne/") for p in GAZETTEER.children("girne"))
    assert "girne/liman" not in {p.key for p in GAZETTEER.children("girne")}


def test_names_are_those_that_visitors_use() -> None:
    assert GAZETTEER.display("girne", "en") == "Kyrenia"
    assert GAZETTEER.display("girne", "uk") == "Кіренія"
    assert GAZETTEER.display("atlantis", "en") == "atlantis"


ELSEWHERE = Gazetteer(
    (
        _place("kyiv", {"en": "Kyiv", "uk": "Київ", "ru": "Киев", "pl": "Kijów"}),
        _place("praha", {"en": "Prague", "uk": "Прага", "ru": "Прага", "pl": "Praga"}),
        _place("novgorod", {"en": "Nizhny Novgorod", "ru": "Нижний Новгород"}),
        _place("zakopane", {"en": "Zakopane", "ru": "Закопане", "uk": "Закопане"}),
        _place("moskva", {"en": "Moscow", "ru": "Москва", "tr": "Moskova", "pl": "Moskwa"}),
    )
)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Києві", "kyiv"),
        ("Киеве", "kyiv"),
        ("Kijowie", "kyiv"),
        ("Празі", "praha"),
        ("Pradze", "praha"),
        ("Нижнем Новгороде", "novgorod"),
        ("Нижнего Новгорода", "novgorod"),
        ("Zakopanem", "zakopane"),
        ("Закопаному", "zakopane"),
        ("Moskwie", "moskva"),
        ("Москвой", "moskva"),
        ("Moskova'da", "moskva"),
        ("moskvada", "moskva"),
    ],
)
def test_any_place_is_found_in_the_cases_of_its_languages(said: str, key: str) -> None:
    assert ELSEWHERE.resolve(said) == key


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("kirenii", "girne"),
        ("Kireniya", "girne"),
        ("Чаталкёй", "girne/catalkoy"),
        ("Alsanjak", "girne/alsancak"),
        ("Chatalkoy", "girne/catalkoy"),
        ("Белапаис", "girne/bellapais"),
    ],
)
def test_a_name_spelt_by_another_alphabets_ear_finds_its_place(said: str, key: str) -> None:
    assert GAZETTEER.resolve(said) == key
    assert ELSEWHERE.resolve(said) is None


def test_between_two_places_lie_those_on_the_way() -> None:
    found = GAZETTEER.between("girne", "girne/lapta")
    assert (found[0], found[-1]) == ("girne", "girne/lapta")
    assert "girne/alsancak" in found
    assert "girne/catalkoy" not in found  # on the other side of the town
    assert GAZETTEER.between("girne", "girne") == ("girne",)
    assert GAZETTEER.between("girne", "atlantis") == ("girne", "atlantis")


def test_of_namesakes_the_one_in_the_city_talked_about_is_meant() -> None:
    old_town = GAZETTEER.resolve("old town") or ""
    assert GAZETTEER.of_city(old_town, "old town", cities=["lefkosa"]) == "lefkosa/surlarici"
    assert GAZETTEER.of_city(old_town, "old town", cities=["guzelyurt"]) == old_town
    assert GAZETTEER.of_city("girne", "Girne", cities=["lefkosa"]) == "girne"
