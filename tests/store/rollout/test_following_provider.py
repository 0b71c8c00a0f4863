"""Another program reads flags and assignments through OpenFeature, from the database itself."""

from __future__ import annotations

from pathlib import Path
from queue import Queue

import psycopg
import pytest
from openfeature import api
from openfeature.event import ProviderEvent

from gatehouse.base.config import load
from gatehouse.rollout import flag_book
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.openfeature import FollowingProvider
from gatehouse.rollout.types import Actor


def test_a_stored_flag_reaches_another_program_and_makes_it_no_worker(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path))
    provider, heard = FollowingProvider(clean, tmp_path, settings=load()), Queue[list[str] | None]()
    api.set_provider_and_wait(provider, domain="elsewhere")
    try:
        client = api.get_client(domain="elsewhere")
        changed = ProviderEvent.PROVIDER_CONFIGURATION_CHANGED
        client.add_handler(changed, lambda told: heard.put(told.flags_changed))
        put = flag_book.put
        put(connecting(clean), "SEARCH_CACHE_TTL", 77, actor=Actor("person", "me"), reason="test")
        while "SEARCH_CACHE_TTL" not in (heard.get(timeout=60) or []):
            pass
        assert client.get_integer_value("SEARCH_CACHE_TTL", 0) == 77
        with psycopg.connect(clean) as connection:
            row = connection.execute("SELECT count(*) FROM rollout_worker").fetchone()
        assert row == (0,)
    finally:
        api.clear_providers()
