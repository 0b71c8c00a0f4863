"""Who may pull which lever, by page and by API; nobody moves blindly what has moved on."""

from __future__ import annotations

import json
import re
from typing import Any

import psycopg
import pytest

from gatehouse.rollout import roles

from .conftest import SITE, Desk, People
from .scene import NEW, OLD, Staged, clear, stage

REASON = "p95 has doubled since four"
LEVERS = {
    "pause": "operator",
    "rollback": "operator",
    "abort": "operator",
    "kill": "operator",
    "advance": "releaser",
    "promote": "releaser",
    "approve": "releaser",
    "waive": roles.LEAST["waive"],
}


@pytest.fixture
def staged(clean: str) -> Any:
    yield stage(clean, looks=2)
    clear(clean)


def row(url: str, what: str) -> Any:
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT {what} FROM rollout").fetchone()
    assert found
    return found[0] if len(found) == 1 else found


async def test_a_role_sees_and_pulls_its_own_levers_only(
    desk: Desk, people: People, staged: Staged, clean: str
) -> None:
    before = row(clean, "phase, share, revision")
    for role in roles.ROLES:
        await people.hire(f"a-{role}", role)
        await desk.sign_in(f"a-{role}")
        await refused_above(desk, role, staged)
        desk.http.cookies.clear()
    assert row(clean, "phase, share, revision") == before


async def refused_above(desk: Desk, role: str, staged: Staged) -> None:
    """The page shows exactly the role's levers; page, form and API refuse the others."""
    page = (await desk.http.get("/office/console")).text
    token = await desk.form_token("/office/console")
    for lever, least in LEVERS.items():
        path = f"/office/rollouts/{staged.rollout_id}/{lever}"
        is_allowed = roles.ROLES.index(role) >= roles.ROLES.index(least)
        if lever != "approve":  # the plan asks for none at this step
            assert (f'href="{path}"' in page) is is_allowed, (role, lever)
        if not is_allowed:
            form = {"csrfmiddlewaretoken": token, "reason": REASON}
            assert (await desk.http.get(path)).status_code == 403, (role, lever)
            assert (await desk.http.post(path, data=form)).status_code == 403, (role, lever)
            api = f"/office/api/rollouts/{staged.rollout_id}/{lever}"
            keyed = {"X-CSRFToken": token, "origin": SITE}
            answer = await desk.http.post(api, json={"reason": REASON}, headers=keyed)
            told = (answer.status_code, answer.json()["error"])
            assert told == (403, "forbidden"), (role, lever)


async def test_a_lever_says_what_it_will_do_and_does_it_once_there_is_a_reason(
    desk: Desk, people: People, staged: Staged, clean: str
) -> None:
    await people.hire("ann", "operator")
    await desk.sign_in("ann")
    path = f"/office/rollouts/{staged.rollout_id}/rollback"
    asked = (await desk.http.get(path)).text
    assert f"No new conversation gets {NEW.id}" in asked
    assert f"Everybody gets {OLD.id}" in asked
    bare = await desk.post(path, page=path, reason=" ")
    assert bare.status_code == 422
    assert "reason" in bare.text
    assert row(clean, "phase") == "ramping"
    done = await desk.post(path, page=path, reason=REASON)
    assert done.headers["location"] == f"/office/rollouts/{staged.rollout_id}"
    assert row(clean, "phase, share") == ("rolling_back", 0)
    page = (await desk.http.get("/office/console")).text
    assert "is being taken back" in page
    assert REASON in page
    again = await desk.post(path, page=path, reason=REASON)
    assert again.status_code == 409


async def test_what_goes_forward_is_refused_if_the_rollout_has_moved_on_since_and_a_way_back_is_not(
    desk: Desk, people: People, staged: Staged, clean: str
) -> None:
    await people.hire("ann", "releaser")
    await desk.sign_in("ann")
    path = f"/office/rollouts/{staged.rollout_id}"
    seen = re.search(
        r'name="revision" value="(\d+)"', (await desk.http.get(f"{path}/promote")).text
    )
    assert seen
    with psycopg.connect(clean, autocommit=True) as connection:
        connection.execute("UPDATE rollout SET revision = revision + 1")
    late = {"reason": REASON, "revision": seen.group(1)}
    refused = await desk.post(f"{path}/promote", page=f"{path}/promote", **late)
    assert refused.status_code == 409
    assert "moved on" in refused.text
    assert row(clean, "phase") == "ramping"
    back = await desk.post(f"{path}/rollback", page=f"{path}/rollback", **late)
    assert back.status_code == 302
    assert row(clean, "phase") == "rolling_back"


