"""The signing key: given, or made once and kept closed."""

from __future__ import annotations

from pathlib import Path

from gatehouse.base.config import load
from gatehouse.base.keys import signing_key


def test_a_given_key_is_used(tmp_path: Path) -> None:
    key = "0f7d1c3b5a9e8f6d2b4c7a1e9d3f5b8c6a0e2d4f"
    assert signing_key(load({"SECRET_KEY": key, "GATEHOUSE_DATA": str(tmp_path)})) == key
    assert not list(tmp_path.iterdir())


def test_without_one_a_random_key_is_made_once_and_kept_closed(tmp_path: Path) -> None:
    settings = load({"GATEHOUSE_DATA": str(tmp_path / "data")})
    first = signing_key(settings)
    assert len(first) >= 32
    assert signing_key(settings) == first
    kept = tmp_path / "data" / "secret-key"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secret-key"]


def test_two_houses_have_two_keys(tmp_path: Path) -> None:
    one, two = (load({"GATEHOUSE_DATA": str(tmp_path / name)}) for name in "ab")
    assert signing_key(one) != signing_key(two)
