"""Cards and the wording of facts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gatehouse.listings.cards import card
from gatehouse.listings.linked import linked_data
from gatehouse.listings.types import Listing
from gatehouse.listings.wording import capital, money, place
from gatehouse.talk.phrases import say
from gatehouse.understanding.types import LANGUAGES

CONTRACT = {
    "id", "title", "subtitle", "price", "currency", "imageUrl", "area", "rating", "badges",
    "galleryImages", "variant", "verified_at", "metadata", "buttons",
}  # fmt: skip


def test_a_card_has_every_key_of_the_contract_and_is_json(home: Listing) -> None:
    shown = card(home, say=str, language="en")
    assert set(shown) >= CONTRACT
    assert set(shown["metadata"]) >= {"bedrooms", "bathrooms", "sqm", "amenities"}
    assert shown["buttons"] == ["photos", "info", "availability", "reserve", "contact"]
    assert json.loads(json.dumps(shown)) == shown


def test_a_card_has_at_most_six_badges_the_most_telling_first(home: Listing) -> None:
    badges = card(home, say=str, language="en")["badges"]
    assert badges == ["Sea view", "Pets allowed", "Pool", "Furnished", "Wi-Fi", "Parking"]


@pytest.mark.parametrize(
    ("language", "title", "label", "subtitle"),
    [
        ("en", "Bright flat", "£1,250 a month", "Apartment · Lapta, Kyrenia"),
        ("tr", "Aydınlık daire", "aylık £1.250", "Daire · Lapta, Girne"),
        ("ru", "Bright flat", "1\u00a0250\u00a0£ в месяц", "Квартира · Лапта, Кирения"),
        ("uk", "Bright flat", "1\u00a0250\u00a0£ на місяць", "Квартира · Лапта, Кіренія"),
    ],
)
def test_a_card_speaks_the_language_where_it_can(
    home: Listing, language: str, title: str, label: str, subtitle: str
) -> None:
    known = next(each for each in LANGUAGES if each == language)
    shown = card(home, say=lambda msgid: say(known, msgid), language=language)
    assert (shown["title"], shown["price_label"], shown["subtitle"]) == (title, label, subtitle)


def test_a_price_in_the_visitors_currency_stands_beside_the_rows_own(home: Listing) -> None:
    shown = card(home, say=str, language="en", about="about €1,430")
    assert shown["metadata"]["price_about"] == "about €1,430"
    alone = card(home, say=str, language="en")
    assert (shown["price"], shown["price_label"]) == (alone["price"], alone["price_label"])
    assert "price_about" not in alone["metadata"]


def test_a_home_without_pictures_rating_or_check_has_none(home: Listing) -> None:
    bare = replace(home, pictures=(), rating=None, verified_at=None)
    shown = card(bare, say=str, language="en")
    assert (shown["imageUrl"], shown["galleryImages"]) == (None, [])
    assert (shown["rating"], shown["verified_at"]) == (None, None)


def test_money_has_the_sign_of_its_currency() -> None:
    assert money(28_000, "TRY", "tr") == "₺28.000"
    assert money(95, "EUR", "en") == "€95"
    assert money(95, "XYZ", "en") == "XYZ\u00a095"


def test_a_district_that_names_its_town_stands_alone(home: Listing) -> None:
    centre = replace(home, district="girne/merkez")
    assert place(centre, "en") == "Kyrenia centre"
    assert place(replace(home, district=None), "ru") == "Кирения"


def test_turkish_capital_i_keeps_its_dot() -> None:
    assert (capital("isıtma", "tr"), capital("internet", "en")) == ("İsıtma", "Internet")


def test_linked_data_cannot_close_its_element(home: Listing) -> None:
    text = linked_data(replace(home, title="</script><b>&\u2028"), host="http://x", language="en")
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["name"] == "</script><b>&\u2028"


@pytest.mark.parametrize(
    ("kind", "schema"),
    [("villa", "SingleFamilyResidence"), ("studio", "Apartment"), ("land", "Place")],
)
def test_each_kind_has_its_schema_type(home: Listing, kind: str, schema: str) -> None:
    data = json.loads(linked_data(replace(home, property_type=kind), host="", language="en"))
    assert data["mainEntity"]["@type"] == schema
