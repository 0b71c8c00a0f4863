"""The page of a home and its pictures, as a browser or a search engine asks for them."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from gatehouse.base.config import load
from gatehouse.listings import pages
from gatehouse.listings.store import SqlCatalogue
from gatehouse.talk.phrases import say
from gatehouse.understanding.types import LANGUAGES
from gatehouse.web import edge

Connection = psycopg.Connection[dict[str, Any]]
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


@pytest.fixture
async def client(catalogue: SqlCatalogue) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(pages.router(catalogue, translate=say))
    edge.install(app, load())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
        yield opened


@pytest.fixture
def villa(sql: Connection) -> dict[str, Any]:
    row = sql.execute(
        "SELECT * FROM real_estate_listing WHERE property_type = 'villa' AND variant = 'long_term'"
        " ORDER BY ref LIMIT 1"
    ).fetchone()
    assert row
    return row


async def test_the_page_tells_the_row_to_people_and_to_machines(
    client: httpx.AsyncClient, villa: dict[str, Any]
) -> None:
    page = await client.get(f"/homes/{villa['id']}")
    assert page.status_code == 200 and page.headers["content-language"] == "en"
    assert villa["title"] in page.text and villa["ref"] in page.text
    assert f'href="/?about={villa["id"]}"' in page.text
    data = json.loads(DATA.findall(page.text)[0])
    assert data["@type"] == "RealEstateListing"
    assert data["offers"]["price"] == float(villa["price"])
    assert data["offers"]["priceCurrency"] == villa["currency"]
    assert data["mainEntity"]["numberOfBedrooms"] == villa["bedrooms"]
    assert data["mainEntity"]["floorSize"] == {
        "@type": "QuantitativeValue", "value": villa["area_m2"], "unitCode": "MTK",
    }  # fmt: skip
    assert data["leaseLength"]["minValue"] == villa["minimum_months"]


@pytest.mark.parametrize("language", LANGUAGES[1:])
async def test_the_page_speaks_the_visitors_language(
    client: httpx.AsyncClient, villa: dict[str, Any], language: str
) -> None:
    asked = await client.get(f"/homes/{villa['id']}?lang={language}")
    preferred = await client.get(
        f"/homes/{villa['id']}", headers={"accept-language": f"xx, {language};q=0.9, en;q=0.5"}
    )
    for page in (asked, preferred):
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
        assert villa["translations"][language]["title"] in page.text
        assert "Ask about this home" not in page.text


async def test_nothing_on_the_page_breaks_a_strict_policy(
    client: httpx.AsyncClient, villa: dict[str, Any]
) -> None:
    text = (await client.get(f"/homes/{villa['id']}")).text
    assert "<style" not in text and " style=" not in text and " onclick" not in text
    scripts = re.findall(r"<script[^>]*>", text)
    assert scripts == [
        '<script type="module" src="/widget/home.js">', '<script type="application/ld+json">',
    ]  # fmt: skip
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', text)) <= {"http://testserver"}


async def test_text_of_a_listing_cannot_become_markup(
    client: httpx.AsyncClient, sql: Connection, villa: dict[str, Any]
) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    change = "UPDATE real_estate_listing SET title = %s, description = %s WHERE id = %s"
    sql.execute(change, [evil, evil, villa["id"]])
    try:
        text = (await client.get(f"/homes/{villa['id']}")).text
    finally:
        sql.execute(change, [villa["title"], villa["description"], villa["id"]])
    assert "<script>alert" not in text and "<img src=x" not in text
    assert json.loads(DATA.findall(text)[0])["name"] == evil


@pytest.mark.parametrize("unknown", ["nonsense", "00000000-0000-4000-8000-000000000000"])
async def test_an_unknown_home_has_a_kind_page_of_its_own(
    client: httpx.AsyncClient, unknown: str
) -> None:
    page = await client.get(f"/homes/{unknown}")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "This home is not on offer" in page.text


async def test_every_picture_is_drawn_cached_and_confirmed(
    client: httpx.AsyncClient, villa: dict[str, Any]
) -> None:
    for shown in villa["pictures"]:
        picture = await client.get(shown["url"])
        assert picture.headers["content-type"] == "image/svg+xml"
        assert "immutable" in picture.headers["cache-control"]
        ElementTree.fromstring(picture.text)
        again = await client.get(shown["url"], headers={"if-none-match": picture.headers["etag"]})
        assert again.status_code == 304 and not again.content


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "１"])
async def test_a_picture_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, villa: dict[str, Any], number: str
) -> None:
    answer = await client.get(f"/homes/{villa['id']}/pictures/{number}.svg")
    assert answer.status_code == 404
