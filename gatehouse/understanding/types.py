"""What the ear hears, as values. Every other file of this room imports only this one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

Language = Literal["en", "tr", "ru", "uk", "de", "pl", "fr", "ar"]
LANGUAGES: tuple[Language, ...] = ("en", "tr", "ru", "uk", "de", "pl", "fr", "ar")
Period = Literal["night", "week", "month", "year", "total"]
Currency = Literal["GBP", "EUR", "USD", "TRY", "RUB", "UAH", "PLN", "CHF", "AED", "ILS"]


class Slot(StrEnum):
    """What we may need to know. The first three are required (budget and term only to rent)."""

    LOCATION = "location"
    BUDGET = "budget"
    RENTAL_TYPE = "rental_type"
    DEAL = "deal"
    BEDROOMS = "bedrooms"
    BATHROOMS = "bathrooms"
    PROPERTY_TYPE = "property_type"
    AREA = "area"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    MIN_NIGHTS = "min_nights"
    MIN_TERM_MONTHS = "min_term_months"
    AVAILABLE_FROM = "available_from"
    AMENITIES = "amenities"
    GUESTS = "guests"  # how many will live there
    FLOOR = "floor"  # which floors; 0 is the ground floor
    FEATURES = "features"  # wishes that no listing states: they go into the notes for the agency


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of the visitor's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place as understood: canonical key ('girne', 'girne/lapta') and the words used for it.

    `radius_km`: "within 5 km of Girne"; None: the place itself.
    """

    key: str
    said: str
    radius_km: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Money wanted or allowed. `high` alone means 'up to'; currency None: the market's default."""

    low: float | None
    high: float | None
    currency: Currency | None
    period: Period | None
    is_about: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """A count or a size in m²; bedrooms '2' is Range(2, 2), 'at least 2' is Range(2, None)."""

    low: float | None
    high: float | None


# The value of a slot: LOCATION tuple[PlaceName, ...]; BUDGET Budget; RENTAL_TYPE
# "short_term"|"long_term"; DEAL "rent"|"buy"; BEDROOMS, BATHROOMS, GUESTS, FLOOR, AREA Range;
# PROPERTY_TYPE, AMENITIES and FEATURES tuple[str, ...] of lexicon codes; the dates date; the
# rest int.
SlotValue = str | int | date | Budget | Range | tuple[PlaceName, ...] | tuple[str, ...]


class Op(StrEnum):
    """What an utterance does to a slot."""

    SET = "set"  # replaces (a correction is a SET too)
    ADD = "add"  # joins a many-valued slot: "also Lapta", "with a pool"
    REMOVE = "remove"  # takes out of a many-valued slot or shuns it: "not in Lapta", "no pool"
    ANY = "any"  # "anywhere", "any budget": counts as filled, restricts nothing
    CLEAR = "clear"  # "forget the budget": open again; with a value, only that is let go
    # The value of these two is the new limit, worked out by the ear from what the state knows
    # (so merging twice is harmless); None when nothing is known to be less or more than.
    LESS = "less"  # "cheaper", "smaller", "fewer bedrooms"
    MORE = "more"  # "bigger", "one more bedroom"


@dataclass(frozen=True, slots=True)
class SlotChange:
    """One thing heard about one slot, where in the text, how sure (0..1), and why."""

    slot: Slot
    op: Op
    value: SlotValue | None
    span: Span | None
    confidence: float = 1.0
    why: str = ""


class Intent(StrEnum):
    """What the visitor wants to do. One message may carry several."""

    SEARCH = "search"
    REFINE = "refine"
    ASK_ABOUT_HOME = "ask_about_home"
    COMPARE = "compare"
    MORE_OPTIONS = "more_options"
    BOOK_VIEWING = "book_viewing"
    MOVE_VIEWING = "move_viewing"
    CANCEL_VIEWING = "cancel_viewing"
    LEAVE_CONTACT = "leave_contact"
    TALK_TO_PERSON = "talk_to_person"
    SELL_OR_LET = "sell_or_let"
    VALUATION = "valuation"
    COMPLAINT = "complaint"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    SMALL_TALK = "small_talk"
    TRUST = "trust"  # "is this a scam?"
    OUT_OF_SCOPE = "out_of_scope"
    YES = "yes"
    NO = "no"
    START_OVER = "start_over"


