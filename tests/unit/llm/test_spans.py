"""Traces, as a collector in this process receives them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gatehouse.base.config import load
from gatehouse.llm.calls import CountedModel, Plan
from gatehouse.llm.prices import Price
from gatehouse.llm.scripted import Line, Said, ScriptedModel
from gatehouse.llm.spans import ATTRIBUTES, OtlpSpans, headers_of, traces_url
from gatehouse.llm.types import ChatMessage, ChatRequest, ModelError, Usage
from gatehouse.resilience.deadline import Deadline

SECRET = "my wife and I look for a flat in Girne"
REQUEST = ChatRequest(
    "turn",
    (ChatMessage("user", SECRET),),
    schema={"type": "object"},
    trace={"thread": "abc123", "arm": "stable", "words": SECRET},
)


class Collector:
    """An OTLP/HTTP receiver."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.heads: list[dict[str, str]] = []
        self.paths: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                outer.heads.append({k.lower(): v for k, v in self.headers.items()})
                outer.paths.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def spans(self) -> list[Any]:
        found = []
        for body in self.bodies:
            request = ExportTraceServiceRequest.FromString(body)
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    found += list(scope.spans)
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}


async def trace(collector: Collector, *lines: Said) -> list[Any]:
    settings = load(
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Basic%20abc",
        }
    )
    spans = OtlpSpans.of(settings)
    plan = Plan("primary", "openai", Price(1, 4), None, spans)
    model = CountedModel(ScriptedModel(lines, name="gpt-5-mini"), plan)
    for _ in lines:
        try:
            async for _ in model.answer(REQUEST, Deadline.after(60)):
                pass
        except ModelError:
            pass
    spans.close()
    return collector.spans()


async def test_a_call_is_a_span_in_the_words_of_the_conventions(collector: Collector) -> None:
    (span,) = await trace(collector, Line("{}", usage=Usage(1000, 50)))
    told = attributes(span)
    assert span.name == "chat gpt-5-mini"
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.provider.name"] == "openai"
    assert told["gen_ai.request.model"] == "gpt-5-mini"
    assert told["gen_ai.usage.input_tokens"] == 1000
    assert told["gen_ai.usage.output_tokens"] == 50
    assert told["gen_ai.conversation.id"] == "abc123"
    assert told["gatehouse.arm"] == "stable"
    assert told["gatehouse.llm.cost_usd"] == pytest.approx(0.0012)
    assert set(told) <= set(ATTRIBUTES.values()) | {"gatehouse.arm"}
    assert collector.paths == ["/v1/traces"]
    assert collector.heads[0]["authorization"] == "Basic abc"


async def test_a_failure_is_an_error_with_its_kind(collector: Collector) -> None:
    (span,) = await trace(collector, ModelError("throttled"))
    assert attributes(span)["error.type"] == "throttled"
    assert span.status.code == 2


async def test_no_words_of_a_visitor_leave(collector: Collector) -> None:
    await trace(collector, Line("a villa"), ModelError("protocol", SECRET))
    assert collector.bodies
    for body in collector.bodies:
        assert b"Girne" not in body
        assert b"villa" not in body


async def test_a_collector_that_is_away_disturbs_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gatehouse.llm.spans.STOP_SECONDS", 0.1)
    settings = load({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    spans = OtlpSpans.of(settings)
    model = CountedModel(ScriptedModel(["{}"]), Plan(spans=spans))
    pieces = [piece async for piece in model.answer(REQUEST, Deadline.after(60))]
    assert pieces
    spans.close()


def test_every_name_is_of_the_conventions_or_ours() -> None:
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes

    known = {v for k, v in vars(gen_ai_attributes).items() if k.startswith("GEN_AI_")}
    ours = {name for name in ATTRIBUTES.values() if name.startswith("gatehouse.")}
    assert set(ATTRIBUTES.values()) - ours - {"error.type"} <= known


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("http://jaeger:4318", "http://jaeger:4318/v1/traces"),
        ("https://x.example/api/public/otel/", "https://x.example/api/public/otel/v1/traces"),
        ("https://x.example/otel/v1/traces", "https://x.example/otel/v1/traces"),
    ],
)
def test_the_path_of_traces_is_added(endpoint: str, url: str) -> None:
    assert traces_url(endpoint) == url


def test_headers_are_pairs() -> None:
    assert headers_of("x-api-key=a=b, Langsmith-Project=p") == {
        "x-api-key": "a=b",
        "langsmith-project": "p",
    }
