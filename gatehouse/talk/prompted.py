"""The prompt-driven handler: rules first, the model on top, code decides, and only what is true is
said. Any trouble with the model ends in the reply that rules would give."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal

from gatehouse.base.errors import CircuitOpen
from gatehouse.llm.types import ChatModel, ChatRequest, Completion, ModelError, Usage
from gatehouse.observe import meters
from gatehouse.resilience import seats
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.rules import CONTRACT
from gatehouse.resilience.votes import Judged, Vote
from gatehouse.talk import saying, spoiled
from gatehouse.talk.contract import Verdict, parse
from gatehouse.talk.dictation import Dictation
from gatehouse.talk.past import NoPast, Past
from gatehouse.talk.policy import propose, search_again
from gatehouse.talk.prompting import Asked, repair, request
from gatehouse.talk.prompts import Prompts, load
from gatehouse.talk.speech import is_worded
from gatehouse.talk.steps import Propose, Stopwatch, conclude, decide, listen, look
from gatehouse.talk.types import Outcome, Reply, Say, Thread, Tools, say_nothing
from gatehouse.talk.voice import Voice
from gatehouse.talk.voicing import Voicing
from gatehouse.understanding.types import LANGUAGES, Intent

RESERVE_SECONDS = 0.5  # of the deadline, for grounding and the house's own words
REPAIR_SECONDS = 3.0  # what must be left of the deadline for a second question
_SERVICE = "llm_contract"
_JUST_AN_ANSWER = frozenset((Intent.YES, Intent.NO))


@dataclass(slots=True)
class Toll:
    """What the model calls of one turn came to."""

    tokens_in: int = 0
    tokens_out: int = 0

    def add(self, usage: Usage) -> None:
        self.tokens_in += usage.tokens_in
        self.tokens_out += usage.tokens_out


class PromptedHandler:
    """A model's words within the house's law. At most two model calls and four of the catalogue.

    `most_messages`: how many earlier messages it reads; `breaker`: against broken answers.
    """

    name: Literal["prompted"] = "prompted"

    def __init__(
        self,
        model: ChatModel,
        *,
        past: Past | None = None,
        breaker: Breaker | None = None,
        most_messages: int | Callable[[], int] = 20,
        agency: str = "",
        market: str = "",
        prompts: Prompts | None = None,
        propose: Propose = propose,
    ) -> None:
        self._model = model
        self._past = past or NoPast()
        self._breaker = breaker or Breaker(_SERVICE, rules=CONTRACT)
        self._most_messages = most_messages
        self._agency, self._market = agency, market
        self._prompts = prompts or load()
        self._propose = propose
        for language in LANGUAGES:
            Voice(language).warm()

    @property
    def version(self) -> str:
        """Prompt files and model: what is stored with a conversation."""
        return f"prompted-{self._prompts.version}"

    async def think(
        self, thread: Thread, tools: Tools, *, deadline: Deadline, say: Say = say_nothing
    ) -> Outcome:
        voicing = await self._begin(thread, tools, say)
        if not wants_model(voicing):
            return _by_rules(voicing)
        toll = Toll()
        trouble = spoiled.Trouble()
        try:
            verdict = await self._voiced(voicing, deadline.sooner(RESERVE_SECONDS), toll)
        except ModelError as failure:
            trouble = spoiled.of_model(failure)
        except CircuitOpen:
            trouble = spoiled.SIMPLE_MODE
        else:
            trouble = spoiled.of_contract(verdict, voicing)
        with voicing.watch.step("render"):
            outcome = _concluded(voicing, trouble)
        return replace(outcome, tokens_in=toll.tokens_in, tokens_out=toll.tokens_out)

    async def _begin(self, thread: Thread, tools: Tools, say: Say) -> Voicing:
        """All that rules do, up to the search: what the model gets to know, and what is said
        without it."""
        watch = Stopwatch()
        listened = await listen(thread, tools, watch)
        proposing = search_again if thread.is_follow_up else self._propose
        decision = decide(listened, proposing, arm=thread.arm, watch=watch)
        looked = await look(decision, listened, thread=thread, tools=tools, watch=watch)
        rules = self._prompts.rules
        return Voicing(thread, tools, proposing, say, watch, listened, decision, looked, rules)

    async def _voiced(self, voicing: Voicing, deadline: Deadline, toll: Toll) -> Verdict:
        """Raises ModelError, or CircuitOpen while too many answers were broken."""
        with self._breaker.watch(judge=_no_vote) as permit:
            await voicing.name_homes()
            asked = await self._request(voicing)
            verdict = await self._listen_to_model(voicing, asked, deadline, toll)
            if spoiled.is_worth_repair(verdict, voicing) and deadline.remaining >= REPAIR_SECONDS:
                verdict = await self._repaired(voicing, asked, verdict, deadline, toll)
            is_kept = verdict.standing == "accepted" and not spoiled.is_ungrounded(voicing)
            permit.settle(Judged(Vote.OK if is_kept else Vote.FAILURE))
        return verdict

    async def _request(self, voicing: Voicing) -> ChatRequest:
        thread, most = voicing.thread, self._most_messages
        most = most() if callable(most) else most
        past = await self._past.recent(thread.id, most) if thread.turn_no > 1 else ()
        own = (line.text for line in past if line.role == "user")
        voicing.words = (*own, thread.text)
        asked = Asked(
            self._prompts,
            voicing.scene,
            thread,
            voicing.homes,
            past=past,
            most_messages=most,
            agency=self._agency,
            market=self._market,
        )
        return request(asked)

    async def _listen_to_model(
        self, voicing: Voicing, asked: ChatRequest, deadline: Deadline, toll: Toll
    ) -> Verdict:
        """One call; sentences are shown while it goes on, as soon as they are known to be true."""
        arm, began = voicing.thread.arm, time.perf_counter()
        heard = Dictation()
        try:
            done = await self._stream(voicing, asked, heard, deadline)
        finally:
            spent_ms = (time.perf_counter() - began) * 1000
            meters.re_prompt_end_to_end_ms.labels(arm=arm).observe(spent_ms)
            voicing.watch.steps["model"] = voicing.watch.steps.get("model", 0.0) + spent_ms
        toll.add(done.usage)
        verdict = parse(done.text)
        spoiled.note(verdict, done.text, voicing)
        if verdict.answer is None:
            return verdict
        if voicing.speech is None:
            await voicing.heed(verdict.answer)
        voicing.finish(verdict.answer.speak)
        return verdict

    async def _stream(
        self, voicing: Voicing, asked: ChatRequest, heard: Dictation, deadline: Deadline
    ) -> Completion:
        done: Completion | None = None
        async with seats.away(), aclosing(self._model.answer(asked, deadline)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Completion):
                    done = piece
                    break
                for sentence in heard.hear(piece.text):
                    if voicing.speech is None and heard.head is not None:
                        await voicing.heed(heard.head)
                    voicing.speak(sentence)
        if done is None:
            raise ModelError("protocol", "the answer had no end")
        return done

    async def _repaired(
        self,
        voicing: Voicing,
        asked: ChatRequest,
        verdict: Verdict,
        deadline: Deadline,
        toll: Toll,
    ) -> Verdict:
        """One more question; its answer counts as repaired even if it keeps the contract."""
        again = repair(asked, voicing.broken, verdict=verdict, prompts=self._prompts)
        try:
            second = await self._listen_to_model(voicing, again, deadline, toll)
        except ModelError:
            return verdict  # the first answer's fault is what went wrong
        if second.answer is None:
            return second
        return replace(second, standing="repaired", reason=verdict.reason)


def wants_model(voicing: Voicing) -> bool:
    """Is there something to word? What the house did, stored or could not find it says itself; so
    does it where a bare yes or no answers its own question."""
    scene, heard = voicing.scene, voicing.listened.heard
    if voicing.thread.is_follow_up or not is_worded(scene):
        return False
    is_offered = bool(voicing.listened.before.offered)
    is_bare = bool(heard.intents) and set(heard.intents) <= _JUST_AN_ANSWER and not heard.changes
    return not (is_offered and is_bare)


def _by_rules(voicing: Voicing) -> Outcome:
    with voicing.watch.step("render"):
        reply = saying.by_house(voicing.scene, actions_on=voicing.tools.suggested_actions_on)
    return _outcome(voicing, reply)


def _concluded(voicing: Voicing, trouble: spoiled.Trouble) -> Outcome:
    """The reply in the model's words as far as they go, marked with what went wrong."""
    if trouble:
        voicing.break_off()
    modes = saying.Modes((trouble.mode,) if trouble.mode else (), voicing.thread.state.modes)
    reply = saying.reply(
        voicing.scene,
        voicing.speech,
        actions_on=voicing.tools.suggested_actions_on,
        modes=modes,
    )
    outcome = _outcome(voicing, reply)
    return replace(
        outcome,
        tier="enhanced" if voicing.has_spoken else "regular",
        errors=(*outcome.errors, *trouble.errors),
        extra=outcome.extra | trouble.found,
    )


def _outcome(voicing: Voicing, reply: Reply) -> Outcome:
    return conclude(
        voicing.scene, reply, thread=voicing.thread, looked=voicing.looked, watch=voicing.watch
    )


def _no_vote(error: Exception) -> Judged:
    """A model that does not answer breaks no contract."""
    return Judged(Vote.NONE)
