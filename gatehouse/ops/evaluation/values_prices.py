"""The price strings of price-parser, from the pages of shops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from gatehouse.ops.evaluation.sources import Fields, read_json_lines
from gatehouse.ops.evaluation.values_cases import Outcome
from gatehouse.understanding.values.pricetags import PriceTag, parse_price

_ROW: Fields = {
    "list": str,
    "price_raw": str | None,
    "currency_raw": str | None,
    "decimal_separator": str | None,
    "amount": str | int | float | None,
    "currency": str | None,
}


def outcomes(path: Path) -> Iterator[Outcome]:
    """The judged strings; those that the upstream parser itself gets wrong are a set apart.

    The currency is compared as it is written, dots at the end aside.
    """
    for row in read_json_lines(path, _ROW):
        found = parse_price(row["price_raw"], row["currency_raw"], decimal=row["decimal_separator"])
        is_hard = row["list"].startswith("examples_xfail")
        name = "price strings, upstream fails" if is_hard else "price strings"
        text = f"{row['price_raw']} | {row['currency_raw']}"
        wanted = f"{row['amount']} {row['currency']}"
        yield Outcome((name,), text, (wanted,), (found,), _error(row, found))


def _error(row: Mapping[str, Any], found: PriceTag) -> str | None:
    wanted = None if row["amount"] is None else Decimal(row["amount"])
    if wanted != found.amount:
        return "another amount"
    if _plain(row["currency"]) != _plain(found.said):
        return "another currency" if row["currency"] else "a currency where none is"
    return None


def _plain(said: str | None) -> str | None:
    return said.strip(". ") if said else None
