"""The tracker of a dialogue about homes: what is sought, offered, chosen, booked and asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatehouse.understanding.letters import fold
from gatehouse.understanding.tracking.english import English
from gatehouse.understanding.tracking.intents import NO_INTENT, Stage, next_intent
from gatehouse.understanding.tracking.moves import Move, hear_move
from gatehouse.understanding.tracking.names import PlaceNames, place_said
from gatehouse.understanding.tracking.phrases import says, with_apostrophes
from gatehouse.understanding.tracking.replies import reply_from_text
from gatehouse.understanding.tracking.scene import NOTHING_SAID, Act, Reply, Scene
from gatehouse.understanding.tracking.schema import COUNTED_ROLES, Schema
from gatehouse.understanding.tracking.spoken_days import day_said


@dataclass(frozen=True, slots=True)
class Tracked:
    """What holds after a user turn: values by role, "search", "visit" or "NONE", roles asked."""

    values: Mapping[str, str] = field(default_factory=dict)
    intent: str = NO_INTENT
    asked: tuple[str, ...] = ()


class Tracker:
    """Follows one dialogue; give it every turn in order."""

    def __init__(self, schema: Schema, english: English, places: PlaceNames | None = None) -> None:
        self.schema = schema
        self._english = english
        self._places = places or PlaceNames()
        self._reply = NOTHING_SAID
        self._has_offer = False
        self._offered: str | None = None  # the home on the table, if its name is known
        self._homes: list[str] = []  # names of all homes offered so far
        self._values: dict[str, str] = {}
        self._intent: str | None = None  # None until homes are first spoken of
        self._overheard: dict[str, str] = {}
        self._borrowed: set[str] = set()  # roles whose value was only overheard

    def hear_system(self, reply: Reply) -> None:
        """What the system said; later turns are understood in its light."""
        if reply.does(Act.OFFER):
            self._offered, self._has_offer = reply.offered, True
            self._homes += [reply.offered] if reply.offered else []
        for role in self._borrowed & set(reply.asked):
            self._values.pop(role, None)  # it would not ask for what it took over
            self._overheard.pop(role, None)
        for role, value in reply.searched.items():
            self._repair(role, value)
        if self._has_offer:
            self._values = dict(reply.confirmed) | self._values
        self._borrowed = set()
        self._reply = reply

    def hear_system_text(self, text: str) -> None:
        """The same from the text alone."""
        day = day_said(self._english.reading(text), text)
        needs_name = self._has_offer and "name" not in self._values
        is_word = self._english.has
        self.hear_system(reply_from_text(text, is_word, day=day, needs_name=needs_name))

    def _repair(self, role: str, value: str) -> None:
        """What was searched for tells what was understood; as said is better than canonical."""
        slot = self.schema.slot(role)
        if slot and (slot.is_closed or role not in self._values):
            self._values[role] = value

    def overhear(self, text: str) -> None:
        """A user turn about something else: places and days in it may be meant later."""
        is_asked = says(self._reply.text, "reply_asks_area")
        is_word = self._english.may_have
        place = self._places.find(text) or place_said(
            text, is_word, is_asked=is_asked, is_ours=False
        )
        self._keep_in_mind("area", place)
        self._keep_in_mind("visit_date", day_said(self._english.reading(text), text))

    def _keep_in_mind(self, role: str, value: str | None) -> None:
        if value:
            self._overheard[role] = value

    def hear_user(self, text: str) -> Tracked:
        """A user turn about homes."""
        text = with_apostrophes(text)
        named = self._named(text)
        self._offered = named or self._offered
        scene = self._scene(named)
        move = hear_move(text, scene, self._english, self._places)
        self._turn_to(next_intent(move, self._stage(move)))
        is_accepted = self._accepts(move)
        self._values.update(self._kept(move))
        if is_accepted and self._offered:
            self._values["name"] = self._offered
        self._borrow(move)
        return Tracked(dict(self._values), self._intent or NO_INTENT, move.asked)

    def _scene(self, named: str | None) -> Scene:
        return Scene(
            self._reply,
            self._has_offer,
            self._intent == "visit",
            named=named,
            flags=self.schema.flags,
            facts=self.schema.asks,
        )

    def _named(self, text: str) -> str | None:
        """The home offered before, the last one first, that the message names."""
        said = fold(text)
        telling = [name for name in self._homes if " " in name]
        return next((name for name in reversed(telling) if fold(name) in said), None)

    def _stage(self, move: Move) -> Stage:
        return Stage(self._intent, self._reply, self._has_offer, self._changes_search(move))

    def _turn_to(self, intent: str) -> None:
        """Days said before a search were not for a visit."""
        if self._intent is None and intent == "search":
            self._overheard.pop("visit_date", None)
        self._intent = intent

    def _kept(self, move: Move) -> dict[str, str]:
        """What this message sets: a visit has a day, a search has the rest."""
        if self._intent == NO_INTENT:
            return {}
        roles = self._search_roles()
        if self._intent == "visit":
            roles = {"visit_date", *(COUNTED_ROLES if move.corrects else ())}
        return {
            role: value
            for role, value in move.wishes.items()
            if role in roles and self._fits(role, value)
        }

    def _borrow(self, move: Move) -> None:
        """Fills a place or a day with what was said of something else."""
        role = "visit_date" if self._intent == "visit" else "area"
        if role in self._overheard and role not in self._values:
            self._values[role] = self._overheard[role]
            self._borrowed.add(role)
        self._keep_in_mind("visit_date", move.wishes.get("visit_date"))

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

    def _accepts(self, move: Move) -> bool:
        """Is the home on the table chosen by this message?"""
        if self._offered is None or self._values.get("name") == self._offered:
            return False
        if self._intent == "visit" or move.wants_visit:
            return True
        if move.wants_more or move.asked or self._changes_search(move):
            return False
        if self._reply.does(Act.ASK) or (self._reply.does(Act.ASK_MORE) and not move.likes):
            return False
        if move.likes or move.says_busy or move.says_bye:
            return True
        return not (move.says_no or move.requests)
