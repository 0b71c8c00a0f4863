"""The pure parts: folding, money, marks, relaxations, rank, languages, conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.errors import BadInput
from gatehouse.listings import cursors
from gatehouse.listings.folding import LONGEST_TEXT, MOST_WORDS, fold, prefix_query, words
from gatehouse.listings.languages import chosen
from gatehouse.listings.money import Rates, bounds, variants
from gatehouse.listings.rank import rank
from gatehouse.listings.relaxing import AREA_KM, relaxations
from gatehouse.listings.search import statement
from gatehouse.listings.types import Limit, Near, Variant, Wish

RATES = Rates({"GBP": 1.0, "EUR": 1.2, "TRY": 60.0})
NOW = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Beşparmak ĞÜİIıÖÇ", "besparmak guiiioc"), ("Ёлка Ґанок", "елка ганок"),
        ("п’ять", "пять"), ("sea-view, 2+1", "sea view, 2 1"), ("84 m²", "84 m2"),
        ("Łódź Größe", "lodz grose"), ("أرضٌ هادئة", "ارض هاديه"), ("île, été", "ile, ete"),
    ],
)  # fmt: skip
def test_letters_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once_and_words_are_bounded(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    found = words(text)
    assert len(found) <= MOST_WORDS and sum(map(len, found)) <= LONGEST_TEXT
    query = prefix_query(text)
    assert (query is None) == (not found)
    assert query is None or query.count("'") == 2 * len(found)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish(), ("long_term", "short_term", "sale")),
        (Wish(deal="buy", price_max=9, price_period="month"), ("sale",)),
        (Wish(deal="rent"), ("long_term", "short_term")),
        (Wish(deal="rent", price_max=9, price_period="month"), ("long_term",)),
        (Wish(deal="rent", price_max=9, price_period="night"), ("short_term",)),
        (Wish(price_max=9, price_period="total"), ("sale",)),
        (Wish(deal="rent", price_max=9, price_period="total"), ("long_term", "short_term")),
        (Wish(rent_type="short_term", price_max=9, price_period="month"), ("short_term",)),
    ],
)
def test_a_period_speaks_of_its_own_kind_of_offer(
    wish: Wish, expected: tuple[Variant, ...]
) -> None:
    assert variants(wish) == expected


def test_bounds_are_converted_into_every_currency() -> None:
    wish = Wish(deal="rent", rent_type="long_term", price_min=120, price_max=600, currency="EUR")
    found = {b.currency: (b.low, b.high) for b in bounds(wish, RATES)}
    assert found == {"GBP": (100, 500), "EUR": (120, 600), "TRY": (6000, 30_000)}


def test_a_monthly_budget_for_a_stay_by_the_night_is_divided() -> None:
    wish = Wish(rent_type="short_term", price_max=900, price_period="month")
    assert {b.high for b in bounds(wish, RATES) if b.currency == "GBP"} == {30}


def test_a_currency_without_a_rate_is_refused() -> None:
    with pytest.raises(BadInput):
        bounds(Wish(price_max=1, currency="XXX"), RATES)


@given(
    key=st.floats(allow_nan=False, allow_infinity=False) | st.datetimes(timezones=st.just(UTC)),
    identity=st.uuids(),
    total=st.integers(0, 1000),
)
def test_a_mark_comes_back_as_it_was(key: float | datetime, identity: UUID, total: int) -> None:
    mark = cursors.Mark(key, identity, total)
    wish = Wish(cities=("girne",))
    text = cursors.write(mark, wish)
    assert cursors.read(text, replace(wish, limit=3, after=text)) == mark
    with pytest.raises(BadInput):
        cursors.read(text, replace(wish, sort="price"))


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{1,90}", fullmatch=True))
def test_anything_else_is_no_mark(text: str) -> None:
    with pytest.raises(BadInput):
        cursors.read(text, Wish())


@given(st.integers(0, 200), st.sampled_from("ABCxyz019_-"))
def test_a_mark_changed_by_hand_is_refused(at: int, letter: str) -> None:
    good = cursors.write(cursors.Mark(1.5, UUID(int=3), 9), Wish())
    at %= len(good) - 1
    if good[at] == letter:
        return
    with pytest.raises(BadInput):
        cursors.read(good[:at] + letter + good[at + 1 :], Wish())


def test_limits_move_one_by_one_and_then_together() -> None:
    wish = Wish(cities=("girne",), price_max=500, bedrooms_min=2, bedrooms_max=2)
    steps = dict(relaxations(wish))
    assert list(steps) == [
        (Limit.AREA,), (Limit.BUDGET,), (Limit.BEDROOMS,),
        (Limit.AREA, Limit.BUDGET), (Limit.AREA, Limit.BUDGET, Limit.BEDROOMS),
    ]  # fmt: skip
    wide = steps[(Limit.AREA,)]
    assert wide.cities == () and wide.near and wide.near.radius_km == AREA_KM
    assert steps[(Limit.BUDGET,)].price_max == 600
    assert steps[(Limit.BEDROOMS,)].bedrooms_min == 1


@pytest.mark.parametrize(
    "wish", [Wish(), Wish(cities=("atlantis",)), Wish(bedrooms_min=0), Wish(near=Near(35, 33, 25))]
)
def test_a_wish_without_limits_has_nothing_to_relax(wish: Wish) -> None:
    assert list(relaxations(wish)) == []


def test_the_circle_around_several_places_holds_them_all() -> None:
    wish = Wish(cities=("girne",), districts=("iskele/dipkarpaz",))
    wide = dict(relaxations(wish))[(Limit.AREA,)]
    assert wide.near and wide.near.radius_km > 60


@given(days=st.integers(0, 300), stars=st.floats(0, 5), pictures=st.integers(0, 9))
def test_fresher_better_and_more_pictures_never_rank_lower(
    days: int, stars: float, pictures: int
) -> None:
    def points(days: int, stars: float, pictures: int) -> float:
        checked = NOW - timedelta(days=days)
        return rank(rating=stars, verified_at=checked, listed_at=checked, pictures=pictures)

    here = points(days, stars, pictures)
    assert points(days + 1, stars, pictures) < here
    assert points(days, min(5.0, stars + 0.1), pictures) >= here
    assert points(days, stars, pictures + 1) >= here


def test_a_home_never_checked_ranks_below_a_checked_one() -> None:
    never = rank(rating=4.0, verified_at=None, listed_at=NOW, pictures=5)
    assert never < rank(rating=4.0, verified_at=NOW - timedelta(days=59), listed_at=NOW, pictures=5)


@pytest.mark.parametrize(
    ("asked", "accept", "language"),
    [
        ("tr", "ru", "tr"), (None, "ru-RU,en;q=0.8", "ru"), (None, "xx, uk;q=0.4, en;q=0.3", "uk"),
        ("xx", None, "en"), (None, "tr;q=0", "en"), (None, "tr;q=x, ;;,", "en"), (None, "*", "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_asked_for_or_preferred(
    asked: str | None, accept: str | None, language: str
) -> None:
    assert chosen(asked, accept) == language


@given(text=st.text(max_size=80), place=st.text(min_size=1, max_size=30))
def test_nothing_that_a_visitor_says_becomes_sql(text: str, place: str) -> None:
    plain = Wish(
        cities=("a",), districts=("b/c",), text="word", amenities=("x",), not_places=("d",)
    )
    said = replace(
        plain, cities=(place,), districts=(f"{place}/x",), text=f"word {text}",
        amenities=(place,), not_places=(text,),
    )  # fmt: skip
    assert statement(said, RATES).sql == statement(plain, RATES).sql


@pytest.mark.parametrize("sort", ["best", "price", "-price", "newest", "area", "distance"])
def test_a_statement_is_short_enough_to_be_remembered(sort: str) -> None:
    wish = Wish(
        cities=("girne", "lefke"), districts=("iskele/bogaz",), not_places=("x",), price_min=1,
        price_max=9, bedrooms_min=1, check_in=date(2027, 1, 1), stay_nights=3, text="sea",
        near=Near(35, 33, 5), amenities=("pool",), sort=sort,  # type: ignore[arg-type]
    )  # fmt: skip
    assert len(statement(wish, Rates(dict.fromkeys("ABCDEF", 1.0) | {"GBP": 1.0})).sql) <= 4096
