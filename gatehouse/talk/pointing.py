"""Which of the shown homes the visitor means. Pure."""

from __future__ import annotations

from gatehouse.understanding.types import DialogueState, Heard, HomeRef, Shown

PRICE_TOLERANCE = 0.1


def pointed(state: DialogueState, heard: Heard) -> tuple[str, ...]:
    """Ids of the homes that the words point to, in the order said; empty: none, or unclear."""
    found = [home for ref in heard.refs if (home := _meant(state, ref))]
    return tuple(dict.fromkeys(found))


def spoken_of(state: DialogueState, heard: Heard) -> tuple[str, ...]:
    """The homes pointed to, else the one in focus, else the only one shown."""
    found = pointed(state, heard)
    if found or (heard.refs and not all(ref.is_it for ref in heard.refs)):
        return found
    if state.focus:
        return (state.focus,)
    return (state.shown[0].id,) if len(state.shown) == 1 else ()


def _meant(state: DialogueState, ref: HomeRef) -> str | None:
    if ref.number is not None:
        return _numbered(state.shown, ref.number)
    if ref.is_it:
        return state.focus
    matches = [home for home in state.shown if _fits(home, ref)]
    if ref.price is not None and matches:
        wanted = ref.price
        return min(matches, key=lambda home: abs((home.price or 0.0) - wanted)).id
    return matches[0].id if matches else None


def _numbered(shown: tuple[Shown, ...], number: int) -> str | None:
    index = number - 1 if number > 0 else len(shown) + number
    return shown[index].id if 0 <= index < len(shown) else None


def _fits(home: Shown, ref: HomeRef) -> bool:
    return (
        (ref.place is not None and _is_within(home.place, ref.place))
        or (ref.price is not None and _is_near(home.price, ref.price))
        or (ref.name is not None and ref.name.casefold() in home.title.casefold())
    )


def _is_within(place: str, wanted: str) -> bool:
    return place == wanted or place.startswith(wanted + "/")


def _is_near(price: float | None, wanted: float) -> bool:
    return price is not None and abs(price - wanted) <= PRICE_TOLERANCE * wanted
