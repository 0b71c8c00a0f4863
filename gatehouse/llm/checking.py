"""One small request to each configured model, and one plain line about each."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from gatehouse.base.config import Settings
from gatehouse.llm.assembly import Maker, Named, named
from gatehouse.llm.bounds import Bounds
from gatehouse.llm.types import ChatMessage, ChatRequest, Completion, ModelError, Trouble
from gatehouse.resilience.deadline import Deadline

QUESTION = ChatRequest(
    task="turn",
    messages=(
        ChatMessage("system", 'Answer with the JSON object {"ok": true} and nothing else.'),
        ChatMessage("user", "Are you there?"),
    ),
    schema={
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    },
    most_tokens=200,
)
SAID = 200  # characters of the provider's own message
SLOW = "is too slow: its answer did not come within LLM_FIRST_TOKEN_MS, LLM_GAP_MS, LLM_TIMEOUT_MS"
ADVICE: dict[Trouble, str] = {
    "connect": "cannot be reached: check {base} and the network",
    "unauthorised": "refuses the key: check {key}, its rights and its credit",
    "bad_request": "does not take the request: check the name of the model and {base}; where the "
    "model knows no JSON schemas, set LLM_OUTPUT to tool or json",
    "throttled": "asks to wait: the account's rate is used up",
    "first_token": SLOW,
    "gap": SLOW,
    "timeout": SLOW,
    "http_5xx": "fails on its own side: try again later",
    "protocol": "does not speak the protocol: check {base}, which mostly ends in /v1",
    "filtered": "refused a harmless question: choose another model",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one model said to the small request."""

    model: Named
    took_ms: float
    trouble: ModelError | None = None

    @property
    def is_ok(self) -> bool:
        return self.trouble is None

    @property
    def line(self) -> str:
        """For a person: ok with the time, or what to do."""
        there = self.model.there
        head = f"{self.model.variable} {there.name} at {there.plain_url}"
        if self.trouble is None:
            return f"{head}: ok in {self.took_ms:.0f} ms"
        advice = ADVICE.get(self.trouble.kind, "failed").format(
            base=f"{there.variables}_BASE_URL", key=f"{there.variables}_API_KEY"
        )
        said = str(self.trouble.__cause__ or "")[:SAID] or self.trouble.detail
        return f"{head}: {advice} ({said})"


async def check(settings: Settings, maker: Maker) -> list[Finding]:
    """Asks every configured model once, one after the other; closes the maker."""
    try:
        return [await _one(model, settings, maker) for model in named(settings)]
    finally:
        await maker.close()


async def _one(model: Named, settings: Settings, maker: Maker) -> Finding:
    began = perf_counter()
    try:
        await _ask(model, settings, maker)
    except ModelError as trouble:
        return Finding(model, (perf_counter() - began) * 1000, trouble)
    return Finding(model, (perf_counter() - began) * 1000)


async def _ask(model: Named, settings: Settings, maker: Maker) -> None:
    bounds = Bounds.of(settings)
    deadline = Deadline.after(bounds.total)
    if model.task == "embeddings":
        await maker.embedder(model.there).embed(("a flat by the sea",), deadline)
        return
    if model.task == "moderation":
        await maker.moderator(model.there).moderate("a flat by the sea", deadline)
        return
    client = maker.model(
        model.there, provider=model.provider, bounds=bounds, form=settings.llm_output
    )
    async for piece in client.answer(QUESTION, deadline):
        if isinstance(piece, Completion) and not piece.text.strip():
            raise ModelError("protocol", "an empty answer")