@pytest.mark.parametrize(
    ("how", "share", "policy"), [("immediate", 0, "immediate"), ("drain", 0, "drain")]
)
async def test_the_way_back_may_be_chosen(
    desk: Desk, people: People, staged: Staged, clean: str, *, how: str, share: int, policy: str
) -> None:
    await people.hire("ann", "operator")
    await desk.sign_in("ann")
    path = f"/office/rollouts/{staged.rollout_id}/rollback"
    await desk.post(path, page=path, reason=REASON, how=how)
    assert row(clean, "share, policy") == (share, policy)


async def test_a_smaller_share_is_kept_and_nonsense_is_refused(
    desk: Desk, people: People, staged: Staged, clean: str
) -> None:
    await people.hire("ann", "operator")
    await desk.sign_in("ann")
    path = f"/office/rollouts/{staged.rollout_id}/rollback"
    for nonsense in ("many", "100", "-1", "nan"):
        told = await desk.post(path, page=path, reason=REASON, to_percent=nonsense)
        assert told.status_code == 422, nonsense
    assert row(clean, "phase, share") == ("ramping", 10_000)
    done = await desk.post(path, page=path, reason=REASON, to_percent="5 %")
    assert done.status_code == 302
    assert row(clean, "phase, share, is_paused") == ("ramping", 5_000, True)


async def test_the_api_takes_a_token_of_a_person_narrowed_by_its_role(
    desk: Desk, people: People, staged: Staged, clean: str
) -> None:
    await people.hire("ann", "admin")
    pause = f"/office/api/rollouts/{staged.rollout_id}/pause"
    narrow = {"authorization": f"Bearer {await people.token('ann', role='viewer')}"}
    refused = await desk.http.post(pause, json={"reason": REASON}, headers=narrow)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    full = {"authorization": f"Bearer {await people.token('ann')}"}
    moved = await desk.http.post(pause, json={"reason": REASON}, headers=full)
    assert moved.status_code == 200
    assert (moved.json()["is_paused"], moved.json()["held"]) == (True, "manual")
    entries = (await desk.http.get(pause.replace("pause", "history"), headers=full)).json()
    last = entries["entries"][-1]
    assert (last["actor_kind"], last["actor"], last["reason"]) == ("token", "ann by test", REASON)


async def test_the_api_is_closed_without_a_session_or_a_living_token(
    desk: Desk, people: People, staged: Staged, clean: str
) -> None:
    await people.hire("ann", "admin")
    token = await people.token("ann")
    for headers in ({}, {"authorization": "Bearer gho_x"}, {"authorization": f"Bearer {token}0"}):
        answer = await desk.http.get("/office/api/status", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "not-signed-in")
    good = {"authorization": f"Bearer {token}"}
    assert (await desk.http.get("/office/api/me", headers=good)).json()["role"] == "admin"
    with psycopg.connect(clean, autocommit=True) as connection:
        assert token not in str(connection.execute("SELECT * FROM office_token").fetchall())
        connection.execute("UPDATE office_token SET expires_at = now() - interval '1 second'")
    assert (await desk.http.get("/office/api/me", headers=good)).status_code == 401
    await people.disable("ann")
    fresh = {"authorization": f"Bearer {await people.token('ann')}"}
    assert (await desk.http.get("/office/api/me", headers=fresh)).status_code == 401


async def test_a_session_needs_the_forms_key_over_the_api_too(
    desk: Desk, people: People, staged: Staged, clean: str
) -> None:
    await people.hire("ann", "operator")
    await desk.sign_in("ann")
    pause = f"/office/api/rollouts/{staged.rollout_id}/pause"
    bare = await desk.http.post(pause, json={"reason": REASON})
    assert (bare.status_code, bare.json()["error"]) == (403, "forged-form")
    keyed = {"X-CSRFToken": await desk.form_token("/office/console")}
    assert (await desk.http.post(pause, json={"reason": REASON}, headers=keyed)).status_code == 200


async def test_a_rollout_begins_over_the_api_and_shows_its_levers(
    desk: Desk, people: People, staged: Staged
) -> None:
    await people.hire("ann", "operator")
    headers = {"authorization": f"Bearer {await people.token('ann')}"}
    wanted = {"version": NEW.id, "plan": "R2", "reason": REASON}
    begun = await desk.http.post("/office/api/rollouts", json=wanted, headers=headers)
    assert begun.status_code == 201, begun.text
    found = await desk.http.get(f"/office/api/rollouts/{begun.json()['id']}", headers=headers)
    assert (found.json()["phase"], found.json()["plan_name"]) == ("draft", "R2")
    assert "rollback" in found.json()["levers"]
    assert "promote" not in found.json()["levers"]
    wrongs: tuple[dict[str, Any], ...] = (
        {"version": "v-none"},
        {"plan": "R9"},
        {"plan": {"steps": []}},
        {"reason": ""},
    )
    for wrong in wrongs:
        told = await desk.http.post("/office/api/rollouts", json=wanted | wrong, headers=headers)
        assert told.status_code in (404, 422), wrong
        assert told.json()["detail"]
    listed = await desk.http.get("/office/api/rollouts", headers=headers)
    assert [each["phase"] for each in listed.json()["rollouts"]] == ["draft", "superseded"]


