"""The search endpoint as programs use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from gatehouse.base.config import load
from gatehouse.listings import api, pages
from gatehouse.listings.store import SqlCatalogue
from gatehouse.talk.phrases import say
from gatehouse.web import edge

SEARCH = "/api/v1/real_estate/search"


@pytest.fixture
async def client(catalogue: SqlCatalogue) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(api.router(catalogue))
    app.include_router(pages.router(catalogue, translate=say))
    edge.install(app, load())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
        yield opened


async def get(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get(SEARCH, params=params)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("name", ["Kyrenia", "Girne", "girne", "Кирения", "Кіренія", "Girne'de"])
async def test_a_city_is_found_by_every_name(client: httpx.AsyncClient, name: str) -> None:
    told = await get(client, city=name)
    assert told["count"] == 20
    assert {home["city"] for home in told["results"]} == {"girne"}
    keys = {"count", "total", "results", "cached", "as_of", "relaxed", "took_ms", "next"}
    assert set(told) == keys and (told["cached"], told["as_of"]) == (False, None)


async def test_an_unknown_city_is_no_error(client: httpx.AsyncClient) -> None:
    for name in ("Test", "'; DROP TABLE", "…" * 20):
        told = await get(client, city=name)
        assert (told["count"], told["total"], told["results"]) == (0, 0, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"bedrooms": "two"}, {"bedrooms": -1}, {"price_max": "nan"}, {"price_max": "inf"},
        {"price_min": 5, "price_max": 1}, {"limit": 51}, {"limit": 0}, {"sort": "random"},
        {"currency": "pounds"}, {"currency": "ZZZ", "price_max": 5}, {"check_in": "soon"},
        {"check_in": "2027-05-05", "check_out": "2027-05-05"}, {"check_in": "9999-12-31"},
        {"latitude": 35}, {"amenities": "jacuzzi"}, {"after": "abc"}, {"q": "x" * 201},
        {"sort": "distance"}, {"check_in": "2027-05-05"}, {"check_out": "2027-05-05"},
        {"deal": "steal"}, {"property_type": "igloo"},
        {"radius_km": 0, "latitude": 1, "longitude": 1},
    ],
)  # fmt: skip
async def test_a_wrong_value_is_said_so(client: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    answer = await client.get(SEARCH, params=wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_all_filters_together_hold(client: httpx.AsyncClient) -> None:
    told = await get(
        client, city="Kyrenia", deal="rent", rent_type="long_term", property_type="apartment",
        bedrooms=2, price_max=600, currency="eur", price_period="month", sort="price", limit=50,
    )  # fmt: skip
    assert told["count"] >= 6
    for home in told["results"]:
        assert home["variant"] == "long_term" and home["bedrooms"] >= 2
        assert home["property_type"] == "apartment" and home["price"] == home["price_month"]


async def test_a_district_narrows_its_city(client: httpx.AsyncClient) -> None:
    told = await get(client, city="Girne", district="Lapta")
    assert {home["district"] for home in told["results"]} == {"girne/lapta"}


async def test_pages_follow_each_other(client: httpx.AsyncClient) -> None:
    first = await get(client, city="iskele", limit=5)
    second = await get(client, city="iskele", limit=5, after=first["next"])
    ids = [home["id"] for home in first["results"] + second["results"]]
    assert len(set(ids)) == 10 and second["total"] == first["total"]


async def test_relaxed_homes_come_only_when_asked_for(client: httpx.AsyncClient) -> None:
    wish = {"district": "Edremit", "property_type": "studio", "rent_type": "long_term"}
    told = await get(client, **wish)
    assert (told["count"], told["relaxed"]) == (0, ["area"])
    wider = await get(client, **wish, relax=True)
    assert wider["count"] > 0 and wider["relaxed"] == ["area"]


async def test_a_stranger_sees_what_everyone_sees_and_no_withdrawn_home(
    client: httpx.AsyncClient, sql: psycopg.Connection[dict[str, Any]]
) -> None:
    alice, bob, charlie = [
        (
            await client.get(SEARCH, params={"city": "lefke"}, headers={"cookie": f"who={who}"})
        ).json()
        for who in ("alice", "bob", "charlie")
    ]
    assert alice["results"] == bob["results"] == charlie["results"]
    gone = alice["results"][0]["id"]
    sql.execute("UPDATE real_estate_listing SET status = 'let' WHERE id = %s", [gone])
    try:
        left = await get(client, city="lefke")
        page = await client.get(f"/homes/{gone}", headers={"accept-language": "tr"})
    finally:
        sql.execute("UPDATE real_estate_listing SET status = 'active' WHERE id = %s", [gone])
    assert gone not in {home["id"] for home in left["results"]}
    assert page.status_code == 404 and '<html lang="tr" dir="ltr">' in page.text


async def test_the_parameters_are_documented() -> None:
    app = FastAPI()
    app.include_router(api.router(None))  # type: ignore[arg-type]
    operation = app.openapi()["paths"][SEARCH]["get"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert {
        "city",
        "deal",
        "rent_type",
        "property_type",
        "bedrooms",
        "price_min",
        "price_max",
    } <= names
    assert {"currency", "check_in", "check_out", "q", "sort", "limit"} <= names
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["$ref"].endswith("SearchReply")


async def test_homes_are_sorted_by_distance_from_a_place_or_a_point(
    client: httpx.AsyncClient,
) -> None:
    assert (await get(client, sort="distance", city="girne"))["count"]
    assert (await get(client, sort="distance", latitude=35.3, longitude=33.3))["count"]
