"""Around any handler: messages are screened before it thinks, its words are looked at after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gatehouse.llm.safety.screening import screen
from gatehouse.llm.safety.types import Category, Screening
from gatehouse.observe import journal
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk import refusing
from gatehouse.talk.disclosing import CHANNEL, DISCLOSED, is_disclosed
from gatehouse.talk.last_look import Lips
from gatehouse.talk.moderating import SecondOpinion
from gatehouse.talk.steps import switched
from gatehouse.talk.suspecting import Watched, tell_suspects
from gatehouse.talk.telling_safety import tell_message, tell_reply
from gatehouse.talk.types import Handler, Move, Outcome, Say, Thread, Tools, say_nothing
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import Heard, Intent, Language

MOST_TOLD = 10  # suspect homes of one turn in the ledger
_LOST = (Move.NOT_UNDERSTOOD, Move.OUT_OF_DOMAIN)
_IDLE = frozenset((Intent.COMPLAINT, Intent.NO, Intent.YES, Intent.OUT_OF_SCOPE, Intent.SMALL_TALK))


@dataclass(frozen=True, slots=True)
class GuardedHandler:
    """A handler that never meets what is refused, and whose words leave only after a last look."""

    inner: Handler
    agency: str = ""
    second_opinion: SecondOpinion | None = None

    @property
    def name(self) -> Literal["rules", "prompted"]:
        return self.inner.name

    @property
    def version(self) -> str:
        """The agent version that is stored with the conversation."""
        return str(getattr(self.inner, "version", self.inner.name))

    async def think(
        self, thread: Thread, tools: Tools, *, deadline: Deadline, say: Say = say_nothing
    ) -> Outcome:
        screening = await self._screen(thread, deadline)
        outcome = _alone(thread, screening, tools)
        tell_message(thread, screening, is_refused=outcome is not None)
        lips = self._lips(thread, screening, say=say, tools=tools)
        watched = Watched(tools.catalogue)
        if outcome is None:
            lawful, tools = _lawful(thread, screening), replace(tools, catalogue=watched)
            outcome = await self.inner.think(lawful, tools, deadline=deadline, say=lips.say)
            outcome = _with_own_text(outcome, thread)
            if screening.is_steering and outcome.decision.move in _LOST and not lips.has_spoken:
                outcome = _steering_alone(thread, outcome.heard, tools)
        outcome, reasons = lips.last_look(outcome)
        tell_reply(thread, reasons)
        suspects = tell_suspects(watched, journal.thread_hash(thread.id))
        return _noted(outcome, screening, agency=self.agency, suspects=suspects)

    async def _screen(self, thread: Thread, deadline: Deadline) -> Screening:
        found = screen(thread.text)
        if self.second_opinion is None or found.is_blocked:
            return found
        added = await self.second_opinion.of(thread.text, deadline)
        return replace(found, categories=found.categories | added)

    def _lips(self, thread: Thread, screening: Screening, *, say: Say, tools: Tools) -> Lips:
        return Lips(
            lambda: _language(thread, _heard(thread, tools)),
            say,
            agency=self.agency,
            is_first=thread.turn_no <= 1,
            is_steering=screening.is_steering,
            is_asked_for_machine=screening.asks_for_machine,
            is_model=self.inner.name == "prompted",
        )


def _alone(thread: Thread, screening: Screening, tools: Tools) -> Outcome | None:
    """The whole turn, where no handler is to think about it."""
    is_decided = screening.is_blocked or _is_nothing_left(thread, screening)
    if not is_decided and not screening.asks_for_machine:
        return None
    heard = _heard(thread, tools)
    voice = Voice(_language(thread, heard), thread.turn_no)
    if not is_decided:
        return refusing.own_up(thread, heard, voice) if _only_asks_who(heard) else None
    if "self_harm" in screening.categories:
        return refusing.comfort(thread, heard, voice)
    if not screening.is_blocked:
        return _steering_alone(thread, heard, tools)
    return None if _serves_anyway(screening, heard) else refusing.refuse(thread, heard, voice)


def _serves_anyway(screening: Screening, heard: Heard) -> bool:
    """Anger beside a wish is not refused: the wish is served."""
    others = screening.categories - {"abuse", "fair_housing", "injection"}
    wants = bool(heard.changes or heard.contact or heard.asked) or bool(set(heard.intents) - _IDLE)
    return not others and wants


def _only_asks_who(heard: Heard) -> bool:
    """ "Is this a real person?" alone: the ear takes it for a wish to speak with one."""
    return heard.intents == (Intent.TALK_TO_PERSON,) and not (heard.changes or heard.contact)


def _is_nothing_left(thread: Thread, screening: Screening) -> bool:
    return screening.is_steering and not any(c.isalnum() for c in screening.lawful)


def _steering_alone(thread: Thread, heard: Heard, tools: Tools) -> Outcome:
    voice = Voice(_language(thread, heard), thread.turn_no)
    return refusing.choose_lawfully(thread, heard, voice)


def _heard(thread: Thread, tools: Tools) -> Heard:
    return tools.ear.hear(thread.text, state=thread.state, language=switched(thread))


def _language(thread: Thread, heard: Heard) -> Language:
    return switched(thread) or heard.language


def _lawful(thread: Thread, screening: Screening) -> Thread:
    """The thread as the handler sees it: without what asks to steer, and nothing packed."""
    if screening.lawful == thread.text:
        return thread
    messages = tuple(replace(m, text=screen(m.text).lawful) for m in thread.messages)
    return replace(thread, messages=messages)


def _with_own_text(outcome: Outcome, thread: Thread) -> Outcome:
    if outcome.heard.text == thread.text:
        return outcome
    return replace(outcome, heard=replace(outcome.heard, text=thread.text))


_NOTED: tuple[Category, ...] = (
    "injection", "fair_housing", "abuse", "sexual", "violence", "self_harm", "illegal", "other",
)  # fmt: skip


def _noted(outcome: Outcome, screening: Screening, *, agency: str, suspects: list[str]) -> Outcome:
    """What the ledger keeps of it: codes alone."""
    extra = dict(outcome.extra)
    if is_disclosed(outcome, agency):
        extra[DISCLOSED] = CHANNEL
    if screening.categories:
        extra["safety"] = [code for code in _NOTED if code in screening.categories]
    if suspects:
        extra["suspect_listings"] = suspects[:MOST_TOLD]
    return replace(outcome, extra=extra) if extra != outcome.extra else outcome
