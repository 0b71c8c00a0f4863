"""From a turn to the request that a model gets: rules, state, homes as data, history, words."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gatehouse.listings.types import Listing
from gatehouse.llm.safety.canary import CANARY
from gatehouse.llm.safety.fencing import fence, plain
from gatehouse.llm.types import ChatMessage, ChatRequest
from gatehouse.observe import journal
from gatehouse.talk.contract import Verdict, schema
from gatehouse.talk.past import Line, cut
from gatehouse.talk.prompts import Prompts
from gatehouse.talk.scene import Scene
from gatehouse.talk.types import Act, Thread
from gatehouse.talk.veil import Veil
from gatehouse.talk.wire import slots_view
from gatehouse.understanding.state import required_open
from gatehouse.understanding.types import Language

MOST_HOMES = 6
LONGEST_TITLE = 90
LONGEST_ECHO = 4000  # characters of a broken answer that are shown to whoever repairs it
LANGUAGE_NAMES: dict[Language, str] = {
    "en": "English", "tr": "Turkish", "ru": "Russian", "uk": "Ukrainian", "de": "German",
    "pl": "Polish", "fr": "French", "ar": "Arabic",
}  # fmt: skip
_BRACES = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is made of. `homes`: those that the model may name, in their order."""

    prompts: Prompts
    scene: Scene
    thread: Thread
    homes: tuple[Listing, ...]
    past: tuple[Line, ...] = ()
    most_messages: int = 20
    agency: str = ""
    market: str = ""


def request(asked: Asked) -> ChatRequest:
    """The request of a turn. Contact data stands in it as tokens alone."""
    veil = Veil(asked.scene.state.contact)
    lines = cut(asked.past, most=asked.most_messages)
    said = Line("user", asked.thread.text)
    history = [ChatMessage(line.role, veil.hide(line.text)) for line in (*lines, said)]
    system = ChatMessage("system", system_text(asked))
    trace = {
        "thread": journal.thread_hash(asked.thread.id),
        "arm": asked.thread.arm,
        "prompt.version": asked.prompts.version,
        "turn.likely_act": asked.scene.decision.act.value,
    }
    return ChatRequest("turn", (system, *history), schema(), trace=trace)


def repair(first: ChatRequest, broken: str, *, verdict: Verdict, prompts: Prompts) -> ChatRequest:
    """The second and last question: the first one, what came of it, and what was wrong."""
    reason = f"{verdict.reason} ({verdict.field})" if verdict.field else str(verdict.reason)
    messages = (
        *first.messages,
        ChatMessage("assistant", broken[:LONGEST_ECHO] or "(nothing)"),
        ChatMessage("user", prompts.fill("repair", reason=reason)),
    )
    return ChatRequest("repair", messages, first.schema, temperature=0.0, trace=first.trace)


def system_text(asked: Asked) -> str:
    """Rules and state. Of the visitor it holds the slots alone: no contact, no identity."""
    scene = asked.scene
    ask = scene.decision.ask
    return asked.prompts.fill(
        "system",
        agency=asked.agency or "the agency",
        market=asked.market or "the region of its listings",
        language_name=LANGUAGE_NAMES[scene.voice.language],
        acts=", ".join(act.value for act in Act),
        likely_act=scene.decision.act.value,
        ask=ask.value if ask else "nothing",
        open_slots=", ".join(slot.value for slot in required_open(scene.state)) or "none",
        known=_json(slots_view(scene.state)),
        counts=_json(counts(scene)),
        homes=_homes(asked),
        mark=CANARY,
    )


def counts(scene: Scene) -> dict[str, int]:
    """The counts that may be said."""
    told = {"shown_now": len(scene.homes)} if scene.homes else {}
    if scene.answer and scene.homes:
        told |= {"found": scene.answer.found.total, "not_shown_yet": scene.left}
    return told


def _homes(asked: Asked) -> str:
    if not asked.homes:
        return "HOMES: none"
    lines = [_json(facts(home, number)) for number, home in enumerate(asked.homes, start=1)]
    return asked.prompts.fill("homes", data=fence("\n".join(lines), "listing"))


def facts(home: Listing, number: int) -> dict[str, Any]:
    """The allow-listed fields of a home. Its own words are cut, and hold no place-holder."""
    told: dict[str, Any] = {
        "home": f"{{home:{number}}}",
        "price": f"{{price:{number}}}",
        "title": _tame(home.title),
        "place": home.district or home.city,
        "type": home.property_type,
        "for": home.variant,
        "bedrooms": home.bedrooms,
        "bathrooms": home.bathrooms,
        "area_m2": round(home.area_m2),
        "deposit": home.deposit,
        "minimum_nights": home.minimum_nights,
        "minimum_months": home.minimum_months,
        "available_from": home.available_from.isoformat() if home.available_from else None,
        "rating": home.rating,
        "has": list(home.amenities),
    }
    return {name: value for name, value in told.items() if value not in (None, [])}


def _tame(text: str) -> str:
    return " ".join(_BRACES.sub(" ", plain(text)).split())[:LONGEST_TITLE]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def homes_for(scene: Scene, others: Sequence[Listing] = ()) -> tuple[Listing, ...]:
    """The homes that a reply may name: those it shows, else those on the screen."""
    return tuple(scene.homes or others)[:MOST_HOMES]
