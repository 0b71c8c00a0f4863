"""A version tried before anybody meets it: talks on a stage of two homes, with its own model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from gatehouse.ops.evaluation.contract.stage import Shelf
from gatehouse.ops.visitors.persona import FACTS, Persona, drawn
from gatehouse.ops.visitors.tally import spread
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.past import Line
from gatehouse.talk.types import Handler, IncomingMessage, Market, Outcome, Thread, Tools
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import LANGUAGES, DialogueState

SECONDS: Final = 20.0  # of a turn
MOST_BROKEN: Final = 0.02  # of the model's answers: broken or repaired
ZONE: Final = "Asia/Nicosia"


@dataclass(slots=True)
class Memory:
    """What was said in the trial's talks."""

    lines: dict[UUID, list[Line]] = field(default_factory=dict)

    async def recent(self, conversation: UUID, most: int) -> tuple[Line, ...]:
        return tuple(self.lines.get(conversation, [])[-most:]) if most else ()

    def note(self, conversation: UUID, said: str, told: str) -> None:
        self.lines.setdefault(conversation, []).extend(
            (Line("user", said), Line("assistant", told))
        )


@dataclass(slots=True)
class Findings:
    """What became of the model's answers. `samples`: a reply in each language."""

    talks: int = 0
    turns: int = 0
    contract: Counter[str] = field(default_factory=Counter)  # ok, repaired, failed, silent
    errors: Counter[str] = field(default_factory=Counter)
    ungrounded: int = 0
    asked_again: int = 0  # something that was known
    model_ms: list[float] = field(default_factory=list)
    tokens_in: int = 0
    tokens_out: int = 0
    samples: dict[str, str] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        """Turns in which the model was asked."""
        return self.contract.total()

    @property
    def broken_share(self) -> float | None:
        """Of the answers, those that did not keep the contract at once, or were not asked for any
        more after too many of them; None: the model was not asked at all."""
        asked = self.answers + self.errors["circuit_open"]
        return 1 - self.contract["ok"] / asked if asked else None

    @property
    def is_fit(self) -> bool:
        """Does it keep its contract, and never ask again?"""
        broken = self.broken_share
        return broken is not None and broken <= MOST_BROKEN and not self.asked_again

    def add(self, outcome: Outcome, *, language: str) -> None:
        """One turn."""
        self.turns += 1
        decision = outcome.decision
        self.asked_again += decision.ask is not None and decision.ask in outcome.filled_before
        self.errors.update(outcome.errors)
        if (ms := outcome.timings_ms.get("model")) is None:
            return
        self.model_ms.append(ms)
        self.contract[str(outcome.extra.get("contract", "silent"))] += 1
        self.ungrounded += bool(outcome.extra.get("ungrounded"))
        self.tokens_in += outcome.tokens_in
        self.tokens_out += outcome.tokens_out
        if outcome.tier == "enhanced":
            self.samples[language] = outcome.reply.summary

    @property
    def lines(self) -> Iterator[str]:
        """For people."""
        told = ", ".join(f"{name} {n}" for name, n in self.contract.most_common()) or "none"
        yield f"{self.talks} talks, {self.turns} turns, {self.answers} answers of the model: {told}"
        times, n = spread(self.model_ms), max(1, self.answers)
        if self.answers:
            yield f"model p50 {times.p50:.0f} ms, p95 {times.p95:.0f} ms; tokens per answer " + (
                f"{self.tokens_in / n:.0f} in, {self.tokens_out / n:.0f} out"
            )
        yield f"ungrounded {self.ungrounded}, asked again {self.asked_again}"
        if self.errors:
            yield "errors: " + ", ".join(f"{name} {n}" for name, n in self.errors.most_common())
        for language, sample in sorted(self.samples.items()):
            yield f"  {language}: {sample}"


async def trial(handler: Handler, memory: Memory, *, talks: int, seed: int = 1) -> Findings:
    """So many talks, the languages in turn, one after the other."""
    tools, found = _tools(), Findings()
    for number in range(talks):
        language = LANGUAGES[number % len(LANGUAGES)]
        persona = drawn(seed, number, languages=(language,))
        await _talk(persona, handler, tools, memory=memory, found=found)
        found.talks += 1
    return found


async def _talk(
    persona: Persona, handler: Handler, tools: Tools, *, memory: Memory, found: Findings
) -> None:
    conversation, state = UUID(int=persona.number + 1), DialogueState()
    for number, text in enumerate(_script(persona), start=1):
        message = IncomingMessage(number, number, text, persona.language)
        thread = Thread(conversation, number, number, state, (message,), arm="canary")
        outcome = await handler.think(thread, tools, deadline=Deadline.after(SECONDS))
        memory.note(conversation, text, outcome.reply.summary)
        state = outcome.state
        found.add(outcome, language=persona.language)


def _script(persona: Persona) -> Iterator[str]:
    """An opener, whatever it left open, and a question about what is shown."""
    opener, told = persona.opener()
    yield opener
    for turn, fact in enumerate(FACTS, start=1):
        if fact not in told:
            yield persona.says(fact, turn=turn)
    yield persona.says("more", turn=5)


def _tools() -> Tools:
    ear = RuleEar(Gazetteer.default(), today=lambda: datetime.now(UTC).date(), timezone=ZONE)
    return Tools(Shelf(), ear, Market(timezone=ZONE))


def sizes(texts: Mapping[str, str]) -> list[str]:
    """How long each part is: about four letters make a token."""
    return [f"{part}: {len(text)} characters, about {len(text) // 4} tokens"
            for part, text in texts.items()]  # fmt: skip
