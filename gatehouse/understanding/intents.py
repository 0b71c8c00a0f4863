"""What the visitor wants to do, and which facts about a home they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gatehouse.understanding import scope
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import Contact, HomeRef, Intent, SlotChange, When

# Best first: where one message says several things, this is their order.
_ORDER = (
    Intent.START_OVER, Intent.TALK_TO_PERSON, Intent.COMPLAINT, Intent.CANCEL_VIEWING,
    Intent.MOVE_VIEWING, Intent.BOOK_VIEWING, Intent.VALUATION, Intent.SELL_OR_LET,
    Intent.COMPARE, Intent.ASK_ABOUT_HOME, Intent.REFINE, Intent.SEARCH, Intent.LEAVE_CONTACT,
    Intent.MORE_OPTIONS, Intent.OUT_OF_SCOPE, Intent.YES, Intent.NO, Intent.THANKS,
    Intent.GOODBYE, Intent.GREETING, Intent.TRUST, Intent.SMALL_TALK,
)  # fmt: skip
_POLITE = frozenset((Intent.GREETING, Intent.THANKS, Intent.YES))
_WEAK = _POLITE | {Intent.NO, Intent.SMALL_TALK}
_NO_SEEKING = frozenset((Intent.SELL_OR_LET, Intent.VALUATION, Intent.START_OVER))
_KEPT_OUTSIDE = _POLITE | {Intent.GOODBYE, Intent.LEAVE_CONTACT}
_CHANGES_VIEWING = frozenset((Intent.CANCEL_VIEWING, Intent.MOVE_VIEWING))
_OF_ONE_HOME = frozenset((Intent.COMPARE, Intent.BOOK_VIEWING, Intent.ASK_ABOUT_HOME))
_RANK = {intent: rank for rank, intent in enumerate(_ORDER)}
_INTENTS = {intent.value: intent for intent in _ORDER}
# Without them changes are all that is wanted.
_INTENT_KINDS = ("intent", "yes", "no", "scope", "trust", "dislike")
_SUMS = ("deposit", "bills")
_FEWEST_WORDS = 4
_LONGEST_BARE_QUESTION = 5
_OF_A_SEARCH = ("place", "type", "deal", "term", "cur", "noun", "rel", "home")
# Facts whose words are also used to describe what is sought.
_ALSO_SAID = frozenset(
    ("price", "availability", "pictures", "description", "rating", "phone", "bills", "floor")
)


def hear_asked(r: Reading, refs: Sequence[HomeRef], *, contact: Contact | None) -> tuple[str, ...]:
    """The attributes and amenities asked about, in the order said."""
    is_about_home = bool(refs or r.state.focus or r.state.shown)
    is_question = _is_question(r)
    is_doubt = is_question and r.mentions("trust") and not r.mentions("findq", "amenity")
    if is_doubt and (r.state.focus or refs):
        return ("verified_at",)
    if not r.mentions("attr", "amenity"):
        return ()
    asks_extras = is_about_home and _asks_extras(r, refs)
    asked: list[str] = []
    for index, item in enumerate(r.items):
        attribute = item.labels.get("attr")
        is_own = attribute == "phone" and (contact is not None or r.mentions("mine"))
        if attribute and not is_own and _is_asked(r, index, attribute, is_about_home, is_question):
            is_far = attribute == "location" and r.has(index, "far") and r.mentions("sea")
            asked.append("sea_distance" if is_far else attribute)
        if asks_extras and "amenity" in item.labels:
            asked.append(item.labels["amenity"])
    if "sea_distance" in asked and r.mentions("far"):  # "wie weit … vom Strand entfernt?"
        asked = [a for a in asked if a != "location"]
    return tuple(dict.fromkeys(asked))


def _is_asked(
    r: Reading, index: int, attribute: str, is_about_home: bool, is_question: bool
) -> bool:
    is_described = not is_about_home and r.mentions("place", "type", "plus", "noun")
    if r.has(index, "quality") and (is_described or not is_question):
        return False
    if attribute == "negotiable" and not is_question:
        return False  # "about 600, negotiable" tells of the visitor
    if attribute == "price" and _is_of_a_sum(r, index):
        return False
    if attribute in ("bedrooms", "bathrooms", "area") and r.at(index - 1).number is not None:
        return False
    is_day = attribute in ("available_from", "availability") and bool(r.dated)
    if is_day and not is_question:
        return False  # "available from 1 June"
    if is_about_home:
        return True
    is_of_rent = attribute == "price" and r.has(index - 1, "budget")  # "kira ne kadar"
    return attribute not in _ALSO_SAID or is_question or is_of_rent


def _is_of_a_sum(r: Reading, index: int) -> bool:
    """ "How much deposit", "depozito ne kadar": the question is for that sum alone."""
    for step in (1, -1):
        for at in (index + step, index + 2 * step):
            if r.label(at, "attr") in _SUMS:
                return True
            if r.has(at, "stop", "and", "also") or "attr" in r.at(at).labels:
                break
    return False


def _asks_extras(r: Reading, refs: Sequence[HomeRef]) -> bool:
    """Is "… a pool" a question about a shown home, and not a wish for another?"""
    if any(ref for ref in refs if not ref.is_it):
        return r.mentions("q", "askhome", "mayq")
    if r.mentions("findq", "trust"):
        return False
    return r.mentions("askhome") or _is_bare_question(r)


def _is_bare_question(r: Reading) -> bool:
    """ "Eşyalı mı?", "она с мебелью?": nothing but a question word or "it", and the extra."""
    if r.mentions("findqweak", "also", *_OF_A_SEARCH):
        return False
    last = len(r.items) - 1
    if r.has(0, "q") or (r.has(0, "mayq") and len(r.items) <= _LONGEST_BARE_QUESTION):
        return True
    is_asked = r.mentions("it") or any(r.label(at, "mark") is None for at in r.every("q"))
    return is_asked and (r.has(last, "q") or r.has(last - 1, "q"))


def hear_intents(
    r: Reading,
    *,
    changes: Sequence[SlotChange],
    asked: Sequence[str],
    refs: Sequence[HomeRef],
    contact: Contact | None,
    when: When | None,
    sort: str | None,
) -> tuple[Intent, ...]:
    """Every intent that the message carries, best first."""
    if _tries_again(r) and not (changes or asked or refs or contact or when or sort):
        return (Intent.YES,)
    if _goes_on(r) and not (changes or asked or refs or contact or when or sort):
        return (Intent.MORE_OPTIONS,)
    outside = scope.why_outside(r, is_pointing=bool(refs or asked))
    if outside and contact and not r.mentions("scope", "world"):
        outside = None  # who leaves an address wants to hear of homes
    if outside:
        r.notes.append(outside)
        changes, sort, refs = (), None, ()
    elif (changes or sort) and not (asked or refs or contact or when or r.mentions(*_INTENT_KINDS)):
        return (Intent.REFINE if r.state.slots else Intent.SEARCH,)
    said = {_INTENTS[r.items[at].labels["intent"]] for at in _said(r)} | _distrust(r)
    wants_home = Intent.SEARCH in said or r.mentions("findq", "findqweak")
    found = said - {Intent.SEARCH}
    found |= _answers(r, changes)
    if asked:
        found.add(Intent.ASK_ABOUT_HOME)
    if contact:
        found.add(Intent.LEAVE_CONTACT)
    if when and found >= _CHANGES_VIEWING:  # "I can't come tomorrow, let's do Friday"
        found = found - {Intent.CANCEL_VIEWING}
    if when and found.isdisjoint(_CHANGES_VIEWING):
        found.add(Intent.BOOK_VIEWING)
    found |= _seeking(r, changes, found=found, wants_home=wants_home, sort=sort)
    found = _outside(found, outside)
    if r.mentions("dislike") and (refs or not r.dated):
        found = (found - {Intent.ASK_ABOUT_HOME}) | {Intent.NO, Intent.MORE_OPTIONS}
    if refs and found <= _POLITE:
        found.add(Intent.ASK_ABOUT_HOME)
    if len(found) > 1 or changes:
        found = _settled(found, changes)
    if Intent.YES in found and _closes_politely(r, found):
        found.discard(Intent.YES)
    if Intent.GREETING in found and r.mentions("parting") and r.state.turn > 0:
        found = (found - {Intent.GREETING}) | {Intent.GOODBYE}  # "iyi akşamlar", later on
    return tuple(sorted(found, key=_RANK.__getitem__))


def _said(r: Reading) -> Iterator[int]:
    """Items that say an intent; "on Saturday morning" greets nobody."""
    for at in r.every("intent"):
        if not (r.has(at, "daypart") and r.has(at - 1, "weekday", "day", "month")):
            yield at


def _distrust(r: Reading) -> set[Intent]:
    """ "This is a scam!" complains; "is it a scam?" asks who we are."""
    if not r.mentions("trust"):
        return set()
    return {Intent.TRUST} if _is_question(r) else {Intent.COMPLAINT}


def _is_question(r: Reading) -> bool:
    return r.mentions("q", "askhome")


def _seeking(
    r: Reading,
    changes: Sequence[SlotChange],
    *,
    found: set[Intent],
    wants_home: bool,
    sort: str | None,
) -> set[Intent]:
    if not found.isdisjoint(_NO_SEEKING):
        return set()
    if changes or sort:
        return {Intent.REFINE if r.state.slots else Intent.SEARCH}
    if not found <= _WEAK or r.mentions("scope"):
        return set()
    is_short = len(r.items) < _FEWEST_WORDS and not _strangers(r)
    is_vague = r.mentions("home") or (wants_home and is_short)
    return {Intent.SEARCH} if is_vague and (wants_home or not found) else set()


def _strangers(r: Reading) -> int:
    return sum(item.is_word and not item.is_known for item in r.items)


def _outside(found: set[Intent], outside: str | None) -> set[Intent]:
    """What remains of a message about another world: courtesy, and that it is out of scope."""
    return (found & _KEPT_OUTSIDE) | {Intent.OUT_OF_SCOPE} if outside else found


def _settled(found: set[Intent], changes: Sequence[SlotChange]) -> set[Intent]:
    """The intents that remain when stronger ones are there."""
    found = set(found)
    if changes:
        found.discard(Intent.START_OVER)  # "from the beginning of June"
    if not found.isdisjoint(_CHANGES_VIEWING):
        found.discard(Intent.BOOK_VIEWING)
    if Intent.CANCEL_VIEWING in found:
        found.discard(Intent.MOVE_VIEWING)
    if changes or not found.isdisjoint(_OF_ONE_HOME):
        found.discard(Intent.MORE_OPTIONS)
    if len(found) > 1:
        found.discard(Intent.SMALL_TALK)
    if Intent.VALUATION in found:
        found.discard(Intent.ASK_ABOUT_HOME)
    return found


def _tries_again(r: Reading) -> bool:
    """ "Try again", "ещё раз": takes up the offer to search once more; elsewhere asks for more."""
    if r.state.offered != "retry" or not r.mentions("retry") or r.mentions("no", "neg", "negafter"):
        return False
    said = {_INTENTS[r.items[at].labels["intent"]] for at in _said(r)}
    return said <= {Intent.SEARCH, Intent.MORE_OPTIONS, Intent.THANKS, Intent.GREETING, Intent.YES}


def _goes_on(r: Reading) -> bool:
    """ "More", "mehr bitte": nothing but the wish to go on."""
    said = [at for at, item in enumerate(r.items) if not item.has("stop")]
    polite = ("thanks", "greeting")
    is_bare = all(r.has(at, "onward", "polite") or r.label(at, "intent") in polite for at in said)
    return is_bare and r.mentions("onward")


def _closes_politely(r: Reading, found: set[Intent]) -> bool:
    """ "Ok, thanks" and "great, bye" end a talk; "yes please, thank you" says yes."""
    if Intent.GOODBYE in found:
        return True
    return Intent.THANKS in found and all(r.has(at, "yesweak") for at in r.every("yes"))


def _is_about_number(r: Reading, at: int) -> bool:
    """Polish "ok. 2000" is "about 2000"."""
    return r.has(at, "about") and r.at(at + 1).number is not None


def _answers(r: Reading, changes: Sequence[SlotChange]) -> set[Intent]:
    """Yes or no, said first and for itself."""
    if not r.mentions("yes", "no"):
        return set()
    at = 0
    while r.has(at, "stop") or r.label(at, "intent") in ("greeting", "thanks"):
        at += 1
    for kind, intent in (("yes", Intent.YES), ("no", Intent.NO)):
        end = at
        while r.has(end, kind) and not _is_about_number(r, end):
            end += 1
        if end == at:
            continue
        is_alone = end >= len(r.items) or r.has(end, "stop") or r.label(end, "intent") == "thanks"
        is_plain = kind == "yes" and not r.has(at, "intent", "corr")
        if (is_alone and not (kind == "no" and changes)) or is_plain:
            return {intent}
    return set()
