"""The model fails in every way during one talk; the visitor gets on, and nothing is restarted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from .conftest import PHONE
from .face import face
from .walk import SHORT_FORM, stage, walk

pytestmark = pytest.mark.browser


def test_a_talk_goes_on_while_the_model_hangs_babbles_dies_and_comes_back(browser: Browser) -> None:
    with stage() as (_, server, voice):
        address = f"http://127.0.0.1:{server.port}"
        workers = server.workers
        with face(browser, address, viewport=PHONE) as visitor:
            visitor.open(address)
            well, hanging, babbling, gone, again = walk(visitor, voice, shown=lambda _: None)
            visitor.settle()
        assert server.workers == workers
    assert SHORT_FORM not in well
    assert SHORT_FORM in hanging
    assert SHORT_FORM not in babbling + gone + again, "said once a stretch"
    assert "{" not in well + hanging + babbling + gone + again
    assert all("per month" in reply for reply in (hanging, babbling, gone, again))
