"""Who gets into the office, how often one may try, and what a stolen or old key is worth."""

from __future__ import annotations

import re

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from gatehouse.office.badge import Badge

from .conftest import PASSWORD, SITE, Desk, People


async def test_a_person_signs_in_and_out(desk: Desk, people: People) -> None:
    await people.hire("ann", "viewer")
    answer = await desk.sign_in("ann")
    assert (answer.status_code, answer.headers["location"]) == (302, "/office/console")
    page = await desk.http.get("/office/console")
    assert page.status_code == 200
    assert "ann" in page.text
    await desk.post("/office/logout", page="/office/console")
    gone = await desk.http.get("/office/console")
    assert gone.headers["location"] == "/office/login?next=/office/console"


async def test_a_session_is_dead_after_signing_out(desk: Desk, people: People) -> None:
    await people.hire("ann", "viewer")
    await desk.sign_in("ann")
    stolen = dict(desk.http.cookies)
    await desk.post("/office/logout", page="/office/console")
    desk.http.cookies.update(stolen)
    assert (await desk.http.get("/office/console")).status_code == 302


async def test_the_session_key_is_new_at_each_sign_in_and_one_we_did_not_issue_is_nothing(
    desk: Desk, people: People
) -> None:
    await people.hire("ann", "viewer")
    planted = "a" * 32
    desk.http.cookies.set("gatehouse_staff", planted, domain="office.example")
    await desk.sign_in("ann")
    first = desk.http.cookies["gatehouse_staff"]
    assert planted not in first
    desk.http.cookies.clear()
    await desk.sign_in("ann")
    assert desk.http.cookies["gatehouse_staff"].split(".")[0] != first.split(".")[0]


async def test_the_words_do_not_tell_who_works_here(desk: Desk, people: People) -> None:
    await people.hire("ann", "viewer")
    await people.hire("gone", "viewer")
    await people.disable("gone")
    for name, password in (("nobody", PASSWORD), ("ann", "wrong password"), ("gone", PASSWORD)):
        answer = await desk.sign_in(name, password)
        assert answer.status_code == 422, name
        assert "do not belong together" in answer.text
        assert "gatehouse_staff" not in desk.http.cookies


async def test_the_sixth_attempt_is_refused_even_with_the_right_password(
    desk: Desk, people: People
) -> None:
    await people.hire("ann", "viewer")
    for _ in range(5):
        assert (await desk.sign_in("ann", "wrong password")).status_code == 422
    refused = await desk.sign_in("ANN")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "900"


async def test_a_stranger_elsewhere_cannot_lock_the_owner_out(
    desk: Desk, office: FastAPI, people: People
) -> None:
    await people.hire("ann", "viewer")
    transport = httpx.ASGITransport(office, client=("203.0.113.9", 5000))
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as http:
        for _ in range(7):
            await Desk(http).sign_in("ann", "wrong password")
    assert (await desk.sign_in("ann")).status_code == 302


async def test_who_has_an_account_cannot_go_on_guessing_at_others(
    desk: Desk, people: People, clean: str
) -> None:
    await people.hire("ann", "viewer")
    for number in range(2):
        await desk.sign_in(f"boss{number}", "a guess")
    await desk.sign_in("ann")
    with psycopg.connect(clean) as connection:
        rows = connection.execute("SELECT door FROM office_attempt WHERE door LIKE 'network:%'")
        assert len(rows.fetchall()) == 2


async def test_what_a_stranger_types_as_a_name_is_in_nobodys_history(
    desk: Desk, people: People, clean: str
) -> None:
    await desk.sign_in("ro-0123456789", "a guess")
    with psycopg.connect(clean) as connection:
        told = connection.execute("SELECT actor, subject FROM rollout_audit").fetchall()
    assert told == [("office", "unknown name")]


async def test_sessions_that_are_over_are_swept_at_the_next_sign_in(
    desk: Desk, people: People, clean: str
) -> None:
    await people.hire("ann", "viewer")
    await desk.sign_in("ann")
    with psycopg.connect(clean, autocommit=True) as connection:
        connection.execute("UPDATE django_session SET expire_date = now() - interval '1 second'")
        desk.http.cookies.clear()
        await desk.sign_in("ann")
        assert connection.execute("SELECT count(*) FROM django_session").fetchone() == (1,)


async def test_five_mistakes_long_ago_are_forgotten(desk: Desk, people: People, clean: str) -> None:
    await people.hire("ann", "viewer")
    for _ in range(5):
        await desk.sign_in("ann", "wrong password")
    with psycopg.connect(clean, autocommit=True) as connection:
        connection.execute("UPDATE office_attempt SET at = at - interval '16 minutes'")
    assert (await desk.sign_in("ann")).status_code == 302


async def test_a_form_without_its_token_or_from_elsewhere_is_refused(
    desk: Desk, people: People
) -> None:
    await people.hire("ann", "viewer")
    bare = await desk.http.post("/office/login", data={"name": "ann", "password": PASSWORD})
    assert bare.status_code == 403
    token = await desk.form_token()
    fields = {"csrfmiddlewaretoken": token, "name": "ann", "password": PASSWORD}
    evil = {"origin": "https://evil.example"}
    foreign = await desk.http.post("/office/login", data=fields, headers=evil)
    assert foreign.status_code == 403
    assert (await desk.http.post("/office/login", data=fields)).status_code == 302


