"""Who may do what."""

from __future__ import annotations

import pytest

from gatehouse.rollout.roles import LEAST, ROLES, Action, Forbidden, may, require

EVERYBODY_ON_CALL: tuple[Action, ...] = ("rollback", "kill", "abort", "pause", "resume", "start")
RELEASERS: tuple[Action, ...] = ("promote", "approve", "advance")


@pytest.mark.parametrize("action", EVERYBODY_ON_CALL)
def test_everybody_on_call_can_take_people_back(action: Action) -> None:
    assert may(["operator"], action)
    assert not may(["viewer"], action)


@pytest.mark.parametrize("action", RELEASERS)
def test_going_forward_by_hand_is_a_right_of_its_own(action: Action) -> None:
    assert may(["releaser"], action)
    assert not may(["operator"], action)


@pytest.mark.parametrize("action", LEAST)
def test_each_role_may_do_what_the_one_before_may(action: Action) -> None:
    allowed = [may([role], action) for role in ROLES]
    assert allowed == sorted(allowed)
    assert allowed[-1]


@pytest.mark.parametrize("roles", [[], ["root"], ["Admin"], [""]])
def test_unknown_roles_may_do_nothing(roles: list[str]) -> None:
    assert not any(may(roles, action) for action in LEAST)


def test_a_refusal_names_the_role_that_would_do() -> None:
    with pytest.raises(Forbidden, match="promote needs the role releaser"):
        require(["operator"], "promote")
