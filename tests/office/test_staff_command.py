"""`gatehouse staff`: accounts, roles, links and tokens from the shell."""

from __future__ import annotations

import io
import re

import psycopg
import pytest
from asgiref.sync import sync_to_async

from gatehouse.base.errors import BadInput, Conflict, NotFound

from .conftest import PASSWORD, Desk


async def run(*words: str) -> str:
    """What the command prints on standard output."""
    from django.core.management import call_command

    out = io.StringIO()
    await sync_to_async(call_command)("staff", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


async def test_a_person_begins_with_a_link_and_no_password(desk: Desk, clean: str) -> None:
    told = await run("add", "ann", "--role", "releaser")
    link = re.search(r"http://[^/]+(/office/welcome/\S+)", told)
    assert link
    assert "no password yet" in await run("list")
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    await desk.post(link.group(1), page=link.group(1), **new)
    await desk.sign_in("ann")
    assert ">releaser<" in (await desk.http.get("/office/console")).text


async def test_a_link_ends_with_its_day(
    desk: Desk, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run("add", "ann")
    link = re.search(r"(/office/welcome/\S+)", await run("link", "ann"))
    assert link
    assert (await desk.http.get(link.group(1))).status_code == 200
    from django.conf import settings

    monkeypatch.setattr(settings, "PASSWORD_RESET_TIMEOUT", -1)
    assert (await desk.http.get(link.group(1))).status_code == 404


async def test_a_token_works_with_its_role_until_its_person_is_disabled(
    desk: Desk, clean: str
) -> None:
    await run("add", "ann", "--role", "operator")
    token = (await run("token", "ann", "--label", "pager", "--role", "viewer")).strip()
    headers = {"authorization": f"Bearer {token}"}
    assert (await desk.http.get("/office/api/me", headers=headers)).json()["role"] == "viewer"
    await run("disable", "ann")
    assert (await desk.http.get("/office/api/me", headers=headers)).status_code == 401
    await run("enable", "ann")
    assert (await desk.http.get("/office/api/me", headers=headers)).status_code == 200


async def test_wrong_words_are_told_plainly(clean: str) -> None:
    await run("add", "ann")
    for words, trouble in (
        (("add", "ann"), Conflict),
        (("add", "Ann Smith"), BadInput),
        (("add", "bob", "--role", "king"), BadInput),
        (("role", "nobody", "admin"), NotFound),
        (("token", "ann", "--days", "0"), BadInput),
    ):
        with pytest.raises(trouble):
            await run(*words)


async def test_every_change_of_staff_is_in_the_audit(clean: str) -> None:
    await run("add", "ann")
    await run("role", "ann", "admin")
    await run("token", "ann")
    await run("disable", "ann")
    with psycopg.connect(clean) as connection:
        rows = connection.execute("SELECT action, subject FROM rollout_audit ORDER BY seq")
        told = rows.fetchall()
    assert told == [
        ("staff added", "ann"),
        ("role given", "ann"),
        ("token issued", "ann"),
        ("staff disabled", "ann"),
    ]


async def test_one_token_is_revoked_and_the_others_go_on(desk: Desk, clean: str) -> None:
    await run("add", "ann", "--role", "operator")
    headers = [
        {"authorization": f"Bearer {(await run('token', 'ann', '--label', label)).strip()}"}
        for label in ("pager", "laptop")
    ]
    number = re.search(r"(\d+) pager .* operator .* last used never", await run("tokens", "ann"))
    assert number
    with pytest.raises(NotFound):
        await run("revoke", "ann", "0")
    await run("revoke", "ann", number.group(1))
    told = [(await desk.http.get("/office/api/me", headers=each)).status_code for each in headers]
    assert told == [401, 200]
    assert "pager" not in await run("tokens", "ann")
