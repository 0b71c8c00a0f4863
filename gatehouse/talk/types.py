"""The vocabulary of the conversation: acts, replies, blocks, cards, events, and its ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from gatehouse.listings.types import Catalogue
from gatehouse.resilience.deadline import Deadline
from gatehouse.understanding.types import DialogueState, Heard, Language, Slot


class Act(StrEnum):
    """What one turn does. The set is closed; a model may name no other."""

    ASK_SLOT = "ASK_SLOT"  # asks exactly one open slot, never a filled one
    ACK_AND_SEARCH = "ACK_AND_SEARCH"  # searches with what there is
    SEARCH_AND_RECOMMEND = "SEARCH_AND_RECOMMEND"  # required slots are filled: cards
    CLARIFY = "CLARIFY"  # no slot question helps: greeting, answer about a home, compare, thanks
    ESCALATE = "ESCALATE"  # needs `to_domain`; leaves the property domain


ToDomain = Literal["staff", "viewing", "valuation", "general", "other"]
Continuity = Literal["refinement", "explicit_switch", "new_topic", "sticky"]


class Move(StrEnum):
    """The finer kind of a reply, below its act; closed, used for metrics and tests."""

    GREET = "greet"
    ASK = "ask"
    RECOMMEND = "recommend"
    NOTHING_FOUND = "nothing_found"
    ANSWER_HOME = "answer_home"
    COMPARE = "compare"
    ASK_CONTACT = "ask_contact"
    VIEWING_STORED = "viewing_stored"
    HANDED_OVER = "handed_over"
    OUT_OF_DOMAIN = "out_of_domain"
    THANK = "thank"
    GOODBYE = "goodbye"
    WHICH_HOME = "which_home"
    NOT_UNDERSTOOD = "not_understood"
    MORE = "more"  # the next page of the same search
    SMALL_TALK = "small_talk"
    START_OVER = "start_over"
    DECLINED = "declined"  # a "no" to what was offered
    CONTACT_KEPT = "contact_kept"
    TROUBLE = "trouble"  # a degraded reply of runbooks 3i
    REFUSED = "refused"  # answered by the house itself: a neutral no, a cry for help, steering


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy wants done; pure data. Code carries it out."""

    act: Act
    move: Move
    ask: Slot | None = None
    next_needed: tuple[Slot, ...] = ()
    to_domain: ToDomain | None = None
    continuity: Continuity = "sticky"
    home_ids: tuple[str, ...] = ()  # the homes asked about, compared or to be viewed
    asked: tuple[str, ...] = ()  # attributes or amenities asked about
    pin_reason: Literal["slot_filling_guard", "refinement", "continuity"] | None = None


# The parts of a reply, as JSON objects with the keys of runbooks 3g.
Block = dict[str, Any]  # {"type": "markdown"|"list"|"table"|"callout"|"code"|"image", ...}
Card = dict[str, Any]
SuggestedAction = dict[str, Any]  # {"label": ≤ 40 characters, "payload", "type"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the visitor gets. `summary` is the spoken text; blocks and cards follow it."""

    title: str
    summary: str
    blocks: tuple[Block, ...] = ()
    cards: tuple[Card, ...] = ()
    suggested_actions: tuple[SuggestedAction, ...] = ()
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """A consequence outside the conversation, stored in the turn's own commit."""

    kind: Literal["viewing_request", "handover", "lead", "follow_up"]
    payload: dict[str, Any]


Kind = Literal["visitor", "follow_up"]  # follow_up: nobody wrote; promised matches are due


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One inbox row."""

    id: int
    seq: int
    text: str
    language: Language | None  # the page's language switch, if the visitor set it
    about: UUID | None = None  # the home from whose page it comes
    kind: Kind = "visitor"


Arm = Literal["stable", "canary"]
Traffic = Literal["visitor", "bot", "staff", "soak"]


@dataclass(frozen=True, slots=True)
class Pin:
    """Who answers a conversation. `arm` and `version`: of the turn at hand.

    The rest is what the first turn drew, and why; it is written once, so a conversation that is
    moved later still counts where it was drawn: in the canary if `bucket` is below `share`.
    """

    arm: Arm
    version: str
    reason: str = "STATIC"  # one of labels.ASSIGN_REASONS
    rollout_id: str | None = None
    bucket: int | None = None
    share: int = 0  # of the canary, in 1/100,000
    step: int = 0
    hash_version: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of whoever writes the first message; kept with the conversation."""

    forced: Arm | None = None  # the arm that a signed pass chooses
    traffic: Traffic = "visitor"


