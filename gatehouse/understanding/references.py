"""Pointers to homes on the screen: "the second one", "the one in Lapta", "it"."""

from __future__ import annotations

from gatehouse.understanding.comparisons import by_comparison, by_extra, by_number, is_that_which
from gatehouse.understanding.days import is_hour
from gatehouse.understanding.letters import fold
from gatehouse.understanding.money import Money, find_money
from gatehouse.understanding.names import bending
from gatehouse.understanding.reading import Item, Reading
from gatehouse.understanding.types import HomeRef, Shown, Span

_SHORTEST_TITLE_WORD = 4
_POINTING_INTENTS = ("compare", "book_viewing", "move_viewing")
_LAST = -1


def hear_refs(r: Reading) -> list[HomeRef]:
    """Every home pointed to, in the order said; nothing if nothing is shown but numbers."""
    if not (r.state.shown or r.mentions("ord", "nr")):
        return []
    refs = _by_order(r)
    if r.state.shown:
        refs += [*by_comparison(r), *_by_price(r), *by_number(r), *_by_place(r), *by_extra(r)]
        refs += _by_title(r, is_first=not refs)
        refs = refs or _bare_numbers(r) or _pairs(r)
    if len(refs) < 2:
        return refs
    unique = {(ref.number, ref.place, ref.price, ref.name, ref.is_other): ref for ref in refs}
    return sorted(unique.values(), key=lambda ref: ref.span.start)


def hear_it(r: Reading) -> list[HomeRef]:
    """ "it", "this one", "onu", "её": the home in focus."""
    if not (r.state.shown or r.state.focus):
        return []
    index = next(r.where("it"), None)
    return [HomeRef(r.span(index, index), is_it=True)] if index is not None else []


def mark_viewings(r: Reading, refs: list[HomeRef]) -> None:
    """ "Kann ich die zweite am Samstag sehen?": to see a home that was shown is to view it."""
    points = refs or (r.mentions("it") and (r.state.shown or r.state.focus))
    if points and not r.mentions("attr"):  # but not to see its pictures
        for index in r.every("see"):
            r.mark(index, "intent", "book_viewing")


def _by_order(r: Reading) -> list[HomeRef]:
    refs: list[HomeRef] = []
    for index in list(r.where("ord")):
        is_day = r.has(index + 1, "in") and r.has(index + 2, "month")
        is_day = is_day or r.has(index + 1, "unit") or r.has(index + 2, "unit")
        is_day = is_day or (r.has(index + 1, "th") and not r.has(index + 1, "and"))  # uk "й"
        if is_day or r.has(index + 1, "month") or _is_floor(r, index) or is_hour(r, index):
            continue
        if not r.state.shown and not _points_anyway(r):
            continue
        refs += _run(r, index)
    for index in list(r.where("nr")):
        refs += _numbered(r, index)
    return refs


def _points_anyway(r: Reading) -> bool:
    """Is this a message about shown homes even if we no longer know them?"""
    return r.mentions("q", "askhome") or r.says("intent", *_POINTING_INTENTS)


def _is_floor(r: Reading, index: int) -> bool:
    return r.has(index + 1, "quality", "floor")


def _run(r: Reading, index: int) -> list[HomeRef]:
    """One ordinal, or the run that "first two" or "last two" names."""
    number = int(r.label(index, "ord") or 1)
    at, count = _count_beside(r, index)
    if count == 0 or number not in (1, _LAST):
        span = r.take(index)
        return [HomeRef(span, number)]
    span = r.take(min(index, at), max(index, at))
    numbers = range(-count, 0) if number == _LAST else range(1, count + 1)
    return [HomeRef(span, _from_start(r, n)) for n in numbers]


def _count_beside(r: Reading, index: int) -> tuple[int, int]:
    """The item that counts an ordinal, and how many: "first two", "dwa pierwsze"; 0 if none."""
    for at in (index + 1, index - 1):
        count = 2.0 if r.has(at, "pair") else r.at(at).number
        is_other = at > index and r.has(at + 1, "noun", "cur", "unit")
        if count is not None and 2 <= count <= 6 and r.is_free(at) and not is_other:
            return at, int(count)
    return index, 0


def _from_start(r: Reading, number: int) -> int:
    """Counts from the start where the length of the list is known; -1 stays the last."""
    shown = len(r.state.shown)
    return shown + number + 1 if number < _LAST and shown else number


def _numbered(r: Reading, index: int) -> list[HomeRef]:
    """ "number 2", "#2", "вариант 3", "2 numara"; and "1 and 3" after it."""
    sides = (index + 1, index - 1)
    if r.at(index - 1).number is not None and not r.has(index - 1, "nr"):
        sides = (index - 1, index + 1)  # "4 numaraya iki köpek"
    for at in sides:
        number = r.at(at).number
        if number is not None and 1 <= number <= 20 and number == int(number) and r.is_free(at):
            if r.has(at + 1, "cur", "unit") or (r.has(at + 1, "noun") and at > index):
                continue
            return [HomeRef(r.take(min(at, index), max(at, index)), int(number))]
    return []


