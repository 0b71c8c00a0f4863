"""The tracker of a dialogue about homes: what is sought, offered, chosen, booked and asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from gatehouse.understanding.contact import blank, find_reach
from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.letters import fold
from gatehouse.understanding.numbers import join_numbers
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.reading import Reading, read
from gatehouse.understanding.tracking.moves import (
    Move,
    deal_said,
    flags_said,
    rooms_said,
)
from gatehouse.understanding.tracking.names import PlaceNames, place_said
from gatehouse.understanding.tracking.phrases import begins, clauses, says, turns, without
from gatehouse.understanding.tracking.replies import reply_from_text
from gatehouse.understanding.tracking.scene import NOTHING_SAID, Act, Reply
from gatehouse.understanding.tracking.schema import Schema
from gatehouse.understanding.tracking.spoken_days import day_said
from gatehouse.understanding.types import DialogueState
from gatehouse.understanding.types import Slot as HomeSlot
from gatehouse.understanding.vocabulary import load
from gatehouse.understanding.words import split

NO_INTENT = "NONE"
_LETTERS = re.compile(r"[a-z]{4,}")
_AWAITED = {"bedrooms": HomeSlot.BEDROOMS, "bathrooms": HomeSlot.BATHROOMS}


@dataclass(frozen=True, slots=True)
class Tracked:
    """What holds after a user turn: values by role, "search", "visit" or None, roles asked."""

    values: Mapping[str, str] = field(default_factory=dict)
    intent: str | None = None
    asked: tuple[str, ...] = ()


class English:
    """Reads English with the ear's own lexicon, against a given day."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today
        self._vocabulary = load("en")
        self._glossary = Glossary({"en": self._vocabulary}, Gazetteer(()))

    def reading(self, text: str, awaited: HomeSlot | None = None) -> Reading:
        """The items of a text."""
        folded = fold(text)
        tokens = split(blank(folded, find_reach(folded, text)[2]))
        items = join_numbers(read(tokens, self._vocabulary, self._glossary))
        return Reading(items, "en", DialogueState(awaiting=awaited), self._today())

    def mended(self, text: str) -> str:
        """The folded text with its slips of the finger taken out."""
        known = self._vocabulary
        return _LETTERS.sub(
            lambda m: m[0] if known.knows(m[0]) else known.mended(m[0]) or m[0], fold(text)
        )

    def is_plain_word(self, plain: str) -> bool:
        """Is this a word of English, as far as we have it?"""
        return self._vocabulary.knows(plain)

    def is_word(self, plain: str) -> bool:
        """Is this a word of English, as far as we have it, or one slip away from one?"""
        base = plain.partition("'")[0]
        known = self._vocabulary
        return known.knows(base) or known.knows(plain) or known.mended(base) is not None


