"""The model's answer: one closed JSON object (runbooks 3g), read strictly or not at all. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

import pydantic_core
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from gatehouse.listings.wording import AMENITIES, PROPERTY_TYPES
from gatehouse.talk.plain_text import is_plain, whole_sentences
from gatehouse.talk.types import Act, Continuity, ToDomain
from gatehouse.talk.unwrapping import Broken, Unwrapped, unwrap
from gatehouse.understanding.types import Currency, Period

LONGEST_SPEAK = 1200
Reason = Literal[
    "empty", "not_json", "not_object", "truncated", "unknown_key", "missing_field", "wrong_type",
    "bad_value", "unknown_act", "too_long", "too_deep", "unsafe_text", "ungrounded", "other",
]  # fmt: skip
NeededSlot = Literal[
    "location", "budget", "rental_type", "deal", "bedrooms", "property_type", "check_in",
    "check_out", "min_nights", "min_term_months", "available_from", "amenities",
]  # fmt: skip


def _one_of(codes: Collection[str]) -> AfterValidator:
    def check(code: str) -> str:
        if code not in codes:
            raise ValueError("is no code of ours")
        return code

    return AfterValidator(check)


Any_ = Literal["any"]
Amount = Annotated[float, Field(gt=0, le=1_000_000_000, allow_inf_nan=False)]
Rooms = Annotated[int, Field(ge=0, le=20)]
Place = Annotated[str, Field(min_length=2, max_length=80)]
Kind = Annotated[str, _one_of(PROPERTY_TYPES), Field(json_schema_extra={"enum": [*PROPERTY_TYPES]})]
Amenity = Annotated[str, _one_of(AMENITIES), Field(json_schema_extra={"enum": [*AMENITIES]})]
Day = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2100, 1, 1))]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BudgetDelta(_Closed):
    """`amount` is the most to be paid; `low` the least."""

    amount: Amount
    low: Amount | None = None
    currency: Currency | None = None
    period: Period | None = None


class RoomsDelta(_Closed):
    """Two bedrooms are {2, 2}; at least two {2, null}."""

    low: Rooms | None = None
    high: Rooms | None = None


class SlotsDelta(_Closed):
    """What this message says about the wish, and only that. "any": it does not matter."""

    location: Annotated[tuple[Place, ...], Field(min_length=1, max_length=6)] | Any_ | None = None
    budget: BudgetDelta | Any_ | None = None
    rental_type: Literal["short_term", "long_term", "any"] | None = None
    deal: Literal["rent", "buy", "any"] | None = None
    bedrooms: RoomsDelta | Any_ | None = None
    property_type: Annotated[tuple[Kind, ...], Field(min_length=1, max_length=8)] | Any_ | None = (
        None
    )
    check_in: Day | None = None
    check_out: Day | None = None
    min_nights: Annotated[int, Field(ge=1, le=365)] | None = None
    min_term_months: Annotated[int, Field(ge=1, le=120)] | None = None
    available_from: Day | None = None
    amenities: Annotated[tuple[Amenity, ...], Field(min_length=1, max_length=12)] | None = None


class Notes(_Closed):
    """Remarks for the journal; `to_domain` goes with ESCALATE."""

    normalizations: Annotated[
        tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=10)
    ] = ()
    continuity_reason: Continuity | None = None
    to_domain: ToDomain | None = None


class Answer(_Closed):
    """One answer. `speak` is plain text; homes are named {home:1}, their prices {price:1}."""

    act: Act
    slots_delta: SlotsDelta = SlotsDelta()
    next_needed: Annotated[tuple[NeededSlot, ...], Field(max_length=5)] = ()
    notes: Notes = Notes()
    speak: Annotated[str, Field(max_length=LONGEST_SPEAK)]


Standing = Literal["accepted", "repaired", "bad"]
_ACTS = [act.value for act in Act]
_DEFAULTED = ("slots_delta", "next_needed", "notes")
_REASON_OF: dict[str, Reason] = {
    "extra_forbidden": "unknown_key",
    "missing": "missing_field",
    "string_too_long": "too_long",
    "too_long": "too_long",
}
_WRONG_TYPE = re.compile(r"_type$|int_from_float")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth.

    `accepted`: kept the contract. `repaired`: it did not, and code made `answer` of it. `bad`: no
    answer; `may_ask_again` says whether a second call is worth its time.
    """

    standing: Standing
    answer: Answer | None = None
    reason: Reason | None = None
    field: str | None = None
    may_ask_again: bool = False


@cache
def schema() -> Mapping[str, Any]:
    """The JSON schema for providers: closed, its keys in the order in which they are wanted."""
    return Answer.model_json_schema()


def parse(text: str) -> Verdict:
    """Reads one whole answer; raises nothing, whatever the text is."""
    unwrapped = unwrap(text)
    if isinstance(unwrapped, Broken):
        return _rescued(unwrapped)
    return judge(unwrapped)


def judge(unwrapped: Unwrapped) -> Verdict:
    """The verdict on one JSON object."""
    parts, field = dict(unwrapped.parts), unwrapped.field
    reason: Reason | None = unwrapped.mended
    if "act" in parts and parts["act"] not in _ACTS:
        parts |= {"act": Act.ASK_SLOT.value, "next_needed": [], "speak": ""}
        reason, field = "unknown_act", "act"
    missing = [name for name in _DEFAULTED if name not in parts]
    if missing and reason is None:
        reason, field = "missing_field", missing[0]
    if isinstance(parts.get("speak"), str):
        parts["speak"], trouble = _spoken(parts["speak"])
        if trouble and reason is None:
            reason, field = trouble, "speak"
    try:
        answer = Answer.model_validate_json(json.dumps(parts))
    except ValidationError as wrong:
        return _refused(wrong)
    return Verdict("repaired" if reason else "accepted", answer, reason, field)


def _spoken(said: str) -> tuple[str, Reason | None]:
    """The text as it may be shown. Unsafe text is not mended but left out: templates speak."""
    text = " ".join(said.split())
    if not text:
        return "", "missing_field"
    if not is_plain(text):
        return "", "unsafe_text"
    if len(text) > LONGEST_SPEAK:
        return whole_sentences(text[:LONGEST_SPEAK]), "too_long"
    return text, None


def _refused(wrong: ValidationError) -> Verdict:
    first = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"][:2]) or None
    kind = first["type"]
    reason = _REASON_OF.get(kind) or ("wrong_type" if _WRONG_TYPE.search(kind) else "bad_value")
    return Verdict("bad", None, reason, field, may_ask_again=True)


def _rescued(broken: Broken) -> Verdict:
    """Of an answer that was cut while it spoke, the whole sentences."""
    worth = broken.reason not in ("empty", "too_long", "too_deep")
    refusal = Verdict("bad", None, broken.reason, broken.field, may_ask_again=worth)
    parts = broken.began
    if broken.reason != "truncated" or parts is None or "speak" not in parts:
        return refusal
    if not isinstance(parts["speak"], str) or list(parts)[-1] != "speak":
        return refusal
    parts = parts | {"speak": whole_sentences(parts["speak"])}
    verdict = judge(Unwrapped(parts, mended="truncated"))
    return verdict if verdict.answer else refusal


def as_json(answer: Answer) -> str:
    """The answer as a model would write it."""
    return pydantic_core.to_json(answer.model_dump(mode="json", exclude_none=True)).decode()
