"""A home as schema.org JSON-LD, for search engines and for anyone's program."""

from __future__ import annotations

import json
from typing import Any

from gatehouse.listings import wording
from gatehouse.listings.types import Listing
from gatehouse.understanding.types import Language

_KINDS = {
    "apartment": "Apartment",
    "studio": "Apartment",
    "penthouse": "Apartment",
    "villa": "SingleFamilyResidence",
    "house": "House",
    "bungalow": "SingleFamilyResidence",
    "townhouse": "House",
    "room": "Room",
}
_UNITS = {"long_term": "MON", "short_term": "DAY"}
_RENT = "http://purl.org/goodrelations/v1#LeaseOut"
_SALE = "http://purl.org/goodrelations/v1#Sell"


def linked_data(home: Listing, *, host: str, language: Language) -> str:
    """JSON that is safe inside a script element. `host` is our address, "https://…"."""
    page = f"{host}/homes/{home.id}"
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "RealEstateListing",
        "@id": page,
        "url": page,
        "inLanguage": language,
        "name": wording.title(home, language),
        "description": wording.description(home, language),
        "datePosted": home.listed_at.date().isoformat(),
        "image": [host + picture.url for picture in home.pictures],
        "mainEntity": _dwelling(home, host=host, language=language),
        "offers": _offer(home, page=page),
    }
    if home.variant == "long_term" and home.minimum_months:
        told["leaseLength"] = _amount(home.minimum_months, "MON", name="minValue")
    return escaped(told)


def escaped(value: dict[str, Any]) -> str:
    """JSON in which nothing can end the element or begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _dwelling(home: Listing, *, host: str, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": _KINDS.get(home.property_type, "Place"),
        "name": wording.title(home, language),
        "address": {
            "@type": "PostalAddress",
            "addressLocality": wording.place(home, language),
            "addressRegion": "Northern Cyprus",
            "addressCountry": "CY",
        },
        "latitude": home.latitude,
        "longitude": home.longitude,
    }
    if told["@type"] == "Place":
        return told
    return (
        told
        | _pets(home)
        | {
            "accommodationCategory": home.property_type,
            "floorSize": _amount(home.area_m2, "MTK"),
            "numberOfBedrooms": home.bedrooms,
            "numberOfBathroomsTotal": home.bathrooms,
            "amenityFeature": [
                {"@type": "LocationFeatureSpecification", "name": code, "value": True}
                for code in home.amenities
                if code != "no_pets"
            ],
            "tourBookingPage": f"{host}/?about={home.id}",
        }
    )


def _pets(home: Listing) -> dict[str, Any]:
    """Nothing where the row says nothing."""
    if not {"pets_allowed", "no_pets"} & set(home.amenities):
        return {}
    return {"petsAllowed": "pets_allowed" in home.amenities}


def _offer(home: Listing, *, page: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "Offer",
        "url": page,
        "businessFunction": _SALE if home.deal == "buy" else _RENT,
        "price": home.price,
        "priceCurrency": home.currency,
        "availability": "https://schema.org/InStock",
        "offeredBy": _agent(home),
    }
    if unit := _UNITS.get(home.variant):
        told["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "price": home.price,
            "priceCurrency": home.currency,
            "referenceQuantity": _amount(1, unit),
        }
    if home.available_from:
        told["availabilityStarts"] = home.available_from.isoformat()
    return told


def _agent(home: Listing) -> dict[str, Any]:
    agent = {"@type": "RealEstateAgent", "name": home.agency}
    return agent | ({"telephone": home.agency_phone} if home.agency_phone else {})


def _amount(value: float, unit: str, *, name: str = "value") -> dict[str, Any]:
    return {"@type": "QuantitativeValue", name: value, "unitCode": unit}
