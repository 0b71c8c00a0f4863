"""The rule-based handler: hear, merge, decide, look up, say."""

from __future__ import annotations

from typing import Literal

from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.policy import propose, search_again
from gatehouse.talk.render import render
from gatehouse.talk.steps import Propose, Stopwatch, conclude, decide, listen, look, set_scene
from gatehouse.talk.types import Outcome, Say, Thread, Tools, say_nothing
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import LANGUAGES


class RulesHandler:
    """Understanding, policy and phrases; no model. At most one catalogue call per turn, and one
    for the home from whose page a message comes."""

    name: Literal["rules"] = "rules"

    def __init__(self, propose: Propose = propose) -> None:
        self._propose = propose
        for language in LANGUAGES:
            Voice(language).warm()

    async def think(
        self, thread: Thread, tools: Tools, *, deadline: Deadline, say: Say = say_nothing
    ) -> Outcome:
        watch = Stopwatch()
        listened = await listen(thread, tools, watch)
        propose = search_again if thread.is_follow_up else self._propose
        decision = decide(listened, propose, arm=thread.arm, watch=watch)
        looked = await look(decision, listened, thread=thread, tools=tools, watch=watch)
        with watch.step("render"):
            scene = set_scene(decision, looked, listened=listened, thread=thread, tools=tools)
            reply = render(scene, actions_on=tools.suggested_actions_on)
        return conclude(scene, reply, thread=thread, looked=looked, watch=watch)