def _by_price(r: Reading) -> list[HomeRef]:
    """ "the £450 one", "the one for 450": a price that is on the screen."""
    refs = []
    may_point = r.mentions("one", "oneafter", "onethat") or r.says("intent", *_POINTING_INTENTS)
    for money in find_money(r) if may_point else ():
        pointed = any(r.has(i, "one", "oneafter") for i in _around(money.first, money.last))
        pointed = pointed or is_that_which(r, money.first) or _is_wanted(r, money)
        if pointed and any(
            s.price is not None and abs(s.price - money.value) < 1 for s in r.state.shown
        ):
            refs.append(HomeRef(r.take(money.first, money.last), price=money.value))
    return refs


def _is_wanted(r: Reading, money: Money) -> bool:
    """ "За 550 понравилась, можно посмотреть?": just a price, where a shown home is wanted."""
    is_bound = r.has(money.first - 1, "max", "min") or r.has(money.last + 1, "maxafter", "minafter")
    is_plain = money.budget.low is None and not (money.budget.is_about or is_bound)
    return is_plain and r.says("intent", *_POINTING_INTENTS)


def _around(first: int, last: int) -> tuple[int, ...]:
    return (first - 2, first - 1, last + 1, last + 2)


def _by_place(r: Reading) -> list[HomeRef]:
    """ "the one in Lapta", if a home in Lapta is on the screen."""
    refs = []
    for index in list(r.where("place")):
        key = r.label(index, "place") or ""
        pointed = any(r.has(i, "one", "oneafter", "it") for i in _around(index, index))
        pointed = pointed or (r.mentions("askhome", "q") and _is_local(r, index))
        pointed = pointed or is_that_which(r, index) or _is_to_be_seen(r, index)
        if pointed and any(_lies_in(s, key) for s in r.state.shown):
            refs.append(HomeRef(r.take(index), place=key))
    return refs


def _is_to_be_seen(r: Reading, index: int) -> bool:
    """ "I'd like to view the flat in Lapta", of those on the screen."""
    if not r.says("intent", "book_viewing"):
        return False
    near = (index - 1, index - 2)
    return any(r.has(at, "type", "home") or r.label(at, "intent") == "book_viewing" for at in near)


def _is_local(r: Reading, index: int) -> bool:
    """Some languages make "the one in Lapta" of the place itself: Lapta'daki."""
    return r.mentions("one") or r.at(index).text.endswith(bending(r.language).local)


def _lies_in(shown: Shown, key: str) -> bool:
    return shown.place == key or shown.place.startswith(f"{key}/")


def _by_title(r: Reading, *, is_first: bool) -> list[HomeRef]:
    """Words that stand in one title only and mean nothing else."""
    wants = is_first and (r.mentions("attr") or r.says("intent", *_POINTING_INTENTS))
    strange = [i for i, item in enumerate(r.items) if _may_be_title(item, wants)]
    owners = _owners(r.state.shown) if strange else {}
    refs = []
    for index in strange:
        titles = owners.get(r.at(index).text, ())
        if len(titles) == 1:
            refs.append(HomeRef(r.take(index), name=next(iter(titles))))
    return refs


def _may_be_title(item: Item, wants: bool) -> bool:
    """A word without meaning; also "the villa", where something is wanted of it."""
    is_word = item.is_word or (wants and item.has("type", "home"))
    return is_word and len(item.text) >= _SHORTEST_TITLE_WORD


def _owners(homes: tuple[Shown, ...]) -> dict[str, set[str]]:
    """Every word of the titles, and the titles that have it."""
    owners: dict[str, set[str]] = {}
    for shown in homes:
        for word in fold(shown.title).replace(",", " ").split():
            owners.setdefault(word, set()).add(shown.title)
    return owners


def _bare_numbers(r: Reading) -> list[HomeRef]:
    """ "1 and 3" where homes are compared, or a lone "2" when nothing was asked."""
    wants = r.says("intent", *_POINTING_INTENTS)
    alone = len(r.items) == 1 and r.state.awaiting is None
    if not (wants or alone or _is_choice(r)):
        return []
    refs = []
    for index, item in enumerate(r.items):
        number = item.number
        if number is None or not 1 <= number <= len(r.state.shown) or number != int(number):
            continue
        is_article = item.has("weak") and not r.says("intent", "compare")  # "eine Besichtigung"
        if r.is_free(index) and not (is_article or _is_measured(r, index)):
            refs.append(HomeRef(r.take(index), int(number)))
    return refs


def _is_choice(r: Reading) -> bool:
    """ "Which is closer to the sea, 1 or 4?": two bare numbers that end a clause of a question."""
    if not (r.mentions("q") and r.mentions("or")):
        return False
    return any(
        r.at(at - 1).number is not None
        and r.at(at + 1).number is not None
        and (at + 2 == len(r.items) or r.has(at + 2, "stop"))
        for at in r.every("or")
    )


def _is_measured(r: Reading, index: int) -> bool:
    if r.says("intent", "compare"):
        return r.has(index + 1, "noun", "cur", "unit", "plus")
    kinds = ("am", "pm", "oclock", "month", "th", "unit", "noun", "cur", "in")
    return r.has(index - 1, "at", "halfto") or r.has(index + 1, *kinds)


def _pairs(r: Reading) -> list[HomeRef]:
    """ "both", "these two": the first two on the screen."""
    index = next(r.where("pair"), None)
    if index is None or len(r.state.shown) < 2 or r.mentions("dislike", "sort", "any"):
        return []  # "the cheapest of these", "I don't like these" mean all of them
    span: Span = r.span(index, index)
    return [HomeRef(span, 1), HomeRef(span, 2)]
