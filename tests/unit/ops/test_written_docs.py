"""Documents that come from the code: complete, and noticed when stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatehouse.base.config import Settings
from gatehouse.ops import docs
from gatehouse.ops.openapi_text import api_lines


@pytest.fixture
def one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "PAGES", {"settings.md": docs.settings_page})


def test_every_setting_is_documented() -> None:
    page = docs.settings_page()
    for name in Settings.model_fields:
        assert f"| `{name.upper()}` |" in page


def test_the_page_of_settings_in_the_tree_is_current() -> None:
    assert Path("docs/settings.md").read_text() == docs.settings_page()


@pytest.mark.usefixtures("one_page")
def test_a_stale_page_is_named_and_then_written_once(tmp_path: Path) -> None:
    (tmp_path / "settings.md").write_text("old")
    assert docs.stale(tmp_path) == [tmp_path / "settings.md"]
    assert docs.write(tmp_path) == [tmp_path / "settings.md"]
    assert docs.stale(tmp_path) == []
    assert docs.write(tmp_path) == []


def test_an_endpoint_is_described_by_its_fields_and_answers() -> None:
    described = {
        "paths": {
            "/x": {
                "post": {
                    "summary": "Does x.",
                    "parameters": [
                        {"name": "q", "in": "query", "schema": {"type": "integer"}},
                    ],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/c/Body"}}}
                    },
                    "responses": {"200": {"description": "Done"}},
                }
            }
        },
        "components": {
            "schemas": {
                "Body": {
                    "required": ["names"],
                    "properties": {"names": {"type": "array", "items": {"type": "string"}}},
                }
            }
        },
    }
    lines = list(api_lines(described))
    assert "## `POST /x`" in lines
    assert "| `q` | query | no | integer |  |" in lines
    assert "| `names` | body | yes | list of string |  |" in lines
    assert "- 200: Done" in lines
    assert "| `names` | yes | list of string |  |" in lines  # and the shape by its name
