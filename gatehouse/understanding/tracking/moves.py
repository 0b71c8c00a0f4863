"""What one message of the visitor does, given what is on the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gatehouse.understanding.letters import fold
from gatehouse.understanding.tracking.english import English
from gatehouse.understanding.tracking.flags import flags_said
from gatehouse.understanding.tracking.names import PlaceNames, place_said
from gatehouse.understanding.tracking.phrases import begins, clauses, says, turns, without
from gatehouse.understanding.tracking.rooms import rooms_said
from gatehouse.understanding.tracking.scene import Act, Scene
from gatehouse.understanding.tracking.spoken_days import day_said

_PARTING_DAYS = ("today", "now", "tonight")
_TOLD = ("phone", "address", "price")  # facts that have their own turns of phrase


@dataclass(frozen=True, slots=True)
class Move:
    """What is said in one message: `wishes` by role, facts asked for, and gestures."""

    wishes: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    wants_more: bool = False
    wants_visit: bool = False
    says_busy: bool = False  # looks at a calendar, or at a ride: not at a visit yet
    seeks: bool = False
    likes: bool = False
    corrects: bool = False  # "no", "actually", "make it"
    says_yes: bool = False
    says_no: bool = False
    says_bye: bool = False
    thanks: bool = False
    requests: bool = False  # asks for something to be said or done


def hear_move(text: str, scene: Scene, english: English, places: PlaceNames) -> Move:
    """All that a message about homes does."""
    open_part = without(text, "bye", "compared")
    wants_more = says(open_part, "more") or (scene.has_offer and says(text, "seeks_many"))
    wished, asked = flags_said(
        english.mended(text),
        scene.flags,
        has_offer=scene.has_offer or scene.is_visit,
        wants_more=wants_more,
    )
    begins_yes = begins(text, "yes")
    wishes = _wishes(text, scene, english, places)
    return Move(
        wishes=wishes | dict.fromkeys(wished, "True"),
        asked=tuple(dict.fromkeys((*asked, *_facts_asked(text, scene)))),
        wants_more=wants_more,
        wants_visit=_wants_visit(text.replace(wishes.get("area") or "\n", "X")),
        says_busy=says(text, "not_visit"),
        seeks=says(text, "seeks") and says(text, "home"),
        likes=says(text, "likes"),
        corrects=says(text, "wrong"),
        says_yes=begins_yes,
        says_no=says(text, "no") and not begins_yes,
        says_bye=says(text, "bye"),
        thanks=says(text, "thanks"),
        requests="?" in text or says(text, "requests"),
    )


def _wishes(text: str, scene: Scene, english: English, places: PlaceNames) -> dict[str, str]:
    """What is wanted, by role, but for flags."""
    asked = scene.reply.asked
    is_asked = "area" in asked
    rest = text.replace(scene.named, "it") if scene.named else text  # homes are called by places
    place = places.find(rest) or place_said(rest, english.may_have, is_asked=is_asked)
    found = {"deal": deal_said(text), "visit_date": _day(text, scene, english), "area": place}
    known = {role: value for role, value in found.items() if value}
    return known | rooms_said(text, english, asked)


def _day(text: str, scene: Scene, english: English) -> str | None:
    """The day named; "that's all for today" names none unless a day was asked for."""
    day = day_said(english.reading(text), text)
    is_asked = scene.reply.does(Act.ASK, Act.CONFIRM, Act.OFFER_VISIT)
    is_parting = says(text, "bye") and not is_asked
    return None if day and is_parting and fold(day) in _PARTING_DAYS else day


def deal_said(text: str) -> str | None:
    """Whether to rent or to buy, if only one of the two is named."""
    wanted = without(text, "not_the_deal")
    buys, rents = says(wanted, "buy"), says(wanted, "rent")
    return None if buys == rents else "buy" if buys else "rent"


def _wants_visit(text: str) -> bool:
    """Is a visit spoken of, other than as an entry of a calendar?"""
    turned = (part for clause in clauses(text) for part in turns(clause))
    return any(says(part, "visit") and not says(part, "not_visit") for part in turned)


def _facts_asked(text: str, scene: Scene) -> Iterator[str]:
    for role in _TOLD:
        if scene.has_offer and role in scene.facts and says(text, role):
            yield role
