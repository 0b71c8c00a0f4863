"""Stored flags: each with an owner and a reason, and an entry in the audit."""

from __future__ import annotations

import math
import time

import pytest

from gatehouse.base.errors import BadInput, NotFound
from gatehouse.rollout import audit, flag_book
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.types import Actor

ME = Actor("person", "me")


@pytest.fixture
def connect(clean: str) -> Connect:
    return connecting(clean)


def test_a_value_is_stored_with_who_and_why(connect: Connect) -> None:
    until = time.time() + 60
    flag_book.put(connect, "search_cache_ttl", "60", actor=ME, reason=" slow base ", until=until)
    (stored,) = flag_book.stored(connect).items()
    name, flag = stored
    assert name == "SEARCH_CACHE_TTL"
    assert (flag.value, flag.owner, flag.set_by, flag.reason) == (60, "me", "me", "slow base")
    assert flag.until == pytest.approx(until, abs=0.01)


def test_each_change_is_in_the_audit_with_the_value_before(connect: Connect) -> None:
    for value in (60, 90):
        flag_book.put(connect, "SEARCH_CACHE_TTL", value, actor=ME, reason="tuning", owner="ops")
    assert flag_book.take(connect, "SEARCH_CACHE_TTL", actor=ME, reason="done") == 90
    with connect() as visit:
        told = audit.entries(visit, subject="SEARCH_CACHE_TTL")
    assert [(each.action, each.details) for each in told] == [
        ("flag_set", {"from": None, "to": 60}),
        ("flag_set", {"from": 60, "to": 90}),
        ("flag_unset", {"from": 90, "to": None}),
    ]
    assert flag_book.stored(connect) == {}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SEARCH_CACHE_TTL", "-1", "why"),
        ("SEARCH_CACHE_TTL", "soon", "why"),
        ("SEARCH_CACHE_TTL", "60", "  "),
        ("DATABASE_URL", "x", "why"),
        ("NONSENSE", "1", "why"),
    ],
)
def test_what_is_not_allowed_leaves_nothing_behind(
    name: str, value: str, reason: str, connect: Connect
) -> None:
    with pytest.raises(BadInput):
        flag_book.put(connect, name, value, actor=ME, reason=reason)
    assert flag_book.stored(connect) == {}
    with connect() as visit:
        assert audit.entries(visit) == []


@pytest.mark.parametrize("until", [1.0, math.nan, math.inf, 1e15])
def test_a_value_cannot_end_in_the_past_nor_at_no_time_at_all(
    connect: Connect, until: float
) -> None:
    with pytest.raises(BadInput, match="until"):
        flag_book.put(connect, "SEARCH_CACHE_TTL", 60, actor=ME, reason="why", until=until)


@pytest.mark.parametrize("reason", ["", "ab", "x" * 501, "why\x00"])
def test_a_reason_is_a_sentence_and_no_more(connect: Connect, reason: str) -> None:
    with pytest.raises(BadInput, match="reason"):
        flag_book.put(connect, "SEARCH_CACHE_TTL", 60, actor=ME, reason=reason)


def test_what_is_not_stored_cannot_be_taken_back(connect: Connect) -> None:
    with pytest.raises(NotFound, match="SEARCH_CACHE_TTL"):
        flag_book.take(connect, "SEARCH_CACHE_TTL", actor=ME, reason="why")
