"""System turns from their text alone: what an assistant asks, offers, confirms and tells."""

from __future__ import annotations

import re

from gatehouse.understanding.tracking.home_names import IsWord, home_named
from gatehouse.understanding.tracking.phrases import first_end, says
from gatehouse.understanding.tracking.scene import Act, Reply

_ASKS = {
    "area": "reply_asks_area",
    "bedrooms": "reply_asks_bedrooms",
    "bathrooms": "reply_asks_bathrooms",
    "deal": "reply_asks_deal",
}
_REGRETS = re.compile("sorry|unfortunately|apologi", re.IGNORECASE)
_PHONE = re.compile(r"\d{3}[-. ]\d{3}[-. ]\d{4}")


def reply_from_text(text: str, is_word: IsWord, *, day: str | None, needs_name: bool) -> Reply:
    """The reply that this text is; `day`: the one that it names; `needs_name`: of the home."""
    if _is_offer(text):
        return Reply(frozenset({Act.OFFER}), offered=home_named(text, is_word), text=text)
    acts = _acts(text, has_day=day is not None)
    confirmed: dict[str, str] = {}
    if Act.CONFIRM in acts and day:
        confirmed["visit_date"] = day
    if Act.CONFIRM in acts and needs_name and (name := home_named(text, is_word)):
        confirmed["name"] = name
    return Reply(frozenset(acts), asked=_asked(text), confirmed=confirmed, text=text)


def _is_offer(text: str) -> bool:
    if _PHONE.search(text):
        return False
    if says(text, "reply_prices") and says(text, "reply_places", "reply_rooms"):
        return True
    return says(text, "reply_rooms") and says(text, "reply_terms") and not _asked(text)


def _acts(text: str, *, has_day: bool) -> set[Act]:
    """What the text does; the first that fits of a row from sure to vague."""
    is_about_visit = says(text, "reply_visits") and not says(text, "reply_other")
    is_question = "?" in text
    asks_more = says(text, "reply_asks_more")
    if says(text, "reply_failed") and (is_about_visit or asks_more or _REGRETS.search(text)):
        return {Act.FAILED}
    if says(text, "reply_says_booked") and not (is_question and not asks_more):
        return {Act.BOOKED}
    if is_about_visit and has_day:
        return {Act.CONFIRM}
    if asks_more:
        return {Act.ASK_MORE}
    if _PHONE.search(text):
        return {Act.TELL}
    if _asked(text):
        return {Act.ASK}
    if is_about_visit and (is_question or says(text, "reply_offers_visit", "reply_could")):
        return {Act.OFFER_VISIT}
    return {Act.GOODBYE} if says(text, "reply_says_bye") else {Act.TELL}


def _asked(text: str) -> tuple[str, ...]:
    """The roles asked for, in the order of the question."""
    found = {role: first_end(text, kind) for role, kind in _ASKS.items()}
    asked = sorted((at, role) for role, at in found.items() if at is not None)
    is_visit = says(text, "reply_asks_day") and says(text, "reply_visits")
    is_visit = is_visit or (says(text, "reply_asks_date") and not says(text, "reply_other"))
    return (*(role for _, role in asked), *(("visit_date",) if is_visit else ()))