async def test_over_tls_the_cookies_are_for_this_host_alone(
    office: FastAPI, people: People
) -> None:
    await people.hire("ann", "viewer")
    transport = httpx.ASGITransport(office, client=("192.0.2.4", 5000))
    proxied = {"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7"}
    async with httpx.AsyncClient(
        transport=transport, base_url="https://office.example", headers=proxied
    ) as http:
        desk = Desk(http)
        http.headers["origin"] = "https://office.example"
        answer = await desk.sign_in("ann")
        told = answer.headers.get_list("set-cookie")
        assert len(told) == 2
        for cookie in told:
            assert re.match("__Host-gatehouse_(staff|form)=", cookie)
            assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert (await http.get("/office/console")).status_code == 200
        http.cookies.set("gatehouse_staff", http.cookies["__Host-gatehouse_staff"])
        del http.cookies["__Host-gatehouse_staff"]
        assert (await http.get("/office/console")).status_code == 302


async def test_a_disabled_account_is_out_at_its_next_request(desk: Desk, people: People) -> None:
    await people.hire("ann", "viewer")
    await desk.sign_in("ann")
    await people.disable("ann")
    assert (await desk.http.get("/office/console")).status_code == 302


async def test_twelve_hours_end_a_session_however_busy(
    desk: Desk, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.hire("ann", "viewer")
    await desk.sign_in("ann")
    assert (await desk.http.get("/office/console")).status_code == 200
    monkeypatch.setattr("gatehouse.office.staying.LONGEST_SECONDS", -1)
    assert (await desk.http.get("/office/console")).status_code == 302


async def test_nobody_is_sent_elsewhere_after_signing_in(desk: Desk, people: People) -> None:
    await people.hire("ann", "viewer")
    for onward in ("https://evil.example/", "//evil.example/office/", "/elsewhere", "javascript:1"):
        answer = await desk.post("/office/login", name="ann", password=PASSWORD, next=onward)
        assert answer.headers["location"] == "/office/console", onward
        desk.http.cookies.clear()


async def test_a_link_sets_a_password_once(desk: Desk, people: People) -> None:
    path = f"/office{await people.link('bob', 'operator')}"
    weak = await desk.post(path, page=path, new_password1="password", new_password2="password")
    assert weak.status_code == 422
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert (await desk.post(path, page=path, **new)).status_code == 302
    assert (await desk.http.get(path)).status_code == 404
    assert (await desk.sign_in("bob")).status_code == 302


async def test_signing_in_leaves_its_trace(desk: Desk, people: People, clean: str) -> None:
    await people.hire("ann", "viewer")
    await desk.sign_in("ann", "wrong password")
    await desk.sign_in("ann")
    await desk.post("/office/logout", page="/office/console")
    with psycopg.connect(clean) as connection:
        rows = connection.execute("SELECT action, subject FROM rollout_audit ORDER BY seq")
        told = rows.fetchall()
    assert told == [("sign-in refused", "ann"), ("sign-in", "ann"), ("sign-out", "ann")]


async def test_every_page_of_the_office_has_its_headers(desk: Desk) -> None:
    answer = await desk.http.get("/office/login")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert (await desk.http.get("/office/none")).status_code == 404


async def test_json_that_a_parser_or_the_database_stumbles_over_is_refused(
    desk: Desk, people: People
) -> None:
    await people.hire("ann", "admin")
    headers = {
        "authorization": f"Bearer {await people.token('ann')}",
        "content-type": "application/json",
    }
    for body, status in (
        (b"[" * 100_000, 400),
        (b'{"version": "v\\u0000", "reason": "x"}', 422),
        (b'{"version": "v\\ud800", "reason": "x"}', 422),
        (b'{"version": "rules", "plan": {"steps": NaN}}', 400),
        (b"not json", 422),
        (b"[]", 422),
    ):
        answer = await desk.http.post("/office/api/rollouts", content=body, headers=headers)
        assert answer.status_code == status, body[:40]
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/office/api/rollouts/ro-1/pause", "/office/logout"])
async def test_a_method_that_an_address_does_not_take_is_told(desk: Desk, path: str) -> None:
    answer = await desk.http.get(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "It takes POST." in answer.text
    is_program = answer.headers["content-type"] == "application/problem+json"
    assert is_program == path.startswith("/office/api/")


async def test_a_body_beyond_the_limit_is_not_read(desk: Desk) -> None:
    answer = await desk.http.post("/office/login", content=b"x" * 300_000)
    assert answer.status_code == 413


def test_a_badge_is_worn_only_if_we_sealed_it_and_its_time_is_not_over() -> None:
    badge = Badge(lambda: "k" * 40, now=lambda: 1000.0)
    other = Badge(lambda: "j" * 40, now=lambda: 1000.0)

    def worn(value: str, name: str = "gatehouse_staff") -> bool:
        return badge.is_worn({b"cookie": f"a=b; {name}={value}".encode()})

    assert worn(badge.issue("a" * 32, until=1001))
    assert worn(badge.issue("a" * 32, until=1001), "__Host-gatehouse_staff")
    assert not worn(badge.issue("a" * 32, until=1000))
    assert not worn(other.issue("a" * 32, until=1001))
    assert not worn("a" * 32)
    assert badge.is_worn({b"authorization": b"Bearer " + badge.new_token().encode()})
    assert not badge.is_worn({b"authorization": b"Bearer " + other.new_token().encode()})
    assert not badge.is_worn({b"authorization": b"Bearer ops-token"})
    assert not badge.is_worn({})