# What can be asked about a home: these codes, or an amenity code of the lexicon.
Attribute = Literal[
    "price",
    "deposit",
    "bedrooms",
    "bathrooms",
    "area",
    "address",
    "location",
    "available_from",
    "availability",
    "minimum_stay",
    "agency",
    "phone",
    "pictures",
    "amenities",
    "property_type",
    "rating",
    "verified_at",
    "description",
    "bills",
    "floor",
    "sea_distance",
    "guests",
    "negotiable",
]


@dataclass(frozen=True, slots=True)
class HomeRef:
    """A pointer to something shown: 1-based number (-1: the last), or place, price or name."""

    span: Span
    number: int | None = None
    place: str | None = None
    price: float | None = None
    name: str | None = None
    is_it: bool = False  # "it", "this one": the home in focus
    is_other: bool = False  # "the other one": of two homes the one not in focus


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the visitor, as they wrote it, normalised where possible."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """A day, or a day and a time, that is not a stay: for viewings ("on Saturday at 3 pm")."""

    day: date
    time: str | None = None  # "15:00"
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """All that one message says."""

    text: str
    language: Language
    language_confidence: float
    intents: tuple[Intent, ...] = ()  # best first
    changes: tuple[SlotChange, ...] = ()
    refs: tuple[HomeRef, ...] = ()
    asked: tuple[str, ...] = ()  # Attribute or amenity codes asked about
    contact: Contact | None = None
    when: When | None = None
    notes: tuple[str, ...] = ()  # why, for `gatehouse understand`
    sort: str | None = None  # a `listings.types.Sort` asked for: "price" after "the cheapest"

    def wants(self, *intents: Intent) -> bool:
        """Is any of these among what the visitor wants?"""
        return any(i in self.intents for i in intents)


@dataclass(frozen=True, slots=True)
class Shown:
    """A home that the visitor has on the screen, as far as words can point to it."""

    id: str
    title: str
    place: str  # gazetteer key
    price: float | None
    currency: str | None = None  # of `price`; None: the market's default
    area_m2: float | None = None
    bedrooms: int | None = None
    amenities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot that needs no asking: a value, or `is_any`."""

    value: SlotValue | None
    is_any: bool = False
    shunned: tuple[str, ...] = ()  # what was excluded: place keys, amenity or type codes


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What we know after some turns. Immutable; `state.merge` returns the next one."""

    slots: dict[Slot, Filled] = field(default_factory=dict)
    awaiting: Slot | None = None  # the slot asked last
    asks: dict[Slot, int] = field(default_factory=dict)  # how often each was asked
    shown: tuple[Shown, ...] = ()  # the last cards, in their order
    focus: str | None = None  # id of the home talked about
    offered: str | None = None  # what a "yes" would accept: "relax:budget", "viewing", "more", ...
    language: Language | None = None
    contact: Contact | None = None
    when: When | None = None
    turn: int = 0
    has_searched: bool = False  # homes were looked for in this talk: refinements search at once
    seen: int = 0  # how many homes of the current search were shown already
    accepted: tuple[str, ...] = ()  # limits that the visitor agreed to loosen: "budget", ...
    viewing: tuple[str, ...] = ()  # ids of the homes whose viewing waits for a contact
    chosen: tuple[str, ...] = ()  # ids of the homes whose viewing was asked for, the last ones last
    sort: str | None = None  # a `listings.types.Sort` asked for: "price" after "cheapest"
    rejected: tuple[str, ...] = ()  # ids of homes that were turned down: not shown again
    modes: tuple[str, ...] = ()  # `meta.degraded` of the last reply: a stretch is told once
    is_owed: bool = False  # the matches of a search were promised for later
