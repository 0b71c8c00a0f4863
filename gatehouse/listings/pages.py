"""The page of a home, and its pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import blake2s
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import NotFound
from gatehouse.listings import cards, wording
from gatehouse.listings.languages import DIRECTIONS, NAMES, chosen
from gatehouse.listings.linked import linked_data
from gatehouse.listings.pictures import picture
from gatehouse.listings.types import Catalogue, Listing
from gatehouse.listings.wording import N_
from gatehouse.understanding.types import Language

Translate = Callable[[Language, str], str]

SECONDS_REMEMBERED = 60.0
HOMES_REMEMBERED = 1000
_FOREVER = "public, max-age=31536000, immutable"
_TERMS = {
    "long_term": N_("long-term rent"),
    "short_term": N_("short stay"),
    "sale": N_("for sale"),
}
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Window:
    """Homes by id, remembered for a minute: one page asks for its home and six pictures of it."""

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue, self._clock = catalogue, clock
        self._homes: dict[UUID, tuple[float, Listing | None]] = {}

    async def home(self, identity: str, *, is_fresh: bool = False) -> Listing | None:
        """The home on offer with this id; `is_fresh` asks the database in any case."""
        key = _uuid(identity)
        if key is None:
            return None
        until, home = self._homes.get(key, (0.0, None))
        if is_fresh or self._clock.monotonic() >= until:
            home = next(iter(await self._catalogue.get((key,))), None)
            self._remember(key, home)
        return home

    def _remember(self, key: UUID, home: Listing | None) -> None:
        self._homes.pop(key, None)
        self._homes[key] = self._clock.monotonic() + SECONDS_REMEMBERED, home
        while len(self._homes) > HOMES_REMEMBERED:
            self._homes.pop(next(iter(self._homes)))


def router(catalogue: Catalogue, translate: Translate, clock: Clock | None = None) -> APIRouter:
    """`/homes/<id>` and `/homes/<id>/pictures/<n>.svg`."""
    routes = APIRouter(tags=["listings"])
    window = Window(catalogue, clock or SystemClock())

    @routes.api_route("/homes/{home_id}", methods=["GET", "HEAD"], include_in_schema=False)
    async def show(
        request: Request,
        home_id: str,
        lang: Annotated[str | None, Query(max_length=20)] = None,
        accept_language: Annotated[str | None, Header()] = None,
    ) -> HTMLResponse:
        language = chosen(lang, accept_language)
        home = await window.home(home_id, is_fresh=True)
        if home is None:
            return _html("gone.html", _common(language, translate), status=404)
        return _html("home.html", view(home, language, translate=translate, host=_host(request)))

    @routes.api_route(
        "/homes/{home_id}/pictures/{number}.svg", methods=["GET", "HEAD"], include_in_schema=False
    )
    async def show_picture(
        home_id: str, number: str, if_none_match: Annotated[str | None, Header()] = None
    ) -> Response:
        home = await window.home(home_id)
        drawn = picture(home, int(number)) if home and _is_count(number) else None
        if drawn is None:
            raise NotFound("This home has no such picture.")
        tag = f'"{blake2s(drawn, digest_size=12).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": _FOREVER}
        if tag in (if_none_match or ""):
            return Response(status_code=304, headers=headers)
        return Response(drawn, media_type="image/svg+xml", headers=headers)

    return routes


def view(home: Listing, language: Language, *, translate: Translate, host: str) -> dict[str, Any]:
    """What the template shows."""
    say = partial(translate, language)
    common = _common(language, translate)
    return common | {
        "home": home,
        "title": wording.title(home, language),
        "description": wording.description(home, language),
        "subtitle": cards.subtitle(home, say, language),
        "price": wording.price(home, say, language),
        "term": wording.capital(say(_TERMS[home.variant]), language),
        "facts": facts(home, language, translate=translate),
        "amenities": _amenities(home, language, translate=translate),
        "pictures": [
            {"url": p.url, "alt": say(p.alt), "number": n} for n, p in enumerate(home.pictures, 1)
        ],
        "verified": wording.day(home.verified_at.date(), language) if home.verified_at else None,
        "linked_data": linked_data(home, host=host, language=language),
        "address": f"{host}/homes/{home.id}",
    }


def facts(home: Listing, language: Language, *, translate: Translate) -> list[tuple[str, str]]:
    """Label and value of everything known, in reading order."""
    say = partial(translate, language)
    rows: list[tuple[str, object]] = [
        (N_("bedrooms"), home.bedrooms or None),
        (N_("bathrooms"), home.bathrooms or None),
        (N_("size"), say(N_("{area} m²")).format(area=f"{home.area_m2:.0f}")),
        (N_("type of home"), _kind(home, language, translate=translate)),
        (N_("deposit"), _money(home.deposit, home, language)),
        (N_("minimum nights"), home.minimum_nights),
        (N_("minimum months"), home.minimum_months),
        (N_("available from"), _free_from(home, language, translate=translate)),
        (N_("rating"), _rating(home.rating, language)),
        (N_("reference"), home.ref),
    ]
    return [(_capital(say(label), language), str(value)) for label, value in rows if value]


def _kind(home: Listing, language: Language, *, translate: Translate) -> str:
    return _capital(translate(language, wording.PROPERTY_TYPES[home.property_type]), language)


def _rating(rating: float | None, language: Language) -> str | None:
    return f"{wording.decimal(rating, language)}\u00a0/\u00a05" if rating else None


def _money(amount: float | None, home: Listing, language: Language) -> str | None:
    return wording.money(amount, home.currency, language) if amount else None


def _free_from(home: Listing, language: Language, *, translate: Translate) -> str | None:
    if home.variant != "long_term":
        return None
    day = home.available_from
    return wording.day(day, language) if day else translate(language, N_("at once"))


def _amenities(home: Listing, language: Language, *, translate: Translate) -> list[str]:
    known = [code for code in wording.AMENITIES if code in home.amenities]
    return [_capital(translate(language, wording.AMENITIES[code]), language) for code in known]


def _common(language: Language, translate: Translate) -> dict[str, Any]:
    return {
        "language": language,
        "languages": NAMES,
        "directions": DIRECTIONS,
        "_": partial(translate, language),
        "capital": partial(_capital, language=language),
    }


def _capital(text: str, language: str) -> str:
    return wording.capital(text, language)


def _html(template: str, values: dict[str, Any], *, status: int = 200) -> HTMLResponse:
    headers = {
        "Content-Language": values["language"],
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache",
    }
    page = _PAGES.get_template(template).render(values)
    return HTMLResponse(page, status_code=status, headers=headers)


def _host(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 3
