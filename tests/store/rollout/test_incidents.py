"""The register of incidents: who opened what, how bad it is, and that it is in the audit."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.rollout import audit, incidents
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.types import Actor

ALICE, BOB = Actor("person", "alice"), Actor("person", "bob")


def test_r1_24_open_ones_of_severity_one_and_two_hold(clean: str) -> None:
    connect = connecting(clean)
    opened = [
        incidents.register(connect, severity, title=f"of severity {severity}", actor=ALICE)
        for severity in (3, 2, 4, 1)
    ]
    with connect() as connection:
        assert [each.severity for each in incidents.holding(connection)] == [1, 2]
        assert [each.severity for each in incidents.listed(connection)] == [1, 2, 3, 4]
    incidents.close(connect, opened[3].id, reason="restarted", actor=BOB)
    with connect() as connection:
        assert [each.severity for each in incidents.holding(connection)] == [2]
        last = incidents.listed(connection)[-1]
        assert (last.severity, last.closed_by, last.holds) == (1, "bob", False)


def test_what_was_done_is_in_the_audit(clean: str) -> None:
    connect = connecting(clean)
    made = incidents.register(connect, 2, title="slow", actor=ALICE)
    incidents.close(connect, made.id, reason="fast again", actor=BOB)
    with connect() as connection:
        told = [(e.action, e.actor, e.reason) for e in audit.entries(connection)]
    assert told == [
        ("incident.open", "alice", "slow"),
        ("incident.close", "bob", "fast again"),
    ]


@pytest.mark.parametrize(("severity", "title"), [(0, "x"), (5, "x"), (2, "  "), (2, "x" * 201)])
def test_nonsense_is_refused(clean: str, severity: int, title: str) -> None:
    with pytest.raises(BadInput):
        incidents.register(connecting(clean), severity, title=title, actor=ALICE)


def test_only_an_open_one_can_be_closed_and_with_a_reason(clean: str) -> None:
    connect = connecting(clean)
    with pytest.raises(NotFound):
        incidents.close(connect, 404, reason="gone", actor=ALICE)
    made = incidents.register(connect, 2, title="slow", actor=ALICE)
    with pytest.raises(BadInput):
        incidents.close(connect, made.id, reason=" ", actor=ALICE)
    incidents.close(connect, made.id, reason="done", actor=ALICE)
    with pytest.raises(NotFound):
        incidents.close(connect, made.id, reason="again", actor=ALICE)


def test_the_command_opens_lists_and_closes(clean: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", clean)

    def run(*words: str) -> str:
        out = io.StringIO()
        call_command("incident", *words, stdout=out)
        return out.getvalue()

    assert "no incident" in run("list")
    opened = run("open", "1", "the model lies")
    number = opened.split()[0]
    assert "SEV1" in opened and "holds rollouts" in run("list")
    assert "closed" in run("close", number, "--reason", "taken back")
    assert "holds" not in run("list")
