"""One turn in a model's voice: what rules made of it, what the model adds, what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from gatehouse.listings.types import Listing
from gatehouse.talk import saying
from gatehouse.talk.contract import Answer
from gatehouse.talk.delta import Said, changes_of
from gatehouse.talk.looking import TROUBLE, Lookup
from gatehouse.talk.plain_text import sentences
from gatehouse.talk.prompting import homes_for
from gatehouse.talk.router import proposed
from gatehouse.talk.scene import Scene
from gatehouse.talk.settling import settle
from gatehouse.talk.speech import Speech, facts_for, fits
from gatehouse.talk.steps import Listened, Propose, Stopwatch, decide, look, set_scene
from gatehouse.talk.types import Act, Decision, Say, Thread, Tools
from gatehouse.talk.wish import wish
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import merge
from gatehouse.understanding.types import SlotChange

MOST_NAMED = 6  # homes on the screen that a model may name


@dataclass(slots=True)
class Voicing:
    """The turn while it is thought. `heed` is called once, before the first sentence."""

    thread: Thread
    tools: Tools
    propose: Propose
    say: Say
    watch: Stopwatch
    listened: Listened
    decision: Decision
    looked: Lookup
    rules: str = ""  # of the prompts it is thought with
    words: tuple[str, ...] = ()  # the visitor's own messages, this one last
    homes: tuple[Listing, ...] = ()  # as the prompt numbers them
    scene: Scene = field(init=False)
    speech: Speech | None = None
    broken: str = ""  # the model's last answer as it came
    _heard: list[str] = field(default_factory=list)  # sentences of the model, shown or not

    def __post_init__(self) -> None:
        self._set_scene()

    async def name_homes(self) -> None:
        """Which homes the model may name: those of the reply, else those on the screen."""
        on_screen: tuple[Listing, ...] = ()
        shown = self.listened.state.shown
        if not self.scene.homes and shown:
            on_screen = await self._read(tuple(UUID(home.id) for home in shown[:MOST_NAMED]))
        self.homes = homes_for(self.scene, on_screen)

    async def heed(self, answer: Answer) -> None:
        """Takes the delta over as far as it is grounded, and lets code decide again."""
        changes = self._grounded(answer)
        if changes or self._offers_person(answer):
            await self._decide_again(changes, answer)
        fresh = await self._fresh()
        homes = {n: fresh[home.id] for n, home in enumerate(self.homes, 1) if home.id in fresh}
        self._refresh(fresh)
        is_fitting = fits(answer, self.scene)
        facts = facts_for(self.scene, homes, words=self.words, ear=self.tools.ear, rules=self.rules)
        self.speech = Speech(self.scene, facts, self.tools.ear, is_fitting)

    def speak(self, sentence: str) -> None:
        """Shows the sentence at once if it is true and fits."""
        self._heard.append(sentence)
        assert self.speech is not None
        with self.watch.step("ground"):
            shown = self.speech.take(sentence)
        if shown is not None:
            if len(self.speech.said) == 1:
                self._say_all(saying.before(self.scene))
            self._say_all(shown)

    def finish(self, spoken: str) -> None:
        """The rest of a whole answer, sentence by sentence."""
        rest = spoken[len(" ".join(self._heard)) :]
        for sentence in sentences(rest):
            if sentence.strip():
                self.speak(sentence.strip())

    def break_off(self) -> None:
        """The model says no more: what was not said is said by the house."""
        if self.speech is not None:
            self.speech.is_over = True

    @property
    def has_spoken(self) -> bool:
        return self.speech is not None and bool(self.speech.said)

    def _say_all(self, text: str) -> None:
        for sentence in sentences(text):
            self.say(sentence.strip())

    def _set_scene(self) -> None:
        self.scene = set_scene(
            self.decision,
            self.looked,
            listened=self.listened,
            thread=self.thread,
            tools=self.tools,
        )

    def _grounded(self, answer: Answer) -> tuple[SlotChange, ...]:
        ear, language = self.tools.ear, self.listened.heard.language
        zone = ZoneInfo(self.tools.market.timezone)
        said = Said(
            self.thread.text,
            self.listened.heard,
            self.listened.state,
            frozenset(ear.numbers(self.thread.text, language)),
            datetime.now(zone).date(),
        )
        return changes_of(answer, said, Gazetteer.default())

    def _offers_person(self, answer: Answer) -> bool:
        """A model hands nobody over: it can only have that offered, where nothing holds a talk."""
        return answer.act is Act.ESCALATE and self._proposed() != self.decision

    def _proposed(self) -> Decision:
        return proposed(self.decision, state=self.listened.state, heard=self.listened.heard)

    async def _decide_again(self, changes: tuple[SlotChange, ...], answer: Answer) -> None:
        before, arm = self.listened, self.thread.arm
        wished = wish(before.state, self.tools.market)
        if changes:
            heard = replace(before.heard, changes=(*before.heard.changes, *changes))
            rates = self.tools.catalogue.rates()
            state = settle(merge(before.before, heard), heard, before=before.before, rates=rates)
            self.listened = replace(before, heard=heard, state=state)
            decision = decide(self.listened, self.propose, arm=arm, watch=self.watch)
        else:
            decision = self._proposed()
        is_same = wish(self.listened.state, self.tools.market) == wished
        if decision != self.decision or not is_same:
            self.decision = decision
            self.looked = await look(
                decision, self.listened, thread=self.thread, tools=self.tools, watch=self.watch
            )
        self._set_scene()

    async def _fresh(self) -> dict[UUID, Listing]:
        """The homes of prompt and reply, read again; none where the listings do not answer."""
        ids = dict.fromkeys(home.id for home in (*self.homes, *self.looked.homes))
        return {home.id: home for home in await self._read(tuple(ids))}

    async def _read(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        if not ids:
            return ()
        with self.watch.step("search"):
            try:
                return await self.tools.catalogue.get(ids)
            except tuple(TROUBLE):
                return ()

    def _refresh(self, fresh: dict[UUID, Listing]) -> None:
        """The reply shows the rows as they are now. What was withdrawn is not shown; if nothing is
        left, what the search brought stays: the listings are silent, not empty."""
        kept = tuple(fresh[home.id] for home in self.looked.homes if home.id in fresh)
        if kept and kept != self.looked.homes:
            self.looked = replace(self.looked, homes=kept)
            self._set_scene()
