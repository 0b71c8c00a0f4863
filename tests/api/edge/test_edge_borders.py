"""Other sites, security headers, problems and the log, as seen from outside."""

from __future__ import annotations

import json

import httpx
import pytest
from fastapi import FastAPI

from gatehouse.base.config import load
from gatehouse.observe import exposition, meters
from tests.lines import Lines

from .conftest import AGENCY, PHONE, build

OWN, EVIL = "http://chat.example", "https://evil.example"
BODY = {"question": "a flat in Girne"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"cookie": "s=1"}, 200),
        ({"cookie": "s=1", "origin": OWN}, 200),
        ({"cookie": "s=1", "origin": "https://chat.example"}, 200),  # TLS ends at a proxy
        ({"cookie": "s=1", "origin": "HTTP://CHAT.EXAMPLE:80"}, 200),
        ({"cookie": "s=1", "sec-fetch-site": "same-origin"}, 200),
        ({"cookie": "s=1", "sec-fetch-site": "none"}, 200),
        ({"cookie": "s=1", "origin": EVIL}, 403),
        ({"cookie": "s=1", "origin": AGENCY}, 403),
        ({"cookie": "s=1", "origin": "null"}, 403),
        ({"cookie": "s=1", "origin": "http://chat.example:8001"}, 403),
        ({"cookie": "s=1", "origin": "http://chat.example.evil.example"}, 403),
        ({"cookie": "s=1", "sec-fetch-site": "cross-site"}, 403),
        ({"cookie": "s=1", "origin": OWN, "sec-fetch-site": "cross-site"}, 403),
        ({"cookie": "s=1", "origin": EVIL, "authorization": "Bearer t"}, 200),
        ({"cookie": "s=1", "origin": EVIL, "authorization": "Basic t"}, 403),
        ({"origin": AGENCY}, 200),
        ({"origin": EVIL}, 200),  # no credentials: nothing to abuse, and no CORS headers either
    ],
)
async def test_a_cookie_from_across_the_border_changes_nothing(
    http: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await http.post("/api/ask", json=BODY, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"] == "cross-site"


async def test_reading_is_not_a_cross_site_matter(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/homes/1", headers={"cookie": "s=1", "origin": EVIL})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [
        ("/api/ask", AGENCY, 204),
        ("/widget/chat.js", AGENCY, 204),
        ("/api/ask", EVIL, 403),
        ("/api/ask", AGENCY + ":444", 403),
        ("/api/ask", AGENCY + ".evil.example", 403),
        ("/api/ask", "null", 403),
        ("/office/login", AGENCY, 403),
        ("/", AGENCY, 403),
    ],
)
async def test_a_preflight_is_answered_by_the_allow_list(
    http: httpx.AsyncClient, path: str, origin: str, status: int
) -> None:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    answer = await http.options(path, headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("access-control-allow-origin") == (origin if status == 204 else None)
    assert "access-control-allow-credentials" not in answer.headers


async def test_an_allowed_site_may_read_answers_and_our_own_headers(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post("/api/ask", json=BODY, headers={"origin": AGENCY})
    assert answer.headers["access-control-allow-origin"] == AGENCY
    assert answer.headers["access-control-expose-headers"] == (
        "retry-after, idempotent-replay, ratelimit, ratelimit-policy"
    )
    assert "Origin" in answer.headers["vary"]
    preflight = await http.options(
        "/api/ask", headers={"origin": AGENCY, "access-control-request-method": "POST"}
    )
    allowed = preflight.headers["access-control-allow-headers"]
    assert allowed == "authorization, content-type, idempotency-key, last-event-id"


async def test_errors_are_readable_by_an_allowed_site_too(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/trouble/busy", headers={"origin": AGENCY})
    assert answer.headers["access-control-allow-origin"] == AGENCY


EVERYWHERE = [
    ("GET", "/api/homes/1", 200),
    ("POST", "/api/homes/1", 405),
    ("GET", "/api/homes/x", 422),
    ("GET", "/api/trouble/busy", 503),
    ("GET", "/api/trouble/bug", 500),
    ("GET", "/nowhere", 404),
    ("GET", "/widget/chat.js", 200),
    ("OPTIONS", "/api/ask", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), EVERYWHERE)
async def test_the_security_headers_are_on_every_answer(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert f"frame-ancestors {AGENCY};" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers
    assert len(answer.headers["x-request-id"]) >= 8


@pytest.mark.parametrize(
    ("path", "reach"),
    [
        ("/api/homes/1", "same-origin"),
        ("/widget/chat.js", "cross-origin"),
        ("/homes/1/pictures/1.svg", "cross-origin"),
    ],
)
async def test_only_pictures_and_the_widget_are_shown_elsewhere(
    http: httpx.AsyncClient, path: str, reach: str
) -> None:
    assert (await http.get(path)).headers["cross-origin-resource-policy"] == reach


async def test_an_endpoints_own_headers_stay(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/cached")
    assert answer.headers.get_list("cache-control") == ["max-age=60"]
    assert answer.headers.get_list("content-security-policy") == ["sandbox"]
    assert (await http.get("/api/homes/1")).headers["cache-control"] == "no-store"


async def test_without_an_allow_list_nobody_may_frame_or_call() -> None:
    transport = httpx.ASGITransport(app=build(load({})))
    async with httpx.AsyncClient(transport=transport, base_url=OWN) as http:
        answer = await http.get("/api/homes/1", headers={"origin": AGENCY})
    assert "frame-ancestors 'none';" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("address", "url", "forwarded", "has_hsts"),
    [
        ("10.0.0.1", "http://chat.example", "https", True),
        ("10.0.0.9", "http://chat.example", "https", False),
        ("10.0.0.1", "http://chat.example", "http", False),
        ("10.0.0.9", "https://chat.example", "http", True),
    ],
)
async def test_strict_transport_only_where_there_is_tls(
    app: FastAPI, address: str, url: str, forwarded: str, has_hsts: bool
) -> None:
    transport = httpx.ASGITransport(app=app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=url) as http:
        answer = await http.get("/api/homes/1", headers={"x-forwarded-proto": forwarded})
    assert ("strict-transport-security" in answer.headers) is has_hsts


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abcdef12-3456", True), ("short", False), ("x" * 65, False), ("evil\tid;12", False)],
)
async def test_a_request_id_is_kept_only_if_it_is_harmless(
    http: httpx.AsyncClient, given: str, is_kept: bool
) -> None:
    answer = await http.get("/api/homes/1", headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is is_kept


PROBLEMS: list[tuple[str, str, object, int, str]] = [
    ("GET", "/nowhere", None, 404, "not-found"),
    ("DELETE", "/api/ask", None, 405, "method-not-allowed"),
    ("GET", "/api/trouble/home", None, 404, "not-found"),
    ("GET", "/api/trouble/busy", None, 503, "temporary-reduced-capacity"),
    ("GET", "/api/trouble/down", None, 503, "store-down"),
    ("GET", "/api/trouble/bug", None, 500, "internal"),
    ("GET", "/api/homes/many", None, 422, "bad-input"),
    ("GET", "/api/homes/1?limit=51", None, 422, "bad-input"),
    ("POST", "/api/ask", {"question": ""}, 422, "bad-input"),
    ("POST", "/api/ask", {"question": "x", "role": "admin"}, 422, "bad-input"),
    ("POST", "/api/ask", [], 422, "bad-input"),
]


@pytest.mark.parametrize(("method", "path", "content", "status", "code"), PROBLEMS)
async def test_every_error_is_a_problem(
    http: httpx.AsyncClient, method: str, path: str, content: object, status: int, code: str
) -> None:
    answer = await http.request(method, path, json=content)
    told = answer.json()
    assert (answer.status_code, told["status"], told["error"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(told) >= {"type", "title", "status", "detail", "error", "message"}
    assert told["type"].endswith(code)
    assert told["detail"] and told["detail"] == told["message"]
    assert told["instance"] == f"/requests/{answer.headers['x-request-id']}"
    assert answer.headers.get("retry-after") == (
        str(told["retry_after"]) if "retry_after" in told else None
    )
    if status == 405:
        assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "question is missing"),
        ({"question": "x" * 101}, "question is longer than 100 characters"),
        ({"question": ""}, "question is shorter than 1 characters"),
        ({"question": 7}, "question must be a text"),
        ({"question": "x", "score": 2}, "score must be one of -1 or 1"),
        ({"question": "x", "duration_ms": "fast"}, "duration_ms must be a number"),
        ({"question": "x", "duration_ms": -1}, "duration_ms must be at least 0.0"),
        ({"question": "x", "ro\nle<b>": 1}, "ro?le?b? is not a known field"),
    ],
)
async def test_a_wrong_value_is_named_in_plain_words(
    http: httpx.AsyncClient, content: object, sentence: str
) -> None:
    told = (await http.post("/api/ask", json=content)).json()
    assert told["detail"] == sentence


async def test_what_was_sent_is_never_sent_back(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/ask", json={"question": "x", "score": PHONE})
    assert "7700" not in answer.text


async def test_a_bug_is_one_error_line_with_frames_and_no_words(
    http: httpx.AsyncClient, lines: Lines
) -> None:
    answer = await http.get("/api/trouble/bug")
    assert "Traceback" not in answer.text and "RuntimeError" not in answer.text
    entries = [json.loads(line) for line in lines.text.splitlines()]
    [error] = [each for each in entries if each["level"] == "ERROR"]
    assert error["error"] == "RuntimeError"
    assert error["trace"][-1].endswith("trouble")
    assert error["request_id"] == answer.headers["x-request-id"]
    assert "900123" not in lines.text


async def test_a_stream_that_breaks_is_logged_once_and_ends(
    http: httpx.AsyncClient, lines: Lines
) -> None:
    with pytest.raises(AssertionError):  # the transport sees that the answer never ended
        await http.get("/api/broken-stream")
    levels = [json.loads(line)["level"] for line in lines.text.splitlines()]
    assert levels.count("ERROR") == 1


async def test_the_log_has_the_template_and_not_the_address(
    http: httpx.AsyncClient, lines: Lines
) -> None:
    await http.get(f"/api/homes/447700900123?q={PHONE}", headers={"user-agent": PHONE})
    await http.post("/api/ask", json={"question": f"call {PHONE}"})
    await http.get(f"/nowhere/{PHONE}")
    assert "900123" not in lines.text
    messages = [json.loads(line)["message"] for line in lines.text.splitlines()]
    assert messages == [
        "request GET /api/homes/{number} 200",
        "request POST /api/ask 200",
        "request GET other 404",
    ]


async def test_requests_are_counted_by_template(http: httpx.AsyncClient) -> None:
    def counted() -> float:
        wanted = {"route": "/api/homes/{number}", "method": "GET", "status": "200"}
        found = exposition.samples("http_requests_total")
        return sum(s.value for s in found if s.labels == wanted)

    before = counted()
    for number in range(5):
        await http.get(f"/api/homes/{number}")
    assert counted() == before + 5
    assert "/api/homes/{number}" in meters.ROUTES


async def test_strange_methods_do_not_make_new_series(http: httpx.AsyncClient) -> None:
    await http.request("BREW", "/api/homes/1")
    assert 'method="BREW"' not in exposition.text().decode()


async def test_the_description_names_what_the_edge_refuses(http: httpx.AsyncClient) -> None:
    described = (await http.get("/openapi.json")).json()
    answers = described["paths"]["/api/ask"]["post"]["responses"]
    assert set(answers) >= {"200", "400", "403", "408", "413", "415", "422", "500"}
    refusals = [answer for status, answer in answers.items() if status >= "400"]
    assert all(list(each["content"]) == ["application/problem+json"] for each in refusals)
    assert "408" not in described["paths"]["/api/cached"]["get"]["responses"]
    assert "HTTPValidationError" not in described["components"]["schemas"]
