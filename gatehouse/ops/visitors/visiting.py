"""How a visitor behaves: answers what is asked, looks at homes, goes on if drawn in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import httpx

from gatehouse.ops.visitors.persona import FACTS, Persona
from gatehouse.ops.visitors.seen import Ending, Turn, Visit
from gatehouse.ops.visitors.talking import Talk

# How many go on after homes were shown: where the reply speaks of one of them, and where not.
WARM: Final = 0.8
COOL: Final = 0.6
THUMBS: Final = {
    True: (0.15, 0.97),
    False: (0.03, 0.85),
}  # up below the first, down above the second
MOST_BLANK = 2  # replies in a row that neither ask, show nor hand over
AFTERWARDS = ("detail", "cheaper", "more", "detail", "thanks")  # of whoever stays on
REFUSED = frozenset({429, 503})
Pause = Callable[[float], Awaitable[None]]


async def no_pause(_: float) -> None:
    """For soak and load: the next message follows at once."""


@dataclass(slots=True)
class Visitor:
    """One persona in one conversation. `pause` waits so many times the usual pause.

    `stays`: goes on until its turns are used up, whatever it reads, as in a soak.
    """

    persona: Persona
    talk: Talk
    pause: Pause = no_pause
    stays: bool = False
    told: set[str] = field(default_factory=set)
    is_interested: bool | None = None
    score: int | None = None
    _after: int = 0

    async def visit(self) -> Visit:
        """The whole conversation. Raises nothing but bugs."""
        try:
            status = await self.talk.open(self.persona.language)
        except (httpx.HTTPError, ValueError, KeyError) as trouble:
            return self._visit("broken", type(trouble).__name__)
        if status != httpx.codes.CREATED:
            ending: Ending = "refused" if status in REFUSED else "broken"
            return self._visit(ending, f"sessions: {status}")
        return self._visit(await self._converse())

    async def _converse(self) -> Ending:
        text, told = self.persona.opener()
        self.told.update(told)
        while True:
            turn = await self._say(text)
            if not turn.is_answered:
                return "refused" if turn.status in REFUSED else "broken"
            if turn.cards and self.is_interested is None:
                await self._look(turn)
            if (ending := self._ending(turn)) is not None:
                return ending
            text = self._next(turn)

    async def _say(self, text: str) -> Turn:
        pauses = self.persona.pauses
        await self.pause(pauses[len(self.talk.turns) % len(pauses)])
        return await self.talk.say(text, lane="stream" if self.persona.is_streaming else "ask")

    async def _look(self, turn: Turn) -> None:
        """At the homes: is one worth a question? A thumb comes from a few."""
        self.is_interested = self.persona.interest < (WARM if turn.names_home else COOL)
        up, down = THUMBS[turn.names_home]
        if self.persona.rating < up or self.persona.rating >= down:
            self.score = 1 if self.persona.rating < up else -1
            await self.talk.rate(self.score)
        if self.is_interested:
            await self.talk.click()

    def _ending(self, turn: Turn) -> Ending | None:
        """None: the visitor writes on."""
        taken = len(self.talk.turns)
        if taken >= self.persona.most_turns:
            return "served" if self.is_interested or turn.cards else "gave_up"
        if self.stays:
            return None
        if self.persona.leaves_after is not None and taken >= self.persona.leaves_after:
            return "left"
        if self.is_interested is False:
            return "left"
        if turn.act == "ESCALATE" or self._after > self._wanted:
            return "served"
        return "gave_up" if self._is_lost() else None

    @property
    def _wanted(self) -> int:
        """Questions after the homes: one about the first, then the viewing and the contact."""
        return 2 if self.persona.wants_viewing else 0

    def _is_lost(self) -> bool:
        last = self.talk.turns[-MOST_BLANK:]
        blank = [not (turn.asked or turn.cards) for turn in last]
        return self.is_interested is None and len(blank) == MOST_BLANK and all(blank)

    def _next(self, turn: Turn) -> str:
        say, taken = self.persona.says, len(self.talk.turns)
        if turn.asked:
            self.told.add(turn.asked)
            return say(turn.asked if turn.asked in FACTS else "any", turn=taken)
        if self.is_interested is None:
            left = [fact for fact in FACTS if fact not in self.told] or list(FACTS)
            self.told.update(left)
            return ", ".join(say(fact, turn=taken) for fact in left)
        self._after += 1
        if self.stays:
            return say(AFTERWARDS[self._after % len(AFTERWARDS)], turn=taken)
        return say(("detail", "viewing", "contact")[self._after - 1], turn=taken)

    def _visit(self, ending: Ending, trouble: str = "") -> Visit:
        return Visit(
            self.persona.number,
            self.persona.language,
            ending,
            tuple(self.talk.turns),
            self.talk.session,
            self.is_interested,
            self.score,
            trouble,
        )