ANYBODY: Final = Entry()


@dataclass(frozen=True, slots=True)
class Thread:
    """A claimed conversation: what `store` loaded, and the fence that guards its commit."""

    id: UUID
    epoch: int
    turn_no: int  # of the turn being thought
    state: DialogueState
    messages: tuple[IncomingMessage, ...]
    arm: Arm = "stable"  # under which this turn is thought
    pin: Pin | None = None  # None: no turn was answered yet
    forced: Arm | None = None
    traffic: Traffic = "visitor"

    @property
    def text(self) -> str:
        """The messages of one turn, joined."""
        return "\n".join(m.text for m in self.messages)

    @property
    def is_follow_up(self) -> bool:
        """Nobody wrote: matches that were promised are to be sent."""
        return bool(self.messages) and all(m.kind == "follow_up" for m in self.messages)

    @property
    def about(self) -> UUID | None:
        """The home from whose page the visitor comes."""
        return next((m.about for m in reversed(self.messages) if m.about), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a handler made of a turn; `store.commit` writes all of it or nothing."""

    decision: Decision
    reply: Reply
    state: DialogueState
    heard: Heard
    filled_before: tuple[Slot, ...]  # what needed no asking when the act was decided
    effects: tuple[Effect, ...] = ()
    errors: tuple[str, ...] = ()  # `re_error_total` types that happened on the way
    timings_ms: dict[str, float] = field(default_factory=dict)  # step -> ms
    results: int | None = None  # homes found, if a search ran
    is_cached: bool | None = None  # was that search answered without one of its own?
    tier: Literal["regular", "enhanced"] = "regular"  # enhanced: in a model's words
    tokens_in: int = 0
    tokens_out: int = 0
    extra: dict[str, Any] = field(default_factory=dict)  # for the ledger: numbers and codes only


@dataclass(frozen=True, slots=True)
class Market:
    """What is taken for granted where the agency works."""

    currency: str = "GBP"
    default_language: Language = "en"
    timezone: str = "Asia/Nicosia"


class Ear(Protocol):
    """Understanding, as the conversation uses it."""

    def hear(self, text: str, *, state: DialogueState, language: Language | None) -> Heard: ...

    def numbers(self, text: str, language: Language) -> tuple[float, ...]:
        """All numbers of a text, in digits or in words."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What a handler may use. Chosen in `web.wiring`."""

    catalogue: Catalogue
    ear: Ear
    market: Market
    cards_on: bool = True  # ENABLE_RE_RECOMMEND_CARD
    suggested_actions_on: bool = True  # FEATURE_SUGGESTED_ACTIONS


Say = Callable[[str], None]


def say_nothing(_sentence: str) -> None:
    """For turns that nobody reads while they are thought."""


class Handler(Protocol):
    """One way of thinking. Holds no connection, raises nothing but bugs.

    `deadline` leaves time for the commit. What `say` is given is shown at once: whole sentences
    known to be good, in order; the reply's summary must begin with them.
    """

    @property
    def name(self) -> Literal["rules", "prompted"]: ...

    async def think(
        self, thread: Thread, tools: Tools, *, deadline: Deadline, say: Say = say_nothing
    ) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who thinks about a turn, and what is stored with the conversation.

    `stand_in`: who answers this one turn, where the pinned version cannot run here just now.
    """

    handler: Handler
    pin: Pin
    stand_in: Pin | None = None

    @property
    def acting(self) -> Pin:
        """Under which the turn is thought, told and counted."""
        return self.stand_in or self.pin


HandlerFor = Callable[[Thread], Chosen]


@dataclass(frozen=True, slots=True)
class TurnEvent:
    """One server-sent event of a turn. Ids grow; the same stored turn gives the same events."""

    kind: Literal["meta", "interim", "delta", "cards", "suggested_actions", "done", "error"]
    data: dict[str, Any]
    id: str | None = None


TurnEvents = AsyncIterator[TurnEvent]
