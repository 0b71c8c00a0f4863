"""Made-up homes: the same for the same seed, and believable."""

from __future__ import annotations

from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree

import pytest

from gatehouse.listings.pictures import backdrop, picture
from gatehouse.listings.scenes import ALTS, scenes_of
from gatehouse.listings.seeding.levels import LEVELS, PER_GBP
from gatehouse.listings.seeding.plan import Draft, draft
from gatehouse.listings.seeding.towns import TOWNS
from gatehouse.listings.seeding.words import all_tellings, where
from gatehouse.listings.seeding.write import home_id
from gatehouse.listings.types import Listing
from gatehouse.listings.wording import ALTS as SPOKEN_ALTS
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import LANGUAGES

TODAY = date(2026, 11, 16)


@cache
def drafts(count: int = 1200, seed: int = 1) -> tuple[Draft, ...]:
    return tuple(draft(seed, n, today=TODAY) for n in range(count))


def listing(home: Draft) -> Listing:
    """As much of a Listing as its pictures need."""
    facts = SimpleNamespace(
        id=home_id(home.number), property_type=home.property_type, district=home.town.key,
        city=home.town.key.partition("/")[0], amenities=home.amenities,
    )  # fmt: skip
    return cast(Listing, facts)


def test_the_same_seed_makes_the_same_homes_and_another_seed_others() -> None:
    again = tuple(draft(1, n, today=TODAY) for n in range(50))
    assert again == drafts()[:50]
    assert all_tellings(again[3]) == all_tellings(drafts()[3])
    assert tuple(draft(2, n, today=TODAY) for n in range(50)) != again


def test_prices_fit_what_is_offered_and_where() -> None:
    for home in drafts():
        level = LEVELS[home.property_type, home.bedrooms].price(home.variant)
        assert level, home
        share = home.price / PER_GBP[home.currency] / level / home.town.dearness
        assert (
            0.3 < share < 2.6 if home.property_type in ("land", "commercial") else 0.6 < share < 1.6
        )


def test_homes_stand_near_their_place_and_on_dry_land() -> None:
    gazetteer = Gazetteer.default()
    for home in drafts():
        place = gazetteer.place(home.town.key)
        assert abs(home.latitude - place.latitude) < 0.01
        assert abs(home.longitude - place.longitude) < 0.014
        if home.town.sea == "n":
            assert home.latitude <= place.latitude
        if home.town.sea == "e":
            assert home.longitude <= place.longitude


def test_amenities_do_not_contradict_each_other_or_the_kind() -> None:
    for home in drafts():
        has = set(home.amenities)
        assert not {"furnished", "unfurnished"} <= has
        assert not {"pool", "private_pool"} <= has
        if home.property_type == "land":
            assert has <= {"sea_view", "mountain_view", "near_sea", "near_university"}
        if "near_sea" in has:
            assert home.town.is_coastal
        if home.variant == "short_term":
            assert {"furnished", "wifi"} <= has and home.minimum_stay


def test_blocked_stays_do_not_touch() -> None:
    for home in drafts():
        ends = [TODAY, *(day for stay in home.blocked for day in stay)]
        assert ends == sorted(ends)


def test_texts_are_whole_in_every_language() -> None:
    for home in drafts():
        told = all_tellings(home)
        assert set(told) == set(LANGUAGES)
        for title, description in told.values():
            assert 12 < len(title) < 100 and len(description) > 80
            assert not set("{}") & set(title + description)
            assert "None" not in description and "  " not in title + description
            assert title[0] == title[0].upper()


def test_a_text_speaks_of_pets_as_the_row_does() -> None:
    for home in drafts():
        english = all_tellings(home)["en"][1]
        welcome = "Pets are welcome." in english or "You may bring a cat or a dog." in english
        is_home = home.property_type not in ("land", "commercial")
        if home.variant != "sale" and is_home:
            assert welcome == ("pets_allowed" in home.amenities)


def test_about_half_of_the_homes_without_pets_say_so_in_text_and_row() -> None:
    lets = [h for h in drafts() if h.variant != "sale" and "furnished" in h.amenities]
    unwelcome = [h for h in lets if "pets_allowed" not in h.amenities]
    refused = [h for h in unwelcome if "no_pets" in h.amenities]
    assert 0.4 < len(refused) / len(unwelcome) < 0.6
    assert not any({"pets_allowed", "no_pets"} <= set(h.amenities) for h in drafts())
    for home in lets:
        english = all_tellings(home)["en"][1]
        denies = "Pets are not allowed." in english or "does not accept pets" in english
        assert denies == (home in refused)


@pytest.mark.parametrize(
    ("key", "phrase"),
    [
        ("girne/lapta", "Lapta'da"), ("girne/edremit", "Edremit'te"),
        ("girne/alsancak", "Alsancak'ta"),
        ("gazimagusa/surici", "Gazimağusa Suriçi'nde"), ("girne/catalkoy", "Çatalköy'de"),
        ("iskele/long-beach", "Long Beach'te"), ("gazimagusa/maras", "Maraş'ta"),
    ],
)  # fmt: skip
def test_turkish_says_where_with_the_right_ending(key: str, phrase: str) -> None:
    assert where(key, "tr") == phrase


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town.key)
def test_every_town_is_in_the_gazetteer_and_has_its_case_forms(town: SimpleNamespace) -> None:
    assert town.key in Gazetteer.default()
    for language in LANGUAGES:
        assert where(town.key, language)


def test_every_scene_has_an_alt_text_that_is_translated() -> None:
    assert set(ALTS.values()) == set(SPOKEN_ALTS)


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in LEVELS}))
def test_pictures_of_every_kind_are_sound_small_and_always_the_same(kind: str) -> None:
    home = next(each for each in drafts() if each.property_type == kind)
    count = len(scenes_of(kind, home.amenities))
    assert count in ((3,) if kind == "land" else (5, 6, 7))
    for number in range(1, count + 1):
        drawn = picture(listing(home), number)
        assert drawn and drawn == picture(listing(home), number)
        assert len(drawn) < 26_000
        root = ElementTree.fromstring(drawn)
        text = drawn.decode()
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert "<script" not in text and "style=" not in text and "nan" not in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert picture(listing(home), count + 1) is None and picture(listing(home), 0) is None


def test_two_homes_do_not_look_the_same() -> None:
    flats = [h for h in drafts() if h.property_type == "apartment"][:30]
    assert len({picture(listing(home), 1) for home in flats}) > 25


@pytest.mark.parametrize(
    ("place", "amenities", "behind"),
    [
        ("girne/lapta", ("sea_view",), "sea"), ("girne/edremit", (), "mountains"),
        ("lefkosa/gonyeli", (), "town"), ("iskele/mehmetcik", (), "plain"),
        ("lefkosa/merkez", ("mountain_view",), "mountains"),
    ],
)  # fmt: skip
def test_a_picture_shows_no_sea_where_none_can_be_seen(
    place: str, amenities: tuple[str, ...], behind: str
) -> None:
    assert backdrop(place, amenities) == behind
