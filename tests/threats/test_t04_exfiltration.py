"""T04: a reply that carries data away when it is shown. It leaves no server.

That the page asks no host even if it is shown: tests/e2e/test_carriers.py.
"""

from __future__ import annotations

import pytest

from gatehouse.llm.safety.replies import guard_reply, guard_shown

from .carriers import CARRIERS


@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_carrier_leaves_in_a_reply(carrier: str) -> None:
    for guard in (guard_reply, guard_shown):
        shown = guard(f"The flat is bright. {carrier} Come and see.").text
        assert "evil" not in shown
        assert "http" not in shown
