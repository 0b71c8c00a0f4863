"""Traces of model calls in the words of OpenTelemetry's GenAI conventions. No visitor's words."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import unquote

from gatehouse.base.config import Settings
from gatehouse.llm.types import ChatRequest, Completion, ModelError

# The only place that knows the names; those below gatehouse. are ours.
ATTRIBUTES = {
    "operation": "gen_ai.operation.name",
    "system": "gen_ai.provider.name",
    "model": "gen_ai.request.model",
    "most_tokens": "gen_ai.request.max_tokens",
    "temperature": "gen_ai.request.temperature",
    "is_stream": "gen_ai.request.stream",
    "output": "gen_ai.output.type",
    "conversation": "gen_ai.conversation.id",
    "answered_by": "gen_ai.response.model",
    "finish": "gen_ai.response.finish_reasons",
    "first_token_seconds": "gen_ai.response.time_to_first_chunk",
    "tokens_in": "gen_ai.usage.input_tokens",
    "tokens_out": "gen_ai.usage.output_tokens",
    "error": "error.type",
    "provider": "gatehouse.llm.provider",
    "task": "gatehouse.llm.task",
    "cost_usd": "gatehouse.llm.cost_usd",
}
TRACED = frozenset({"arm", "prompt.version", "turn.likely_act"})  # codes of a request
SCOPE = "gatehouse.llm"
QUEUE = 2048  # spans that wait; what comes on top is dropped, never waited for
EXPORT_SECONDS = 5.0
STOP_SECONDS = 3.0


class Span(Protocol):
    """One call under way."""

    def end(
        self,
        *,
        completion: Completion | None = None,
        error: ModelError | None = None,
        first_token_seconds: float | None = None,
    ) -> None: ...


class Spans(Protocol):
    """Where calls are told. Never blocks, never raises."""

    def begin(self, request: ChatRequest, *, model: str, system: str, provider: str) -> Span: ...

    def close(self) -> None:
        """Sends what waits, within seconds."""


class NoSpan:
    """Nobody listens."""

    def end(
        self,
        *,
        completion: Completion | None = None,
        error: ModelError | None = None,
        first_token_seconds: float | None = None,
    ) -> None:
        """Nothing."""


class NoSpans:
    """Where no collector is configured: the SDK is not even loaded."""

    def begin(self, request: ChatRequest, *, model: str, system: str, provider: str) -> Span:
        return NOBODY

    def close(self) -> None:
        """Nothing waits."""


NOBODY = NoSpan()


class OtlpSpan:
    """A span of the SDK."""

    def __init__(self, span: Any) -> None:
        self._span = span

    def end(
        self,
        *,
        completion: Completion | None = None,
        error: ModelError | None = None,
        first_token_seconds: float | None = None,
    ) -> None:
        from opentelemetry.trace import StatusCode

        told: dict[str, Any] = {"first_token_seconds": first_token_seconds}
        if completion:
            told |= {
                "answered_by": completion.model,
                "finish": (completion.finish,),
                "tokens_in": completion.usage.tokens_in,
                "tokens_out": completion.usage.tokens_out,
                "cost_usd": completion.usage.cost_usd,
            }
        elif error:
            told["error"] = error.kind
            self._span.set_status(StatusCode.ERROR)
        else:
            told["error"] = "cancelled"
        self._span.set_attributes(_named(told))
        self._span.end()


class OtlpSpans:
    """Sends spans by OTLP/HTTP from a thread of its own."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(SCOPE)

    @classmethod
    def of(cls, settings: Settings) -> OtlpSpans:
        """Loads the SDK. The endpoint is the collector's base; /v1/traces is added."""
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        exporter = OTLPSpanExporter(
            endpoint=traces_url(settings.otel_exporter_otlp_endpoint),
            headers=headers_of(settings.otel_exporter_otlp_headers.get_secret_value()),
            timeout=EXPORT_SECONDS,
        )
        resource = Resource.create(
            {
                "service.name": settings.otel_service_name,
                "deployment.environment.name": settings.environment,
            }
        )
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(
            BatchSpanProcessor(
                exporter, max_queue_size=QUEUE, export_timeout_millis=EXPORT_SECONDS * 1000
            )
        )
        return cls(provider)

    def begin(self, request: ChatRequest, *, model: str, system: str, provider: str) -> Span:
        from opentelemetry.context import Context
        from opentelemetry.trace import SpanKind

        told = _named(
            {
                "operation": "chat",
                "system": system,
                "model": model,
                "most_tokens": request.most_tokens,
                "temperature": request.temperature,
                "is_stream": True,
                "output": "json" if request.schema is not None else "text",
                "conversation": request.trace.get("thread") or None,
                "provider": provider,
                "task": request.task,
            }
        )
        codes = {f"gatehouse.{name}": v for name, v in request.trace.items() if name in TRACED}
        return OtlpSpan(
            self._tracer.start_span(
                f"chat {model}", context=Context(), kind=SpanKind.CLIENT, attributes=told | codes
            )
        )

    def close(self) -> None:
        """Waits STOP_SECONDS at most, even for a collector that hangs."""
        last = threading.Thread(target=self._provider.shutdown, name="spans-close", daemon=True)
        last.start()
        last.join(STOP_SECONDS)


def spans_of(settings: Settings) -> Spans:
    """Spans for OTEL_EXPORTER_OTLP_ENDPOINT, or none."""
    return OtlpSpans.of(settings) if settings.otel_exporter_otlp_endpoint else NoSpans()


def traces_url(endpoint: str) -> str:
    """The standard's path under the collector's base URL."""
    base = endpoint.rstrip("/")
    return base if base.endswith("/v1/traces") else f"{base}/v1/traces"


def headers_of(text: str) -> dict[str, str]:
    """key=value,key=value; values may be percent-encoded."""
    pairs = (part.partition("=") for part in text.split(",") if "=" in part)
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}


def _named(told: Mapping[str, Any]) -> dict[str, Any]:
    return {ATTRIBUTES[name]: value for name, value in told.items() if value is not None}
