"""The way into the office for who leaves out the last stroke."""

from __future__ import annotations

import httpx

from gatehouse.base.config import load


async def test_the_way_into_the_office_names_no_host() -> None:
    """A redirect by the Host header would lead to plain HTTP behind a proxy with TLS."""
    from gatehouse.web.asgi import create_app

    transport = httpx.ASGITransport(create_app(load(log_file="-")))
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as http:
        answer = await http.get("/office")
    assert (answer.status_code, answer.headers["location"]) == (308, "/office/")
