"""`GET /api/v1/real_estate/search`: the stock room over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from gatehouse.base.errors import BadInput
from gatehouse.listings.schemas import SearchReply, listing_json
from gatehouse.listings.types import Answer, Catalogue, Deal, Near, RentType, Sort, Wish
from gatehouse.listings.wording import AMENITIES
from gatehouse.understanding.places import Gazetteer

PropertyType = Literal[
    "apartment", "studio", "penthouse", "villa", "house", "bungalow", "townhouse", "land",
    "commercial", "room",
]  # fmt: skip
_NOWHERE = "(no such place)"  # a name that we do not know finds nothing; it is no error
_AWAY: dict[int | str, dict[str, Any]] = {
    503: {
        "description": "The listings do not answer (`search-timeout`, `search-down`), rest after "
        "failures (`circuit-open`) or have no place (`temporary-reduced-capacity`); `Retry-After` "
        "says when to come again."
    }
}
_Money = Query(ge=0, le=1_000_000_000, allow_inf_nan=False)
Day = Annotated[date, Ge(date(2000, 1, 1)), Le(date(2100, 1, 1))]
_Name = Query(min_length=1, max_length=80)


def wish(
    city: Annotated[str | None, _Name] = None,
    district: Annotated[str | None, _Name] = None,
    deal: Deal | None = None,
    rent_type: RentType | None = None,
    property_type: PropertyType | None = None,
    bedrooms: Annotated[int | None, Query(ge=0, le=50, description="At least so many.")] = None,
    bathrooms: Annotated[int | None, Query(ge=0, le=50, description="At least so many.")] = None,
    area_min: Annotated[float | None, Query(ge=0, le=1_000_000, allow_inf_nan=False)] = None,
    price_min: Annotated[float | None, _Money] = None,
    price_max: Annotated[float | None, _Money] = None,
    currency: Annotated[str, Query(pattern="^[A-Za-z]{3}$", description="Of the prices.")] = "GBP",
    price_period: Literal["night", "month", "total"] | None = None,
    check_in: Day | None = None,
    check_out: Day | None = None,
    amenities: Annotated[
        str | None, Query(max_length=400, description="Codes, with commas between; all wanted.")
    ] = None,
    latitude: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    longitude: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
    radius_km: Annotated[float, Query(gt=0, le=500, allow_inf_nan=False)] = 5,
    q: Annotated[str | None, Query(max_length=200, description="Words, as in the texts.")] = None,
    sort: Sort = "best",
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    after: Annotated[
        str | None, Query(max_length=400, description="`next` of the page before.")
    ] = None,
) -> Wish:
    """The search that the parameters describe."""
    cities, districts = places(city, district)
    if (check_in is None) != (check_out is None):
        raise BadInput("check_in and check_out: both or neither")
    near = _near(latitude, longitude, radius_km=radius_km)
    if sort == "distance" and not (near or cities or districts):
        raise BadInput("sort: distance needs latitude and longitude, or a city or district")
    return Wish(
        cities=cities,
        districts=districts,
        deal=deal,
        rent_type=rent_type,
        property_types=(property_type,) if property_type else (),
        bedrooms_min=bedrooms,
        bathrooms_min=bathrooms,
        area_min=area_min,
        price_min=price_min,
        price_max=price_max,
        currency=currency.upper(),
        price_period=price_period,
        check_in=check_in,
        check_out=check_out,
        amenities=_codes(amenities),
        near=near,
        text=q,
        sort=sort,
        limit=limit,
        after=after,
    )


def places(city: str | None, district: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of cities and of districts, by any name of theirs. A district narrows its city."""
    key = _key(district or city)
    if key is None:
        return (), ()
    return ((), (key,)) if "/" in key else ((key,), ())


def router(catalogue: Catalogue) -> APIRouter:
    """The search endpoint."""
    routes = APIRouter(prefix="/api/v1/real_estate", tags=["listings"])

    @routes.get("/search", response_model=SearchReply, summary="Find homes", responses=_AWAY)
    async def search(
        wanted: Annotated[Wish, Depends(wish)],
        relax: Annotated[bool, Query(description="Show the nearest homes if none match.")] = False,
    ) -> JSONResponse:
        return JSONResponse(reply(await catalogue.find(wanted), is_relaxing=relax))

    return routes


def reply(answer: Answer, *, is_relaxing: bool) -> dict[str, object]:
    """The JSON of an answer."""
    relaxed = answer.relaxed
    found = relaxed.found if relaxed and is_relaxing else answer.found
    return {
        "count": len(found.listings),
        "total": found.total,
        "results": [listing_json(home) for home in found.listings],
        "cached": answer.is_cached,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "relaxed": [limit.value for limit in relaxed.limits] if relaxed else [],
        "took_ms": found.took_ms,
        "next": found.next,
    }


def _key(name: str | None) -> str | None:
    if name is None:
        return None
    gazetteer = Gazetteer.default()
    return name if name in gazetteer else gazetteer.resolve(name) or _NOWHERE


def _codes(text: str | None) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(c.strip() for c in (text or "").split(",") if c.strip()))
    if unknown := [c for c in codes if c not in AMENITIES]:
        known = ", ".join(sorted(AMENITIES))
        raise BadInput(f"amenities: {len(unknown)} unknown; known are {known}")
    return codes


def _near(latitude: float | None, longitude: float | None, *, radius_km: float) -> Near | None:
    if (latitude is None) != (longitude is None):
        raise BadInput("latitude and longitude: both or neither")
    if latitude is None or longitude is None:
        return None
    return Near(latitude, longitude, radius_km)