async def test_every_verdict_is_there_with_its_evidence(
    desk: Desk, people: People, staged: Staged
) -> None:
    from gatehouse.rollout import gates, judgements

    await people.hire("ann", "viewer")
    headers = {"authorization": f"Bearer {await people.token('ann')}"}
    path = f"/office/api/rollouts/{staged.rollout_id}/judgements?gate=errors"
    found = (await desk.http.get(path, headers=headers)).json()["judgements"]
    assert len(found) == 2
    evidence = judgements.read(json.dumps(found[-1]))
    assert judgements.text_of(gates.recompute(evidence)) == judgements.text_of(evidence)


async def test_every_verdict_is_worked_out_again_and_a_changed_one_is_found(
    desk: Desk, people: People, staged: Staged, clean: str
) -> None:
    await people.hire("ann", "viewer")
    await desk.sign_in("ann")
    page = f"/office/rollouts/{staged.rollout_id}/replay"
    assert "differ" not in (await desk.http.get(page)).text
    with psycopg.connect(clean, autocommit=True) as connection:
        connection.execute(
            "UPDATE rollout_judgement SET evidence = to_jsonb(replace(evidence #>> '{}',"
            """ '"trouble":""', '"trouble":"x"')) WHERE id = 1"""
        )
    assert "1 of them differ" in (await desk.http.get(page)).text
    assert (await desk.http.get("/office/rollouts/ro-none/replay")).status_code == 404


async def test_flags_are_set_with_a_reason_by_who_may(
    desk: Desk, people: People, clean: str
) -> None:
    await people.hire("ann", "operator")
    await people.hire("vic", "viewer")
    await desk.sign_in("ann")
    page, form = "/office/flags", {"name": "RE_PROMPT_CANARY_PERCENT", "value": "20", "act": "set"}
    bare = await desk.post(page, page=page, **form)
    assert bare.status_code == 422
    wild = await desk.post(
        "/office/flags", page="/office/flags", **{**form, "value": "200"}, reason=REASON
    )
    assert wild.status_code == 422
    assert "200" in wild.text
    done = await desk.post(page, page=page, **form, reason=REASON)
    assert done.status_code == 302
    assert "stored 20" in (await desk.http.get("/office/flags")).text
    viewer = {"authorization": f"Bearer {await people.token('vic')}"}
    told = await desk.http.get("/office/api/flags", headers=viewer)
    assert told.json()["flags"]["RE_PROMPT_CANARY_PERCENT"]["reason"] == REASON
    wanted = {"name": "RE_PROMPT_CANARY_PERCENT", "value": None, "reason": REASON}
    refused = await desk.http.post("/office/api/flags", json=wanted, headers=viewer)
    assert refused.status_code == 403
    await desk.post(
        "/office/flags", page="/office/flags", **{**form, "act": "unset"}, reason=REASON
    )
    assert "stored 20" not in (await desk.http.get("/office/flags")).text


async def test_what_people_write_is_shown_as_text(
    desk: Desk, people: People, staged: Staged
) -> None:
    await people.hire("ann", "operator")
    await desk.sign_in("ann")
    path = f"/office/rollouts/{staged.rollout_id}/pause"
    await desk.post(path, page=path, reason="<script>alert(1)</script> {{ 7|add:7 }}")
    for page in ("/office/console", "/office/audit"):
        shown = (await desk.http.get(page)).text
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:7 }}" in shown


async def test_a_viewer_reads_every_page_and_an_empty_house_has_them_too(
    desk: Desk, people: People, clean: str
) -> None:
    await people.hire("vic", "viewer")
    await desk.sign_in("vic")
    pages = [
        f"/office/{page}" for page in ("console", "rollouts", "versions", "flags", "audit?check=1")
    ]
    compared = f"/office/versions/{NEW.id}?against={OLD.id}"
    empty = {page: (await desk.http.get(page)).status_code for page in pages}
    stage(clean, "failed", looks=2)
    try:
        full = {page: (await desk.http.get(page)).status_code for page in (*pages, compared)}
    finally:
        clear(clean)
    assert set(empty.values()) | set(full.values()) == {200}, (empty, full)
