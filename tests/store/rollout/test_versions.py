"""Versions in the database: kept once, told to everybody once, never changed unnoticed."""

from __future__ import annotations

import pytest

from gatehouse.base.errors import BadInput, NotFound, StoreDown
from gatehouse.rollout import versions
from gatehouse.rollout.bundles import Bundle
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.types import RULES, Actor
from gatehouse.rollout.versions import RULES_VERSION, Version

TEXTS = {"system": "Speak.\n", "homes": "$data\n", "repair": "$reason\n"}
ANNA = Actor("person", "anna")


def version(model: str = "m", label: str = "", **texts: str) -> Version:
    return Version(Bundle("prompted", TEXTS | texts, model), label, created_by="anna")


@pytest.fixture
def connect(clean: str) -> Connect:
    return connecting(clean)


def revision(connect: Connect) -> int:
    with connect() as visit:
        row = visit.execute("SELECT revision FROM rollout_control WHERE id = 1").fetchone()
    assert row is not None
    return int(row["revision"])


def test_what_is_kept_is_read_again(connect: Connect) -> None:
    kept, is_new = versions.keep(connect, version(label="warmer"), actor=ANNA)
    assert is_new
    assert versions.read(connect, kept.id) == kept
    assert (kept.bundle, kept.label, kept.created_by) == (version().bundle, "warmer", "anna")


def test_the_same_content_is_kept_once_and_is_no_news(connect: Connect) -> None:
    versions.keep(connect, version(label="first"))
    before = revision(connect)
    kept, is_new = versions.keep(connect, version(label="second"))
    assert not is_new
    assert kept.label == "first"
    assert revision(connect) == before


def test_a_new_one_is_news_to_every_process(connect: Connect) -> None:
    before = revision(connect)
    versions.keep(connect, version())
    assert revision(connect) > before


def test_who_made_it_stands_in_the_audit(connect: Connect) -> None:
    kept, _ = versions.keep(connect, version(), actor=ANNA, reason="one sentence shorter")
    with connect() as visit:
        row = visit.execute(
            "SELECT actor, action, subject, reason FROM rollout_audit ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    assert row == {
        "actor": "anna",
        "action": "version_create",
        "subject": kept.id,
        "reason": "one sentence shorter",
    }


def test_the_rules_are_always_there_and_need_no_row(connect: Connect) -> None:
    assert versions.read(connect, RULES) == RULES_VERSION
    assert versions.keep(connect, RULES_VERSION) == (RULES_VERSION, False)


def test_versions_are_found_by_beginning_and_label(connect: Connect) -> None:
    kept, _ = versions.keep(connect, version(label="warmer"))
    assert versions.found(connect, kept.id[:8]).id == kept.id
    assert versions.found(connect, "warmer").id == kept.id


def test_a_name_that_may_be_several_is_not_guessed(connect: Connect) -> None:
    versions.keep(connect, version("a", "same"))
    versions.keep(connect, version("b", "same"))
    with pytest.raises(BadInput, match="same may be any of"):
        versions.found(connect, "same")


@pytest.mark.parametrize("named", ["v-000000000000", "nobody", "%", "v_"])
def test_what_is_not_there_is_not_found(connect: Connect, named: str) -> None:
    versions.keep(connect, version())
    with pytest.raises(NotFound, match="gatehouse version list"):
        versions.found(connect, named)


def test_the_newest_come_first_and_known_ones_can_be_left_out(connect: Connect) -> None:
    first, _ = versions.keep(connect, version("a"))
    second, _ = versions.keep(connect, version("b"))
    assert [each.id for each in versions.newest(connect)] == [second.id, first.id]
    assert [each.id for each in versions.newest(connect, but=[second.id])] == [first.id]
    assert [each.id for each in versions.newest(connect, most=1)] == [second.id]


def test_a_row_that_was_changed_is_not_served_and_the_others_are(connect: Connect) -> None:
    kept, _ = versions.keep(connect, version("a"))
    sound, _ = versions.keep(connect, version("b"))
    with connect() as visit:
        visit.execute(
            "UPDATE rollout_version SET bundle = jsonb_set(bundle, '{model}', '\"evil\"') "
            "WHERE id = %s",
            (kept.id,),
        )
    with pytest.raises(BadInput, match="was changed in the database"):
        versions.read(connect, kept.id)
    assert [each.id for each in versions.newest(connect)] == [sound.id]


def test_a_database_that_is_away_is_said_so() -> None:
    with pytest.raises(StoreDown):
        versions.newest(connecting("postgresql://me:word@127.0.0.1:1/x"))
