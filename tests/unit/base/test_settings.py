"""Settings: every value is checked, every refusal is one plain line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import Misconfigured
from gatehouse.base.inventory import doubts, rows
from gatehouse.base.values import allowed

BAD = [
    ("ENVIRONMENT", "prod", "one of development, test, staging, production"),
    ("RE_SEARCH_TIMEOUT_MS", "50", "a whole number from 100 to 5000"),
    ("RE_SEARCH_TIMEOUT_MS", "5001", "a whole number from 100 to 5000"),
    ("RE_SEARCH_TIMEOUT_MS", "800.0", "a whole number from 100 to 5000"),
    ("RE_SEARCH_TIMEOUT_MS", "1_000", "a whole number from 100 to 5000"),
    ("WEB_PORT", "0", "a whole number from 1 to 65535"),
    ("WEB_PORT", "http", "a whole number from 1 to 65535"),
    ("CHECKPOINTER_POOL_TIMEOUT_SECONDS", "nan", "a number from 0.01 to 30"),
    ("CHECKPOINTER_POOL_TIMEOUT_SECONDS", "inf", "a number from 0.01 to 30"),
    ("ENABLE_RE_RECOMMEND_CARD", "yes", "true, false, 1 or 0"),
    ("LOG_COMPAT_LINES", "on", "true, false, 1 or 0"),
    ("OPS_ALLOW_CIDRS", "10.0.0.0/8, 300.1.1.1/8", "a comma-separated list of networks"),
    ("CORS_ORIGINS", "*", "a comma-separated list of sites"),
    ("CORS_ORIGINS", "https://a.example/path", "a comma-separated list of sites"),
    ("CORS_ORIGINS", "https://user:pw@a.example", "a comma-separated list of sites"),
    ("CORS_ORIGINS", "https://a.example:99999", "a comma-separated list of sites"),
    ("CORS_ORIGINS", "ftp://a.example", "a comma-separated list of sites"),
    ("DATABASE_URL", "mysql://h/x", "empty (the bundled PostgreSQL) or postgresql://"),
    ("MARKET_TIMEZONE", "Girne", "a time zone such as Asia/Nicosia"),
    ("SECRET_KEY", "short", "a random secret of 32 bytes or more"),
]
GOOD = [
    ("ENABLE_RE_RECOMMEND_CARD", "0", False),
    ("ENABLE_RE_RECOMMEND_CARD", "False", False),
    ("ENABLE_RE_RECOMMEND_CARD", "1", True),
    ("RE_SEARCH_TIMEOUT_MS", "100", 100),
    ("WEB_WORKERS", "64", 64),
    ("CORS_ORIGINS", " https://A.example:8443/ ,", ("https://a.example:8443",)),
    ("TRUSTED_PROXIES", "10.0.0.1/8,::1", ("10.0.0.0/8", "::1/128")),
    ("TRUSTED_PROXIES", "", ()),
    ("DATABASE_URL", "postgresql://u:p@/x?host=/run/pg", "postgresql://u:p@/x?host=/run/pg"),
]


@pytest.mark.parametrize(("name", "text", "rule"), BAD)
def test_a_bad_value_is_refused_in_one_line_that_names_it_and_the_rule(
    name: str, text: str, rule: str
) -> None:
    with pytest.raises(Misconfigured) as refusal:
        load({name: text})
    line = str(refusal.value)
    assert line.startswith(f"{name} is ")
    assert f"allowed is {rule}" in line
    assert "\n" not in line


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_good_value_is_read(name: str, text: str, value: object) -> None:
    assert getattr(load({name: text}), name.lower()) == value


@given(name=st.sampled_from(sorted(Settings.model_fields)), text=st.text(max_size=60))
def test_whatever_is_set_is_either_taken_or_refused_in_one_line(name: str, text: str) -> None:
    try:
        load({name.upper(): text})
    except Misconfigured as refusal:
        line = str(refusal)
        assert line.startswith(f"{name.upper()} is ")
        assert len(line.splitlines()) == 1
        assert line.endswith(allowed(Settings.model_fields[name]))


@given(secret=st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=31))
def test_a_refused_secret_is_never_shown(secret: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        load({"SECRET_KEY": secret})
    shown = f"SECRET_KEY is '(secret, {len(secret)} characters)': "
    assert str(refusal.value) == f"{shown}allowed is a random secret of 32 bytes or more"


def test_several_bad_values_are_all_named_in_the_one_line() -> None:
    with pytest.raises(Misconfigured) as refusal:
        load({"WEB_PORT": "x", "WEB_WORKERS": "0"})
    assert "WEB_PORT is 'x'" in str(refusal.value)
    assert "WEB_WORKERS is '0'" in str(refusal.value)


def test_a_value_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    settings = load({"OPS_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.ops_token.get_secret_value() == "from-a-file"


def test_a_value_and_its_file_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("x")
    with pytest.raises(Misconfigured, match="OPS_TOKEN and OPS_TOKEN_FILE are both set"):
        load({"OPS_TOKEN": "y", "OPS_TOKEN_FILE": str(tmp_path / "token")})


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"OPS_TOKEN_FILE is .* allowed is a readable file"):
        load({"OPS_TOKEN_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize("key", ["", "change-me-change-me-change-me-change-me", "a" * 40])
def test_production_is_refused_without_a_strong_secret(key: str) -> None:
    with pytest.raises(Misconfigured, match="SECRET_KEY is missing or a default"):
        load({"ENVIRONMENT": "production", "SECRET_KEY": key})


def test_production_starts_with_a_random_secret() -> None:
    key = "0f7d1c3b5a9e8f6d2b4c7a1e9d3f5b8c6a0e2d4f"
    assert load({"ENVIRONMENT": "production", "SECRET_KEY": key}).environment == "production"


def test_production_does_not_start_with_deliberate_faults() -> None:
    key = "0f7d1c3b5a9e8f6d2b4c7a1e9d3f5b8c6a0e2d4f"
    with pytest.raises(Misconfigured, match="LAB is '1'") as refusal:
        load({"ENVIRONMENT": "production", "SECRET_KEY": key, "LAB": "1"})
    assert "\n" not in str(refusal.value)
    assert load({"ENVIRONMENT": "test", "LAB": "1"}).environment == "test"


def test_the_parts_of_a_database_url_are_put_together_with_odd_letters_escaped() -> None:
    parts = {
        "DB_HOST": "db",
        "DB_USER": "me",
        "DB_PASSWORD": "a/b@c:d",
        "DB_NAME": "n",
        "DB_PORT": "1",
    }
    assert load(parts).postgres_url == "postgresql://me:a%2Fb%40c%3Ad@db:1/n"


def test_the_whole_database_url_wins_over_its_parts() -> None:
    given_twice = {"DB_HOST": "db", "DATABASE_URL": "postgresql://other/x"}
    assert load(given_twice).postgres_url == "postgresql://other/x"


def test_nothing_set_means_the_bundled_database() -> None:
    assert load({}).postgres_url == ""


def test_the_list_shows_value_and_source_but_no_secret(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("0123456789")
    shown = {
        row.name: row
        for row in rows(
            {
                "OPS_TOKEN_FILE": str(tmp_path / "token"),
                "DATABASE_URL": "postgresql://me:pa@ss:word@db/x?password=hidden",
                "WEB_PORT": "81",
            }
        )
    }
    assert (shown["WEB_PORT"].value, shown["WEB_PORT"].source) == (81, "environment")
    assert shown["WEB_HOST"].source == "default"
    assert (shown["OPS_TOKEN"].value, shown["OPS_TOKEN"].source) == (
        "(secret, 10 characters)",
        "file",
    )
    assert shown["DATABASE_URL"].value == "postgresql://me:***@db/x?password=***"


def test_a_misspelt_variable_of_ours_is_noticed() -> None:
    assert doubts({"GATEHOUSE_DATTA": "x", "GATEHOUSE_DATA": "y", "HOME": "z"}) == [
        "GATEHOUSE_DATTA is no setting and is ignored; meant is GATEHOUSE_DATA?"
    ]


def test_the_command_stops_with_exactly_one_line_and_code_2() -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "settings"],
        env={"RE_SEARCH_TIMEOUT_MS": "50", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr == (
        "gatehouse: RE_SEARCH_TIMEOUT_MS is '50': allowed is a whole number from 100 to 5000\n"
    )
