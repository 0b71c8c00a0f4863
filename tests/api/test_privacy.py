"""What a visitor writes is in the conversation, and nowhere in logs, metrics or health."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from gatehouse.base.config import load
from gatehouse.observe import journal
from gatehouse.observe.journal import Journal
from tests.lines import Lines

PHONE, MAIL, NAME = "+90 533 867 53 09", "planted.visitor@example.org", "Zerrin Plantedname"
JSON = {"content-type": "application/json"}
# A busy test machine is not an outage.
PATIENCE: dict[str, Any] = {
    "checkpointer_pool_timeout_seconds": 20,
    "checkpointer_statement_timeout_ms": 20_000,
    "re_search_timeout_ms": 5000,
    "turn_deadline_ms": 60_000,
}
TRACES = ("8675309", "867 53 09", "planted.visitor", "Plantedname")


@pytest.fixture
async def http(clean: str) -> AsyncIterator[httpx.AsyncClient]:
    from gatehouse.web.asgi import create_app

    app = create_app(load(log_file="-", **PATIENCE))
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=30) as client,
    ):
        yield client


@pytest.fixture
def lines(http: httpx.AsyncClient) -> Iterator[Lines]:
    sink = Lines()
    before = journal.use(Journal(sinks=(sink,), least=10))
    yield sink
    journal.use(before)


async def test_planted_words_leave_no_trace_in_the_windows(
    http: httpx.AsyncClient, lines: Lines
) -> None:
    words = f"flat in Girne for 600 euros a month, I am {NAME}, {PHONE}, {MAIL}\r\nforged\x1b[31m"
    asked = await http.post("/api/chat/ask", json={"question": words})
    assert asked.status_code == 200
    await http.post("/api/chat/ask", json={"question": f"let me talk to a person, {PHONE}"})
    await http.post("/api/chat/ask", json={"question": words, "language": PHONE})
    await http.post("/api/chat/ask", content=f'{{"question":"{MAIL}'.encode(), headers=JSON)
    await http.post("/api/chat/feedback", json={"message_id": MAIL, "score": 1, "comment": PHONE})
    await http.post("/api/telemetry/ui", json={"event_type": "render", "metadata": {"block": MAIL}})
    await http.get("/api/v1/real_estate/search", params={"q": f"{MAIL} {PHONE}"})
    await http.get(f"/api/chat/history/{MAIL}", headers={"user-agent": NAME, "referer": MAIL})
    await http.get(f"/homes/{MAIL}")
    shown = lines.text
    for path in ("/metrics", "/metrics?format=json", "/health", "/api/health", "/readyz"):
        shown += (await http.get(path)).text
    assert "request POST /api/chat/ask 200" in shown  # something was looked at
    assert [trace for trace in TRACES if trace in shown] == []
    assert "forged\\u001b" not in shown


def test_a_trace_in_the_log_would_be_found(lines: Lines) -> None:
    """The negative control: a field that nobody withholds."""
    journal.event("careless", remark=f"call {PHONE}")
    assert [trace for trace in TRACES if trace in lines.text] == ["867 53 09"]