class Tracker:
    """Follows one dialogue; give it every turn in order."""

    def __init__(self, schema: Schema, english: English, places: PlaceNames | None = None) -> None:
        self.schema = schema
        self._english = english
        self._places = places or PlaceNames()
        self._reply = NOTHING_SAID
        self._has_offer = False
        self._offered: str | None = None  # the home on the table, if its name is known
        self._values: dict[str, str] = {}
        self._intent: str | None = None
        self._place: str | None = None  # said while talking of something else
        self._day: str | None = None

    def hear_system(self, reply: Reply) -> None:
        """What the system said; later turns are understood in its light."""
        if reply.does(Act.OFFER):
            self._offered, self._has_offer = reply.offered, True
        for role, value in reply.searched.items():
            self._repair(role, value)
        for role, value in reply.confirmed.items():
            if role not in self._values:
                self._values[role] = value
        self._reply = reply

    def hear_system_text(self, text: str) -> None:
        """The same from the text alone."""
        has_day = day_said(self._english.reading(text), text) is not None
        is_word = self._english.is_plain_word
        needs_name = self._has_offer and "name" not in self._values
        self.hear_system(reply_from_text(text, is_word, has_day=has_day, needs_name=needs_name))

    def _repair(self, role: str, value: str) -> None:
        slot = self.schema.slot(role)
        if slot and (slot.is_closed or role not in self._values):
            self._values[role] = value

    def overhear(self, text: str) -> None:
        """A user turn about something else: places and days in it may be meant later."""
        is_asked = says(self._reply.text, "reply_asks_area") if self._reply.text else False
        place = self._places.find(text) or place_said(
            text, self._english.is_word, is_asked=is_asked, is_ours=False
        )
        self._place = place or self._place
        self._day = day_said(self._english.reading(text), text) or self._day

    def hear_user(self, text: str) -> Tracked:
        """A user turn about homes."""
        move = self._move(text)
        is_new = self._intent is None
        self._intent = self._next_intent(move)
        if self._intent == "search" and is_new:
            self._begin_search()
        is_accepted = self._accepts(move)
        self._values.update(self._kept(move))
        if is_accepted and self._offered:
            self._values["name"] = self._offered
        self._remember_day(move)
        asked = tuple(dict.fromkeys(move.asked))
        return Tracked(dict(self._values), self._intent, asked)

    def _begin_search(self) -> None:
        self._day = None
        if self._place and "area" not in self._values:
            self._values["area"] = self._place

    def _kept(self, move: Move) -> dict[str, str]:
        roles = {"name", "visit_date"} if self._intent == "visit" else self._search_roles()
        kept = {role: value for role, value in move.wishes.items() if role in roles}
        return {role: value for role, value in kept.items() if self._fits(role, value)}

    def _search_roles(self) -> set[str]:
        return {"area", "bedrooms", "bathrooms", "deal", *self.schema.flags}

    def _changes_search(self, move: Move) -> bool:
        """Is something wished for that was not wished before?"""
        roles = self._search_roles() & move.wishes.keys()
        return any(
            self._values.get(role) != move.wishes[role] for role in roles if self.schema.slot(role)
        )

    def _fits(self, role: str, value: str) -> bool:
        slot = self.schema.slot(role)
        return slot is not None and (not slot.is_closed or value in slot.values)

    def _remember_day(self, move: Move) -> None:
        day = move.wishes.get("visit_date")
        if day:
            self._day = day
        elif self._intent == "visit" and self._day and "visit_date" not in self._values:
            self._values["visit_date"] = self._day

    def _accepts(self, move: Move) -> bool:
        """Is the home on the table chosen by this message?"""
        if self._offered is None or self._values.get("name") == self._offered:
            return False
        if self._intent == "visit" or move.wants_visit:
            return True
        if move.wants_more or self._reply.does(Act.ASK):
            return False
        if move.asked or (self._reply.does(Act.ASK_MORE) and not move.likes):
            return False
        if self._changes_search(move):
            return False
        if move.likes or move.says_busy or move.says_bye:
            return True
        return not (move.says_no or move.requests)

    def _next_intent(self, move: Move) -> str | None:
        reply, now = self._reply, self._intent
        if now is None:
            return "visit" if move.wants_visit and self._has_offer else "search"
        if reply.does(Act.OFFER_VISIT):
            return self._answer_to_offer(move)
        if "visit_date" in move.wishes and "visit_date" in reply.asked and self._has_offer:
            return "visit"
        if self._has_offer and now == "search" and self._is_only_day(move):
            return "visit"
        if move.wants_visit and not (now == "search" and move.wants_more):
            return "visit"
        if reply.does(Act.ASK_MORE, Act.FAILED) and self._is_closing(move):
            return NO_INTENT
        if now == NO_INTENT:
            return "search" if move.seeks or self._changes_search(move) else now
        if now == "visit" and move.wants_more and not move.says_no and move.seeks:
            return "search"
        return now

    def _answer_to_offer(self, move: Move) -> str:
        is_busy = move.says_busy and not (move.wants_visit or move.says_yes)
        if move.says_no or is_busy:
            return NO_INTENT
        if move.wants_more or self._changes_search(move):
            return "search"
        if move.asked and not move.says_yes:
            return "search"
        return "visit"

    def _is_only_day(self, move: Move) -> bool:
        """A day, in answer to an offer, and nothing else that is asked or sought."""
        is_about_offer = self._reply.does(Act.OFFER, Act.TELL)
        is_else = move.requests or move.says_busy or move.says_no or move.wants_more
        return is_about_offer and "visit_date" in move.wishes and not is_else

    def _is_closing(self, move: Move) -> bool:
        return (move.says_no or move.says_bye or move.thanks) and not move.wants_visit

    def _move(self, text: str) -> Move:
        awaited = next((_AWAITED[role] for role in self._reply.asked if role in _AWAITED), None)
        whole = self._english.reading(text)
        rooms = rooms_said(whole) or rooms_said(self._english.reading(text, awaited))
        open_part = without(text, "bye")
        wants_more = says(open_part, "more") or (self._has_offer and says(text, "seeks_many"))
        has_offer = self._has_offer or self._intent == "visit"
        wished, asked = flags_said(
            self._english.mended(text),
            self.schema.flags,
            has_offer=has_offer,
            wants_more=wants_more,
        )
        wishes = rooms | dict.fromkeys(wished, "True")
        asked += [role for role in ("phone", "address", "price") if self._asks(role, text)]
        if deal := deal_said(text):
            wishes["deal"] = deal
        if (day := day_said(whole, text)) and not (says(text, "bye") and not self._awaits_day()):
            wishes["visit_date"] = day
        if place := self._place_in(text):
            wishes["area"] = place
        is_busy = says(text, "not_visit")
        return Move(
            wishes=wishes,
            asked=tuple(asked),
            wants_more=wants_more,
            wants_visit=any(
                says(part, "visit") and not says(part, "not_visit")
                for clause in clauses(text)
                for part in turns(clause)
            ),
            says_busy=is_busy,
            seeks=says(text, "seeks") and says(text, "home"),
            likes=says(text, "likes"),
            says_yes=begins(text, "yes"),
            says_no=says(text, "no") and not begins(text, "yes"),
            says_bye=says(text, "bye"),
            thanks=says(text, "thanks"),
            requests="?" in text or says(text, "requests"),
        )

    def _awaits_day(self) -> bool:
        return self._reply.does(Act.ASK, Act.CONFIRM, Act.OFFER_VISIT)

    def _asks(self, role: str, text: str) -> bool:
        return role in self.schema.asks and self._has_offer and says(text, role)

    def _place_in(self, text: str) -> str | None:
        is_asked = "area" in self._reply.asked
        return self._places.find(text) or place_said(text, self._english.is_word, is_asked=is_asked)


__all__ = ["NO_INTENT", "English", "Tracked", "Tracker"]
